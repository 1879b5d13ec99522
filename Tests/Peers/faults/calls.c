// Makes the n-th call of a kind fail, that a program makes by itself or through its libraries: to be loaded with LD_PRELOAD.
//
// FAULTS_CALLS    accept, read, write, epoll_ctl, socket, connect or malloc, each with its sisters
// FAULTS_KIND     how the names begin that the system shows for the descriptors that are meant, as in /proc/self/fd:
//                 "socket:", "pipe:", "anon_inode:[eventfd]", "/". For malloc: the libraries whose calls are meant, such as
//                 "libuv." or "libsqlite3.": Swift ends a program that gets no memory, as it says
// FAULTS_CONTROL, FAULTS_LOG  as control.h has it. With 0 for the errno a read or write does not fail: it moves one byte
#include "control.h"
#include <link.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static const char *calls = "", *kind = "";
static struct { char *begin, *end; } libraries[32];
static size_t library_count;

static int add_library(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size, (void)unused;
    const char *slash = strrchr(object->dlpi_name, '/'), *name = slash ? slash + 1 : object->dlpi_name;
    if (strncmp(name, kind, strlen(kind)) != 0 || !*name) return 0;
    for (int i = 0; i < object->dlpi_phnum && library_count < sizeof libraries / sizeof *libraries; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
        libraries[library_count].begin = (char *)(object->dlpi_addr + part->p_vaddr);
        libraries[library_count].end = libraries[library_count].begin + part->p_memsz;
        library_count++;
    }
    return 0;
}

__attribute__((constructor)) static void begin(void) {
    if (getenv("FAULTS_CALLS")) calls = getenv("FAULTS_CALLS");
    if (getenv("FAULTS_KIND")) kind = getenv("FAULTS_KIND");
    if (strcmp(calls, "malloc") == 0) dl_iterate_phdr(add_library, NULL);
    begin_control();
}

static int is_kind(int file) {
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t count = syscall(SYS_readlinkat, AT_FDCWD, link, name, sizeof name - 1);
    if (count < 0) return 0;
    name[count] = 0;
    return strncmp(name, kind, strlen(kind)) == 0;
}

static int is_armed(const char *family) { return control && atomic_load(&control[0]) > 0 && strcmp(calls, family) == 0; }

// The call on a descriptor fails; `errno` is 0 where it is to move one byte instead.
static int fails_on(int file, const char *family, const char *call) {
    return is_armed(family) && is_kind(file) && fails(call);
}

#define WITH_DATA(name, family, parameters, arguments, one_byte, ...) \
    ssize_t name parameters { \
        REAL(ssize_t, name, __VA_ARGS__); \
        if (fails_on(file, family, #name)) { \
            if (errno) return -1; \
            one_byte; \
        } \
        return real arguments; \
    }

#define ONE_OF(parts, count) \
    struct iovec one = {0}; \
    for (size_t i = 0; i < (size_t)(count) && !one.iov_len; i++) one = (parts)[i]; \
    if (one.iov_len) one.iov_len = 1
#define ONE_OF_MESSAGE struct msghdr changed = *message; ONE_OF(message->msg_iov, message->msg_iovlen); \
    changed.msg_iov = &one; changed.msg_iovlen = 1; return real(file, &changed, flags)
#define ONE_OF_PARTS ONE_OF(parts, count); return real(file, &one, 1)
#define ONE if (count) count = 1

WITH_DATA(read, "read", (int file, void *data, size_t count), (file, data, count), ONE, int, void *, size_t)
WITH_DATA(recv, "read", (int file, void *data, size_t count, int flags), (file, data, count, flags), ONE,
          int, void *, size_t, int)
WITH_DATA(readv, "read", (int file, const struct iovec *parts, int count), (file, parts, count), ONE_OF_PARTS,
          int, const struct iovec *, int)
WITH_DATA(recvmsg, "read", (int file, struct msghdr *message, int flags), (file, message, flags), ONE_OF_MESSAGE,
          int, struct msghdr *, int)
WITH_DATA(write, "write", (int file, const void *data, size_t count), (file, data, count), ONE, int, const void *, size_t)
WITH_DATA(send, "write", (int file, const void *data, size_t count, int flags), (file, data, count, flags), ONE,
          int, const void *, size_t, int)
WITH_DATA(writev, "write", (int file, const struct iovec *parts, int count), (file, parts, count), ONE_OF_PARTS,
          int, const struct iovec *, int)
WITH_DATA(sendmsg, "write", (int file, const struct msghdr *message, int flags), (file, message, flags), ONE_OF_MESSAGE,
          int, const struct msghdr *, int)

int accept(int file, struct sockaddr *address, socklen_t *size) {
    REAL(int, accept, int, struct sockaddr *, socklen_t *);
    return fails_on(file, "accept", "accept") ? -1 : real(file, address, size);
}

int accept4(int file, struct sockaddr *address, socklen_t *size, int flags) {
    REAL(int, accept4, int, struct sockaddr *, socklen_t *, int);
    return fails_on(file, "accept", "accept4") ? -1 : real(file, address, size, flags);
}

int connect(int file, const struct sockaddr *address, socklen_t size) {
    REAL(int, connect, int, const struct sockaddr *, socklen_t);
    return fails_on(file, "connect", "connect") ? -1 : real(file, address, size);
}

int socket(int domain, int type, int protocol) {
    REAL(int, socket, int, int, int);
    return is_armed("socket") && fails("socket") ? -1 : real(domain, type, protocol);
}

int epoll_ctl(int poll, int operation, int file, struct epoll_event *event) {
    REAL(int, epoll_ctl, int, int, int, struct epoll_event *);
    return fails_on(poll, "epoll_ctl", "epoll_ctl") ? -1 : real(poll, operation, file, event);
}

// glibc's own names: `dlsym` takes memory itself.
void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static int has_no_memory(void *caller, const char *call) {
    if (!is_armed("malloc")) return 0;
    for (size_t i = 0; i < library_count; i++)
        if ((char *)caller >= libraries[i].begin && (char *)caller < libraries[i].end) return fails(call);
    return 0;
}

void *malloc(size_t size) {
    return has_no_memory(__builtin_return_address(0), "malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return has_no_memory(__builtin_return_address(0), "calloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return has_no_memory(__builtin_return_address(0), "realloc") ? NULL : __libc_realloc(memory, size);
}
