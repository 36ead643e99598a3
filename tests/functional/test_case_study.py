"""Case studies over HTTP: written, agreed to, published, read by everybody, taken down."""

from __future__ import annotations

import re

import pytest

from matchmaker.models import MemberRole
from matchmaker.workflows.engagement import EngagementState

TYPED = {
    "title_zh": "刮痕少一半",
    "title_en": "Half the scratches",
    "problem_en": "Found late. <script>alert(1)</script>",
    "approach_zh": "照片與小模型 🎉",
    "results_en": "Half as many rejects.",
}


@pytest.fixture
def case(make, session):
    row = make.engagement(EngagementState.COMPLETED)
    row.team.members[0].role = MemberRole.LEAD
    owner = row.problem.organization.members[0].user
    session.commit()
    return row, owner, row.team.members[0].user, make.officer()


def version_of(page: str) -> str:
    return re.findall(r'name="version"[^>]*value="(\d*)"', page)[0]


def hash_in(page: str) -> str:
    return re.findall(r'name="content_hash" value="([0-9a-f]{64})"', page)[0]


def test_from_the_first_word_to_the_public_page(case, login, client):
    row, owner, lead, officer = case
    tab = f"/engagements/{row.id}/case-study"
    writer, team, office = (login(user) for user in (owner, lead, officer))
    form = writer.get(f"{tab}/edit").text
    assert row.problem.title_zh in form
    saved = writer.post(f"{tab}/edit", data={**TYPED, "version": version_of(form)})
    assert saved.status_code == 303
    stale = office.post(f"{tab}/edit", data={**TYPED, "title_en": "Mine", "version": "0"})
    assert (stale.status_code, "Mine" in stale.text, "Half the scratches" in stale.text) == (
        409,
        True,
        True,
    )
    page = writer.get(tab).text
    assert "propose" in page
    for _ in range(2):  # A second click changes nothing.
        answer = writer.post(f"{tab}/propose", data={"version": version_of(page)})
        assert answer.status_code == 303
    shown = team.get(tab).text
    assert "<script>alert" not in shown
    data = {"content_hash": hash_in(shown)}
    assert team.post(f"{tab}/versions/1/agree", data={"content_hash": "0"}).status_code == 409
    assert office.post(f"{tab}/versions/1/publish").status_code == 409
    for side in (team, writer):
        assert side.post(f"{tab}/versions/1/agree", data=data).status_code == 303
    assert "agreed on" in team.get(tab).text
    assert "同意" in login(lead, "zh_Hant_TW").get(tab).text
    assert office.post(f"{tab}/versions/1/publish").status_code == 303
    assert "The case study is public" in writer.get(tab).text
    assert "案例已公開" in login(owner, "zh_Hant_TW").get(tab).text

    with client.session_transaction() as browser:
        browser["locale"] = "en"
    address = re.search(r'href="(/case-studies/\d+)"', client.get("/case-studies").text)
    assert address is not None
    public = client.get(address[1]).text
    assert "Half as many rejects." in public
    assert "&lt;script&gt;alert(1)" in public
    assert "照片與小模型 🎉" in public

    assert team.post(f"{tab}/versions/1/withdraw").status_code == 303
    assert client.get(address[1]).status_code == 404
    assert address[1] not in client.get("/case-studies").text
    assert office.get(f"{tab}/versions/1").status_code == 200


def test_bad_input_keeps_what_was_typed(case, login):
    row, owner, _lead, officer = case
    tab, writer = f"/engagements/{row.id}/case-study", login(owner)

    long = writer.post(f"{tab}/edit", data={**TYPED, "results_zh": "長" * 6001, "version": "0"})
    assert (long.status_code, "Half the scratches" in long.text) == (422, True)
    assert "at most 6000 characters" in long.text
    strange = writer.post(f"{tab}/edit", data={"figures": ["no-such"], "version": "0"})
    assert strange.status_code == 422
    writer.post(f"{tab}/edit", data={"title_en": "A\x00\u202eB", "version": "0"})
    assert 'value="AB"' in writer.get(f"{tab}/edit").text
    missing = writer.post(f"{tab}/propose", data={"version": "1"})
    assert (missing.status_code, "in one language at least" in missing.text) == (422, True)
    assert writer.post(f"{tab}/propose", data={"version": "9" * 30}).status_code == 409
    assert login(officer).post(f"{tab}/versions/7/publish").status_code == 404


def test_who_sees_what(case, login, client, make):
    row, owner, lead, officer = case
    tab = f"/engagements/{row.id}/case-study"

    assert client.get(tab).status_code == 302
    assert login(make.user()).get(tab).status_code == 404
    assert login(lead).get(f"{tab}/edit").status_code == 403
    assert login(lead).get("/office/case-studies").status_code == 403
    page = login(officer).get("/office/case-studies").text
    assert f"/engagements/{row.id}/case-study" in page
    assert "Not begun" in page
    assert f"/engagements/{row.id}/case-study" in login(owner).get(f"/engagements/{row.id}").text
    assert client.get("/case-studies/1").status_code == 404


def test_what_came_down_can_be_shown_again_as_it_is(case, login):
    row, owner, lead, officer = case
    tab, writer = f"/engagements/{row.id}/case-study", login(owner)
    writer.post(f"{tab}/edit", data={**TYPED, "version": "0"})
    writer.post(f"{tab}/propose", data={"version": "1"})
    page = writer.get(tab).text
    assert "/propose" not in page
    for side in (login(lead), writer):
        side.post(f"{tab}/versions/1/agree", data={"content_hash": hash_in(page)})
    office = login(officer)
    assert office.post(f"{tab}/versions/1/publish").status_code == 303
    assert office.post(f"{tab}/versions/1/take-down", data={"reason": ""}).status_code == 422
    down = office.post(f"{tab}/versions/1/take-down", data={"reason": "The firm asked."})
    assert down.status_code == 303

    again = writer.get(tab).text

    assert "/propose" in again
    assert "The firm asked." in again
    assert writer.post(f"{tab}/propose", data={"version": "1"}).status_code == 303
    assert "Version 2" in writer.get(tab).text
