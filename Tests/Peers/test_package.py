"""The Debian package: what is in it, and its life in a Debian that has nothing else."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from debian_root import SYSTEM_PATH, DebianRoot

ROOT = Path(__file__).resolve().parent.parent.parent
UNIT = "/lib/systemd/system/taskflow.service"
TOKENS = "/etc/taskflow/environment"
FLAGS = "/etc/default/taskflow"
FOLDER = "/var/lib/taskflow"

# How small it gets is not asked here, and takes most of the time.
QUICKLY = os.environ | {"DPKG_DEB_COMPRESSOR_LEVEL": "1"}

pytestmark = [pytest.mark.plain_only("what a package has in it does not hang on how a server is reached"),
              pytest.mark.no_redis("what a package has in it does not hang on where tasks are kept")]


def build() -> Path:
    done = subprocess.run([ROOT / "scripts/package.sh"], stdout=subprocess.PIPE, text=True, check=True, env=QUICKLY)
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def package(taskflow_program) -> Path:
    if not Path("/etc/debian_version").exists():
        pytest.skip("a package for Debian is made on Debian")
    return build()


@pytest.fixture(scope="module")
def content(package, tmp_path_factory) -> Path:
    """The package's files, and its control files in DEBIAN."""
    folder = tmp_path_factory.mktemp("content")
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    return folder


def fields(package: Path) -> dict[str, str]:
    text = subprocess.check_output(["dpkg-deb", "--field", package], text=True)
    return dict(re.findall(r"^([\w-]+): (.*)$", text, re.MULTILINE))


def test_it_says_what_it_is_and_what_it_needs(package, taskflow_program):
    version = subprocess.check_output([taskflow_program.binary, "--version"], text=True).split()[1]
    architecture = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    said = fields(package)
    assert (said["Package"], said["Version"], said["Architecture"]) == ("taskflow", f"{version}-1", architecture)
    assert package.name == f"taskflow_{version}-1_{architecture}.deb"
    needed = {entry.split()[0] for entry in said["Depends"].split(",")}
    assert {"adduser", "libc6", "libssl3", "libuv1", "libsqlite3-0", "zlib1g"} <= needed
    assert any(name.startswith("libhiredis") for name in needed)
    # Swift's own libraries are in the programs.
    assert not [name for name in needed if "swift" in name or name.endswith("-dev")]


def test_its_files_are_roots_and_stand_where_debian_has_them(package):
    listed = subprocess.check_output(["dpkg-deb", "--contents", package], text=True)
    files = {name: (mode, owner) for mode, owner, name in
             re.findall(r"^(\S+) (\S+) +\d+ \S+ \S+ \.(/\S+)$", listed, re.MULTILINE) if not name.endswith("/")}
    assert {owner for _, owner in files.values()} == {"root/root"}
    programs = {"/usr/bin/taskflow", "/usr/bin/websocket-client"}
    assert {name for name, (mode, _) in files.items() if mode == "-rwxr-xr-x"} == programs
    assert {mode for name, (mode, _) in files.items() if name not in programs} == {"-rw-r--r--"}
    shared = "/usr/share"
    assert {UNIT, FLAGS, f"{shared}/doc/taskflow/copyright", f"{shared}/doc/taskflow/changelog.gz",
            f"{shared}/doc/taskflow/changelog.Debian.gz"} <= files.keys()
    for program in ("taskflow", "websocket-client"):
        assert {f"{shared}/man/man1/{program}.1.gz", f"{shared}/bash-completion/completions/{program}",
                f"{shared}/zsh/vendor-completions/_{program}",
                f"{shared}/fish/vendor_completions.d/{program}.fish"} <= files.keys()


def test_its_programs_run_and_look_for_libraries_in_no_place_of_their_own(content, taskflow_program):
    for program in ("taskflow", "websocket-client"):
        assert "PATH" not in subprocess.check_output(["readelf", "--dynamic", content / "usr/bin" / program], text=True)
    command = [content / "usr/bin/taskflow", "--version"]
    assert subprocess.check_output(command) == subprocess.check_output([taskflow_program.binary, "--version"])
    assert b"USAGE" in subprocess.check_output([content / "usr/bin/websocket-client", "--help"])


