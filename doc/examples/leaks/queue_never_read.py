"""A queue that is filled faster than it is read."""

import queue
import weakref

import referrers


class Message:
    pass


outbox = queue.Queue()


def main():
    message = Message()
    outbox.put(message)
    return weakref.ref(message)


watched = main()
print(referrers.why(watched()))

# why says: Message is alive: __main__.outbox.queue[0] leads to it
