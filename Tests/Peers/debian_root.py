"""A Debian without anything else in it, made by debootstrap, in which a package's life can be lived."""

import hashlib
import os
import re
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

from server import Server

SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

# What apt, dpkg and the linker keep of what they did, and the copies of the lists of users from before the last change.
TRACES = re.compile(r"(var/(cache|log|lib/(apt|dpkg))|etc/(ld\.so\.cache|(passwd|group|shadow|gshadow)-)|dev|proc|sys|run|tmp)(/|$)")


class DebianRoot:
    """The folder with it. Nothing in it runs but what is run; no systemd does."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.chmod(0o755)
        release = re.search(r"^VERSION_CODENAME=(\w+)$", Path("/etc/os-release").read_text(), re.MULTILINE)[1]
        made = subprocess.run(
            ["debootstrap", "--variant=minbase", release, folder], env=os.environ | {"PATH": SYSTEM_PATH}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert made.returncode == 0, made.stdout
        self.run("apt-get", "update")

    def run(self, *command: str, succeeds: bool = True) -> str:
        """What a command that root runs in it writes."""
        environment = {"PATH": SYSTEM_PATH, "LC_ALL": "C.UTF-8", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            [*self._inside(), *command], env=environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        assert (done.returncode == 0) == succeeds, done.stdout
        return done.stdout

    def _inside(self, *options: str) -> list[str]:
        """What runs a command in it, with a /proc that is gone when the command is: Swift reads a program's arguments there."""
        mounted = 'mount -t proc proc "$0/proc" && exec chroot "$@"'
        return ["unshare", "--mount", "sh", "-c", mounted, str(self.folder), *options, str(self.folder)]

    def install(self, package: Path) -> str:
        """Has apt install the file, with what it depends on."""
        # In a folder that apt's own user may read.
        inside = self.folder / "var/cache" / package.name
        shutil.copyfile(package, inside)
        return self.run("apt-get", "install", "--yes", "--no-install-recommends", f"/var/cache/{package.name}")

    def path(self, name: str) -> Path:
        return self.folder / name.removeprefix("/")

    def files(self) -> dict[str, tuple]:
        """All files and folders by their names, without TRACES: kind and mode, owner, and what is in it."""
        found = {}
        for folder, folders, names in os.walk(self.folder):
            for name in folders + names:
                path = Path(folder, name)
                inside = str(path.relative_to(self.folder))
                if TRACES.match(inside):
                    continue
                status = path.lstat()
                content = hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(status.st_mode) else ""
                found[inside] = (oct(status.st_mode), status.st_uid, status.st_gid, content)
        return found

    def settings(self, name: str) -> list[str]:
        """The lines of a file as systemd's EnvironmentFile has them."""
        return [line for line in self.path(name).read_text().splitlines() if line and not line.startswith("#")]

    def start(self, unit: str, scripts: Path) -> Server:
        """Starts what a unit starts, as its user, in its folder, with its environment and its command line."""
        text = self.path(unit).read_text()
        user, folder, umask, command = (re.search(rf"^{name}=(.+)$", text, re.MULTILINE)[1]
                                        for name in ("User", "WorkingDirectory", "UMask", "ExecStart"))
        environment = []
        for name in re.findall(r"^EnvironmentFile=-?(.+)$", text, re.MULTILINE):
            environment += self.settings(name)
        # A word of a unit's command line that is a variable becomes as many words as are in it.
        variables = dict(line.split("=", 1) for line in environment)
        words = []
        for word in shlex.split(command):
            words += variables.get(word[1:], "").split() if word.startswith("$") else [word]
        started = [*self._inside(f"--userspec={user}:{user}"), "env", "--ignore-environment", f"--chdir={folder}"]
        script = scripts / "start"
        script.write_text(f'#!/bin/sh\numask {umask}\nexec {shlex.join([*started, *environment, *words])} "$@"\n')
        script.chmod(0o755)
        return Server(str(script))
