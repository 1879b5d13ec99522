// hiredis as a Swift module. Only `TaskStorage` imports it, for its reader of replies and its writer of commands: the
// bytes go through a socket of the loop.
#ifndef CHIREDIS_SHIM_H
#define CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>

#endif
