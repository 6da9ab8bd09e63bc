"""A signal handler that is a method of an object."""

import signal
import weakref

import referrers


class Server:
    def stop(self, number, frame):
        pass


def main():
    server = Server()
    signal.signal(signal.SIGTERM, server.stop)
    return weakref.ref(server)


watched = main()
print(referrers.why(watched()))

# why says: Server is alive: <SIGTERM handler>.__self__ leads to it
