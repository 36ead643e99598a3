"""Levels at a glance over HTTP: one's own, a team's; what owners see; and what nobody else does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from matchmaker.clock import utcnow
from matchmaker.models import AccountKind, EvidenceKind, QuizCheck, Role, Team, User
from matchmaker.services import find_consent, member_wish
from matchmaker.services.level_estimate import estimates_of
from matchmaker.web.standing_words import figure, range_text
from matchmaker.workflows.evidence import EvidenceState
from matchmaker.workflows.problem import ProblemState
from tests import desk
from tests.levels import rate, show

TITLE, ROLE = "Zaphyr proof of work", "Zaphyr did everything"
#: Where pages about people, teams and their levels are.
ABOUT_PEOPLE = (
    *("standing.", "member_wish.", "evidence", "self_rating.", "quiz", "team.", "match."),
    *("membership.", "organization.", "dashboard.", "enrolment.", "badge.", "point"),
)
#: What one person gave or answered: nobody else opens it.
PRIVATE = {"evidence.show", "evidence.file", "quiz.show"}
#: One number for everything an address can name; the member's rows are the first of their kind.
ONE = re.compile(r"<(?:[^:<>]+:)?[^<>]+>")


@dataclass
class Place:
    member: User
    team: Team
    readers: dict[str, User | None]
    figures: list[str]


@pytest.fixture
def place(make, session, ctx):
    """A team with levels, matched to a problem; and everybody who should not see them."""
    member, second = make.user(name="Zhuyin Marker"), make.user(name="Second Marker")
    owner = make.user(kind=AccountKind.ENTERPRISE)
    team = make.team(member, second, name_en="Bright Team", is_public=True)
    problem = make.problem(
        organization=make.organization(owner), requirements=[("PER-CV", 2, 3), ("SYS-EDG", 3, 2)]
    )
    desk.recommend(make, make.officer(), problem, team)
    rate(session, member, {"PER-CV": 4, "FND-ML": 5, "IND-MFG": 3})
    show(session, member, {"PER-CV": 3}, title=TITLE, role=ROLE, url="https://example.org/zaphyr")
    show(session, member, {"PER-CV": 3}, EvidenceKind.MENTOR, EvidenceState.CHECKED)
    now = utcnow()
    check = {"started_at": now, "ends_at": now + timedelta(hours=1), "parameters_version": "3"}
    session.add(QuizCheck(user=member, competency="FND-ML", language="en", seed="1", **check))
    find_consent.give(ctx(member), agreed=True, text="Zaphyr looks for a team.")
    member_wish.add(ctx(member), team.id, competency="SYS-EDG", level=3)
    session.commit()
    known = estimates_of(session, member.id)
    return Place(
        member,
        team,
        {
            "enterprise": owner,
            "other team": make.team(make.user()).members[0].user,
            "association": make.user(Role.ASSOCIATION),
            "reviewer": make.user(Role.REVIEWER),
            "visitor": None,
        },
        [text for e in known.values() for text in (figure(e.mean), range_text(e.low, e.high))],
    )


def main_of(answer):
    return answer.text.split("<main", 1)[1]


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", main_of(answer)).split())


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("en", ["Compared with “", "Not known yet", "Five-minute check", "Likely range"]),
        ("zh_Hant_TW", ["與「", "尚未得知", "五分鐘小測", "可能範圍"]),
    ],
)
def test_ones_own_levels(place, login, session, locale, texts):
    client = login(place.member, locale)
    page = words(client.get("/me/profile"))
    assert [text for text in texts if text not in page] == []
    known = estimates_of(session, place.member.id)["PER-CV"]
    assert f"{figure(known.mean)} {range_text(known.low, known.high)}" in page
    assert 'competency=FND-DL"' in client.get("/me/profile?aim=role-RL-CVE").text
    assert "Zaphyr" not in page


def test_one_level_and_what_it_rests_on(place, login):
    page = words(login(place.member).get("/me/profile/PER-CV"))
    assert f"{TITLE} Verified at the source" in page
    assert "A mentor’s word" in page
    assert "Own rating Your own word" in page
    assert re.search(r"\+0\.\d", page)
    nothing = login(place.member).get("/me/profile/DAT-ENG")
    assert "Nothing is known of this yet" in words(nothing)
    for name in ("NO-SUCH", "%00", "💥", "<script>"):
        assert login(place.member).get(f"/me/profile/{name}").status_code == 404


def test_somebody_without_anything_is_told_how_to_begin(make, login):
    page = login(make.user()).get("/me/profile")
    assert "Rate yourself first: eight minutes" in words(page)
    assert 'href="/me/levels"' in page.text


def test_an_aim_that_makes_no_sense_is_the_nearest(place, login):
    client = login(place.member)
    nearest = words(client.get("/me/profile"))
    odd = [
        "role-NO",
        "problem-99999999999",
        "grade-G9",
        "x" * 5000,
        "problem-<script>",
        "-",
        "\x00",
    ]
    for aim in odd:
        page = words(client.get("/me/profile", query_string={"aim": aim}))
        assert re.search("Compared with “[^”]*”", page)[0] in nearest


def test_a_problem_or_a_grade_can_be_compared_with(place, login, make):
    call = make.call()
    for level in (1, 2, 4):
        make.problem(call=call, grade="G3", requirements=[("LNG-GEN", level, 3)])
    client = login(place.member)
    grade = words(client.get("/me/profile?aim=grade-G3"))
    assert "Compared with “G3 Field”" in grade
    assert "Generative AI &amp; large language models Must have 2 Five-minute check" in grade
    row = make.problem(title_en="Scratches on screws")
    named = words(client.get(f"/me/profile?aim=problem-{row.id}"))
    assert "Compared with “Scratches on screws”" in named
    draft = make.problem(ProblemState.DRAFT, title_en="Nobody knows this")
    assert "Nobody knows" not in client.get(f"/me/profile?aim=problem-{draft.id}").text


def test_the_team_and_the_office_see_who_carries_what(place, login, make):
    for reader in (place.member, place.team.members[1].user, make.officer()):
        page = words(login(reader).get(f"/teams/{place.team.id}/levels"))
        assert "Computer vision Must have 2 Covered 1 Zhuyin Marker It rests on one person." in page
        assert "Rests on one person: 1 of 1" in page
        assert "Zaphyr" not in page
    page = login(place.member).get(f"/teams/{place.team.id}/levels").text
    assert f'href="/teams/{place.team.id}/wishes"' in page


def test_who_leaves_takes_the_levels_along(place, login, session):
    place.team.members[1].role = place.team.members[0].role
    session.delete(place.team.members[0])
    session.commit()
    page = words(login(place.team.members[1].user).get(f"/teams/{place.team.id}/levels"))
    assert "Nothing is known of the members yet" in page
    assert "Zhuyin" not in page


def test_an_owner_sees_what_the_team_covers_and_nothing_more(place, login):
    address = f"/teams/{place.team.id}/levels"
    answer = login(place.readers["enterprise"]).get(address)
    page = words(answer)
    assert "Computer vision Must have 2 Covered" in page
    assert re.search(r"Edge AI .* Important 3 Not known", page)
    assert [text for text in ("Marker", *place.figures) if text in page] == []
    assert "已涵蓋" in words(login(place.readers["enterprise"], "zh_Hant_TW").get(address))
    profile = login(place.readers["enterprise"]).get(f"/teams/{place.team.id}").text
    assert "What the team covers of your problem" in profile


def test_everybody_else_is_told_why_not(place, login, client):
    address = f"/teams/{place.team.id}/levels"
    for reader in ("other team", "association", "reviewer"):
        answer = login(place.readers[reader]).get(address)
        assert answer.status_code == 403
        assert "Levels stay with the team and the programme office." in answer.text
    assert client.get(address).status_code in (302, 401)


def test_levels_show_on_no_page_of_anybody_outside(place, login, app, client):
    """Every page about people and teams, with the numbers of the member's own rows in addresses."""
    faults = []
    for name, reader in place.readers.items():
        browser = login(reader) if reader else client
        for rule in app.url_map.iter_rules():
            if "GET" not in rule.methods or not rule.endpoint.startswith(ABOUT_PEOPLE):
                continue
            address = ONE.sub(_filled(place), rule.rule)
            answer = browser.get(address)
            if rule.endpoint in PRIVATE and answer.status_code not in (302, 401, 403, 404):
                faults.append(f"{name} {address}: {answer.status_code}")
            text = answer.text.split("<main", 1)[-1]
            marks = ["Zaphyr", "Marker", *(place.figures if "team_id" in rule.arguments else ())]
            faults += [f"{name} {address}: {mark}" for mark in marks if mark in text]
    assert faults == []


def _filled(place):
    def fill(match):
        name = match.group(0).strip("<>").rpartition(":")[2]
        if name == "competency":
            return "PER-CV"
        return str({"team_id": place.team.id, "user_id": place.member.id}.get(name, 1))

    return fill