def test_each_command_has_a_page_that_reads_well(content, taskflow_program):
    pages = {path.name.removesuffix(".1.gz"): path for path in (content / "usr/share/man/man1").iterdir()}
    commands = re.findall(r"^  ([a-z]+) ", subprocess.check_output([taskflow_program.binary, "help"], text=True)
                          .partition("SUBCOMMANDS:")[2], re.MULTILINE)
    assert {"serve", "worker", "backup"} <= set(commands)
    assert {"taskflow", "websocket-client", *(f"taskflow-{command}" for command in commands)} <= pages.keys()
    for name, path in pages.items():
        shown = subprocess.run(
            ["man", "--warnings", "--local-file", path], capture_output=True, text=True,
            env=os.environ | {"MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
        assert not shown.stderr, shown.stderr
        assert re.search(rf"^NAME\n     {name} — \w.*[^.]\n\n", shown.stdout, re.MULTILINE), shown.stdout
        called = name if name == "websocket-client" else name.replace("-", " ")
        assert re.search(rf"^SYNOPSIS\n     {called} ", shown.stdout, re.MULTILINE), shown.stdout
        # A page that another one names is there.
        assert set(re.findall(r"([\w.-]+)\(1\)", shown.stdout.partition("SEE ALSO")[2])) - {name.upper()} <= pages.keys()


def test_shells_can_read_its_completions(content):
    shared = content / "usr/share"
    for program in ("taskflow", "websocket-client"):
        subprocess.run(["bash", "-n", shared / "bash-completion/completions" / program], check=True)
        assert (shared / f"zsh/vendor-completions/_{program}").read_text().startswith(f"#compdef {program}\n")
        assert f"complete -c '{program}'" in (shared / f"fish/vendor_completions.d/{program}.fish").read_text()
    offered = subprocess.run(
        ["bash", "-c", f"""shopt -s extglob; . {shared}/bash-completion/completions/taskflow
            COMP_WORDS=(taskflow wor); COMP_CWORD=1; COMP_LINE='taskflow wor'; COMP_POINT=12
            _taskflow taskflow wor taskflow; printf '%s\\n' "${{COMPREPLY[@]}}" """], capture_output=True, text=True)
    assert offered.stdout.split() == ["worker"], offered


def test_its_changelog_is_that_of_the_tree(content):
    changes = gzip.decompress((content / "usr/share/doc/taskflow/changelog.gz").read_bytes())
    assert changes == (ROOT / "CHANGELOG.md").read_bytes()
    assert (content / "DEBIAN/conffiles").read_text() == f"{FLAGS}\n"


def test_lintian_has_nothing_to_say(package):
    if not shutil.which("lintian"):
        pytest.skip("no lintian")
    said = subprocess.run(["lintian", "--allow-root", "--fail-on", "warning", package], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, "")


@pytest.mark.slow
def test_the_same_programs_make_the_same_package(package):
    first = package.read_bytes()
    assert build().read_bytes() == first


# In a bare Debian


@pytest.fixture(scope="module")
def debian(package, tmp_path_factory) -> DebianRoot:
    if os.geteuid() != 0:
        pytest.skip("debootstrap and chroot need root")
    if not shutil.which("debootstrap", path=SYSTEM_PATH):
        pytest.skip("no debootstrap: scripts/install-deps.sh full")
    folder = tmp_path_factory.mktemp("debian")
    yield DebianRoot(folder)
    shutil.rmtree(folder)


def of_version(version: str, content: Path, folder: Path) -> Path:
    """The package as one of another version."""
    copy = folder / "content"
    shutil.copytree(content, copy, symlinks=True)
    control = copy / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    made = folder / f"taskflow_{version}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", copy, made], check=True, stdout=subprocess.DEVNULL, env=QUICKLY)
    shutil.rmtree(copy)
    return made


class Service:
    """The server of the package in a Debian, asked by curl from outside."""

    def __init__(self, debian: DebianRoot, scripts: Path):
        self.tokens = dict(line.split("=") for line in debian.settings(TOKENS))
        self.server = debian.start(UNIT, scripts)

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *_) -> None:
        self.server.stop()

    def ask(self, path: str, *options: str, role: str = "ADMIN") -> dict:
        answer = subprocess.check_output(
            ["curl", "--silent", "--show-error", "--fail-with-body", "--header",
             f"Authorization: Bearer {self.tokens[f'{role}_TOKEN']}", *options, f"{self.server.url}{path}"], timeout=20)
        return json.loads(answer)

    def titles(self) -> set[str]:
        return {task["title"] for task in self.ask("/tasks", role="USER")}


