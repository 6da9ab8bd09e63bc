"""A subscriber that never unsubscribes: its bound method holds it."""

import weakref

import referrers


class Bus:
    def __init__(self):
        self.subscribers = {}

    def subscribe(self, topic, callback):
        self.subscribers.setdefault(topic, []).append(callback)


class View:
    def __init__(self, bus):
        bus.subscribe("changed", self.redraw)

    def redraw(self):
        pass


bus = Bus()


def main():
    return weakref.ref(View(bus))


watched = main()
print(referrers.why(watched()))

# why says: View is alive: __main__.bus.subscribers['changed'][0].__self__
#     leads to it
