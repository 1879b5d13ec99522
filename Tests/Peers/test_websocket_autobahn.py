"""The cases of the Autobahn suite, run by kosoku: both ends of a WebSocket keep RFC 6455 in every detail.

kosoku speaks no TLS. Where our end does, a bridge of Python's lies between the two.
"""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bridge import Bridge
from server import free_port

KOSOKU = Path(sys.executable).with_name("kosoku")
# The sections and how many cases they have: framing, pings, reserved bits, opcodes, fragmentation, UTF-8, closing, and
# automatic fragmentation. Section 9 sends up to 16 MiB at a time; 12 and 13 are about an extension.
SHORT = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"], 247
LARGE = ["9.*"], 54
SELECTIONS = [pytest.param(*SHORT, id="short"), pytest.param(*LARGE, id="large", marks=pytest.mark.slow)]
# The suite itself has no opinion on these: data after a close frame, and close codes that are not registered.
NO_OPINION = {"7.1.6", "7.13.1", "7.13.2"}


def arguments(sections: list[str], folder: Path) -> list[str]:
    return [*(part for section in sections for part in ("-i", section)), "-o", str(folder)]


def assert_all_ok(folder: Path, count: int):
    (cases,) = json.loads((folder / "index.json").read_text()).values()
    assert len(cases) == count
    verdicts = {name: (case["behavior"], case["behaviorClose"]) for name, case in cases.items()}
    allowed = {name: ("INFORMATIONAL",) * 2 if name in NO_OPINION else ("OK",) * 2 for name in cases}
    assert verdicts == allowed


@pytest.mark.parametrize("sections, count", SELECTIONS)
def test_echo_as_the_server(echo, certificates, tmp_path, sections, count):
    tls = certificates and certificates.client()
    with Bridge(echo.port, connects=tls) if tls else contextlib.nullcontext(echo) as way:
        address = f"127.0.0.1:{way.port}"
        subprocess.run([KOSOKU, "-m", "fuzzingclient", *arguments(sections, tmp_path), address], timeout=300, check=True)
    assert_all_ok(tmp_path, count)


@pytest.mark.parametrize("sections, count", SELECTIONS)
def test_the_client(autobahn_client, certificates, tmp_path, sections, count):
    port = free_port()
    command = [KOSOKU, "-m", "fuzzingserver", *arguments(sections, tmp_path), f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert "listening" in server.stderr.readline()
            with Bridge(port, listens=certificates.server()) if certificates else contextlib.nullcontext() as way:
                url = f"wss://localhost:{way.port}" if way else f"ws://127.0.0.1:{port}"
                subprocess.run([autobahn_client, url], timeout=300, check=True)
            # It ends by itself once the client has asked for the report.
            assert server.wait(60) == 0
        finally:
            server.kill()
    assert_all_ok(tmp_path, count)
