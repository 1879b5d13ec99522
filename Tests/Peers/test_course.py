"""The course in docs/course: what its chapters show is run and compared, what they quote is there, and their tasks can be
solved, and are not yet."""

import os
import re
import shutil
from pathlib import Path

import pytest

from course import CHAPTERS, FOLDER, ROOT, Block, Comparison, Terminal, blocks, steps, write_program, your_turn
from server import free_port

NAMES = ["raw-http", "hash-map", "priority-queue", "dependency-chains", "middleware", "errors", "memory", "workers",
         "streaming", "websockets"]
SHAPE = ["What you will learn", "Big picture", "What to build", "Where the code is", "The Node way, and ours", "Measured",
         "Two exercises", "Your turn", "What you have learned", "Where to go next"]
# What the seed of the course has, in its order.
SEED = ["What you will learn", "Big picture", "What to build", "Where the code is", "Endpoints", "The WebSocket protocol",
        "Step 1: the HTTP upgrade", "Step 2: messages both ways", "Step 3: frames", "Server-side WebSocket",
        "Client-side WebSocket", "Broadcasting: tell everyone", "Heartbeat: keepalive", "Rooms: selective broadcasting",
        "Event types in Taskflow", "Your turn: try it", "Task 1", "Task 2", "Task 3", "Real-world connection",
        "What you have learned", "Final exercise: full demo", "Where to go next"]
GOES_ON = ("swift run taskflow", "swift run websocket-client")
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)


def in_order(wanted: list[str], found: list[str]) -> bool:
    """Whether each of these begins a heading, in this order."""
    rest = iter(found)
    return all(any(heading.startswith(want) for heading in rest) for want in wanted)


# The text


def test_there_are_the_ten():
    assert [chapter.name for chapter in CHAPTERS] == [f"{number:02}-{name}.md" for number, name in enumerate(NAMES, 1)]


@each_chapter
def test_each_has_the_same_shape(chapter):
    assert in_order(SHAPE, headings(chapter)), headings(chapter)
    assert headings(chapter)[0].startswith(f"Step {int(chapter.name[:2])}: ")


def test_a_reader_of_the_seed_finds_its_headings_again():
    assert in_order(SEED, headings(CHAPTERS[-1])), headings(CHAPTERS[-1])


@each_chapter
def test_the_way_on_is_the_next_one(chapter):
    links = re.findall(r"\]\(([^)#]+\.md)\)", chapter.read_text().rstrip().splitlines()[-1])
    place = CHAPTERS.index(chapter)
    around = [CHAPTERS[index].name for index in (place - 1, place + 1) if 0 <= index < len(CHAPTERS)]
    assert links == [*around[:place > 0], "README.md", *around[place > 0:]]


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", [*CHAPTERS, FOLDER / "README.md"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        if target.startswith("http"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not anchor or anchor in {slug(heading) for heading in headings(file)}, target


@each_chapter
def test_a_chapter_names_two_exercises_that_are_there(chapter):
    text = chapter.read_text()
    numbers = {number for number in re.findall(r"swift run exercises \w+ (\d+)", text)}
    assert len(numbers) >= 2
    assert all(list((ROOT / "Sources" / "exercises").glob(f"{number}_*")) for number in numbers)
    assert f"scripts/your-turn.sh {chapter.name[:2]}" in text


@each_chapter
def test_no_code_is_made_up(chapter):
    """Each block is run, is a picture, or stands in the file that it names, but for lines left out and for its margin."""
    for block in blocks(chapter):
        place = f"{chapter.name}:{block.line}"
        if block.language not in ("console", "text"):
            assert block.source, f"{place}: where is this from?"
        if block.source:
            is_quoted(block, place)


def is_quoted(block: Block, place: str):
    lines = [line.strip() for line in (ROOT / block.source).read_text().splitlines()]
    start = 0
    for piece in re.split(r"^\s*(?://\s*)?…$", "\n".join(block.lines), flags=re.MULTILINE):
        wanted = [line.strip() for line in piece.strip("\n").splitlines()]
        found = next((at for at in range(start, len(lines)) if lines[at:at + len(wanted)] == wanted), None)
        assert found is not None, f"{place}: not in {block.source}, or not in this order: {wanted[:1]}"
        start = found + len(wanted)


# The tasks


def by_chapter(printed: str) -> dict[str, str]:
    return {match[1]: match[2] for match in re.finditer(r"^Chapter (\d+)\n((?:  .*\n)*)", printed, re.MULTILINE)}


@pytest.fixture(scope="module")
def started() -> dict[str, str]:
    """What is said of the files that a learner begins with."""
    result = your_turn("--start", "all")
    assert (result.returncode, result.stderr) == (1, "") and result.stdout.endswith("\nNot solved yet.\n"), result.stdout
    return by_chapter(result.stdout)


def test_our_solutions_solve_the_tasks():
    result = your_turn("--solution", "all")
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert result.stdout.endswith("\nSolved.\n") and "not yet" not in result.stdout
    assert list(by_chapter(result.stdout)) == [str(number) for number in range(1, 11)]


def test_nothing_is_solved_at_the_start(started):
    assert [number for number, lines in started.items() if "  not yet  " in lines] == [str(number) for number in range(1, 11)]


# What is shown


