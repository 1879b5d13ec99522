// The floor under a start: it reads all that a store has of its tasks, and makes nothing of it.
//
// load FILE    steps through the rows of `task` and `need` and looks at each column; prints how many rows there are, and the
//              microseconds of CPU that took

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static sqlite3 *database;
// What is looked at is added up, or the compiler would leave it out.
static long sum;

static void fail(void) {
    fprintf(stderr, "load: %s\n", sqlite3_errmsg(database));
    exit(1);
}

static void look(sqlite3_stmt *rows, int column) {
    switch (sqlite3_column_type(rows, column)) {
        case SQLITE_NULL: return;
        case SQLITE_INTEGER: sum += (long)sqlite3_column_int64(rows, column); return;
        default: {
            const unsigned char *bytes = sqlite3_column_blob(rows, column);
            int count = sqlite3_column_bytes(rows, column);
            if (count > 0) sum += bytes[0] + bytes[count - 1];
        }
    }
}

static long step(const char *sql) {
    sqlite3_stmt *rows;
    if (sqlite3_prepare_v2(database, sql, -1, &rows, NULL) != SQLITE_OK) fail();
    long count = 0;
    int columns = sqlite3_column_count(rows), status;
    while ((status = sqlite3_step(rows)) == SQLITE_ROW) {
        count++;
        for (int column = 0; column < columns; column++) look(rows, column);
    }
    if (status != SQLITE_DONE) fail();
    sqlite3_finalize(rows);
    return count;
}

static double cpu_microseconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return 1e6 * (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int main(int count, char **words) {
    if (count != 2) return fprintf(stderr, "load FILE\n"), 64;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(words[1], &database, flags, NULL) != SQLITE_OK) fail();
    long rows = step("SELECT * FROM task") + step("SELECT * FROM need");
    printf("%ld %.0f\n", rows, cpu_microseconds());
    return sum == 0;
}
