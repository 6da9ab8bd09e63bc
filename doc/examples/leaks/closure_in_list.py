"""A function that is kept keeps the variables it closes over."""

import weakref

import referrers


class Order:
    pass


pending = []


def main():
    order = Order()
    pending.append(lambda: order)
    return weakref.ref(order)


watched = main()
print(referrers.why(watched()))

# why says: Order is alive: __main__.pending[0].__closure__[0].cell_contents
#     leads to it
