// The floor under a store in SQLite: it decides nothing, and keeps what was decided.
//
// store FILE COUNT SIZE    writes COUNT events of a new task each, and their tasks' rows, SIZE of them a transaction, into
//                          a new file; prints the microseconds of CPU that an event takes
//
// Tables and settings are those of taskflow, and so is what an event holds. Each row is written by a run of a statement, as
// programs do; taskflow has SQLite make the rows of tasks from those of their events, all of a transaction at once. What its
// own thread needs more processor time than this for is its own work.

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static sqlite3 *database;

static void check(int status, int expected) {
    if (status == expected) return;
    fprintf(stderr, "store: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), SQLITE_OK);
    return statement;
}

static void run(sqlite3_stmt *statement) {
    check(sqlite3_step(statement), SQLITE_DONE);
    check(sqlite3_reset(statement), SQLITE_OK);
}

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE store (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), epoch INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, append INTEGER NOT NULL, last_id BLOB);"
    "CREATE TABLE task (id BLOB PRIMARY KEY, seq INTEGER NOT NULL, revision INTEGER NOT NULL, title TEXT NOT NULL,"
    " description TEXT NOT NULL, status TEXT NOT NULL, priority INTEGER NOT NULL, project TEXT,"
    " created INTEGER NOT NULL, updated INTEGER NOT NULL, dependencies BLOB NOT NULL, since_at INTEGER,"
    " since_seq INTEGER DEFAULT 0, work BLOB) WITHOUT ROWID;"
    "CREATE TABLE event (seq INTEGER PRIMARY KEY, name TEXT NOT NULL, request_id TEXT NOT NULL, time INTEGER NOT NULL,"
    " task_id BLOB NOT NULL, changes TEXT, former_project TEXT, from_priority INTEGER, to_priority INTEGER,"
    " revision INTEGER, title TEXT, description TEXT, status TEXT, priority INTEGER, project TEXT, created INTEGER,"
    " updated INTEGER, dependencies BLOB, key BLOB, since_at INTEGER, since_seq INTEGER DEFAULT 0, work BLOB,"
    " cause TEXT, cause_by BLOB, is_late INTEGER, payload TEXT, result TEXT);"
    "INSERT INTO store VALUES (1, 1, 0, 0, NULL);";

// The texts stay where they are until the statement has run, so that SQLite copies none.
static void bind_text(sqlite3_stmt *statement, int index, const char *text) {
    check(sqlite3_bind_text64(statement, index, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8), SQLITE_OK);
}

static void bind_task(sqlite3_stmt *statement, int index, int64_t number, int64_t time) {
    sqlite3_bind_int64(statement, index, number);
    bind_text(statement, index + 1, "WebSocket test");
    bind_text(statement, index + 2, "");
    bind_text(statement, index + 3, "pending");
    sqlite3_bind_int64(statement, index + 4, 5);
    sqlite3_bind_null(statement, index + 5);
    sqlite3_bind_int64(statement, index + 6, time);
    sqlite3_bind_int64(statement, index + 7, time);
    sqlite3_bind_blob64(statement, index + 8, "", 0, SQLITE_STATIC);
}

static sqlite3_stmt *begin, *commit, *add_event, *write_task, *note_end;

static void prepare_all(void) {
    begin = prepare("BEGIN IMMEDIATE");
    commit = prepare("COMMIT");
    add_event = prepare(
        "INSERT INTO event (seq, name, request_id, time, task_id, changes, former_project, from_priority, to_priority,"
        " revision, title, description, status, priority, project, created, updated, dependencies, key,"
        " since_at, since_seq, work, cause, cause_by, is_late, payload, result)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    write_task = prepare(
        "INSERT INTO task (id, seq, revision, title, description, status, priority, project, created, updated,"
        " dependencies, since_at, since_seq, work) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, revision = excluded.revision, title = excluded.title,"
        " description = excluded.description, status = excluded.status, priority = excluded.priority,"
        " project = excluded.project, updated = excluded.updated, dependencies = excluded.dependencies,"
        " since_at = excluded.since_at, since_seq = excluded.since_seq, work = excluded.work");
    note_end = prepare("UPDATE store SET seq = ?, append = ?, last_id = ?");
}

// Ids ascend, as those of taskflow do: a time, a count in it, and random bits.
static void make_id(unsigned char id[16], int64_t number) {
    uint64_t words[2] = {0x01a209dd00007000 + ((uint64_t)number << 16), (uint64_t)number * 0x9e3779b97f4a7c15};
    for (int index = 0; index < 16; index++) id[index] = (unsigned char)(words[index / 8] >> (56 - 8 * (index % 8)));
}

static void keep(int64_t number, unsigned char id[16]) {
    int64_t time = 1795000000000 + number;
    static char request[] = "01a209dd-0976-7000-8509-000000000000";
    for (int digit = 0; digit < 8; digit++) request[35 - digit] = "0123456789abcdef"[number >> 4 * digit & 15];
    make_id(id, number);
    sqlite3_bind_int64(add_event, 1, number);
    bind_text(add_event, 2, "task.created");
    bind_text(add_event, 3, request);
    sqlite3_bind_int64(add_event, 4, time);
    sqlite3_bind_blob64(add_event, 5, id, 16, SQLITE_STATIC);
    bind_task(add_event, 10, number, time);
    run(add_event);
    sqlite3_bind_blob64(write_task, 1, id, 16, SQLITE_STATIC);
    sqlite3_bind_int64(write_task, 2, number);
    bind_task(write_task, 3, number, time);
    run(write_task);
}

static void keep_transaction(int64_t first, int64_t last, int64_t append) {
    unsigned char id[16] = {0};
    run(begin);
    for (int64_t number = first; number <= last; number++) keep(number, id);
    sqlite3_bind_int64(note_end, 1, last);
    sqlite3_bind_int64(note_end, 2, append);
    sqlite3_bind_blob64(note_end, 3, id, 16, SQLITE_STATIC);
    run(note_end);
    run(commit);
}

static double cpu_microseconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1e6 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int count, char **words) {
    if (count != 4) return fprintf(stderr, "store FILE COUNT SIZE\n"), 64;
    long events = atol(words[2]), size = atol(words[3]);
    if (size < 1) size = 1;
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    check(sqlite3_open_v2(words[1], &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL),
          SQLITE_OK);
    check(sqlite3_exec(database, schema, NULL, NULL, NULL), SQLITE_OK);
    prepare_all();
    double start = cpu_microseconds();
    int64_t append = 0;
    for (long first = 1; first <= events; first += size) {
        long last = first + size - 1 < events ? first + size - 1 : events;
        keep_transaction(first, last, ++append);
    }
    printf("%.3f\n", (cpu_microseconds() - start) / (double)events);
    return 0;
}
