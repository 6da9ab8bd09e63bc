"""An upload that is done, and whose data stays."""

import weakref


class Upload:
    def __init__(self, token):
        self.token = token
        self.data = bytearray(1000)


class Account:
    def __init__(self, address):
        self.address = address
        self.uploads = {}


accounts = {"ann@example.org": Account("ann@example.org")}


def upload(address, token):
    done = accounts[address].uploads[token] = Upload(token)
    return weakref.ref(done)


watched = upload("ann@example.org", "s3cret-token")
