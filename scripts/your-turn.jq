# What scripts/your-turn.sh shows of an event stream of Swift Testing, a JSON a line: a chapter, a line a test, and below one
# that failed what it has found, three things at most. A last line that is cut off, as a crash leaves it, is skipped.

# Of a long text its end, too: there stands what was wanted.
def short: gsub("\r"; "\\r") | gsub("\n"; "\\n") | if length > 210 then .[:120] + " … " + .[-87:] else . end;
def place: .issue.sourceLocation // {} | select(.fileID) | "\(.fileID | sub(".*/"; "")):\(.line): ";
def notes($case): ((place // "") + ($case // "")) as $where
    | [.messages[].text | sub("^(Expectation failed|Issue recorded): "; "") | sub("^// "; "") | short]
    | .[0] = $where + (.[0] // "");
foreach (inputs | fromjson? | {record: .kind} + .payload) as $it ({titles: {}, isSuite: {}};
    .shown = null
    | if $it.record == "test" then
        .titles[$it.id] = ($it.displayName // $it.name) | .isSuite[$it.id] = ($it.kind == "suite")
    elif $it.kind == "testStarted" then
        .found = [] | .case = null | if .isSuite[$it.testID] then .shown = .titles[$it.testID] else . end
    elif $it.kind == "testCaseStarted" then
        .case = ($it.messages[0].text // "" | capture("passing [0-9]+ arguments? (?<case>.*) to \"").case? + ": " // null)
    elif $it.kind == "issueRecorded" then .case as $case | .found += ($it | notes($case))
    elif $it.kind == "testEnded" and (.isSuite[$it.testID] | not) then
        if any($it.messages[]; .symbol == "fail")
        then .shown = "  not yet  " + .titles[$it.testID] + ([.found[:3][] | "\n             " + .] | add // "")
        else .shown = "  ok       " + .titles[$it.testID] end
    else . end;
    .shown // empty)
