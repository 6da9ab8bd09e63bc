"""A service that remembers each session and forgets none."""


class Session:
    def __init__(self, user):
        self.user = user
        self.data = bytearray(1000)


class Registry:
    def __init__(self):
        self.sessions = {}


registry = Registry()


def handle_request():
    user = "user-%d" % len(registry.sessions)
    registry.sessions[user] = Session(user)
