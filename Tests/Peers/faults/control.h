// What the libraries of this folder share: when a call fails, and a log of calls. Each is loaded with LD_PRELOAD.
//
// FAULTS_CONTROL  a file of three 64-bit numbers, which the test may change at any time:
//                 how many calls are left until one fails (0: none will), how many fail from then on, the errno
// FAULTS_LOG      gets a line for each call that fails, and what else the library notes
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static int log_file = -1;
static _Atomic long *control;

// By system calls alone: what a library defines must not be called from here.
static void begin_control(void) {
    const char *log = getenv("FAULTS_LOG"), *name = getenv("FAULTS_CONTROL");
    if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (!name) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0);
    void *memory = (void *)syscall(SYS_mmap, NULL, 3 * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0L);
    if (file >= 0 && memory != MAP_FAILED) control = memory;
}

static void note(const char *call, const char *what, size_t count) {
    char line[256];
    if (log_file < 0) return;
    int size = snprintf(line, sizeof line, "%s %.*s\n", call, (int)(count > 160 ? 160 : count), what);
    for (int i = 0; i < size - 1; i++) if ((unsigned char)line[i] < ' ') line[i] = '.';
    syscall(SYS_write, log_file, line, (size_t)size);
}

// Whether this call is one that fails.
static int fails(const char *call) {
    if (!control) return 0;
    long left = atomic_load(&control[0]);
    while (left > 0) {
        if (left > 1) {
            if (atomic_compare_exchange_weak(&control[0], &left, left - 1)) return 0;
        } else if (atomic_load(&control[1]) > 0) {
            atomic_fetch_sub(&control[1], 1);
            note("fault", call, strlen(call));
            errno = (int)atomic_load(&control[2]);
            return 1;
        } else {
            return 0;
        }
    }
    return 0;
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)
