"""The load that wrk makes."""

import re
import subprocess
from pathlib import Path

from .machine import LOAD_CORE
from .rounds import Load

MILLISECONDS = {"us": 0.001, "ms": 1, "s": 1_000}


def wrk(url: str, seconds: int, connections: int, script: Path | None = None) -> Load:
    """Asks for `url` all the time. Answers that are none, or no good ones, end the run."""
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", "--latency", f"-c{connections}",
               f"-d{seconds}s"]
    report = subprocess.run([*command, *(["-s", str(script)] if script else []), url], capture_output=True, text=True,
                            check=True).stdout
    if re.search(r"Socket errors|Non-2xx", report):
        raise SystemExit(f"bench: wrk saw errors at {url}\n{report}")
    wait, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", report).groups()
    return Load(int(re.search(r"(\d+) requests in", report)[1]), float(seconds), float(wait) * MILLISECONDS[unit])
