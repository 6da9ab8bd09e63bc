class Session:
    open = []

    def __init__(self, user):
        self.user = user
        Session.open.append(self)

    def close(self):
        self.user = None        # and Session.open.remove(self)
