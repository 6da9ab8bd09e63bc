"""Asks the heap of the shop, in another process, at another time."""

import referrers

heap = referrers.load("shop.heapsnapshot")
print(len(heap.find("Basket")), "baskets")
print(heap.why("shop.baskets['visitor-7']"))
heap.graph("shop.baskets").render("baskets.svg")
