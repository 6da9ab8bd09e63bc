"""Makes a wheel that needs nothing of its machine: Graphviz, what draws text,
and fonts go in.

    referrers_bundle.py [--fonts ROOT] WHEEL DIRECTORY

WHEEL is what pip builds.  What the drawing program opens while it runs (plugins,
fonts; see src/draw/bundle.h) is put beside it, auditwheel brings what all of
that is linked with, and the notices of every Debian package that something was
taken from are added.  The result is written into DIRECTORY, and its name
printed.  ROOT is where a font package was unpacked; without it the fonts of this
machine are taken.  Called by package/wheels, on Debian.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import referrers_archive as archive

# What a picture asks for: type names are bold, labels in Courier.
_FONTS = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf",
          "LiberationMono-Regular.ttf")

# Packages and where they have them, the first that is there.  The older fonts
# are under the GPL, with an exception for documents.
_FONT_PACKAGES = (
    ("fonts-liberation2", "usr/share/fonts/truetype/liberation2"),
    ("fonts-liberation", "usr/share/fonts/truetype/liberation"))

# What every GNU/Linux has in a version that the tag of the wheel promises: the
# C library.  auditwheel's own list also has GLib, X11, zlib and expat, which a
# desktop has and a container has not.
_OF_THE_SYSTEM = ("libc.so.6", "libm.so.6", "libdl.so.2", "librt.so.1",
                  "libpthread.so.0", "libresolv.so.2", "libutil.so.1",
                  "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1")

_NOTICE = """\
This wheel carries parts of the Debian packages named below: Graphviz, the
libraries that it draws text and pictures with, and fonts.  They are used by the
drawing program referrers/_draw alone, and are not changed but for the names by
which the libraries find each other.  Each is under its own license, which is in
the file of its name beside this one; the texts that these refer to are in
common-licenses.  The source of each is the Debian source package named behind
it.

"""


# --- wheels as directories -------------------------------------------------

def unpack(wheel: Path, tree: Path) -> None:
    """With the executable bits, which zipfile forgets."""
    with zipfile.ZipFile(wheel) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, tree))
            if entry.external_attr >> 16 & 0o111:
                path.chmod(0o755)


def _dist_info(tree: Path) -> Path:
    (found,) = tree.glob("*.dist-info")
    return found


def _pack(tree: Path, target: Path) -> None:
    dist_info = _dist_info(tree)
    (dist_info / "RECORD").unlink()
    archive.write_wheel(target, tree, dist_info.name)


# --- what is opened at run time --------------------------------------------

def _plugins(draw: Path) -> list[Path]:
    """The drawing program itself says where they are."""
    text = subprocess.run([draw, "--version"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    directory = re.search(r"^plugins in (.*):$", text, re.M)
    names = re.findall(r"^  (\w+\.so\.\d+)$", text, re.M)
    if directory is None or len(names) != 3:
        raise SystemExit("referrers_bundle: Graphviz is not whole here; install "
                         "graphviz:\n" + text)
    return [Path(directory[1], "libgvplugin_" + name) for name in names]


def _font_package(root: Path) -> tuple[str, Path]:
    for package, directory in _FONT_PACKAGES:
        if all((root / directory / name).exists() for name in _FONTS):
            return package, root / directory
    raise SystemExit("referrers_bundle: the fonts are missing; install "
                     "fonts-liberation2 (Debian 12) or fonts-liberation")


def add_bundle(tree: Path, root: Path) -> None:
    """Fills referrers/_graphviz, which the drawing program looks for."""
    bundle = tree / "referrers" / "_graphviz"
    _, fonts = _font_package(root)
    plugins = _plugins(tree / "referrers" / "_draw")
    (bundle / "fonts").mkdir(parents=True)
    for plugin in plugins:
        shutil.copyfile(plugin, bundle / plugin.name)
        (bundle / plugin.name).chmod(0o755)
    for name in _FONTS:
        shutil.copyfile(fonts / name, bundle / "fonts" / name)
    for name in ("fonts.conf", "fonts-all.conf"):
        shutil.copyfile(Path(__file__).with_name(name), bundle / name)


# --- what is linked with ---------------------------------------------------

def _policies(target: Path) -> Path:
    """auditwheel's list of what a wheel may expect, without all but the C
    library."""
    import auditwheel.policy
    own = Path(auditwheel.policy.__file__).with_name("manylinux-policy.json")
    policies = json.loads(own.read_text("utf-8"))
    for policy in policies:
        policy["lib_whitelist"] = [
            name for name in policy["lib_whitelist"] if name in _OF_THE_SYSTEM]
    target.write_text(json.dumps(policies), "utf-8")
    return target


def _repair(wheel: Path, scratch: Path) -> Path:
    """auditwheel repair, with our list; the version is pinned in
    package/requirements.txt."""
    import auditwheel.libc
    import auditwheel.main
    import auditwheel.policy
    table = auditwheel.policy._POLICY_JSON_MAP
    table[auditwheel.libc.Libc.GLIBC] = _policies(scratch / "policies.json")
    output = scratch / "repaired"
    before = sys.argv
    sys.argv = ["auditwheel", "repair", "--only-plat", "-w", str(output),
                str(wheel)]
    try:
        status = auditwheel.main.main()
    finally:
        sys.argv = before
    if status:
        raise SystemExit("referrers_bundle: auditwheel failed")
    (found,) = output.iterdir()
    return found


# --- notices ---------------------------------------------------------------

def _taken_from(tree: Path) -> list[Path]:
    """The names that the libraries and plugins had on this machine: auditwheel
    puts eight digits of a hash into those it copies."""
    libraries = [path.with_name(re.sub(r"-[0-9a-f]{8}(?=\.)", "", path.name, count=1))
                 for path in (tree / "referrers.libs").iterdir()]
    plugins = (tree / "referrers" / "_graphviz").glob("*.so.*")
    return [*libraries, *plugins]


def _package_of(file: str) -> str:
    """Asked by name: where /lib is a link, the package has the file in either."""
    found = subprocess.run(["dpkg-query", "--search", "*/" + file], text=True,
                           check=False, stdout=subprocess.PIPE).stdout
    packages = {line.partition(":")[0] for line in found.splitlines()
                if not line.startswith("diversion ")}
    if len(packages) != 1:
        raise SystemExit("referrers_bundle: %s is of no package, or of several: %s"
                         % (file, ", ".join(sorted(packages))))
    return packages.pop()


def _packages(tree: Path) -> dict[str, str]:
    """Every package that something was taken from, with its version and source."""
    names = {_package_of(path.name) for path in _taken_from(tree)}
    form = "--showformat=${Version} (source ${source:Package} ${source:Version})"
    return {name: subprocess.run(
        ["dpkg-query", "--show", form, name], text=True, check=True,
        stdout=subprocess.PIPE).stdout for name in names}


def _font_version(package: str, root: Path) -> str:
    """From the changelog: it may have been unpacked only."""
    path = root / "usr/share/doc" / package / "changelog.Debian.gz"
    with gzip.open(path, "rt", encoding="utf-8") as changelog:
        source, version = changelog.readline().split()[:2]
    return "%s (source %s %s)" % (version.strip("()"), source, version.strip("()"))


def _common_license(name: str) -> Path:
    """pango's notice says GPL-2.0 where Debian has GPL-2."""
    path = Path("/usr/share/common-licenses", name)
    return path if path.exists() else path.with_name(name.removesuffix(".0"))


