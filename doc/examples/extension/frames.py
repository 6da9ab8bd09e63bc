import forgetful
import referrers


class Frame:
    pass


def show():
    frame = Frame()
    forgetful.look_at(frame)
    forgetful.look_at(frame)
    return referrers.why(frame)


print(show())
