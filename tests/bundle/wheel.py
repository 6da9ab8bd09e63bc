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

C_LIBRARY = re.compile(r"(lib(c|m|dl|rt|pthread|resolv|util)|ld-linux-[\w-]+)\.so\.\d+$")
MOST_BYTES = 12_000_000     # 7.4 MB when this was written


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


def libraries_are_inside(tree):
    """Whether whatever is linked with is in the wheel, and looked for there."""
    inside = {path.name for path in (tree / "referrers.libs").iterdir()}
    for path in filter(is_elf, (p for p in tree.rglob("*") if p.is_file())):
        text = subprocess.run(["readelf", "--dynamic", "--wide", path], check=True,
                              text=True, stdout=subprocess.PIPE).stdout
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
        for name in needed:
            if name not in inside and not C_LIBRARY.match(name):
                yield "%s needs %s, which is not inside" % (path.name, name)
        places = [place for line in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", text)
                  for place in line.split(":")]
        for place in places:
            found = place.replace("$ORIGIN", str(path.parent))
            if (not place.startswith("$ORIGIN") or
                    pathlib.Path(found).resolve() != tree / "referrers.libs"):
                yield "%s looks for libraries in %s" % (path.name, place)
        if inside & set(needed) and not places:
            yield "%s does not look for its libraries" % path.name


def parts_are_there(tree):
    bundle = tree / "referrers" / "_graphviz"
    for pattern in ("libgvplugin_core.so.*", "libgvplugin_dot_layout.so.*",
                    "libgvplugin_pango.so.*", "fonts/*.ttf", "fonts.conf",
                    "fonts-all.conf"):
        if not list(bundle.glob(pattern)):
            yield "there is no _graphviz/%s" % pattern


def notices_are_whole(tree):
    """A notice for each package named, all texts that they refer to, and a
    License-File line for each."""
    (dist_info,) = tree.glob("*.dist-info")
    licenses = dist_info / "licenses"
    notices = licenses / "bundled"
    named = set(re.findall(r"^(\S+) \S+ \(source \S+ \S+\)$",
                           (notices / "NOTICE").read_text("utf-8"), re.M))
    there = {path.name[:-len(".copyright")] for path in notices.glob("*.copyright")}
    if named != there or not {"libgvc6", "libcairo2", "libglib2.0-0"} <= named:
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
    if "-manylinux_" not in path:
        wrong.append("the name has no manylinux tag")
    with zipfile.ZipFile(path) as wheel, tempfile.TemporaryDirectory() as directory:
        tree = pathlib.Path(directory).resolve()
        wheel.extractall(tree)
        wrong += record_is_true(wheel)
        wrong += parts_are_there(tree)
        wrong += libraries_are_inside(tree)
        wrong += notices_are_whole(tree)
        wrong += says_nothing_of(tree, forbidden)
    print("".join("%s: %s\n" % (path, text) for text in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
