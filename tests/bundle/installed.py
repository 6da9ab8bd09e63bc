"""What an installed wheel of package/wheels does, by the Python that it was
installed for.  Needs nothing but that Python.

    installed.py LINES DIRECTORY [DRAW]

LINES is a graph in the line format; pictures are left in DIRECTORY, to be looked
at.  DRAW is a drawing program that uses the Graphviz of the machine: the same
version gives the same SVG.  Prints one line for each thing that is wrong; status
0 when there is none.
"""

import fcntl
import os
import pathlib
import re
import subprocess
import sys

import referrers
import referrers._render

PACKAGE = pathlib.Path(referrers.__file__).resolve().parent
BUNDLE = PACKAGE / "_graphviz"
OWN = str(PACKAGE) + "/"
C_LIBRARY = re.compile(r"/(lib(c|m|dl|rt|pthread|resolv|util)|ld-(linux|musl)-[\w-]+|ld)"
                       r"(-2\.\d+)?\.so(\.\d+)?$")
STARTS = {"svg": b"<svg", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}


def misled():
    """An environment that points elsewhere."""
    return {"LD_LIBRARY_PATH": "/nowhere", "GVBINDIR": "/nowhere",
            "FONTCONFIG_FILE": "/nowhere", "HOME": "/nowhere", "PATH": "/nowhere"}


def draw(program, format, lines, environment=None):
    process = subprocess.run([program, "-T", format], input=lines, check=False,
                             capture_output=True, env=environment)
    if process.returncode or process.stderr:
        raise SystemExit("installed.py: %s: status %d: %s" % (
            format, process.returncode, process.stderr.decode("utf-8", "replace")))
    return process.stdout


def mapped(format, lines):
    """The files that the drawing program has open in its memory when it begins
    to write: a pipe that is full holds it there."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    with subprocess.Popen([referrers._render.PROGRAM, "-T", format],
                          stdin=subprocess.PIPE, stdout=writing,
                          env=misled()) as process:
        os.close(writing)
        process.stdin.write(lines)
        process.stdin.close()
        with open(reading, "rb", buffering=0) as output:
            output.read(1)
            maps = pathlib.Path("/proc/%d/maps" % process.pid).read_text()
            while output.read(65536):
                pass
    return set(re.findall(r" (/.*)$", maps, re.M))


def opens_only_its_own(lines):
    for format, expected in (
            ("svg", ("libgvplugin_core", "libgvplugin_dot_layout")),
            ("png", ("libgvplugin_pango", "LiberationSans", "LiberationMono"))):
        found = mapped(format, lines)
        for file in found:
            # qemu is there where it runs a program for another processor.
            if not (file.startswith(OWN) or C_LIBRARY.search(file) or "/qemu-" in file):
                yield "%s: %s was opened" % (format, file)
        for name in expected:
            if not any(pathlib.Path(file).name.startswith(name) for file in found):
                yield "%s: %s was not opened" % (format, name)


def draws_what_the_machine_draws(lines, program):
    def version(of):
        return re.search(r"Graphviz [\d.]+", subprocess.run(
            [of, "--version"], check=True, text=True, stdout=subprocess.PIPE).stdout)[0]
    ours = referrers._render.PROGRAM
    if version(ours) != version(program):
        yield "cannot be compared: %s, %s" % (version(ours), version(program))
    elif draw(ours, "svg", lines) != draw(program, "svg", lines):
        yield "the SVG is another one than with the Graphviz of this machine"


class Session:
    pass


def draws(directory):
    """By the library, in all formats, twice."""
    session = Session()
    session.user = {"user-7": [session]}
    graph = referrers.get_referrer_graph(session)
    for format, start in STARTS.items():
        path = directory / ("graph." + format)
        graph.render(path)
        first = path.read_bytes()
        graph.render(path)
        if not first.startswith(start):
            yield "%s starts with %r" % (path, first[:8])
        if path.read_bytes() != first:
            yield "%s has other bytes a second time" % path


def says_its_version():
    text = subprocess.run(
        [sys.executable, "-m", "referrers.dot", "--version"], check=True, text=True,
        stdout=subprocess.PIPE, cwd="/").stdout
    for line in ("referrers " + referrers.__version__,
                 "plugins in %s:" % BUNDLE, "fonts beside them: 3"):
        if line not in text.splitlines():
            yield "--version does not say: " + line
    if not re.search(r"^Graphviz \d.*, which came with this package$", text, re.M):
        yield "--version does not say where Graphviz is from: " + text


def main(lines, directory, *programs):
    scene = pathlib.Path(lines).read_bytes()
    target = pathlib.Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    wrong = []
    if not BUNDLE.is_dir():
        wrong.append("this package has no Graphviz of its own")
    for format, start in STARTS.items():
        picture = draw(referrers._render.PROGRAM, format, scene, misled())
        (target / ("scene." + format)).write_bytes(picture)
        if not picture.startswith(start):
            wrong.append("%s starts with %r" % (format, picture[:8]))
    wrong += opens_only_its_own(scene)
    wrong += draws(target)
    wrong += says_its_version()
    for program in programs:
        wrong += draws_what_the_machine_draws(scene, program)
    print("".join(text + "\n" for text in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
