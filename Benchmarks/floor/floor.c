// The floor under every server on libuv: it parses nothing.
//
// floor --port N FILE      answers each read with the bytes of FILE
// floor --port N --frames  gives back WebSocket messages of 64 bytes, unmasked; what begins with a G is a handshake
// floor --port N --export COUNT FILE
//                          answers each read with a body of COUNT times the bytes of FILE, in chunks, as fast as it is read
// floor --port N --event EVENT FILE
//                          answers each POST with the bytes of FILE, and sends those of EVENT on each connection that has
//                          shaken hands
//
// What a real server needs more processor time than this for is its own work: parsing, routing, serialising. A client
// must have one request in flight a connection, in one segment, so that a read is a request, or whole frames.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

// One buffer for all connections: reading and answering is one callback.
static char incoming[65536];
// What a read is answered with.
static uv_buf_t (*answer_to)(const char *bytes, size_t count);

static uv_buf_t constant;

static uv_buf_t answer_constantly(const char *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return constant;
}

enum { MESSAGE = 64, HEAD = 2, MASK = 4 };

// The accept that belongs to the one key that the benchmarks' clients send.
static char handshake[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static uv_buf_t give_frames_back(const char *bytes, size_t count) {
    static char outgoing[65536];
    if (bytes[0] == 'G') return uv_buf_init(handshake, sizeof handshake - 1);
    size_t length = 0;
    for (; count >= HEAD + MASK + MESSAGE; count -= HEAD + MASK + MESSAGE, bytes += HEAD + MASK + MESSAGE) {
        outgoing[length++] = bytes[0];
        outgoing[length++] = MESSAGE;
        for (int index = 0; index < MESSAGE; index++)
            outgoing[length++] = bytes[HEAD + MASK + index] ^ bytes[HEAD + index % MASK];
    }
    return uv_buf_init(outgoing, (unsigned)length);
}

// The connections that have shaken hands, and what is sent on each.
static uv_stream_t *members[16384];
static size_t member_count;
static uv_buf_t event;

static void forget_member(const uv_stream_t *connection) {
    for (size_t index = 0; index < member_count; index++)
        if (members[index] == connection) members[index--] = members[--member_count];
}

// Sent when the answer has left, to each in turn. A member that has not read the last event gets no more of them.
static void send_event(void) {
    for (size_t index = 0; index < member_count; index++)
        if (uv_try_write(members[index], &event, 1) != (int)event.len) members[index--] = members[--member_count];
}

// A long body: one piece of it in memory, the next when the kernel has taken it.
typedef struct {
    uv_write_t request;
    uv_stream_t *connection;
    long left;
    char piece[20000];
} export_t;

static long exported;
enum { PIECE = 15360, LONGEST_LINE = 4000 };

static char export_head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson; charset=utf-8\r\n"
                            "Transfer-Encoding: chunked\r\n\r\n";

static void export_more(uv_write_t *request, int status) {
    export_t *export = (export_t *)request;
    for (;;) {
        if (status < 0 || export->left < 0) {
            free(export);
            return;
        }
        size_t count = 0;
        const size_t size_line = 6;  // Four digits, CR LF.
        for (; count < PIECE && export->left > 0; export->left--, count += constant.len)
            memcpy(export->piece + size_line + count, constant.base, constant.len);
        char digits[8];
        snprintf(digits, sizeof digits, "%04zx\r\n", count);
        memcpy(export->piece, digits, size_line);
        memcpy(export->piece + size_line + count, "\r\n", 2);
        if (count == 0) export->left = -1;
        uv_buf_t piece = uv_buf_init(export->piece, (unsigned)(size_line + count + 2));
        int written = uv_try_write(export->connection, &piece, 1);
        if (written == (int)piece.len) continue;
        size_t taken = written > 0 ? (size_t)written : 0;
        uv_buf_t rest = uv_buf_init(piece.base + taken, (unsigned)(piece.len - taken));
        if (uv_write(&export->request, export->connection, &rest, 1, export_more) != 0) free(export);
        return;
    }
}

static void begin_export(uv_stream_t *connection) {
    export_t *export = malloc(sizeof *export);
    if (export == NULL) return;
    export->connection = connection;
    export->left = exported;
    uv_buf_t head = uv_buf_init(export_head, sizeof export_head - 1);
    uv_try_write(connection, &head, 1);
    export_more(&export->request, 0);
}

// What the kernel did not take at once lies behind the request.
static void on_written(uv_write_t *request, int status) {
    (void)status;
    free(request);
}

static void on_closed(uv_handle_t *connection) {
    forget_member((uv_stream_t *)connection);
    free(connection);
}

static void on_memory_wanted(uv_handle_t *connection, size_t suggested, uv_buf_t *buffer) {
    (void)connection;
    (void)suggested;
    *buffer = uv_buf_init(incoming, sizeof incoming);
}

static void on_read(uv_stream_t *connection, ssize_t count, const uv_buf_t *buffer) {
    if (count < 0) {
        uv_close((uv_handle_t *)connection, on_closed);
        return;
    }
    if (count == 0) return;
    if (exported > 0) {
        begin_export(connection);
        return;
    }
    int is_handshake = event.len > 0 && buffer->base[0] == 'G';
    if (is_handshake && member_count < sizeof members / sizeof *members) members[member_count++] = connection;
    uv_buf_t answer = is_handshake ? uv_buf_init(handshake, sizeof handshake - 1) : answer_to(buffer->base, (size_t)count);
    int written = uv_try_write(connection, &answer, 1);
    if (event.len > 0 && !is_handshake) send_event();
    if (written == (int)answer.len) return;
    size_t taken = written > 0 ? (size_t)written : 0;
    uv_write_t *request = malloc(sizeof *request + answer.len - taken);
    uv_buf_t rest = uv_buf_init((char *)(request + 1), (unsigned)(answer.len - taken));
    if (request != NULL) memcpy(rest.base, answer.base + taken, rest.len);
    if (request == NULL || uv_write(request, connection, &rest, 1, on_written) != 0) {
        free(request);
        if (!uv_is_closing((uv_handle_t *)connection)) uv_close((uv_handle_t *)connection, on_closed);
    }
}

static void on_connection(uv_stream_t *server, int status) {
    uv_tcp_t *connection = status == 0 ? malloc(sizeof *connection) : NULL;
    if (connection == NULL) return;
    uv_tcp_init(server->loop, connection);
    if (uv_accept(server, (uv_stream_t *)connection) != 0) {
        uv_close((uv_handle_t *)connection, on_closed);
        return;
    }
    uv_tcp_nodelay(connection, 1);
    uv_read_start((uv_stream_t *)connection, on_memory_wanted, on_read);
}

static void check(int status, const char *call) {
    if (status >= 0) return;
    fprintf(stderr, "floor: %s: %s\n", call, uv_strerror(status));
    exit(1);
}

static uv_buf_t read_bytes(const char *path, char bytes[65536]) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size_t count = fread(bytes, 1, 65536, file);
    fclose(file);
    return uv_buf_init(bytes, (unsigned)count);
}

