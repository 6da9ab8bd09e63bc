"""What pip gets, as far as no build is needed for it: metadata, archives, the
copy of a checkout.  `make check-package` does the rest."""

import base64
import configparser
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest
import referrers

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "package"))

import referrers_archive as archive  # noqa: E402
import referrers_backend as backend  # noqa: E402


@pytest.fixture
def tree(tmp_path):
    """A directory as the build leaves it, small."""
    package = tmp_path / "tree" / "referrers"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("x = 1\n")
    (package / "_draw").write_bytes(b"\x7fELF")
    (package / "_draw").chmod(0o700)
    (package / "py.typed").write_text("")
    return tmp_path / "tree"


def test_the_version_is_that_of_the_built_module():
    assert archive.version(ROOT) == referrers.__version__


def test_another_source_is_refused(tmp_path):
    (tmp_path / "configure.ac").write_text("AC_INIT([other], [1.0])\n")
    with pytest.raises(SystemExit, match="this is not its source"):
        archive.version(tmp_path)


def test_dist_info_says_what_pyproject_says(tmp_path):
    name = archive.write_dist_info(ROOT, tmp_path, archive.own_tag())
    assert name == "referrers-%s.dist-info" % referrers.__version__
    text = (tmp_path / name / "METADATA").read_text("utf-8").split("\n")
    for line in ("Name: referrers", "Version: " + referrers.__version__,
                 "License-Expression: Apache-2.0", "License-File: LICENSE",
                 "Requires-Python: <3.16,>=3.10", "Provides-Extra: networkx"):
        assert line in text
    assert "**My Python program keeps growing. What is growing, and what keeps it alive?**" in text
    for minor in referrers._SUPPORTED_MINORS:
        assert "Classifier: Programming Language :: Python :: %d.%d" % minor in text
    entries = (tmp_path / name / "entry_points.txt").read_text()
    assert entries == ("[console_scripts]\nreferrers = referrers._umbrella:main\n"
                       "referrers-dot = referrers.dot:main\n\n"
                       "[pytest11]\nreferrers = referrers.pytest_plugin\n")
    # An index has no files beside the description.
    assert not [line for line in text if "](doc/" in line or line.startswith("![")]
    assert any(line.startswith("*Picture: Two chains") for line in text)
    license_text = (tmp_path / name / "licenses" / "LICENSE").read_bytes()
    assert license_text == (ROOT / "LICENSE").read_bytes()


def test_make_install_names_the_same_plugin_to_pytest():
    """python/local.mk writes entry_points.txt without a TOML reader."""
    build = pathlib.Path(os.environ["REFERRERS_TEST_LIBRARIES"]).parents[2]
    installed = configparser.ConfigParser()
    installed.read(build / "python" / "entry_points.txt")
    assert installed.sections() == ["pytest11"]  # its script is a program
    assert (dict(installed["pytest11"])
            == archive.metadata(ROOT).entrypoints["pytest11"])


def test_addresses_are_those_of_the_release(monkeypatch):
    monkeypatch.delenv("REFERRERS_URL", raising=False)
    assert archive.metadata(ROOT).urls == {}
    monkeypatch.setenv("REFERRERS_URL", "https://host.example/referrers/")
    assert (b"Project-URL: Source, https://host.example/referrers\n"
            in bytes(archive.metadata(ROOT).as_rfc822()))


def test_every_minor_version_of_the_package_may_install_it():
    requires = archive.metadata(ROOT).requires_python
    for minor in referrers._SUPPORTED_MINORS:
        assert requires.contains("%d.%d.0" % minor)
    last = referrers._SUPPORTED_MINORS[-1]
    assert not requires.contains("%d.%d.0" % (last[0], last[1] + 1))


def test_the_tag_is_of_this_interpreter_only():
    version = "cp%d%d" % sys.version_info[:2]
    python, abi, platform = archive.own_tag().split("-")
    assert (python, abi) == (version, version + sys.abiflags)
    assert platform.startswith("linux_")


def test_a_wheel_keeps_the_executable_bit_and_records_all(tree, tmp_path):
    name = archive.write_dist_info(ROOT, tree, archive.own_tag())
    wheel = tmp_path / "x.whl"
    archive.write_wheel(wheel, tree, name)
    with zipfile.ZipFile(wheel) as packed:
        modes = {entry.filename: entry.external_attr >> 16 & 0o777
                 for entry in packed.infolist()}
        assert modes["referrers/_draw"] == 0o755
        assert modes["referrers/__init__.py"] == 0o644
        record = packed.read(name + "/RECORD").decode().split("\n")
        assert record.pop() == ""
        assert record.pop() == name + "/RECORD,,"
        rows = [line.split(",") for line in record]
        assert [row[0] for row in rows] == packed.namelist()[:-1]
        for path, digest, size in rows:
            content = packed.read(path)
            value = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
            assert digest == "sha256=" + value.decode().rstrip("=")
            assert int(size) == len(content)


