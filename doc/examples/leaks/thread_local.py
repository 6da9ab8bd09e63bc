"""What a thread-local holds lives as long as the thread: in a pool, for ever."""

import threading
import weakref

import referrers


class Connection:
    pass


local = threading.local()


def main():
    local.connection = Connection()
    return weakref.ref(local.connection)


watched = main()
print(referrers.why(watched()))

# why says: Connection is alive: __main__.local.connection leads to it
