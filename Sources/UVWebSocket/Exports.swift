// A WebSocket begins as a request of an HTTP server, and lives on its loop: one import is enough.
@_exported public import UVCore
@_exported public import UVHTTP
