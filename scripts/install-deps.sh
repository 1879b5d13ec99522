#!/usr/bin/env bash
# Installs what is missing to build, test or measure Taskflow; the one place that knows the packages' names.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"

usage() {
    cat <<'TEXT'
Usage: scripts/install-deps.sh [build | test | full | bench | package]

Installs what is missing on this machine, and asks apt only then:
  build   libuv, OpenSSL, SQLite, hiredis, zlib and pkg-config (the default)
  test    also curl, jq, openssl, Node with its ws package, Python's venv, and on Linux nginx, Caddy, sslscan, strace,
          valgrind, libfaketime, Redis, Chromium and certutil, which tells it whom to trust, slowhttptest, promtool, man,
          and what package needs
  full    also what `scripts/test.sh --full` needs beside that: debootstrap
  bench   also Node with its ws package, wrk, openssl, valgrind, Python's venv, and beanstalkd and Redis to compare with
  package also debhelper and chrpath, to make a Debian package, and git, which knows the date of the commit

On Debian and Ubuntu the packages come from apt, with sudo when you are not root.
On macOS it says what to install with Homebrew.
TEXT
}

fail() {
    echo "install-deps: $*" >&2
    exit 1
}

has_command() { command -v "$1" >/dev/null; }
has_library() { pkg-config --exists "$1" 2>/dev/null; }
has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_browser() { has_command chromium || has_command chromium-browser || has_command google-chrome; }
# Debian puts it where only root's shell looks.
has_nginx() { PATH=$PATH:/usr/sbin has_command nginx; }
has_debootstrap() { PATH=$PATH:/usr/sbin has_command debootstrap; }
# Debian puts Node's packages where a Node from elsewhere looks only when it is told to.
has_ws() { NODE_PATH=/usr/share/nodejs node -e 'require("ws")' 2>/dev/null; }

# What is there counts, not where it came from: a Node from nvm or a libuv built by hand will do.
missing=()
need() {
    local package=$1
    shift
    "$@" || missing+=("$package")
}

need_build() {
    need pkg-config has_command pkg-config
    need libuv1-dev has_library libuv
    need libssl-dev has_library libssl
    need libsqlite3-dev has_library sqlite3
    need zlib1g-dev has_library zlib
    need libhiredis-dev has_library hiredis
}

need_test() {
    need_build
    need curl has_command curl
    need jq has_command jq
    need openssl has_command openssl
    need nodejs has_command node
    need node-ws has_ws
    need python3-venv has_venv
    if [ "$(uname)" = Linux ]; then
        need sslscan has_command sslscan
        need nginx has_nginx
        need caddy has_command caddy
        need strace has_command strace
        need valgrind has_command valgrind
        need faketime has_command faketime
        need redis-server has_command redis-server
        need chromium has_browser
        need libnss3-tools has_command certutil
        need slowhttptest has_command slowhttptest
        need man-db has_command man
        need prometheus has_command promtool
        need_package
    fi
}

need_full() {
    need_test
    if [ "$(uname)" = Linux ]; then need debootstrap has_debootstrap; fi
}

need_package() {
    need_build
    need git has_command git
    need debhelper has_command dh
    need chrpath has_command chrpath
}

need_bench() {
    need_build
    need nodejs has_command node
    need node-ws has_ws
    need wrk has_command wrk
    need openssl has_command openssl
    need valgrind has_command valgrind
    need beanstalkd has_command beanstalkd
    need redis-server has_command redis-server
    need python3-venv has_venv
}

apt_install() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        has_command sudo || fail "not root, and no sudo; as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    # A variable set before sudo would not reach apt.
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    echo "Installing with apt: ${missing[*]}" >&2
    # A list that cannot be fetched need not matter: the packages may be known from the last time.
    "${apt[@]}" update >&2 || echo "install-deps: apt-get update failed, going on with the lists at hand" >&2
    "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >&2 ||
        fail "apt could not install: ${missing[*]}"
}

if [ $# -gt 1 ]; then misused "one word at most, not $*"; fi
case "${1:-build}" in
    --help | -h) usage && exit ;;
    build | test | full | bench | package) "need_${1:-build}" ;;
    *) misused "nothing is called ${1:-}" ;;
esac

[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(uname)" = Darwin ]; then
    # Libraries of Homebrew's are found by SwiftPM itself, so pkg-config not knowing them proves nothing.
    brew list libuv openssl@3 sqlite >/dev/null 2>&1 || fail "please run: brew install libuv openssl@3 sqlite"
    echo "install-deps: not found, maybe not needed here: ${missing[*]}" >&2
elif has_command apt-get; then
    apt_install
else
    fail "please install what your system calls: ${missing[*]}"
fi
