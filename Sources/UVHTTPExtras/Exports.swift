// What it adds is used with what UVHTTP has: one import is enough.
@_exported public import UVHTTP
