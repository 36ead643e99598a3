"""The office's front page lists what a reader may open, and nothing else."""

from __future__ import annotations

import re

import pytest

from matchmaker.models import Role
from matchmaker.web.office_tools import GROUPS


def _tools(page):
    return set(re.findall(r'<th scope="row"><a href="([^"]+)"', page.text))


@pytest.mark.parametrize(
    ("locale", "heading"), [("en", "Programme office"), ("zh_Hant_TW", "計畫辦公室")]
)
def test_officer_sees_every_tool_and_each_opens(make, login, locale, heading):
    browser = login(make.user(Role.OFFICER), locale)
    page = browser.get("/office")
    assert f">{heading}</h1>" in page.text
    assert len(_tools(page)) == sum(len(group.tools) for group in GROUPS)
    assert {browser.get(link).status_code for link in _tools(page)} == {200}


@pytest.mark.parametrize("roles", [(), (Role.REVIEWER,), (Role.MENTOR,)])
def test_others_are_refused(make, login, roles):
    assert login(make.user(*roles), "en").get("/office").status_code == 403
