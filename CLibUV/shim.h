// libuv as a Swift module. Only `UVCore` imports it.
#include <uv.h>
