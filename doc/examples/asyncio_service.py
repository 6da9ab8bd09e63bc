# An asyncio service whose tasks wait for what never comes, buffers in hand.
# draw: -e 'watched["a"]()'
"""Each connection reads into a buffer of its own and then waits for the
database.  The database never answers, so that every task stays suspended and
its buffer with it.
"""

import asyncio
import atexit
import weakref

# connection -> event that is set when the database has answered
answers: dict[str, asyncio.Event] = {}
# connection -> weak reference to its buffer
watched: "dict[str, weakref.ref[Buffer]]" = {}


class Buffer:
    def __init__(self, size: int) -> None:
        self.data = bytearray(size)


async def serve(name: str) -> int:
    received = Buffer(64 * 1024)
    watched[name] = weakref.ref(received)
    answers[name] = asyncio.Event()
    await answers[name].wait()
    return len(received.data)


async def accept() -> None:
    loop = asyncio.get_running_loop()
    for name in ("a", "b", "c"):
        loop.create_task(serve(name), name="connection " + name)
    await asyncio.sleep(0.05)


def shut_down() -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()


loop = asyncio.new_event_loop()
atexit.register(shut_down)
loop.run_until_complete(accept())
print("%d tasks suspended, each with its buffer" % len(asyncio.all_tasks(loop)))
