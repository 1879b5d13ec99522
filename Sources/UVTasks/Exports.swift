// A feed is a WebSocket's, and lives on its loop: one import is enough.
@_exported public import UVWebSocket
