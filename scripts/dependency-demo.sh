#!/usr/bin/env bash
# Shows how a server orders tasks that need each other, and what it says when there is no order.
# A link to the script is followed to where its folder is.
self=$0
if [ -L "$self" ]; then self=$(realpath "$self"); fi
# shellcheck source=scripts/demo.bash
. "$(dirname "$self")/demo.bash"

usage() {
    cat <<'TEXT'
Usage: scripts/dependency-demo.sh

Builds a chain of tasks at a running server and lets it be resolved; makes a circle of it and a hole in it, and shows
the errors. Each answer is checked, and the tasks are deleted again. Ends with 1 if an answer is not as it should be.

From the environment:
  BASE_URL     where the server is (http://localhost:3000)
  ADMIN_TOKEN  who asks (secret-admin-123, which is the development mode's)
TEXT
}

begin "$@"

# The titles of the answer's tasks, in order.
titles() { grep -o '"title":"[^"]*"' <<<"$body" | cut -d '"' -f 4 | tr '\n' ' ' | sed 's/ $//'; }

order='[.orderedTasks[].title]'

concept "A chain"
say "Shipping needs a test and a text; both need the code; the code needs a plan. They are created in that order, so"
say "that the order of work is not the order of creation, and the text is more urgent than the test."
create '"title":"plan"'
plan=$id
create "\"title\":\"code\",\"dependencies\":[\"$plan\"]"
code=$id
create "\"title\":\"test\",\"priority\":3,\"dependencies\":[\"$code\"]"
test=$id
create "\"title\":\"text\",\"priority\":7,\"dependencies\":[\"$code\"]"
text=$id
create "\"title\":\"ship\",\"priority\":9,\"dependencies\":[\"$test\",\"$text\"]"
ship=$id

shown=$order ask GET "/tasks/$ship/resolve"
check "what a task needs comes before it, and the urgent first where both could go" \
    equal "$(titles)" 'plan code text test ship'
shown=$order ask GET "/tasks/$code/resolve"
check "asked about one task, it answers with what that needs and no more" equal "$(titles)" 'plan code'

concept "A circle"
say "Now the plan waits for the shipping. Saying so is allowed; asking for the order is where it shows."
shown='{title, dependencies}' ask PATCH "/tasks/$plan" "{\"dependencies\":[\"$ship\"]}"
check "the change is accepted" answered 200
ask GET "/tasks/$ship/resolve"
check "409 CONFLICT, with the way around" answered 409 '"code":"CONFLICT"' '"cyclePath":['
path=${body#*\"cyclePath\":[}
path=${path%%]*}
check "the way begins and ends with the same task" equal "${path%%,*}" "${path##*,}"
check "and goes through four" equal "$(tr ',' '\n' <<<"$path" | sort -u | wc -l | tr -d ' ')" 4
shown='{title, dependencies}' ask PATCH "/tasks/$plan" '{"dependencies":[]}'
shown=$order ask GET "/tasks/$ship/resolve"
check "without it there is an order again" answered 200 '"scope":"task"'

concept "A hole"
say "The plan waits for a task that does not exist: its id is well formed and names nothing."
missing=00000000-0000-7000-8000-000000000000
shown='{title, dependencies}' ask PATCH "/tasks/$plan" "{\"dependencies\":[\"$missing\"]}"
ask GET "/tasks/$ship/resolve"
check "422, naming what is missing and which task needs it" \
    answered 422 '"code":"VALIDATION_ERROR"' "\"missingTaskId\":\"$missing\"" "\"requiredBy\":\"$plan\""

concept "A deletion"
say "A task that is deleted leaves the dependencies of all others, so a deletion never makes a hole."
ask DELETE "/tasks/$plan"
check "204, and nothing to say" answered 204
shown='{title, dependencies}' ask GET "/tasks/$code"
check "the code needs nothing any more" answered 200 '"dependencies":[]'
shown=$order ask GET "/tasks/$ship/resolve"
check "and begins the order" equal "$(titles)" 'code text test ship'

conclude
