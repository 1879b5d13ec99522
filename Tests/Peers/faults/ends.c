/* Ends a process of taskflow before it has begun, if it is that of the slot ENDS_SLOT. */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void end(void) {
    const char *slot = getenv("TASKFLOW_SLOT"), *ends = getenv("ENDS_SLOT");
    if (slot && ends && strcmp(slot, ends) == 0) _exit(3);
}
