"""objgraph says what grows from one moment to the next, referrers why."""

import objgraph

import referrers


class Letter:
    pass


class Post:
    def __init__(self):
        self.history = []

    def send(self, letter):
        self.history.append(letter)


post = Post()


def main():
    objgraph.growth(limit=1)        # the first call counts
    for _ in range(500):
        post.send(Letter())
    for name, count, more in objgraph.growth(limit=1):
        print("%d more %s, %d in all" % (more, name, count))
        print(referrers.why_all(objgraph.by_type(name)))


main()
