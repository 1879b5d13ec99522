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
# automatic fragmentation. Section 9 sends up to 16 MiB at a time; 12 and 13 are about permessage-deflate: messages of each
# size, a thousand a case, and what is negotiated.
SHORT = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"], 247
LARGE = ["9.*"], 54
SELECTIONS = [pytest.param(*SHORT, id="short"), pytest.param(*LARGE, id="large", marks=pytest.mark.slow)]
FEW_DEFLATED = ["12.*.3", "13.*.2", "13.*.6"], 19
DEFLATED = ["12.*", "13.*"], 216
DEFLATED_SELECTIONS = [pytest.param(*FEW_DEFLATED, id="few"), pytest.param(*DEFLATED, id="all", marks=pytest.mark.slow)]
# The suite itself has no opinion on these: data after a close frame, and close codes that are not registered.
NO_OPINION = {"7.1.6", "7.13.1", "7.13.2"}


@pytest.fixture(autouse=True)
def cases(request, record_property):
    """The report says of how many of the suite's cases it is."""
    record_property("cases", request.node.callspec.params["count"])


def arguments(sections: list[str], folder: Path) -> list[str]:
    return [*(part for section in sections for part in ("-i", section)), "-o", str(folder)]


def assert_all_ok(folder: Path, count: int):
    (cases,) = json.loads((folder / "index.json").read_text()).values()
    assert len(cases) == count
    verdicts = {name: (case["behavior"], case["behaviorClose"]) for name, case in cases.items()}
    allowed = {name: ("INFORMATIONAL",) * 2 if name in NO_OPINION else ("OK",) * 2 for name in cases}
    assert verdicts == allowed


def drive(echo, certificates, folder: Path, sections: list[str], count: int):
    """The suite is the client."""
    tls = certificates and certificates.client()
    with Bridge(echo.port, connects=tls) if tls else contextlib.nullcontext(echo) as way:
        address = f"127.0.0.1:{way.port}"
        subprocess.run([KOSOKU, "-m", "fuzzingclient", *arguments(sections, folder), address], timeout=900, check=True)
    assert_all_ok(folder, count)


@pytest.mark.parametrize("sections, count", SELECTIONS)
def test_echo_as_the_server(echo, certificates, tmp_path, sections, count):
    drive(echo, certificates, tmp_path, sections, count)


@pytest.mark.parametrize("sections, count", DEFLATED_SELECTIONS)
def test_echo_that_compresses_every_message(echo_program, certificates, tmp_path, sections, count):
    with echo_program.start("--deflate") as server:
        drive(server, certificates, tmp_path, sections, count)


def serve(client: list[str], certificates, folder: Path, sections: list[str], count: int):
    """The suite is the server."""
    port = free_port()
    command = [KOSOKU, "-m", "fuzzingserver", *arguments(sections, folder), f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert "listening" in server.stderr.readline()
            with Bridge(port, listens=certificates.server()) if certificates else contextlib.nullcontext() as way:
                url = f"wss://localhost:{way.port}" if way else f"ws://127.0.0.1:{port}"
                subprocess.run([*client, url], timeout=900, check=True)
            # It ends by itself once the client has asked for the report.
            assert server.wait(60) == 0
        finally:
            server.kill()
    assert_all_ok(folder, count)


@pytest.mark.parametrize("sections, count", SELECTIONS)
def test_the_client(autobahn_client, certificates, tmp_path, sections, count):
    serve([autobahn_client], certificates, tmp_path, sections, count)


# The suite's server goes without compression in 13.2, 13.5 and 13.6 where a client does not offer to take no context over.
KEEPING = [pytest.param(["12.*.3", "13.1.2", "13.3.6", "13.4.2", "13.7.6"], 9, id="few"),
           pytest.param(["12.*", "13.1.*", "13.3.*", "13.4.*", "13.7.*"], 162, id="all", marks=pytest.mark.slow)]
FORGETTING = [pytest.param(["13.*.2"], 7, id="few"), pytest.param(["13.*"], 126, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("sections, count", FORGETTING)
def test_the_client_that_offers_to_take_no_context_over(autobahn_client, certificates, tmp_path, sections, count):
    serve([autobahn_client, "--deflate", "--no-context-takeover"], certificates, tmp_path, sections, count)


@pytest.mark.parametrize("sections, count", KEEPING)
def test_the_client_that_compresses_every_message(autobahn_client, certificates, tmp_path, sections, count):
    serve([autobahn_client, "--deflate"], certificates, tmp_path, sections, count)
