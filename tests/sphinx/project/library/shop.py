"""A shop that forgets no session."""


class Session:
    def __init__(self, user):
        self.user = user
        self.basket = Basket()


class Basket:
    pass


sessions = {}
log = []


def serve(users=9):
    for number in range(users):
        session = Session("user-%d" % number)
        sessions[session.user] = session
        log.append(lambda basket=session.basket: basket)
