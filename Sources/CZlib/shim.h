// zlib as a Swift module. Only `UVCompression` imports it.
#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

#include <zlib.h>

#endif