def status_of_package(debian: DebianRoot) -> str:
    return debian.run("dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Version}", "taskflow")


@pytest.mark.slow
def test_it_comes_serves_is_upgraded_and_goes(package, content, debian, tmp_path):
    bare = debian.files()
    debian.install(of_version("0.0.1-1", content, tmp_path))
    assert status_of_package(debian) == "installed 0.0.1-1"
    assert re.fullmatch(r"uid=\d+\(taskflow\) gid=\d+\(taskflow\) groups=\d+\(taskflow\)\n", debian.run("id", "taskflow"))
    assert debian.run("stat", "--format=%A %U:%G", FOLDER, TOKENS) == "drwx------ taskflow:taskflow\n-rw------- root:root\n"
    tokens = debian.settings(TOKENS)
    assert [re.fullmatch(r"(\w+)_TOKEN=[0-9a-f]{64}", line)[1] for line in tokens] == ["ADMIN", "USER", "WORKER"]
    assert len({line.partition("=")[2] for line in tokens}) == 3
    # It is to be started with the system, if systemd ever comes.
    assert debian.path("/etc/systemd/system/multi-user.target.wants/taskflow.service").is_symlink()

    # The administrator has flags of their own.
    debian.path(FLAGS).write_text("TASKFLOW_FLAGS=--drain 0s --log-level debug\n")
    with Service(debian, tmp_path) as service:
        assert service.ask("/health")["status"] == "healthy"
        service.ask("/tasks", "--data", '{"title":"kept"}')
        service.ask("/tasks", "--data", '{"title":"also kept","priority":7}')
        assert service.titles() == {"kept", "also kept"}
    assert debian.run("stat", "--format=%A %U:%G", f"{FOLDER}/taskflow.db") == "-rw------- taskflow:taskflow\n"

    debian.install(package)
    assert status_of_package(debian) == f"installed {fields(package)['Version']}"
    assert debian.settings(TOKENS) == tokens
    assert debian.settings(FLAGS) == ["TASKFLOW_FLAGS=--drain 0s --log-level debug"]
    with Service(debian, tmp_path) as service:
        assert service.titles() == {"kept", "also kept"}
    debian.run("taskflow", "check", "--store", f"sqlite:{FOLDER}/taskflow.db")

    # An installation that broke off is gone through again.
    debian.run("sh", "/var/lib/dpkg/info/taskflow.postinst", "configure", "0.0.1-1")
    assert debian.settings(TOKENS) == tokens

    debian.run("apt-get", "remove", "--yes", "taskflow")
    assert not debian.path("/usr/bin/taskflow").exists() and not debian.path(UNIT).exists()
    assert debian.path(f"{FOLDER}/taskflow.db").exists() and debian.settings(TOKENS) == tokens
    debian.install(package)
    with Service(debian, tmp_path) as service:
        assert service.titles() == {"kept", "also kept"}

    debian.run("apt-get", "purge", "--yes", "--auto-remove", "taskflow")
    left = debian.files()
    assert left == bare, left.items() ^ bare.items()


# It leaves the Debian as it made it, so it comes last.
@pytest.mark.slow
def test_the_container_files_second_half_makes_a_debian_with_the_server(package, debian):
    image = (ROOT / "docs/deploy/Containerfile").read_text().rpartition("\nFROM ")[2].replace("\\\n", "")
    command = re.search(r"^RUN (.*)$", image, re.MULTILINE)[1]
    shutil.copy(package, debian.path("/tmp"))
    debian.run("sh", "-c", command)
    user, folder = (re.search(rf"^{name} (.*)$", image, re.MULTILINE)[1] for name in ("USER", "WORKDIR"))
    assert debian.run("stat", "--format=%A %u:%g %U:%G", folder) == f"drwx------ {user} taskflow:taskflow\n"
    assert not debian.path("/etc/taskflow").exists() and not list(debian.path("/tmp").iterdir())
    # Without tokens it does not listen to others.
    entry = json.loads(re.search(r"^ENTRYPOINT (.*)$", image, re.MULTILINE)[1])
    as_user = ["setpriv", f"--reuid={user.partition(':')[0]}", "--clear-groups", f"--regid={user.partition(':')[2]}"]
    refused = debian.run("env", f"--chdir={folder}", *as_user, *entry, "--store", "memory", succeeds=False)
    assert "ADMIN_TOKEN" in refused
