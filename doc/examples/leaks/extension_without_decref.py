"""A C extension that takes a reference and forgets to give it back.

Nothing that Python can see refers to the object; only its count gives it away.
`forgetful.c` beside this file is compiled first (the test does it):

    cc -shared -fPIC $(python3-config --includes) forgetful.c -o forgetful.so
"""

import weakref

import forgetful
import referrers


class Frame:
    pass


def main():
    frame = Frame()
    forgetful.look_at(frame)
    return weakref.ref(frame)


watched = main()
print(referrers.why(watched()))

# why says: Frame is held by native code: nothing visible explains its only
#     reference
