// Makes the n-th call that a program makes on a store fail, and writes down what it calls: to be loaded with LD_PRELOAD.
//
// FAULTS_STORE    how the paths begin that are the store's; other files, pipes, eventfds are left alone
// FAULTS_CONTROL  a file of three 64-bit numbers, which the test may change at any time:
//                 how many calls are left until one fails (0: none will), how many fail from then on, the errno
// FAULTS_LOG      gets a line for each call on the store when it has returned, and one for each send on a socket before it
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
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

static const char *store;
static int log_file = -1;
static _Atomic long *control;

// By system calls alone: what is defined below must not be called from here.
__attribute__((constructor)) static void begin(void) {
    store = getenv("FAULTS_STORE");
    const char *log = getenv("FAULTS_LOG"), *name = getenv("FAULTS_CONTROL");
    if (log) log_file = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (!name) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0);
    void *memory = (void *)syscall(SYS_mmap, NULL, 3 * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0L);
    if (file >= 0 && memory != MAP_FAILED) control = memory;
}

static int is_store(const char *path) { return store && strncmp(path, store, strlen(store)) == 0; }

static int is_store_file(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (count < 0) return 0;
    path[count] = 0;
    return is_store(path);
}

static int is_socket(int file) {
    struct stat status;
    return fstat(file, &status) == 0 && S_ISSOCK(status.st_mode);
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

#define ON_FILE(result, name, parameters, arguments, ...) \
    result name parameters { \
        REAL(result, name, __VA_ARGS__); \
        int ours = is_store_file(file); \
        if (ours && fails(#name)) return (result)-1; \
        result value = real arguments; \
        if (ours) note(#name, "", 0); \
        return value; \
    }

ON_FILE(ssize_t, pwrite, (int file, const void *data, size_t count, off_t at), (file, data, count, at),
        int, const void *, size_t, off_t)
ON_FILE(ssize_t, pwrite64, (int file, const void *data, size_t count, off64_t at), (file, data, count, at),
        int, const void *, size_t, off64_t)
ON_FILE(int, fdatasync, (int file), (file), int)
ON_FILE(int, fsync, (int file), (file), int)
ON_FILE(int, ftruncate, (int file, off_t size), (file, size), int, off_t)
ON_FILE(int, ftruncate64, (int file, off64_t size), (file, size), int, off64_t)
ON_FILE(int, fallocate, (int file, int mode, off_t at, off_t count), (file, mode, at, count), int, int, off_t, off_t)

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    if (is_store(path) && fails("unlink")) return -1;
    return real(path);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        REAL(int, name, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = va_arg(rest, mode_t); \
        va_end(rest); \
        if (is_store(path) && fails(#name)) return -1; \
        return real(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define MMAP(name, offset) \
    void *name(void *start, size_t count, int protection, int flags, int file, offset at) { \
        REAL(void *, name, void *, size_t, int, int, int, offset); \
        if (file >= 0 && is_store_file(file) && fails(#name)) return MAP_FAILED; \
        return real(start, count, protection, flags, file, at); \
    }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

ssize_t write(int file, const void *data, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    int ours = is_store_file(file);
    if (ours && fails("write")) return -1;
    if (is_socket(file)) note("send", data, count);
    ssize_t value = real(file, data, count);
    if (ours) note("write", "", 0);
    return value;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    if (is_socket(file)) for (int i = 0; i < count; i++) note("send", parts[i].iov_base, parts[i].iov_len);
    return real(file, parts, count);
}
