#!/usr/bin/env bash
# Builds Taskflow for release and runs it.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/environment.bash
. "$(dirname "$self")/environment.bash"

if [ "${1:-}" = --help ] || [ "${1:-}" = -h ]; then
    cat <<'TEXT'
Usage: scripts/serve.sh [taskflow's arguments]

Installs the libraries that are missing, builds for release, and runs the server on 127.0.0.1:3000.
The first build takes minutes.
The arguments are passed on, for example: scripts/serve.sh --port 8080 --log-level debug
All of them: swift run taskflow --help
TEXT
    exit
fi

command -v swift >/dev/null || {
    echo "serve: no swift here; it can be had from https://www.swift.org/install" >&2
    exit 1
}

# No cd: a path among the arguments means what it means to the caller.
build() { swift build --package-path "$root" --configuration release --product taskflow "$@"; }

"$root/scripts/install-deps.sh" build
if [ ! -x "$root/.build/release/taskflow" ]; then
    echo "serve: building for the first time, which takes minutes; the next time it takes seconds" >&2
fi
build >&2
# exec, so that signals and the exit code are the server's own.
exec "$(build --show-bin-path)/taskflow" "$@"
