import weakref

import referrers


class Page:
    pass


def main():
    page = Page()
    index = {"/": weakref.ref(page)}
    print(referrers.get_referrer_graph(page))
    print(referrers.get_referrer_graph(page, weak=True))


main()
