import referrers
from pympler import muppy

all_lists = [obj for obj in muppy.get_objects() if isinstance(obj, list)]
for obj in all_lists:
    print(referrers.get_referrer_graph(obj))
