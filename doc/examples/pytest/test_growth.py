import pytest

from session import Session


@pytest.mark.no_growth(types=[Session], runs=4)
def test_requests():
    Session("ann").close()
