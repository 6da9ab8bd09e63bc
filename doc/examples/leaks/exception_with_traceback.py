"""An exception that is kept keeps its traceback, and the traceback keeps every
local of every frame it went through."""

import weakref

import referrers


class Upload:
    pass


failures = []


def send(upload):
    raise ConnectionError("no route")


def main():
    upload = Upload()
    try:
        send(upload)
    except ConnectionError as error:
        failures.append(error)
    return weakref.ref(upload)


watched = main()
print(referrers.why(watched()))

# why says: Upload is alive:
#     __main__.failures[0].__traceback__.tb_frame.f_locals['upload'] leads
#     to it
