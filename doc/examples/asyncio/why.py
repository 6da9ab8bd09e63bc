import gc

import lookups
import referrers


async def main():
    await lookups.serve()
    buffers = [o for o in gc.get_objects() if type(o) is lookups.Buffer]
    print(referrers.why_all(buffers))
    print()
    print(referrers.get_referrer_graph(buffers[0], max_depth=2))


lookups.asyncio.run(main())
