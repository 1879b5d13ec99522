"""Where the programs that are measured come from: given, or built as users build them."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "Benchmarks"
OUT = ROOT / ".build" / "bench"


@dataclass
class Programs:
    given: dict[str, Path] = field(default_factory=dict)

    def swift(self, name: str, package: Path = ROOT) -> Path:
        """A release build of a program of this package, or of the one of the benchmarks."""
        if name not in self.given:
            build = ["swift", "build", "--package-path", str(package), "--configuration", "release"]
            run(*build, "--product", name)
            self.given[name] = Path(run(*build, "--show-bin-path").strip()) / name
        return self.given[name]

    def benchmark(self, name: str) -> Path:
        return self.swift(name, BENCHMARKS)

    def c(self, name: str, *flags: str) -> Path:
        """A program of one file, in a folder of its name."""
        OUT.mkdir(parents=True, exist_ok=True)
        compiler = shutil.which("cc") or shutil.which("clang") or "cc"
        run(compiler, "-O2", "-Wall", "-Wextra", str(BENCHMARKS / name / f"{name}.c"), "-o", str(OUT / name), *flags)
        return OUT / name


def libuv_flags() -> list[str]:
    return run("pkg-config", "--cflags", "--libs", "libuv").split()


def run(*command: str) -> str:
    """What a command writes to its output; its failure is that of the run, and said."""
    finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if finished.returncode:
        raise SystemExit(f"bench: {' '.join(command)}\n{finished.stdout}")
    return finished.stdout