def add_notices(tree: Path, root: Path) -> None:
    """dist-info/licenses/bundled: a file for each package, and NOTICE."""
    dist_info = _dist_info(tree)
    notices = dist_info / "licenses" / "bundled"
    shutil.rmtree(dist_info / "sboms")  # of what the linker knows only; see NOTICE
    (notices / "common-licenses").mkdir(parents=True)
    packages = {name: (version, Path("/"))
                for name, version in _packages(tree).items()}
    font_package, _ = _font_package(root)
    packages[font_package] = (_font_version(font_package, root), root)
    lines = []
    for name, (version, where) in sorted(packages.items()):
        text = (where / "usr/share/doc" / name / "copyright").read_bytes()
        (notices / (name + ".copyright")).write_bytes(text)
        lines.append("%s %s\n" % (name, version))
        for common in re.findall(rb"/usr/share/common-licenses/([\w.-]*\w)", text):
            shutil.copyfile(_common_license(common.decode()),
                            notices / "common-licenses" / common.decode())
    (notices / "NOTICE").write_text(_NOTICE + "".join(lines), "utf-8")
    _name_license_files(dist_info)


def _name_license_files(dist_info: Path) -> None:
    """One License-File line for each, as METADATA has for our own."""
    licenses = dist_info / "licenses"
    names = [path.relative_to(licenses).as_posix()
             for path in sorted((licenses / "bundled").rglob("*"))
             if path.is_file()]
    path = dist_info / "METADATA"
    head, separator, body = path.read_text("utf-8").partition("\n\n")
    head += "".join("\nLicense-File: " + name for name in names)
    path.write_text(head + separator + body, "utf-8")


# --- all of it -------------------------------------------------------------

def bundle(wheel: Path, directory: Path, root: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="referrers-") as temporary:
        scratch = Path(temporary)
        unpack(wheel, scratch / "plain")
        add_bundle(scratch / "plain", root)
        (scratch / "whole").mkdir()
        _pack(scratch / "plain", scratch / "whole" / wheel.name)
        repaired = _repair(scratch / "whole" / wheel.name, scratch)
        unpack(repaired, scratch / "tree")
        add_notices(scratch / "tree", root)
        directory.mkdir(parents=True, exist_ok=True)
        _pack(scratch / "tree", directory / repaired.name)
        return directory / repaired.name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--fonts", metavar="ROOT", type=Path, default=Path("/"))
    parser.add_argument("wheel", metavar="WHEEL", type=Path)
    parser.add_argument("directory", metavar="DIRECTORY", type=Path)
    arguments = parser.parse_args()
    print(bundle(arguments.wheel.resolve(), arguments.directory.resolve(),
                 arguments.fonts.resolve()))


if __name__ == "__main__":
    main()