int main(int argc, char **argv) {
    static char answer_bytes[65536], event_bytes[65536];
    int exports = argc == 6 && strcmp(argv[3], "--export") == 0;
    int events = argc == 6 && strcmp(argv[3], "--event") == 0;
    if ((argc != 4 && !exports && !events) || strcmp(argv[1], "--port") != 0) {
        fprintf(stderr, "Usage: floor --port N FILE | --frames | --export COUNT FILE | --event EVENT FILE\n"
                        "  Answers every read on 127.0.0.1:N.\n");
        return 64;
    }
    answer_to = strcmp(argv[3], "--frames") == 0 ? give_frames_back : answer_constantly;
    if (answer_to == answer_constantly) constant = read_bytes(argv[argc - 1], answer_bytes);
    if (events) event = read_bytes(argv[4], event_bytes);
    if (exports) exported = atol(argv[4]);
    if (exports && (exported <= 0 || constant.len > LONGEST_LINE)) check(UV_EINVAL, "--export");
    // libuv writes with write(2), so a client that is gone would end the program.
    signal(SIGPIPE, SIG_IGN);

    struct sockaddr_in address;
    uv_tcp_t server;
    uv_loop_t *loop = uv_default_loop();
    check(uv_ip4_addr("127.0.0.1", atoi(argv[2]), &address), "uv_ip4_addr");
    check(uv_tcp_init(loop, &server), "uv_tcp_init");
    check(uv_tcp_bind(&server, (const struct sockaddr *)&address, 0), "uv_tcp_bind");
    check(uv_listen((uv_stream_t *)&server, 511, on_connection), "uv_listen");
    return uv_run(loop, UV_RUN_DEFAULT);
}