def test_the_same_tree_gives_the_same_archives(tree, tmp_path, monkeypatch):
    def both(prefix):
        made = tmp_path / (prefix + ".whl"), tmp_path / (prefix + ".tar.gz")
        archive.write_wheel(made[0], tree, "none.dist-info")
        archive.write_sdist(made[1], tree)
        return [path.read_bytes() for path in made]

    first = both("first")
    os.utime(tree / "referrers" / "py.typed", (1e9, 1e9))
    assert both("second") == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    third = both("third")
    assert third[0] != first[0] and third[1] != first[1]
    with tarfile.open(tmp_path / "third.tar.gz") as packed:
        assert {entry.mtime for entry in packed} == {1700000000}
        assert packed.getmember("tree/referrers/_draw").mode == 0o755


PRODUCTS = ["configure", "config.status", "build/Makefile", "build-x/a.c", "dist/x.whl",
            "m4/ltoptions.m4", "src/base/x.o", "src/base/.libs/libbase.a",
            "tests/unit/test_x", ".git/HEAD", ".git/x.py",
            "python/referrers/__pycache__/x.pyc"]
SOURCES = ["configure.ac", "Makefile.am", "m4/rg_need.m4", ".ci/run",
           "src/base/x.c", "tests/unit/test_x.c", "src/build/x.c",
           "tests/python/new file.py", ".gitignore"]


def test_the_copy_of_a_checkout_has_its_sources_only(tmp_path):
    checkout = tmp_path / "checkout"
    for name in PRODUCTS + SOURCES:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(name)
    (checkout / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    archive.copy_checkout(checkout, tmp_path / "copy")
    copied = [path.relative_to(tmp_path / "copy").as_posix()
              for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert sorted(copied) == sorted(SOURCES)


def test_a_temporary_directory_in_the_checkout_is_not_copied_into_itself(tmp_path):
    (tmp_path / "tmp").mkdir()
    (tmp_path / "x.c").write_text("")
    (tmp_path / ".gitignore").write_text("*.o\n")
    archive.copy_checkout(tmp_path, tmp_path / "tmp" / "copy")
    copied = [path.name for path in (tmp_path / "tmp" / "copy").rglob("*")]
    assert sorted(copied) == [".gitignore", "tmp", "x.c"]


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_the_copy_leaves_out_what_git_leaves_out(tmp_path):
    """Our reading of .gitignore against git's own."""
    checkout = tmp_path / "checkout"
    names = [name for name in PRODUCTS if not name.startswith(".git/")]
    for name in names + SOURCES:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(name)
    (checkout / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    subprocess.run(["git", "init", "-q", str(checkout)], check=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=checkout, capture_output=True, check=True, text=True).stdout
    assert sorted(listed.split("\0")[:-1]) == sorted(SOURCES)


@pytest.mark.parametrize("settings, message", [
    ({"confgure": "x"}, "there is no setting confgure, only configure, "
                        "build-dir and jobs"),
    ({"jobs": "many"}, "jobs=many is not a number of commands"),
    ({"build-dir": ["a", "b"]}, "build-dir was given more than once"),
])
def test_a_wrong_setting_is_refused(settings, message):
    with pytest.raises(SystemExit, match=message):
        backend._Options(settings)


def test_configure_gets_its_arguments_whole():
    assert backend._Options(None).configure == []
    assert backend._Options({"configure": "A=-O3 -g"}).configure == ["A=-O3 -g"]
    assert backend._Options({"configure": ["-a", "-b"]}).configure == ["-a", "-b"]


def test_a_failure_is_the_line_that_says_what_to_install():
    output = ("checking for gcc... no\nconfigure: error: a compiler not found; "
              "install gcc\nSee 'config.log' for more details\n")
    reason = backend._reason(output, ("configure: error:",))
    assert reason == "configure: error: a compiler not found; install gcc"


def test_a_failure_nobody_explains_shows_the_end_of_the_output():
    output = "".join("line %d\n" % n for n in range(100))
    reason = backend._reason(output, ()).split("\n")
    assert reason[-1] == "line 99" and len(reason) == backend._TAIL
