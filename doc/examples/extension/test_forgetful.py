import forgetful
import pytest
import referrers


class Frame:
    pass


@pytest.mark.xfail(reason="look_at has no Py_DECREF", strict=True)
def test_no_reference_is_lost():
    frame = Frame()
    forgetful.look_at(frame)
    ledger = referrers.get_referrer_graph(frame).ledger
    assert ledger.get("unexplained", 0) == 0
