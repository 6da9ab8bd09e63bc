"""Puts the picture of a failed assert_freed into the report of pytest-html."""

import re

import pytest
import pytest_html


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    picture = re.search(r"picture: (\S+\.svg)", report.longreprtext)
    if picture:
        with open(picture[1]) as file:
            report.extras = [*getattr(report, "extras", []),
                             pytest_html.extras.html(file.read())]
    return report
