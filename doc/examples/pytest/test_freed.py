from session import Session


def test_close(assert_freed):
    session = Session("ann")
    with assert_freed(session):
        session.close()
        del session
