class Node:
    def __init__(self, name):
        self.name = name


class Shelf:
    def __init__(self):
        self.items = {}
        self.newest = []


shelf = Shelf()
book = shelf.items["book"] = Node("book")
shelf.newest.append(book)
del book
