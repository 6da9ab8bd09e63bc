"""A real notebook, executed by a real kernel; and a real IPython prompt.

Run by `make check-notebook`, which installs them; not part of `make check`,
because they are large."""

import os
import re
import subprocess
import sys

import nbclient
import nbformat
import pytest

SETUP = """\
%load_ext referrers
class Session: pass
class Registry: pass
registry = Registry()
s = Session()
registry.sessions = {'u': s}
"""
TREE = """\
╙── Session instance (id=N)
    ├─╼ dict[u] (id=N)
    │   └─╼ Registry.sessions (instance attribute) (id=N)
    │       └─╼ __main__.registry (global) (id=N)
    └─╼ __main__.s (global) (id=N)"""


def without_ids(text):
    return re.sub(r"\(id=\d+\)", "(id=N)", text)


def executed(*cells):
    """The outputs of each cell."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3",
                            allow_errors=True).execute()
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture(scope="module")
def outputs():
    return executed(
        SETUP, "%referrers s", "%%referrers\nbox = [s]\ns",
        "del box\nimport referrers\nreferrers.get_referrer_graph(s)",
        "print(referrers.get_referrer_graph(s))", "%referrers nothing", "s",
        "print(referrers.get_referrer_graph(s))")


def test_a_magic_shows_a_picture_and_has_the_text(outputs):
    (output,) = outputs[1]
    assert output.output_type == "execute_result"
    assert output.data["image/svg+xml"].startswith("<svg ")
    assert without_ids(output.data["text/plain"]) == TREE


def test_a_cell(outputs):
    (output,) = outputs[2]
    assert "__main__.box (global)" in output.data["text/plain"]


def test_a_graph_shows_itself(outputs):
    (output,) = outputs[3]
    assert output.data["image/svg+xml"].startswith("<svg ")
    assert without_ids(output.data["text/plain"]) == TREE
    (output,) = outputs[4]
    assert without_ids(output.text) == TREE + "\n"


def test_an_error_is_an_error(outputs):
    (output,) = outputs[5]
    assert (output.output_type, output.ename) == ("error", "NameError")


def test_history_is_named_and_not_followed(outputs):
    (output,) = outputs[7]
    tree = without_ids(output.text)
    for name in ("__main__._ (global)", "__main__._7 (global)", "dict[7]",
                 "__main__.Out (global)",
                 "ZMQShellDisplayHook._ (instance attribute)"):
        assert name in tree
    # The hundred ways in which the shell holds itself.
    assert len(tree.splitlines()) < 25
    for name in ("run_code", "Alias", "Magics", "magic"):
        assert name not in tree


def test_ipython_at_a_terminal(tmp_path):
    code = ("import referrers\nclass K: pass\n"
            "def f(k):\n    return referrers.get_referrer_graph(k)\n\n"
            "f(K())\n")
    process = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor",
         "--simple-prompt"], input=code, text=True, capture_output=True,
        timeout=120, env={**os.environ,
             "IPYTHONDIR": str(tmp_path)})
    tree = without_ids(process.stdout)
    assert ("╙── K instance (id=N)\n    └─╼ f.k (local) (id=N)\n") in tree


def test_the_history_is_named_as_one_types_it(tmp_path):
    """Not by the objects of the shell that hold what it displayed."""
    code = ("import referrers\nclass K: pass\n"
            "K()\nprint(referrers.why(Out[3]))\n")
    process = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor",
         "--simple-prompt"], input=code, text=True, capture_output=True,
        timeout=120, env={**os.environ, "IPYTHONDIR": str(tmp_path)})
    assert "K is alive: __main__.Out[3] leads to it" in process.stdout
