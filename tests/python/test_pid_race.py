"""--pid as root, when the process belongs to somebody who fights.

Protects that nothing which root makes for another user's process can be
exchanged for a file of root's: none changes its owner, mode or content, is
read back as an answer, or is deleted.  REFERRERS_RACE=5000 has `make check-long`
make that many rounds of it."""

import os
import pathlib

import pytest

import racing_user
from conftest import short_and_long

ROUNDS = {"short": "60", "long": os.environ.get("REFERRERS_RACE", "600")}

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="takes two users: only root can become another; "
    "CI runs as root")


@short_and_long
@pytest.mark.parametrize("arena", ["tmp", "chroot", "own", "mounts"])
def test_the_racing_user(python, tmp_path, arena, length):
    for directory in (tmp_path, *tmp_path.parents[:2]):
        os.chmod(directory, 0o755)  # the vault can be reached, not read
    result = python(pathlib.Path(racing_user.__file__), arena, ROUNDS[length],
                    tmp_path, timeout=300 + int(ROUNDS[length]))
    if result.status == racing_user.NO_ARENA:
        pytest.skip("this machine has no such arena: " + result.text.strip())
    print(result.text)
    assert (result.status, result.errors) == (0, ""), result.text
