"""asyncio: fifty requests wait for their answers, and all of them hold the
connection pool of a server that should have been closed."""

import asyncio

import referrers
import scene

server = scene.module("server", """
import asyncio

class Pool:
    pass

async def fetch(pool, number):
    await asyncio.sleep(3600)
    return pool, number

async def handle(pool, number):
    return await fetch(pool, number)

async def serve(draw, look):
    pool = Pool()
    requests = [asyncio.create_task(handle(pool, n), name='request-%d' % n)
                for n in range(50)]
    await asyncio.sleep(0)
    draw(look(pool))
    await asyncio.gather(*requests)
""")
asyncio.run(server.serve(scene.draw, referrers.get_referrer_graph))
