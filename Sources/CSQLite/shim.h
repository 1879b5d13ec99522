// SQLite as a Swift module. Only `TaskStorage` imports it.
//
// The functions below are what Swift cannot call by itself: C functions with `...`, and macros that cast.
#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

/// Has SQLite count no memory, which takes a lock for each allocation; for all connections, before the first one is
/// opened. See `SQLITE_CONFIG_MEMSTATUS`.
static inline int csqlite_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// `sqlite3_bind_text64` of UTF-8 that SQLite copies.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const void *text, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, (const char *)text, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// `sqlite3_bind_text64` of UTF-8 that stays where it is until the statement has run.
static inline int csqlite_bind_text_in_place(
    sqlite3_stmt *statement, int index, const void *text, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, (const char *)text, count, SQLITE_STATIC, SQLITE_UTF8);
}

/// `sqlite3_bind_blob64` of bytes that SQLite copies.
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

/// `sqlite3_bind_blob64` of bytes that stay where they are until the statement has run.
static inline int csqlite_bind_blob_in_place(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

/// Leaves the write-ahead log as it is when the last connection closes: see `SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE`.
static inline int csqlite_keep_log_on_close(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

#endif
