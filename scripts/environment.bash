# shellcheck shell=bash
# What every script here is run in, whatever the caller's own settings are. To be sourced, first of all.
#
# It leaves the caller what a program needs to start and to find its way, such as PATH and HOME, and sets $root, the
# folder of the whole repository.

set -euo pipefail
set +o posix +o noclobber +o noglob
# Functions and aliases come from the environment or from the file that BASH_ENV names.
unalias -a
for name in $(compgen -A function); do unset -f "$name"; done
unset BASH_ENV ENV CDPATH POSIXLY_CORRECT GREP_OPTIONS GREP_COLOR GREP_COLORS JQ_COLORS CURL_HOME AWKPATH name
unset http_proxy https_proxy all_proxy
