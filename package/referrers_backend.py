"""The build backend of pyproject.toml (PEP 517, PEP 660): pip's way to the
Autotools build.

pip and `python -m build` call the functions without an underscore, in the
source directory.  Each runs ./bootstrap, configure and make elsewhere, and
packs what they leave: the list of sources is theirs alone.  A failure is shown
as the line in which configure says what to install.

Settings, as in ``pip install . -C configure=--enable-debug``:

    configure   one argument of configure; repeat it for more (pip >= 23.1)
    build-dir   build there and keep it, to look into; otherwise it is temporary
    jobs        how many commands make runs at once; otherwise one per CPU
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import referrers_archive as archive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    Settings = dict[str, str | list[str]] | None

_TAIL = 40  # lines of the compiler's output that a failure shows


class _Options:
    """The settings, checked."""

    def __init__(self, settings: Settings) -> None:
        left = dict(settings or {})
        configure = left.pop("configure", [])
        self.configure = [configure] if isinstance(configure, str) else list(configure)
        self.build_dir = self._one(left, "build-dir")
        jobs = self._one(left, "jobs")
        if jobs is not None and not (jobs.isdecimal() and int(jobs)):
            raise SystemExit("referrers: jobs=%s is not a number of commands" % jobs)
        self.jobs = jobs
        if left:
            raise SystemExit(
                "referrers: there is no setting %s, only configure, build-dir "
                "and jobs" % ", ".join(sorted(left)))

    @staticmethod
    def _one(left: dict[str, str | list[str]], name: str) -> str | None:
        value = left.pop(name, None)
        if isinstance(value, list):
            raise SystemExit("referrers: %s was given more than once" % name)
        return value


# --- running the build -----------------------------------------------------

def _reason(output: str, said_by: tuple[str, ...]) -> str:
    """The lines that `said_by` ends with when it knows what is wrong, else the
    end of the output."""
    lines = output.rstrip().split("\n")
    for number, line in enumerate(lines):
        if line.startswith(said_by):
            return "\n".join(line for line in lines[number:]
                             if not line.startswith("See "))
    return "\n".join(lines[-_TAIL:])


def _run(command: list[str], directory: Path, *said_by: str) -> str:
    """Runs a command and gives its output, which is only shown on failure: pip
    would show what was printed before as well."""
    process = subprocess.run(
        command, cwd=directory, stdin=subprocess.DEVNULL, text=True,
        errors="backslashreplace", stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False)
    if process.returncode != 0:
        raise SystemExit(_reason(process.stdout, said_by))
    return process.stdout


def _configure(source: Path, build: Path, options: _Options) -> None:
    # Where the build stands is no part of what it makes: a relative path for
    # __FILE__, and no debug information, which has the absolute one.
    script = os.path.relpath(source / "configure", build)
    flags = [] if "CFLAGS" in os.environ else ["CFLAGS=" + _flags()]
    _run(["/bin/sh", script, "PYTHON=" + sys.executable, *flags,
          *options.configure], build, "configure: error:")


def _flags() -> str:
    """Nor is where CPython stands: its headers have assertions, with __FILE__."""
    include = sysconfig.get_path("include")
    if set(include) & set(" \t'\"\\=$"):
        return "-O2"
    return "-O2 -fmacro-prefix-map=%s=include" % include


def _bootstrap(source: Path) -> None:
    _run(["/bin/sh", "bootstrap"], source, "bootstrap:")


@contextlib.contextmanager
def _configured(options: _Options) -> Iterator[Path]:
    """A configured build directory of a copy of the source directory, which is
    only read.  An unpacked source archive brings its ./configure along."""
    here = Path.cwd()
    archive.own_tag()  # says at once what is not supported
    with tempfile.TemporaryDirectory(prefix="referrers-") as scratch:
        source = Path(scratch, "source")
        if (here / "PKG-INFO").exists():
            shutil.copytree(here, source, symlinks=True)
        else:
            archive.copy_checkout(here, source)
            _bootstrap(source)
        build = Path(scratch, "build")
        if options.build_dir:
            build = here / options.build_dir
        build.mkdir(parents=True, exist_ok=True)
        _configure(source, build, options)
        yield build


def _make(build: Path, options: _Options, *targets: str) -> None:
    jobs = options.jobs or len(os.sched_getaffinity(0))
    output = _run(["make", "-j%s" % jobs, *targets], build)
    print(output, end="", flush=True)  # for pip -v


# --- what pip calls --------------------------------------------------------

def prepare_metadata_for_build_wheel(
        metadata_directory: str, config_settings: Settings = None) -> str:
    _Options(config_settings)
    return archive.write_dist_info(
        Path.cwd(), Path(metadata_directory), archive.own_tag())


def build_wheel(wheel_directory: str, config_settings: Settings = None,
                metadata_directory: str | None = None) -> str:
    options = _Options(config_settings)
    with _configured(options) as build:
        _make(build, options)
        tree = build / "wheel"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(build / "stage" / "referrers", tree / "referrers")
        return _pack(tree, wheel_directory)


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    options = _Options(config_settings)
    found = archive.metadata(Path.cwd())
    name = "%s-%s" % (found.name, found.version)
    with _configured(options) as build:
        _make(build, options, "distdir")
        (build / name / "PKG-INFO").write_bytes(bytes(found.as_rfc822()))
        archive.write_sdist(Path(sdist_directory, name + ".tar.gz"), build / name)
    return name + ".tar.gz"


def _pack(tree: Path, wheel_directory: str) -> str:
    tag = archive.own_tag()
    dist_info = archive.write_dist_info(Path.cwd(), tree, tag)
    name = "%s-%s.whl" % (dist_info[:-len(".dist-info")], tag)
    archive.write_wheel(Path(wheel_directory, name), tree, dist_info)
    return name


# --- editable --------------------------------------------------------------

def build_editable(wheel_directory: str, config_settings: Settings = None,
                   metadata_directory: str | None = None) -> str:
    """One line in site-packages that names a directory of links: the Python
    files are the checkout's own; after a change in C, `make` in the build
    directory (build/editable-TAG) is enough."""
    options = _Options(config_settings)
    here = Path.cwd()
    tag = archive.own_tag()
    if not (here / "configure").exists():
        _bootstrap(here)
    build = here / (options.build_dir or "build/editable-" + tag.split("-")[0])
    build.mkdir(parents=True, exist_ok=True)
    _configure(here, build, options)
    _make(build, options)
    _link_stage(here, build)
    with tempfile.TemporaryDirectory(prefix="referrers-") as scratch:
        tree = Path(scratch)
        (tree / "_referrers_editable.pth").write_text(
            "%s\n" % (build / "editable"), encoding="utf-8")
        return _pack(tree, wheel_directory)


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def _link_stage(source: Path, build: Path) -> None:
    """Makes BUILD/editable/referrers, with a link for each staged file."""
    links = build / "editable" / "referrers"
    shutil.rmtree(links, ignore_errors=True)
    links.mkdir(parents=True)
    for staged in (build / "stage" / "referrers").iterdir():
        own = source / "python" / "referrers" / staged.name
        (links / staged.name).symlink_to(own if own.exists() else staged)
