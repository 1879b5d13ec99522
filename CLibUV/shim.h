// libuv as a Swift module. Only `UVCore` imports it.
//
// The functions below are what Swift cannot call by itself: a C function with `...`, and parts of the C library that
// Swift's module of it leaves out.
#ifndef CLIBUV_SHIM_H
#define CLIBUV_SHIM_H

#include <uv.h>

#if defined(__linux__)
#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

/// `uv_loop_configure(loop, UV_METRICS_IDLE_TIME)`.
static inline int clibuv_measure_idle_time(uv_loop_t *loop) {
    return uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
}

/// Bytes that malloc has from the system, and of these the bytes in use. Zeros where it does not tell.
typedef struct {
    size_t total;
    size_t used;
} clibuv_heap;

static inline clibuv_heap clibuv_heap_now(void) {
    clibuv_heap heap = {0, 0};
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
    struct mallinfo2 info = mallinfo2();
    heap.total = info.arena + info.hblkhd;
    heap.used = info.uordblks + info.hblkhd;
#endif
    return heap;
}

/// Gives memory that malloc keeps for later back to the system, where it can.
static inline void clibuv_heap_trim(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

/// `pthread_detach`, which libuv has no name for: the thread's memory goes when it ends.
static inline void clibuv_thread_detach(uv_thread_t thread) {
    pthread_detach(thread);
}

/// The number of the running thread, as the system's tools show it; 0 where there is none.
static inline long clibuv_thread_id(void) {
#if defined(__linux__)
    return syscall(SYS_gettid);
#else
    return 0;
#endif
}

#endif
