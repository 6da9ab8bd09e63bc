import gc

import referrers
import visitors
from shop import Basket


def main():
    baskets = [o for o in gc.get_objects() if type(o) is Basket]
    print(referrers.why_all(baskets))
    print()
    print(referrers.why(baskets[0]))


main()
