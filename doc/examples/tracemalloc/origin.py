"""tracemalloc says where an object was made, referrers what holds it now."""

import gc
import tracemalloc

import referrers

tracemalloc.start(10)


class Row:
    def __init__(self, number):
        self.text = "row %d " % number * 100


class Table:
    def __init__(self):
        self.undo = []

    def insert(self, number):
        row = Row(number)
        self.undo.append(row)


table = Table()


def main():
    before = tracemalloc.take_snapshot()
    for number in range(1000):
        table.insert(number)
    after = tracemalloc.take_snapshot()
    largest = after.compare_to(before, "lineno")[0]
    print("most memory:", largest.traceback.format()[-1].strip())

    rows = [o for o in gc.get_objects() if type(o) is Row]
    made = tracemalloc.get_object_traceback(rows[0].text)
    print("the first row:")
    print("\n".join(made.format(most_recent_first=True)[:4]))
    print(referrers.why_all(rows))


main()
