# shellcheck shell=bash
# shellcheck disable=SC2034  # What is left for the scripts.
# What the demonstrations share: ask a server and show what it says, check it, listen to it, tidy up. To be sourced.
#
# A script defines `usage` and calls `begin`, then `ask` and `check` under each `concept`, and at last `conclude`.
# All its tasks belong to $project or to a project whose name begins so, and go when the script ends, however it does.

# shellcheck source=scripts/environment.bash
. "$(dirname "${BASH_SOURCE[0]}")/environment.bash"

# Never ~/.curlrc and never a proxy: it would get the admin's token.
curl=(curl -q --noproxy '*' --silent)

program=$(basename "$0" .sh)
BASE_URL=${BASE_URL:-http://localhost:3000}
BASE_URL=${BASE_URL%/}
ADMIN_TOKEN=${ADMIN_TOKEN:-secret-admin-123}
USER_TOKEN=${USER_TOKEN:-secret-user-123}
project=$program-$$-$RANDOM

work='' has_leaked=false is_done=false
# The answer to the last question; curl says 000 where there was none.
status=000 body='' milliseconds=0
# The caller of the next request (admin, user, nobody), one header more, and what jq picks from the answer to show.
who=admin extra='' shown=''
concepts=0 title='' why='' passed=0 failed=0 results='' any_failed=false

bold='' dim='' green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\033[1m' dim=$'\033[2m' green=$'\033[32m' red=$'\033[31m' plain=$'\033[0m'
fi

fail() {
    echo "$program: $*" >&2
    exit 1
}

# begin ARGUMENT…: reads the command line, and makes sure that there is a server that lets us in.
begin() {
    local argument
    for argument in "$@"; do
        case $argument in
            --help | -h) usage && exit ;;
            *) misused "no option $argument" ;;
        esac
    done
    command -v curl >/dev/null || fail "needs curl, see scripts/install-deps.sh test"
    work=$(mktemp -d "${TMPDIR:-/tmp}/taskflow-demo.XXXXXX" 2>/dev/null) ||
        fail "cannot make a folder in ${TMPDIR:-/tmp}; TMPDIR can name another place"
    trap finish EXIT
    trap 'finish 129' HUP
    trap 'finish 130' INT
    trap 'finish 143' TERM
    # In files, not in arguments, which every user of the machine can see.
    printf 'Authorization: Bearer %s\n' "$ADMIN_TOKEN" >"$work/admin"
    printf 'Authorization: Bearer %s\n' "$USER_TOKEN" >"$work/user"
    admit
}

# Asks for what changes nothing and only an admin may ask.
admit() {
    who=nobody fetch GET /health
    [ "$status" != 000 ] || fail "no server at $BASE_URL ($(cat "$work/trouble")); start one with: swift run taskflow"
    says '"status":"healthy"' || fail "what answers at $BASE_URL is no taskflow, or lets nobody in: $status $(brief)"
    fetch POST /tasks '{}'
    case $status in
        422) ;;
        401) fail "the server at $BASE_URL does not know this ADMIN_TOKEN" ;;
        403) fail "ADMIN_TOKEN is not the admin's at $BASE_URL: $(field message)" ;;
        *) fail "unexpected answer of $BASE_URL to POST /tasks: $status $(brief)" ;;
    esac
}

# --- Asking -----------------------------------------------------------------------------------------------------------

# fetch METHOD PATH [BODY]: asks, and leaves the answer in $status, $body, $milliseconds and the file "$work/head".
fetch() {
    local method=$1 path=$2 text=${3:-} outcome
    set -- --request "$method"
    if [ "$method" = HEAD ]; then set -- --head; fi
    if [ "$who" != nobody ]; then set -- "$@" --header "@$work/$who"; fi
    if [ -n "$extra" ]; then set -- "$@" --header "$extra"; fi
    if [ -n "$text" ]; then set -- "$@" --header 'Content-Type: application/json' --data-binary "$text"; fi
    : >"$work/head"
    : >"$work/body"
    outcome=$("${curl[@]}" --show-error --max-time 30 --dump-header "$work/head" --output "$work/body" \
        --write-out '%{http_code} %{time_total}' "$@" "$BASE_URL$path" 2>"$work/trouble") || outcome='000 0'
    status=${outcome% *}
    # Some locales write a comma into the seconds.
    milliseconds=$(tr , . <<<"${outcome#* }" | awk '{ printf "%d", $1 * 1000 }')
    body=''
    if [ "$method" != HEAD ]; then body=$(cat "$work/body"); fi
}

