"""Small projects of Sphinx, for the tests of referrers.sphinxext."""

import contextlib
import io
import re
import sys
import textwrap

import sphinx.cmd.build

APP = """\
class Session:
    pass

cache = {}

def start():
    cache["user-7"] = Session()
    with open("runs", "a") as file:
        file.write("x")
"""

INDEX = """\
Pictures
========

See :numref:`fig-session` and :ref:`this <fig-session>`.

.. referrers:: app.cache["user-7"]
   :setup: import app
   :caption: Why a *session* stays
   :name: fig-session
   :align: center
   :figclass: wide
   :class: mine

   app.start()

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :alt: A <session> & "more"
   :width: 50%

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :embed: img
   :align: right

.. toctree::

   more
"""

MORE = """\
More
====

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :format: why

.. referrers:: app.cache["user-7"]
   :setup: import app; app.start()
   :format: png
"""

class Project:
    """A source folder, and what builds make of it."""

    def __init__(self, path, **pages):
        self.path = path
        self.write("conf.py", "extensions = ['referrers.sphinxext']\n"
                   "project = author = copyright = 'Test'\nversion = '1'\n"
                   "numfig = True\nexclude_patterns = ['out', 'doctrees*']\n")
        self.write("app.py", APP)
        for name, text in pages.items():
            self.write(name + ".rst", textwrap.dedent(text))

    def write(self, name, text):
        (self.path / name).write_text(text, "utf-8")

    def read(self, name):
        return (self.path / "out" / name).read_text("utf-8")

    def build(self, builder="html", *options):
        """What Sphinx warns of, one line each.  In this process, which takes
        a third of the time; conf.py may change sys.path."""
        doctrees = "doctrees-" + builder if builder == "gettext" else "doctrees"
        path, errors = sys.path[:], io.StringIO()
        try:
            with contextlib.redirect_stderr(errors):
                status = sphinx.cmd.build.build_main([
                    "-q", "-b", builder, "-d", str(self.path / doctrees),
                    *options, str(self.path), str(self.path / "out" / builder)])
        finally:
            sys.path[:] = path
        assert status == 0, errors.getvalue()
        lines = errors.getvalue().splitlines()
        return [re.sub("\x1b.*?m", "", line) for line in lines]

    @property
    def runs(self):
        """How often the application was started so far."""
        file = self.path / "runs"
        return len(file.read_text()) if file.exists() else 0


def page_with(options="", body="", expression="x"):
    """A page with one directive, whose first line is the fourth."""
    lines = ["Page", "====", "", ".. referrers:: " + expression]
    lines += ["   " + line for line in options.splitlines()]
    lines += ["", *("   " + line for line in body.splitlines())]
    return "\n".join(lines + ["", "The end.", ""])
