"""A context variable that was set and never reset."""

import contextvars
import weakref

import referrers


class Request:
    pass


current = contextvars.ContextVar("current")


def main():
    request = Request()
    current.set(request)
    return weakref.ref(request)


watched = main()
print(referrers.why(watched()))

# why says: Request is alive: <current context>[<ContextVar current>],
#     thread MainThread leads to it