@pytest.fixture
def desk(request, tmp_path, started):
    """A folder that looks like a clone, in which `swift run` starts what is built already; and a port for the server."""
    programs = {name: request.config.getoption(name.replace("-", "_")) or pytest.skip(f"no --{name} given")
                for name in ("taskflow", "websocket-client", "exercises")}
    clone, tools, port = tmp_path / "clone", tmp_path / "tools", free_port()
    for folder in (clone, tools, clone / "scripts"):
        folder.mkdir()
    for script in (ROOT / "scripts").iterdir():
        (clone / "scripts" / script.name).symlink_to(script)
    (clone / "Benchmarks").symlink_to(ROOT / "Benchmarks")
    write_program(tools / "swift", f"""
[ "$1" = run ] || exit 64
case $2 in
    taskflow) shift 2; exec {programs["taskflow"]} --port {port} "$@" ;;
    websocket-client) shift 2; [ $# -gt 0 ] || set -- ws://localhost:{port}/ws/tasks; exec {programs["websocket-client"]} "$@" ;;
    exercises) shift 2; exec {programs["exercises"]} "$@" ;;
esac
exit 64""")
    # Each chapter's own build would take long; what it says is the same.
    (clone / "scripts" / "your-turn.sh").unlink()
    cases = "\n".join(f"    {int(number):02}) cat {tmp_path}/turn-{number}; echo Not solved yet.; exit 1 ;;" for number in started)
    for number, lines in started.items():
        (tmp_path / f"turn-{number}").write_text(
            f"Your file is now there, to be edited: docs/course/YourTurn/Mine/Chapter{int(number):02}.swift\n"
            f"Chapter {number}\n{lines}")
    write_program(clone / "scripts" / "your-turn.sh", f"case $1 in\n{cases}\nesac\nexit 64")
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    # To a terminal curl shows no progress; here it would.
    (tools / ".curlrc").write_text("no-progress-meter\n")
    environment = kept | {"PATH": f"{tools}:{os.environ['PATH']}", "BASE_URL": f"http://localhost:{port}",
                          "CURL_HOME": str(tools), "ITERATIONS": "30000000", "LC_ALL": "C.UTF-8"}
    terminals: dict[str, Terminal] = {}

    def terminal(name: str) -> Terminal:
        if name not in terminals:
            terminals[name] = Terminal(clone, environment)
        return terminals[name]

    terminal.port = str(port)
    yield terminal
    for opened in terminals.values():
        opened.end()


@each_chapter
def test_what_is_shown_is_what_is_printed(desk, chapter):
    assert shutil.which("jq"), "jq is missing: scripts/install-deps.sh test"
    comparison = Comparison()
    for block in blocks(chapter):
        if block.language != "console":
            continue
        place = f"{chapter.name}:{block.line}"
        terminal = desk(block.terminal)
        for step in steps(block):
            if step.command:
                terminal.type(re.sub(r"localhost([:/])3000", rf"localhost\g<1>{desk.port}", step.command))
            if step.command is None or step.command.startswith(GOES_ON):
                printed = [terminal.line().replace(f":{desk.port}", ":3000") for _ in step.output]
            else:
                printed, code = terminal.rest()
                printed = [line.replace(f":{desk.port}", ":3000") for line in printed]
                assert code == block.code, f"{place}: {step.command} has ended with {code}: {printed}"
            found = comparison.mismatch(step.output, printed)
            assert found is None, f"{place}: {step.command or 'what comes next'}\n{found}\nall of it:\n" + "\n".join(printed)


# What counts as the same

ONE, OTHER = "01a20a04-8c92-7000-950f-c287f654ce92", "01a20a04-8c92-7000-950f-c287f654ce93"


@pytest.mark.parametrize("shown, printed, is_same", [
    (["a", "b"], ["a", "b"], True), (["a", "b"], ["a", "c"], False), (["a"], ["a", "b"], False), (["a", "b"], ["a"], False),
    (["…", "b"], ["a", "a", "b"], True), (["a", "…"], ["a", "b"], True), (["a", "…"], ["b", "a"], False), (["…"], [], True),
    (["a", "…", "d"], ["a", "b", "d", "e"], False), (["a…c"], ["abc"], True), (["a…c"], ["abd"], False),
    (["12 ms"], ["3.5 ms"], True), (["12 ms"], ["12 s"], False), (["12 things"], ["13 things"], False),
    (["2026-11-23T20:06:39.113Z"], ["2027-01-01T00:00:00.000Z"], True), (["2026-11-23T20:06:39.113Z"], ["yesterday"], False),
    ([ONE, ONE], [OTHER, OTHER], True), ([ONE, ONE], [OTHER, ONE], False), ([ONE], ["an id"], False),
    (['"pid":1,"tasks":2'], ['"pid":9,"tasks":2'], True), (['"pid":1,"tasks":2'], ['"pid":1,"tasks":3'], False),
])
def test_what_counts_as_the_same(shown, printed, is_same):
    assert (Comparison().mismatch(shown, printed) is None) == is_same


@pytest.mark.parametrize("lines, is_there", [
    (["**The counts are tests.**"], False), (["#!/usr/bin/env python3", "…", "import re"], True),
    (["import re", "…", "#!/usr/bin/env python3"], False), (["import re", "import os"], False),
])
def test_what_counts_as_quoted(lines, is_there):
    block = Block("python", lines, 1, source="scripts/readme-examples.py")
    if is_there:
        is_quoted(block, "here")
    else:
        with pytest.raises(AssertionError):
            is_quoted(block, "here")
