#!/usr/bin/env bash
# Shows a server's live events: curl as a WebSocket client, and another curl that changes tasks.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/demo.bash
. "$(dirname "$self")/demo.bash"

usage() {
    cat <<'TEXT'
Usage: scripts/live-events.sh

Opens three WebSockets to a running server with curl alone, creates, changes, moves and deletes a task, and shows and
checks which event arrives where. The tasks are deleted again. Ends with 1 if something is not as it should be.

From the environment:
  BASE_URL     where the server is (http://localhost:3000)
  ADMIN_TOKEN  who asks (secret-admin-123, which is the development mode's)
TEXT
}

begin "$@"

concept "The way in"
say "A WebSocket begins as a request for another protocol. The key and its answer are RFC 6455's own."
listen everything
listen project "?rooms=project-$project"
tr -d '\r' <"$work/everything.head" | sed '/^$/d; s/^/  < /'
check "101, and both sides speak WebSocket" grep -q '^HTTP/1.1 101' "$work/everything.head"
check "the server has answered the key" grep -q 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' "$work/everything.head"
messages everything | sed 's/^/  everything < /' | sed -n 1p
check "a client that connects is greeted" await everything '"rooms":["tasks"]'
check "and hears only what was asked for" await project "\"rooms\":[\"project-$project\"]"

concept "Four events"
say "Each change is told as it happens. A new priority is also a new place in the queue, so it makes two events."
create '"title":"Learn WebSockets","priority":5'
task=$id
listen task "?rooms=task-$task"
shown='{title, status}' ask PATCH "/tasks/$task" '{"status":"in-progress"}'
shown='{title, priority}' ask PATCH "/tasks/$task" '{"priority":9}'
shown='{title, priority}' ask PATCH "/tasks/$task" '{"priority":9}'
say "(The same again changes nothing, so there is no event.)"
say "A second task, of another project:"
shown='{id, title, project}' ask POST /tasks "{\"title\":\"Elsewhere\",\"project\":\"$project-b\"}"
other=$(field id)
ask DELETE "/tasks/$other"
ask DELETE "/tasks/$task"
await everything "\"event\":\"task.deleted\",\"task\":{\"id\":\"$task\"" || true
await project '"event":"task.deleted"' || true
await task '"event":"task.deleted"' || true
hear everything "$task"
check "created, changed, changed and moved, deleted: in this order" \
    equal "$(events everything "$task")" 'task.created task.updated task.updated task.moved task.deleted'
check "the first change names its field" await everything '"changes":["status"]'
check "the move says from where to where" await everything '"from":5,"to":9'
numbers=$(messages everything | sed -n 's/.*"seq":\([0-9]*\),.*/\1/p')
check "seq grows by one with each event" equal "$numbers" \
    "$(awk 'NR == 1 { first = $1 } { print first + NR - 1 }' <<<"$numbers")"

concept "Rooms"
say "A client that listens to a project or to one task is not told about others."
hear project "$task"
check "the project's room heard all of it" equal "$(events project "$task")" "$(events everything "$task")"
check "and nothing of the other project's task" equal "$(events project "$other")" ''
hear task "$task"
check "the task's own room heard what came after it was entered" \
    equal "$(events task "$task")" 'task.updated task.updated task.moved task.deleted'
check "the room of all tasks heard of both" equal "$(events everything "$other")" 'task.created task.deleted'

conclude
