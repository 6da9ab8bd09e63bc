import app
import pytest


@pytest.mark.no_growth
def test_request():
    app.handle_request()


def test_many_requests(assert_no_growth):
    assert_no_growth(app.handle_request, rounds=3, loops=10)
