// The floor under every HTTP server on libuv: it parses nothing and answers each read with the same bytes.
//
// What a real server needs more processor time than this for is its own work: parsing, routing, serialising. A client
// must have one request in flight a connection, in one segment, so that a read is a request.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

// One buffer for all connections: reading and answering is one callback.
static char incoming[65536];
static uv_buf_t answer;

// What the kernel did not take at once; owns nothing, since the answer stays for good.
static void on_written(uv_write_t *request, int status) {
    (void)status;
    free(request);
}

static void on_closed(uv_handle_t *connection) { free(connection); }

static void on_memory_wanted(uv_handle_t *connection, size_t suggested, uv_buf_t *buffer) {
    (void)connection;
    (void)suggested;
    *buffer = uv_buf_init(incoming, sizeof incoming);
}

static void on_read(uv_stream_t *connection, ssize_t count, const uv_buf_t *buffer) {
    (void)buffer;
    if (count < 0) {
        uv_close((uv_handle_t *)connection, on_closed);
        return;
    }
    if (count == 0) return;
    int written = uv_try_write(connection, &answer, 1);
    if (written == (int)answer.len) return;
    uv_buf_t rest = written > 0 ? uv_buf_init(answer.base + written, answer.len - (unsigned)written) : answer;
    uv_write_t *request = malloc(sizeof *request);
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

static uv_buf_t read_answer(const char *path) {
    static char bytes[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    size_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return uv_buf_init(bytes, (unsigned)count);
}

int main(int argc, char **argv) {
    if (argc != 4 || strcmp(argv[1], "--port") != 0) {
        fprintf(stderr, "Usage: floor --port N FILE\n  Answers every read on 127.0.0.1:N with the bytes of FILE.\n");
        return 64;
    }
    answer = read_answer(argv[3]);
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
