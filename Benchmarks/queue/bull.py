"""bull.py PORT JOBS: adds jobs in bulk, and has a worker do them, sixteen at a time."""

import asyncio
import sys

from bullmq import Queue, Worker

port, jobs = int(sys.argv[1]), int(sys.argv[2])
CONNECTION = {"host": "127.0.0.1", "port": port}
# Redis keeps no job that is done, as beanstalkd does not.
OPTIONS = {"removeOnComplete": True}


async def main() -> None:
    name = f"bench-{asyncio.get_running_loop().time()}"
    queue = Queue(name, {"connection": CONNECTION})
    job = {"name": "email", "data": {"to": "a@b.c"}, "opts": OPTIONS}
    for start in range(0, jobs, 1_000):
        await queue.addBulk([job] * min(1_000, jobs - start))
    done, all_done = 0, asyncio.Event()

    async def work(_job, _token):
        nonlocal done
        done += 1
        if done == jobs:
            all_done.set()

    worker = Worker(name, work, {"connection": CONNECTION, "concurrency": 16})
    await asyncio.wait_for(all_done.wait(), 300)
    await worker.close()
    await queue.close()


asyncio.run(main())
