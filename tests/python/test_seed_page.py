"""The examples of the seed page run as printed, and say what the page says.

`sleep` does not sleep and `show` does not show; addresses are left out of the
comparison.  pympler and matplotlib are the real ones where they are installed;
elsewhere stand-ins with the few names that the page uses."""

import importlib.util
import os
import sys

import pytest

BASIC = """\
import referrers

def my_function():
    a = [2, 4]
    d = dict(a=a)
    print(referrers.get_referrer_graph(a))

my_function()
"""
BASIC_TREE = """\
╙── list instance (id=N)
    ├─╼ dict[a] (id=N)
    │   └─╼ my_function.d (local) (id=N)
    └─╼ my_function.a (local) (id=N)
"""

DATACLASS = """\
import dataclasses
from typing import List

import referrers

@dataclasses.dataclass
class ParentClass:
    member_variable: List

def my_func():
    local_variable = ParentClass([1, 2])
    print(referrers.get_referrer_graph(local_variable.member_variable))

my_func()
"""
DATACLASS_TREE = """\
╙── list instance (id=N)
    └─╼ ParentClass.member_variable (instance attribute) (id=N)
        └─╼ my_func.local_variable (local) (id=N)
"""

UNTRACKED = """\
import dataclasses
import gc
from typing import Dict

import referrers

@dataclasses.dataclass
class ParentClass:
    member_variable: Dict

def my_func():
    local_variable = ParentClass({"a": 1})
    assert not gc.is_tracked(local_variable.member_variable)
    print(referrers.get_referrer_graph(local_variable.member_variable, \
search_for_untracked_objects=True))

my_func()
"""
if sys.version_info >= (3, 14):     # where every dict is tracked
    UNTRACKED = UNTRACKED.replace("assert not", "assert")
UNTRACKED_TREE = """\
╙── dict instance (id=N)
    └─╼ ParentClass.member_variable (instance attribute) (id=N)
        └─╼ my_func.local_variable (local) (id=N)
"""

PYMPLER = """\
import referrers
from pympler import muppy

all_dicts = [obj for obj in muppy.get_objects() if isinstance(obj, list)]
for obj in all_dicts:
    print(referrers.get_referrer_graph(obj))
"""

NETWORKX = """\
import matplotlib.pyplot as plt
import networkx as nx
import dataclasses
import referrers

class ChildClass:
    pass

@dataclasses.dataclass
class ContainerClass:
    instance_attribute: ChildClass

def my_function():
    local_variable = ContainerClass(ChildClass())
    graph = referrers.get_referrer_graph(local_variable.instance_attribute)
    nx.draw(
        graph.to_networkx(),
        with_labels=True,
    )
    plt.show()

my_function()
"""
NETWORKX_DRAWN = """\
ChildClass instance (id=N)
    -> ContainerClass.instance_attribute (instance attribute) (id=N)
ContainerClass.instance_attribute (instance attribute) (id=N)
    -> my_function.local_variable (local) (id=N)
my_function.local_variable (local) (id=N)
shown
"""

THREADS = """\
import dataclasses
import threading
from time import sleep
from pympler import muppy

import referrers

class ChildClass:
    pass

@dataclasses.dataclass
class ContainerClass:
    instance_attribute: ChildClass

def print_referrers():
    while True:
        all_instances = [obj for obj in muppy.get_objects() if \
isinstance(obj, ChildClass)]
        print(referrers.get_referrer_graph_for_list(all_instances))
        sleep(1)

printing_thread = threading.Thread(target=print_referrers, daemon=True)
printing_thread.start()

def my_function():
    child_variable = ChildClass()
    container_variable = ContainerClass(child_variable)
    sleep(1000)

my_function()
"""
THREADS_TREE = """\
╙── ChildClass instance (id=N)
    ├─╼ ContainerClass.instance_attribute (instance attribute) (id=N)
    │   └─╼ my_function.container_variable (local) (id=N)
    └─╼ my_function.child_variable (local) (id=N)
"""

# sleep(1000) ends when the printing thread has gone round once more; then that
# thread sleeps for good, so that it prints nothing while the program ends.
STUBS = """\
import threading, time
looking, printed = threading.Event(), threading.Event()
rounds = 0
def sleep(seconds):
    global rounds
    if seconds == 1000:
        looking.set()
        printed.wait(30)
        return
    if looking.is_set():
        rounds += 1
    if rounds == 2:  # the first may have begun before the objects were there
        printed.set()
        threading.Event().wait()
    real_sleep(0.01)
real_sleep, time.sleep = time.sleep, sleep
"""

DRAWING_STUBS = """\
import matplotlib, networkx
def draw(graph, with_labels):
    for node in graph:
        print(node)
        for referrer in graph[node]:
            print("    ->", referrer)
networkx.draw = draw
import matplotlib.pyplot
matplotlib.pyplot.show = lambda: print("shown")
"""

STAND_INS = {
    "pympler": {"muppy.py": "import gc\nget_objects = gc.get_objects\n"},
    "matplotlib": {"pyplot.py": ""},
}


@pytest.fixture
def run(python, tmp_path, no_ids):
    """Runs an example as a program of its own."""
    def run_example(text, *stubs):
        for package, files in STAND_INS.items():
            if importlib.util.find_spec(package) is None:
                directory = tmp_path / "stand_ins" / package
                directory.mkdir(parents=True, exist_ok=True)
                for name, content in {"__init__.py": "", **files}.items():
                    (directory / name).write_text(content)
        (tmp_path / "sitecustomize.py").write_text("".join(stubs))
        (tmp_path / "example.py").write_text(text)
        path = os.pathsep.join([os.environ.get("PYTHONPATH", ""),
                                str(tmp_path / "stand_ins"), str(tmp_path)])
        result = python(tmp_path / "example.py", cwd=tmp_path, timeout=120,
                        env={**os.environ, "PYTHONPATH": path,
                             "MPLBACKEND": "Agg"})
        assert (result.status, result.errors) == (0, "")
        return no_ids(result.text)
    return run_example


@pytest.mark.parametrize("text, tree", [
    (BASIC, BASIC_TREE), (DATACLASS, DATACLASS_TREE),
    (UNTRACKED, UNTRACKED_TREE)], ids=["basic", "dataclass", "untracked"])
def test_tree(run, text, tree):
    assert run(text) == tree


def test_pympler(run):
    output = run(PYMPLER)
    trees = output.count("╙── list instance (id=N)\n")
    assert trees > 20
    # The program's own variables refer to these lists; no call of ours does.
    assert "__main__.obj (global)" in output
    assert "get_referrer_graph" not in output


def test_networkx(run):
    assert run(NETWORKX, DRAWING_STUBS) == NETWORKX_DRAWN


def test_threads(run):
    assert run(THREADS, STUBS).endswith(THREADS_TREE)
