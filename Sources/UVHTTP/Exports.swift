// A server's code needs the names of methods, statuses and fields, and the loop it runs on: one import is enough.
@_exported public import HTTPTypes
@_exported public import UVCore
