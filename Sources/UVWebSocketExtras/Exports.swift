// A program that sends JSON over WebSockets has that of HTTP beside it: one import is enough.
@_exported public import UVHTTPExtras
@_exported public import UVWebSocket
