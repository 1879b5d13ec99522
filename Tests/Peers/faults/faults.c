// Makes the n-th call that a program makes on a store fail, and writes down what it calls: to be loaded with LD_PRELOAD.
//
// FAULTS_STORE    how the paths begin that are the store's; other files, pipes, eventfds are left alone
// FAULTS_CONTROL  as control.h has it
// FAULTS_LOG      gets a line for each call on the store when it has returned, and one for each send on a socket before it
#include "control.h"
#include <stdarg.h>

static const char *store;

__attribute__((constructor)) static void begin(void) {
    store = getenv("FAULTS_STORE");
    begin_control();
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
