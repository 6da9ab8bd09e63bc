class Basket:
    pass


class Visit:
    def __init__(self):
        self.basket = Basket()


class Shop:
    def __init__(self):
        self.visits = {"ann": Visit()}


shop = Shop()
