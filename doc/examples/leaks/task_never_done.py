"""A task that waits for something that never happens, in a set that keeps it
from being collected."""

import asyncio
import weakref

import referrers


class Client:
    pass


tasks = set()


async def serve(client):
    await asyncio.Event().wait()


async def main():
    client = Client()
    tasks.add(asyncio.get_running_loop().create_task(serve(client),
                                                     name="serve client 7"))
    await asyncio.sleep(0)
    return weakref.ref(client)


loop = asyncio.new_event_loop()
watched = loop.run_until_complete(main())
print(referrers.why(watched()))
for task in tasks:
    task.cancel()
loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
loop.close()

# why says: Client is alive:
#     __main__.tasks<member>._coro.cr_frame.f_locals['client'], task serve
#     client 7, awaiting serve at task_never_done.py:18 leads to it
