"""What goes out of the door: metadata, the wheel, the source archive.

Nothing here runs a command.  The same tree gives the same bytes: names are
sorted, owners and permissions are fixed, and every time is SOURCE_DATE_EPOCH
or, without it, the first one that a zip file can hold.
"""

from __future__ import annotations

import base64
import dataclasses
import fnmatch
import gzip
import hashlib
import io
import os
import re
import shutil
import sys
import tarfile
import time
import zipfile
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pyproject_metadata import StandardMetadata

_FIRST_ZIP_TIME = 315532800  # 1980-01-01


def _timestamp() -> int:
    return max(int(os.environ.get("SOURCE_DATE_EPOCH", _FIRST_ZIP_TIME)),
               _FIRST_ZIP_TIME)


def _mode(path: Path) -> int:
    return 0o755 if os.access(path, os.X_OK) else 0o644


def _files(tree: Path) -> list[Path]:
    return sorted(path for path in tree.rglob("*") if path.is_file())


# --- metadata --------------------------------------------------------------

def version(source: Path) -> str:
    """The one place where the version stands: AC_INIT in configure.ac."""
    text = (source / "configure.ac").read_text(encoding="utf-8")
    found = re.search(r"^AC_INIT\(\[referrers\], *\[([^]]+)\]\)", text, re.M)
    if found is None:
        raise SystemExit("referrers: configure.ac has no AC_INIT([referrers], "
                         "[version]) line; this is not its source")
    return found[1]


def metadata(source: Path) -> StandardMetadata:
    """pyproject.toml, with the version and the addresses that it leaves to us: a
    copy does not know where it is hosted, whoever releases it does."""
    from packaging.version import Version
    from pyproject_metadata import StandardMetadata
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    table = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))
    found = StandardMetadata.from_pyproject(table, source)
    found.version = Version(version(source))
    home = os.environ.get("REFERRERS_URL", "").rstrip("/")
    if home:
        found.urls = {"Source": home, "Issues": home + "/issues"}
    if found.readme is not None:
        found.readme = dataclasses.replace(
            found.readme, text=_without_pictures(found.readme.text))
    return found


def _without_pictures(text: str) -> str:
    """A package index has the text of README.md but not the files beside it: in
    the place of a picture stands what it shows."""
    return re.sub(r"!\[([^]]*)\]\((?!https?:)[^)]*\)", r"*Picture: \1.*", text)


def own_tag() -> str:
    """The tag of a wheel for this interpreter and this machine's libraries."""
    from packaging.tags import sys_tags
    for one in sys_tags():
        if one.platform.startswith("linux_"):
            return str(one)
    raise SystemExit("referrers: only Linux is supported, not " + sys.platform)


def _entry_points(found: StandardMetadata) -> str:
    groups = {"console_scripts": found.scripts, **found.entrypoints}
    return "\n".join(
        "[%s]\n%s" % (group, "".join("%s = %s\n" % item
                                     for item in sorted(names.items())))
        for group, names in sorted(groups.items()) if names)


def write_dist_info(source: Path, tree: Path, tag: str) -> str:
    """Makes the .dist-info directory in `tree`, all but RECORD; gives its
    name."""
    found = metadata(source)
    name = "%s-%s.dist-info" % (found.name, found.version)
    directory = tree / name
    (directory / "licenses").mkdir(parents=True)
    (directory / "METADATA").write_bytes(bytes(found.as_rfc822()))
    (directory / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: referrers %s\n"
        "Root-Is-Purelib: false\nTag: %s\n" % (found.version, tag))
    (directory / "entry_points.txt").write_text(_entry_points(found))
    for path in found.license_files or ():
        shutil.copy(source / path, directory / "licenses" / path)
    return name


# --- archives --------------------------------------------------------------

def _zip_entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.gmtime(_timestamp())[:6])
    entry.create_system = 3  # Unix: pip looks at the executable bit
    entry.external_attr = (0o100000 | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def write_wheel(target: Path, tree: Path, dist_info: str) -> None:
    """The wheel of all files of `tree`; RECORD is added."""
    record = []
    paths = _files(tree)
    paths.sort(key=lambda path: path.relative_to(tree).parts[0] == dist_info)
    with zipfile.ZipFile(target, "w") as archive:
        for path in paths:
            name = path.relative_to(tree).as_posix()
            content = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
            record.append("%s,sha256=%s,%d\n" % (
                name, digest.rstrip(b"=").decode(), len(content)))
            archive.writestr(_zip_entry(name, _mode(path)), content)
        record.append("%s/RECORD,,\n" % dist_info)
        archive.writestr(_zip_entry(dist_info + "/RECORD", 0o644),
                         "".join(record))


def write_sdist(target: Path, tree: Path) -> None:
    """The .tar.gz of `tree`, under the directory's own name."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in _files(tree):
            entry = tarfile.TarInfo(
                "%s/%s" % (tree.name, path.relative_to(tree).as_posix()))
            content = path.read_bytes()
            entry.size = len(content)
            entry.mode = _mode(path)
            entry.mtime = _timestamp()
            archive.addfile(entry, io.BytesIO(content))
    target.write_bytes(gzip.compress(tar.getvalue(), mtime=_timestamp()))


# --- a checkout without what was built in it -------------------------------

def _patterns(source: Path) -> list[str]:
    lines = (source / ".gitignore").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


def _is_product(name: str, is_directory: bool, patterns: list[str]) -> bool:
    """What git says of a name, for as much of its rules as .gitignore uses:
    the last line that fits decides."""
    result = False
    for pattern in patterns:
        keeps = pattern.startswith("!")
        pattern = pattern[keeps:]
        if pattern.endswith("/") and not is_directory:
            continue
        pattern = pattern.rstrip("/")
        subject = name if "/" in pattern else name.rpartition("/")[2]
        if fnmatch.fnmatchcase(subject, pattern.lstrip("/")):
            result = not keeps
    return result


def copy_checkout(source: Path, target: Path) -> None:
    """Copies what .gitignore does not name, so that neither an old ./configure
    nor a build in the checkout has a say, and the checkout is only read."""
    patterns = _patterns(source)
    copy = target.resolve()  # in the checkout itself, when TMPDIR is

    def is_left_out(path: Path) -> bool:
        return (path.name == ".git" or path.resolve() == copy or _is_product(
            path.relative_to(source).as_posix(), path.is_dir(), patterns))

    def products(directory: str, names: list[str]) -> list[str]:
        return [name for name in names if is_left_out(Path(directory, name))]

    shutil.copytree(source, target, symlinks=True, ignore=products)
