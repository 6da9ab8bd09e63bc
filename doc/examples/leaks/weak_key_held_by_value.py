"""A WeakKeyDictionary whose values refer to their keys holds them for ever."""

import weakref

import referrers


class Widget:
    pass


class Style:
    def __init__(self, widget):
        self.widget = widget


styles = weakref.WeakKeyDictionary()


def main():
    widget = Widget()
    styles[widget] = Style(widget)
    return weakref.ref(widget)


watched = main()
print(referrers.why(watched()))

# why says: Widget is alive: __main__.styles.data[<key
#     ReferenceType>].widget leads to it
