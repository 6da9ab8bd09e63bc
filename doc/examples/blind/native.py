"""C code keeps what it was given, and tells nobody."""

import ctypes

import referrers


class Frame:
    pass


def main():
    frame = Frame()
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(frame))
    print(referrers.why(frame))
    print(referrers.get_referrer_graph(frame).ledger)


main()
