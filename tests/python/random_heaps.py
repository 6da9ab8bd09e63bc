"""Random heaps for tests; the generator's seed says which."""


class Made:
    def __eq__(self, other):
        return self is other
    __hash__ = object.__hash__


def random_heap(generator):
    pool = []
    for _ in range(200):
        some = generator.sample(pool, min(len(pool), generator.randrange(5)))
        kind = generator.randrange(5)
        if kind == 0:
            pool.append(list(some))
        elif kind == 1:
            pool.append(tuple([Made()] + some))
        elif kind == 2:
            pool.append({i: o for i, o in enumerate(some)})
        elif kind == 3:
            pool.append({o for o in some if isinstance(o, Made)})
        else:
            made = Made()
            for i, o in enumerate(some):
                setattr(made, "a%d" % i, o)
            pool.append(made)
    return pool
