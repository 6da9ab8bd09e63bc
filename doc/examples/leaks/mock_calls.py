"""A mock remembers every argument it was called with."""

import unittest.mock
import weakref

import referrers


class User:
    pass


send_mail = unittest.mock.Mock(name="send_mail")


def main():
    user = User()
    send_mail(user)
    return weakref.ref(user)


watched = main()
print(referrers.why(watched()))

# why says: User is alive: __main__.send_mail._mock_call_args[0][0] leads to
#     it
