"""A shop that keeps every session, and the carts of some of them."""


class Session:
    def __init__(self, user):
        self.user = user


class Cart:
    def __init__(self, session):
        self.session = session


sessions = {"user-%d" % n: Session("user-%d" % n) for n in range(4000)}
carts = [Cart(session) for session in list(sessions.values())[:1500]]