# question METHOD PATH [BODY]: shows what is asked.
question() {
    local note=''
    if [ "$who" != admin ]; then note="   (as $who)"; fi
    echo "  $bold> $1 $2${3:+ $3}$plain$dim$note$plain"
    if [ -n "$extra" ]; then echo "  $bold> $extra$plain"; fi
}

# ask METHOD PATH [BODY]: fetches, and shows the question and the answer.
ask() {
    question "$@"
    fetch "$@"
    [ "$status" != 000 ] || fail "no answer from $BASE_URL any more ($(cat "$work/trouble"))"
    echo "  < $status $(brief)"
}

# The body as a line: what $shown picks, or as much as a few lines of a terminal hold.
brief() {
    local filter=${shown:-if type == \"object\" and .error then .error | del(.timestamp, .requestId) else . end} line
    if command -v jq >/dev/null && line=$(jq --compact-output "$filter" <<<"$body" 2>/dev/null); then
        echo "$line"
    elif [ ${#body} -gt 240 ]; then
        echo "${body:0:240}…"
    else
        echo "$body"
    fi
}

# field NAME: the first value of that name in the body.
field() {
    local rest=${body#*"\"$1\":"}
    [ "$rest" != "$body" ] || return 0
    case $rest in
        '"'*) rest=${rest#\"} && echo "${rest%%\"*}" ;;
        *) echo "${rest%%[],\}]*}" ;;
    esac
}

# header NAME: the value of that field in the answer's head.
header() {
    tr -d '\r' <"$work/head" | awk -v name="$1:" 'tolower($1) == tolower(name) { sub(/^[^:]*: */, ""); print; exit }'
}

# create FIELDS: adds a task of this project's, with $id as its id.
create() {
    shown=${shown:-'{id, title, priority, project}'} ask POST /tasks "{$1,\"project\":\"$project\"}"
    id=$(field id)
}

# --- Checking ---------------------------------------------------------------------------------------------------------

# concept TITLE: begins a part; its result is shown at the end.
concept() {
    settle
    concepts=$((concepts + 1)) title=$1
    echo
    echo "$bold$concepts. $title$plain"
}

say() { printf '  %s%s%s\n' "$dim" "$*" "$plain"; }

# check FACT COMMAND…: says whether the command agrees.
check() {
    local fact=$1
    shift
    why=''
    if "$@"; then
        passed=$((passed + 1))
        echo "  ${green}ok$plain      $fact"
    else
        failed=$((failed + 1)) any_failed=true
        echo "  ${red}FAILED$plain  $fact${why:+: $why}"
    fi
}

# answered STATUS [TEXT…]: the last answer was this, with these texts in its body.
answered() {
    why="the answer was $status $(shown=. brief)"
    [ "$status" = "$1" ] || return 1
    shift
    local text
    for text in "$@"; do says "$text" || return 1; done
}

says() { case $body in *"$1"*) ;; *) return 1 ;; esac; }

# equal VALUE WANTED
equal() {
    why="'$1' and not '$2'"
    [ "$1" = "$2" ]
}

# at_least NUMBER LEAST
at_least() {
    why="${1:-nothing} and not at least $2"
    [ "${1%.*}" -ge "$2" ] 2>/dev/null
}

# Adds the line of the concept that ends.
settle() {
    [ -n "$title" ] || return 0
    local line="${green}ok$plain      $passed checks"
    if [ "$passed" -eq 1 ]; then line=${line%s}; fi
    if [ "$failed" -gt 0 ]; then line="${red}FAILED$plain  $failed of $((passed + failed)) checks"; fi
    results=$results$(printf '%3d  %-22s %s' "$concepts" "$title" "$line")$'\n'
    passed=0 failed=0 title=''
}

# Shows a line a concept, and ends the script.
conclude() {
    settle
    tidy || any_failed=true
    is_done=true
    printf '\n%s\n' "$results"
    if $any_failed; then
        echo "${red}Not everything works.$plain"
        exit 1
    fi
    echo "${green}Everything works.$plain"
}

# --- Listening --------------------------------------------------------------------------------------------------------

# listen NAME [QUERY]: opens a WebSocket. After the handshake curl writes down what comes, frames and all.
listen() {
    echo "  $bold> WebSocket /ws/tasks${2:-}$plain$dim   (called $1)$plain"
    : >"$work/$1"
    "${curl[@]}" --no-buffer --http1.1 --max-time 60 --dump-header "$work/$1.head" --header "@$work/admin" \
        --header 'Connection: Upgrade' --header 'Upgrade: websocket' --header 'Sec-WebSocket-Version: 13' \
        --header 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' "$BASE_URL/ws/tasks${2:-}" >>"$work/$1" 2>/dev/null &
    await "$1" '"event":"connection.ready"' || true
}

# messages NAME: what the listener has heard, a message a line.
#
# A frame from the server is a byte 81, a length of one, three or nine bytes, and the text. No text has in it what an
# event begins with, since JSON writes a quote in a string as \"; so a line begins there, and ends before the next 81.
messages() {
    local -x LC_ALL=C
    local start='{"event":"' mark=$'\x81'
    # The last line, too, ends with a line feed.
    { tr '\000\n' '\001\001' <"$work/$1" && echo; } | sed "s/$start/\\
&/g" | sed -n "/^$start/ { s/$mark"$'\x7f'"........\$//; s/$mark~..\$//; s/$mark.\$//; p; }"
}

# await NAME TEXT: waits until the listener has heard it, 5 s at most.
await() {
    local turns=0
    # Not grep -q: it would leave before it has heard all, and the pipe would break.
    while ! messages "$1" | grep -F -- "$2" >/dev/null; do
        turns=$((turns + 1))
        [ $turns -lt 100 ] || return 1
        sleep 0.05
    done
}

# about NAME ID: the messages about that task.
about() { messages "$1" | grep -F "\"task\":{\"id\":\"$2\"" || true; }

# events NAME ID: the names of the events about that task that the listener has heard, in order.
events() { about "$1" "$2" | sed 's/^{"event":"\([^"]*\)".*/\1/' | tr '\n' ' ' | sed 's/ $//'; }

# hear NAME ID: shows what the listener has heard about that task.
hear() {
    local shown='{event, seq, task: (.task | if .title then {title, priority, status} else {id} end)}' body
    about "$1" "$2" | while read -r body; do echo "  $1 < $(brief)"; done
}

# --- Tidying up -------------------------------------------------------------------------------------------------------

# Ends what runs in the background; a list of our own would lack what was started just when a signal came.
dismiss() {
    local process
    for process in $(jobs -p); do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
}

# Ends what runs in the background, deletes the tasks of this run and lets go of what was leaked. Fails if tasks stay.
tidy() {
    local name task left=0
    dismiss
    who=admin extra=''
    for name in "$project" "$project-b"; do
        fetch GET "/tasks?project=$name"
        if [ "$status" != 200 ]; then left=$((left + 1)) body=''; fi
        while read -r task; do
            [ -n "$task" ] || continue
            fetch DELETE "/tasks/$task"
            case $status in 204 | 404) ;; *) left=$((left + 1)) ;; esac
        done <<<"$(grep -o '"id":"[^"]*"' <<<"$body" | cut -d '"' -f 4)"
    done
    if $has_leaked; then fetch POST /tasks/memory/clear; fi
    has_leaked=false
    [ $left -eq 0 ] || {
        echo "$program: tasks of the projects $project and $project-b may be left at $BASE_URL" >&2
        return 1
    }
}

# finish [CODE]: however the script ends.
#
# A signal's trap calls it, too, and not `exit`: what the signal has ended may have made the script end already, and an
# `exit` within the trap of EXIT would leave that unfinished.
finish() {
    local code=${1:-$?}
    trap '' HUP INT TERM
    trap - EXIT
    set +e
    if ! $is_done && [ $concepts -gt 0 ]; then
        echo "$program: ended early; tidying up" >&2
        tidy
        if [ "$code" -eq 0 ]; then code=1; fi
    fi
    rm -rf "$work"
    exit "$code"
}
