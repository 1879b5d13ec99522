"""The HTTP client asks servers that others wrote: nginx, Python's http.server, Node's http."""

import gzip
import http.server
import os
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest

from asking import answers
from server import free_port

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
BIG = bytes(range(256)) * 8_000


@pytest.fixture
def ask(http_ask):
    return partial(answers, http_ask)


# nginx


class Nginx:
    def __init__(self, folder, socket_path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket_path = socket_path
        self.folder = folder
        files = folder / "files"
        (files / "folder").mkdir(parents=True)
        (files / "small.txt").write_text("hello\n")
        (files / "empty.txt").write_text("")
        (files / "big.bin").write_bytes(BIG)
        (files / "folder" / "index.html").write_text("<p>index</p>")
        (files / "zeros.txt").write_bytes(bytes(10_000_000))
        (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 256; }}
http {{
    log_format connections '$connection $request_uri $status';
    access_log {folder}/access connections;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    client_max_body_size 100k;
    server {{
        listen 127.0.0.1:{self.port}; listen unix:{socket_path};
        root {files}; keepalive_requests 10; keepalive_timeout 1s;
        gzip on; gzip_types text/plain; gzip_min_length 1;
        location /folder {{ absolute_redirect on; }}
        location = /gone {{ return 410 "gone"; }}
        location = /none {{ return 204; }}
    }}
}}
""")
        self.process = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
        for _ in range(1_000):
            try:
                return socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                assert self.process.poll() is None, (folder / "errors").read_text()
                time.sleep(0.01)
        raise AssertionError("nginx does not listen")

    def connections(self, count: int) -> list[str]:
        """Which connection each of so many requests came on; nginx writes a line behind its answer."""
        deadline = time.monotonic() + 15
        while len(lines := (self.folder / "access").read_text().splitlines()) < count and time.monotonic() < deadline:
            time.sleep(0.01)  # Between two looks; being right does not hang on it.
        return [line.split()[0] for line in lines]


@pytest.fixture
def nginx(tmp_path):
    if not NGINX:
        pytest.skip("nginx is not installed")
    server = Nginx(tmp_path, f"/tmp/ask-{os.getpid()}.socket")
    yield server
    server.process.terminate()
    server.process.wait(timeout=20)


def test_nginx_serves_files(nginx, ask):
    paths = {"/small.txt": b"hello\n", "/empty.txt": b"", "/big.bin": BIG, "/folder/": b"<p>index</p>"}
    answers = ask(*(nginx.url + path for path in paths))
    assert [(answer.status, answer.content) for answer in answers] == [(200, content) for content in paths.values()]
    assert all(answer.failure is None for answer in answers)


def test_nginx_answers_without_content(nginx, ask):
    head, = ask("--method", "HEAD", nginx.url + "/big.bin")
    assert (head.status, head.content, head.fields["content-length"]) == (200, b"", str(len(BIG)))
    modified, = ask("--field", f"If-Modified-Since: {head.fields['last-modified']}", nginx.url + "/big.bin")
    assert (modified.status, modified.content) == (304, b"")
    none, gone, missing = ask(*(nginx.url + path for path in ("/none", "/gone", "/missing")))
    assert (none.status, gone.status, gone.content, missing.status) == (204, 410, b"gone", 404)


def test_nginx_compresses_in_chunks_and_nothing_is_made_of_it(nginx, ask):
    bomb, = ask("--field", "Accept-Encoding: gzip", nginx.url + "/zeros.txt")
    assert bomb.fields["content-encoding"] == "gzip" and bomb.fields["transfer-encoding"] == "chunked"
    assert len(bomb.content) < 100_000 and gzip.decompress(bomb.content) == bytes(10_000_000)


def test_nginx_ends_a_connection_behind_ten_requests(nginx, ask):
    answers = ask("--connections", 4, "--times", 500, nginx.url + "/small.txt")
    assert {(answer.status, answer.content, answer.failure) for answer in answers} == {(200, b"hello\n", None)}
    numbers = nginx.connections(500)
    counts = [numbers.count(number) for number in set(numbers)]
    assert sum(counts) == 500 and max(counts) == 10 and len(counts) <= 60


def test_nginx_ends_an_idle_connection(nginx, ask):
    answers = ask("--method", "POST", "--pause", 3_000, "--times", 3, nginx.url + "/gone")
    assert [(answer.status, answer.failure) for answer in answers] == [(410, None)] * 3
    assert len(set(nginx.connections(3))) == 3


def test_nginx_answers_before_the_body_has_been_sent(nginx, ask):
    refused, = ask("--method", "POST", "--length", 300_000, nginx.url + "/gone")
    assert (refused.status, refused.failure) == (413, None)
    # Of chunks it knows no length, and does not wait for the end of them.
    answered, = ask("--method", "POST", "--length", 300_000, "--pieces", nginx.url + "/gone")
    assert (answered.status, answered.failure) == (410, None)


def test_nginx_redirects_to_the_folder(nginx, ask):
    moved, = ask(nginx.url + "/folder")
    assert moved.status == 301
    followed, = ask("--redirects", 1, nginx.url + "/folder")
    assert (followed.status, followed.content, followed.url) == (200, b"<p>index</p>", nginx.url + "/folder/")


def test_nginx_over_a_socket_of_the_file_system(nginx, ask):
    answers = ask("--socket", nginx.socket_path, "--pause", 0, "--times", 5, "http://localhost/small.txt")
    assert {(answer.status, answer.content) for answer in answers} == {(200, b"hello\n")}
    assert len(set(nginx.connections(5))) == 1
    missing, = ask("--socket", nginx.socket_path + "x", "http://localhost/")
    assert missing.failure.startswith("ENOENT")


# Python's http.server


@contextmanager
def python_server(folder, version: str):
    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = version

        def log_message(self, *_):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response_only(100)
            self.end_headers()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_python_serves_files(tmp_path, ask, version):
    (tmp_path / "big.bin").write_bytes(BIG)
    (tmp_path / "folder").mkdir()
    with python_server(tmp_path, version) as url:
        answers = ask("--connections", 3, "--times", 30, url + "/big.bin")
        assert {(answer.status, answer.failure) for answer in answers} == {(200, None)}
        assert all(answer.content == BIG for answer in answers)
        listing, missing = ask(url + "/", url + "/missing")
        assert b"big.bin" in listing.content and missing.status == 404
        followed, = ask("--redirects", 2, url + "/folder")
        assert (followed.status, followed.url) == (200, url + "/folder/")
        posted, = ask("--method", "POST", "--length", 50_000, url + "/")
        assert (posted.status, posted.content, posted.informed) == (200, b"a" * 50_000, [100])
