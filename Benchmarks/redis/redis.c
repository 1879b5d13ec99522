// The floor under a store on Redis: it decides nothing, and keeps what was decided.
//
// redis PORT COUNT SIZE    keeps COUNT events of a new task each, and their tasks' rows, SIZE of them a script; prints the
//                          microseconds of CPU that an event takes here. What it takes of Redis is not in that.
//
// The script does what taskflow's does where all goes well: it compares the end, adds the events, and sets rows and end.

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char script[] =
    "if redis.call('HGET', KEYS[1], 'seq') ~= ARGV[1] then return {'behind'} end "
    "local next = 3 "
    "while next < #ARGV do "
    "  redis.call('XADD', KEYS[2], ARGV[next] .. '-0', 'e', ARGV[next + 1], 'a', ARGV[2]) "
    "  redis.call('HSET', KEYS[3], ARGV[next + 2], ARGV[next + 3]) "
    "  next = next + 4 "
    "end "
    "redis.call('HSET', KEYS[1], 'seq', ARGV[2]) "
    "return {'kept'}";

static redisReply *check(redisContext *redis, redisReply *reply) {
    if (reply != NULL && reply->type != REDIS_REPLY_ERROR) return reply;
    fprintf(stderr, "redis: %s\n", reply != NULL ? reply->str : redis->errstr);
    exit(1);
}

static double microseconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int main(int count, char **words) {
    if (count != 4) return 64;
    redisContext *redis = redisConnect("127.0.0.1", atoi(words[1]));
    if (redis == NULL || redis->err) return 1;
    int events = atoi(words[2]), size = atoi(words[3]), number = 0;
    redisReply *hash = check(redis, redisCommand(redis, "SCRIPT LOAD %s", script));
    freeReplyObject(check(redis, redisCommand(redis, "HSET {c}:end seq 0")));

    // Bytes as many as an event and a row of a task without a project have.
    char event[150], row[100];
    memset(event, 'e', sizeof event);
    memset(row, 'r', sizeof row);
    int most = 8 + 4 * size;
    const char **arguments = calloc(most, sizeof *arguments);
    size_t *lengths = calloc(most, sizeof *lengths);
    char (*texts)[24] = calloc(2 * size + 2, sizeof *texts);
    const char *front[] = {"EVALSHA", hash->str, "3", "{c}:end", "{c}:events", "{c}:tasks"};
    double start = microseconds();
    while (number < events) {
        int used = 0;
        for (; used < 6; used++) {
            arguments[used] = front[used];
            lengths[used] = strlen(front[used]);
        }
        for (int end = 0; end < 2; end++) {
            arguments[used] = texts[end];
            lengths[used++] = snprintf(texts[end], sizeof *texts, "%d", number + end * size);
        }
        for (int index = 0; index < size; index++) {
            char *id = texts[2 + 2 * index], *key = texts[3 + 2 * index];
            arguments[used] = id;
            lengths[used++] = snprintf(id, sizeof *texts, "%d", ++number);
            arguments[used] = event;
            lengths[used++] = sizeof event;
            arguments[used] = key;
            lengths[used++] = snprintf(key, sizeof *texts, "%016d", number);
            arguments[used] = row;
            lengths[used++] = sizeof row;
        }
        freeReplyObject(check(redis, redisCommandArgv(redis, used, arguments, lengths)));
    }
    printf("%.3f\n", (microseconds() - start) / number);
    return 0;
}
