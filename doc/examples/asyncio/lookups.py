"""Three lookups wait for an answer that does not come, each with its buffer."""

import asyncio


class Buffer:
    def __init__(self, size):
        self.data = bytearray(size)


class Backend:
    def __init__(self):
        self.waiting = {}       # name -> future


backend = Backend()


async def look_up(name):
    buffer = Buffer(64 * 1024)
    answer = backend.waiting[name] = asyncio.get_running_loop().create_future()
    buffer.data[:] = await answer
    return buffer


async def serve():
    lookups = [asyncio.create_task(look_up(name), name="look up " + name)
               for name in ("ann", "bob", "eve")]
    await asyncio.wait(lookups, timeout=0.1)
    return len(lookups)


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(serve()), "lookups")
