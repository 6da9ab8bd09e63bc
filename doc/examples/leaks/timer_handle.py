"""A timer far in the future holds its arguments until then."""

import asyncio
import weakref

import referrers


class Session:
    pass


loop = asyncio.new_event_loop()


def expire(session):
    pass


def main():
    session = Session()
    loop.call_later(86400, expire, session)
    return weakref.ref(session)


watched = main()
print(referrers.why(watched()))
loop.close()

# why says: Session is alive: __main__.loop._scheduled[0]._args[0] leads to
#     it
