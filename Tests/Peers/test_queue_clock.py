"""The clock on the wall is set forward and back while the server runs: leases and delays do not notice.

libfaketime stands between the server and that clock; the monotonic one is left alone.
"""

import concurrent.futures
import dataclasses
import datetime
import glob
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from queue_client import STORES, Parked, Queue, fence, ids, new_name, store_at, until

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="libfaketime is loaded as Linux does"),
              pytest.mark.skipif(LIBRARY is None, reason="no libfaketime; scripts/install-deps.sh test gets it")]
HOUR = 3_600
# Beside other work of the machine; a second is the promise.
LATE = 4


class Wall:
    """The clock on the wall as the server sees it, so many seconds ahead of ours."""

    def __init__(self, folder: Path):
        self.file, self.ahead = folder / "ahead", 0
        self.set(0)

    def set(self, ahead: int) -> None:
        # The library reads the file at each look, so it is never seen half written.
        aside = self.file.with_suffix(".new")
        aside.write_text(f"{ahead:+d}\n")
        aside.rename(self.file)
        self.ahead = ahead

    def instant(self, seconds: float) -> str:
        """In so many seconds, on that clock."""
        then = datetime.datetime.fromtimestamp(time.time() + self.ahead + seconds, datetime.timezone.utc)
        return then.isoformat(timespec="milliseconds")

    def environment(self) -> dict[str, str]:
        return os.environ | {"LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                             "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


SCENES = {}


def scene(function):
    """Each has a clock, so each has a server of its own; all play at the same time."""
    SCENES[function.__name__] = function
    return function


def script_in(folder: Path, program) -> Path:
    """The library adds to the environment of the first program, which moves it to where Swift does not find its arguments."""
    script = folder / "taskflow"
    script.write_text(f'#!/bin/sh\nexec "{program.binary}" "$@"\n')
    script.chmod(0o755)
    return script


def play(program, script: Path, store: str, name: str) -> None:
    wall = Wall(script.parent)
    with dataclasses.replace(program, binary=str(script)).start(
            "--store", store_at(store, script.parent), env=wall.environment()) as server:
        SCENES[name](Queue(server), wall)


@pytest.fixture(scope="module")
def played(taskflow_program, tmp_path_factory):
    # All are there before the first server starts: a process that begins while one is written holds it open.
    scripts = {(store, name): script_in(tmp_path_factory.mktemp("clock"), taskflow_program) for store in STORES for name in SCENES}
    with concurrent.futures.ThreadPoolExecutor(len(scripts)) as pool:
        yield {scene: pool.submit(play, taskflow_program, script, *scene) for scene, script in scripts.items()}


def hour_of(queue: Queue) -> str:
    return queue.json("/health")["timestamp"][:13]


@scene
def the_server_goes_by_the_clock_that_is_set(queue: Queue, wall: Wall) -> None:
    before = hour_of(queue)
    wall.set(HOUR)
    assert hour_of(queue) > before
    wall.set(-HOUR)
    assert hour_of(queue) < before


class Given:
    """When each task that was waited for came, in seconds from the start."""

    def __init__(self, queue: Queue):
        self.queue, self.start, self.came, self.threads = queue, time.monotonic(), {}, []

    def wait_for(self, name: str, kind: str) -> None:
        def wait() -> None:
            with Parked(self.queue.server) as parked:
                parked.claim(kind, worker=kind, wait=30)
                parked.wait()
                if parked.tasks(0):
                    self.came[name] = parked.answers[0][0] - self.start

        self.threads.append(threading.Thread(target=wait))
        self.threads[-1].start()

    def finish(self) -> dict[str, float]:
        for thread in self.threads:
            thread.join()
        return self.came


@scene
def leases_and_delays_keep_their_length_when_the_clock_is_set_forward(queue: Queue, wall: Wall) -> None:
    keep_their_length(queue, wall, HOUR)


@scene
def leases_and_delays_keep_their_length_when_the_clock_is_set_back(queue: Queue, wall: Wall) -> None:
    keep_their_length(queue, wall, -HOUR)


def keep_their_length(queue: Queue, wall: Wall, step: int) -> None:
    lost, kept, delayed = new_name(), new_name(), new_name()
    queue.add(lost, lease=5)
    queue.add(kept, lease=5, timeout=60)
    given = Given(queue)
    queue.take(lost)
    holder = queue.take(kept)
    queue.add(delayed, delay=4)
    given.wait_for("lease", lost)
    given.wait_for("delay", delayed)
    before = queue.create()["id"]
    time.sleep(1)
    wall.set(step)
    for _ in range(4):
        assert queue.renew(holder)["cancelRequested"] is False
        time.sleep(1.5)
    came = given.finish()
    assert 5 <= came["lease"] <= 5 + LATE and 4 <= came["delay"] <= 4 + LATE, came
    done = queue.complete(holder)
    assert done["state"] == "completed" and done["attempt"] == 1
    assert queue.create()["id"] > before, "ids ascend whatever the clock says"


@scene
def an_instant_goes_by_the_wall(queue: Queue, wall: Wall) -> None:
    hour, later = new_name(), new_name()
    first, second = queue.add(hour, runAt=wall.instant(HOUR)), queue.add(later, runAt=wall.instant(2 * HOUR))
    time.sleep(1.2)
    assert (queue.state(first), queue.state(second)) == ("scheduled", "scheduled")
    given = Given(queue)
    given.wait_for("hour", hour)
    wall.set(HOUR + 5)
    came = given.finish()
    assert came["hour"] <= 1 + LATE and queue.state(second) == "scheduled"


@scene
def an_instant_waits_when_the_wall_goes_back(queue: Queue, wall: Wall) -> None:
    kind = new_name()
    task = queue.add(kind, runAt=wall.instant(2))
    wall.set(-HOUR)
    time.sleep(3.5)
    assert queue.state(task) == "scheduled" and queue.claim(kind) == []
    wall.set(0)
    assert until(lambda: queue.claim(kind, wait=5))[0]["id"] == task["id"]


@scene
def the_line_does_not_change_when_the_clock_is_set_back(queue: Queue, wall: Wall) -> None:
    kind = new_name()
    made = [queue.add(kind)]
    for ahead in (HOUR, -HOUR, 0):
        wall.set(ahead)
        made.append(queue.add(kind))
    taken = queue.claim(kind, limit=9)
    assert ids(taken) == ids(made) == sorted(ids(made)) and [fence(task) for task in taken] == sorted(map(fence, taken))


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("name", SCENES)
def test_the_clock_is_set(played, store, name):
    played[store, name].result()
