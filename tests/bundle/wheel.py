"""What a wheel of package/wheels must have and must not have, seen in the file.

    wheel.py WHEEL FORBIDDEN...

FORBIDDEN are texts that no file of it may contain: where it was built.  Prints
one line for each thing that is wrong; status 0 when there is none.  Needs
readelf.
"""

import base64
import csv
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

C_LIBRARY = re.compile(r"(lib(c|m|dl|rt|pthread|resolv|util)|ld-linux-[\w-]+)\.so(\.\d+)?$")
MOST_BYTES = 6_000_000
MOST_BYTES_INSTALLED = 15_000_000
# What musl has only since a version after 1.2.0.
YOUNGER_THAN_MUSL_1_2 = {
    "_Fork", "gettid", "preadv2", "pthread_getname_np",
    "pwritev2", "qsort_r", "reallocarray", "statx"}
CPUS = {"x86_64": "X86-64", "aarch64": "AArch64"}


def record_is_true(wheel):
    """Whether RECORD has every file with its hash: what uninstall goes by."""
    names = set(wheel.namelist())
    (record,) = (name for name in names if name.endswith(".dist-info/RECORD"))
    for name, digest, size in csv.reader(io.StringIO(wheel.read(record).decode())):
        names.remove(name)
        if name == record:
            continue
        content = wheel.read(name)
        found = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        if digest != "sha256=" + found.decode().rstrip("=") or int(size) != len(content):
            yield "RECORD is wrong about %s" % name
    for name in names:
        yield "RECORD lacks %s" % name


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def programs(tree):
    return [path for path in tree.rglob("*") if path.is_file() and is_elf(path)]


def readelf(option, path):
    return subprocess.run(["readelf", option, "--wide", path], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def needs_the_c_library_alone(tree):
    """Nothing else is linked with, and nowhere else is anything looked for."""
    for path in programs(tree):
        text = readelf("--dynamic", path)
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", text):
            if not C_LIBRARY.match(name):
                yield "%s needs %s" % (path.name, name)
        for place in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", text):
            yield "%s looks for libraries in %s" % (path.name, place)


def keeps_what_its_tag_says(tree, tag):
    """The processor, and no symbol of a newer C library."""
    cpu = CPUS["x86_64" if tag.endswith("x86_64") else "aarch64"]
    found = re.search(r"manylinux_2_(\d+)_", tag)
    for path in programs(tree):
        if cpu not in readelf("--file-header", path):
            yield "%s is for another processor" % path.name
        symbols = re.findall(r"GLIBC_2\.(\d+)", readelf("--version-info", path))
        asked = re.findall(r" UND (\w+)", readelf("--dyn-syms", path))
        if not found and not YOUNGER_THAN_MUSL_1_2.isdisjoint(asked):
            yield "%s needs a musl newer than 1.2.0: %s" % (
                path.name, sorted(YOUNGER_THAN_MUSL_1_2.intersection(asked)))
        if found and max(map(int, symbols), default=0) > int(found[1]):
            yield "%s needs glibc 2.%d" % (path.name, max(map(int, symbols)))
        if not found and symbols:
            yield "%s is linked with glibc" % path.name


def parts_are_there(tree):
    bundle = tree / "referrers" / "_graphviz"
    for pattern in ("libgvplugin_core.so.*", "libgvplugin_dot_layout.so.*",
                    "libgvplugin_pango.so.*", "fonts/*.ttf", "fonts.conf", "fonts-all.conf"):
        if not list(bundle.glob(pattern)):
            yield "there is no _graphviz/%s" % pattern
    for name in ("_draw", "_attach"):
        if not (tree / "referrers" / name).exists():
            yield "there is no %s" % name


def notices_are_whole(tree):
    """A notice for each package named, all texts that they refer to, and a
    License-File line for each."""
    (dist_info,) = tree.glob("*.dist-info")
    licenses = dist_info / "licenses"
    notices = licenses / "bundled"
    named = set(re.findall(r"^(\S+) [\d:]\S+$",
                           (notices / "NOTICE").read_text("utf-8"), re.M))
    there = {path.name[:-len(".copyright")] for path in notices.glob("*.copyright")}
    if named != there or not {"graphviz", "expat"} <= named:
        yield "NOTICE names %s, there are %s" % (sorted(named), sorted(there))
    for path in notices.glob("*.copyright"):
        for name in re.findall(r"/usr/share/common-licenses/([\w.-]*\w)",
                               path.read_text("utf-8", "replace")):
            if not (notices / "common-licenses" / name).exists():
                yield "%s refers to %s, which is not there" % (path.name, name)
    listed = set(re.findall(r"^License-File: (.*)$",
                            (dist_info / "METADATA").read_text("utf-8"), re.M))
    files = {path.relative_to(licenses).as_posix()
             for path in licenses.rglob("*") if path.is_file()}
    if listed != files:
        yield "METADATA has other license files: %s" % sorted(listed ^ files)


def says_nothing_of(tree, forbidden):
    for path in (p for p in tree.rglob("*") if p.is_file()):
        content = path.read_bytes()
        for text in forbidden:
            if text.encode() in content:
                yield "%s contains %s" % (path.relative_to(tree), text)


def main(path, *forbidden):
    wrong = []
    size = pathlib.Path(path).stat().st_size
    if size > MOST_BYTES:
        wrong.append("%d bytes are many" % size)
    tag = pathlib.Path(path).stem.rpartition("-")[2]
    with zipfile.ZipFile(path) as wheel, tempfile.TemporaryDirectory() as directory:
        tree = pathlib.Path(directory).resolve()
        wheel.extractall(tree)
        wrong += record_is_true(wheel)
        installed = sum(entry.file_size for entry in wheel.infolist())
        if installed > MOST_BYTES_INSTALLED:
            wrong.append("%d bytes are many, installed" % installed)
        wrong += parts_are_there(tree)
        wrong += needs_the_c_library_alone(tree)
        wrong += keeps_what_its_tag_says(tree, tag)
        wrong += notices_are_whole(tree)
        wrong += says_nothing_of(tree, forbidden)
    print("".join("%s: %s\n" % (path, text) for text in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
