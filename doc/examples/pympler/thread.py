import dataclasses
import threading

from pympler import muppy

import referrers


class ChildClass:
    pass


@dataclasses.dataclass
class ContainerClass:
    instance_attribute: ChildClass


def print_referrers():
    all_instances = [obj for obj in muppy.get_objects()
                     if isinstance(obj, ChildClass)]
    print(referrers.get_referrer_graph_for_list(all_instances))


def my_function():
    child_variable = ChildClass()
    container_variable = ContainerClass(child_variable)
    printing_thread = threading.Thread(target=print_referrers)
    printing_thread.start()
    printing_thread.join()


my_function()
