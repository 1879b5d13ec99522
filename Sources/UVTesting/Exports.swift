// A test needs the names of methods, statuses and fields: one import is enough.
@_exported public import UVHTTP
@_exported public import UVWebSocket
