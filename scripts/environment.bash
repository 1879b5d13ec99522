# shellcheck shell=bash
# What each script begins with: the shell as it comes, whatever the caller's settings are. To be sourced, first of all.
#
# Sets $root, the folder of the repository. What a program needs stays as it is: PATH, HOME, TMPDIR, the tokens.

set -euo pipefail
set +o posix +o noclobber +o noglob
# Functions and aliases come from the environment, or from the file that BASH_ENV names.
unalias -a
for name in $(compgen -A function); do unset -f "$name"; done
unset name
unset BASH_ENV ENV CDPATH POSIXLY_CORRECT GREP_OPTIONS GREP_COLOR GREP_COLORS JQ_COLORS
unset FORCE_COLOR NODE_OPTIONS NODE_DEBUG
# The letters of the caller's language stay; numbers and sorting are the C locale's.
if [ -n "${LC_ALL:-}" ]; then { export LC_CTYPE=$LC_ALL; } 2>/dev/null; fi
unset LC_ALL
export LC_NUMERIC=C LC_COLLATE=C

# shellcheck disable=SC2034 # For the scripts.
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

# misused WHAT: ends a script that was called wrongly, as sysexits.h has it.
misused() {
    echo "$(basename "$0" .sh): $*, see --help" >&2
    exit 64
}
