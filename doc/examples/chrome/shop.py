"""A shop that keeps the basket of every visitor."""


class Basket:
    def __init__(self, visitor):
        self.visitor = visitor
        self.items = ["item %d" % i for i in range(20)]


class Shop:
    def __init__(self):
        self.baskets = {}

    def visit(self, visitor):
        self.baskets[visitor] = Basket(visitor)


shop = Shop()
for number in range(200):
    shop.visit("visitor-%d" % number)
