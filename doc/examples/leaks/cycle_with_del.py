"""Two objects that refer to each other, with a destructor that should run at
once: it has to wait for the collector."""

import weakref

import referrers


class Socket:
    def __init__(self):
        self.reader = Reader(self)

    def __del__(self):
        pass


class Reader:
    def __init__(self, socket):
        self.socket = socket


def main():
    return weakref.ref(Socket())


watched = main()
print(referrers.why(watched()))

# why says: Socket is garbage: only an unreachable cycle of 2 objects holds
#     it: <Socket>.reader.socket
