#include <stddef.h>
#include <stdint.h>

/// libFuzzer has no header for what a program with a `main` of its own calls.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*input)(const uint8_t *bytes, size_t count));
