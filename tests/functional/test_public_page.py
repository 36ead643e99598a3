"""The public page of a problem and the gallery: languages, award, next step, filters."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.clock import utcnow
from matchmaker.models import AttachmentAccess, PrivateCall
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW, PrivateCallState
from matchmaker.workflows.problem import ProblemState
from tests.desk import around, attach, write_terms


def main(page: str) -> str:
    return page.split("<main", 1)[1].split("<footer", 1)[0]


def test_visitor_reads_grade_award_calendar_and_next_step(make, client):
    people = around(make)
    problem = people.problem
    client.get("/language/en")

    page = client.get(f"/problems/{problem.id}").text

    assert "Your next step" in page
    assert "Sign in or register: your team is compared with every open problem." in page
    assert "Grade, award and calendar" in page
    assert "What the owner brings" in page
    assert "NT$" in page
    assert "weeks" in page
    assert "Contact goes through this platform" in page
    assert problem.contact_email not in page
    assert f'<meta property="og:title" content="{problem.title_en}">' in page
    assert 'property="og:description" content="Find scratches' in page


NEXT = {
    "stranger": "Problems are solved by teams. Describe yours",
    "other": "Keep your team’s profile up to date",
    "member": "The programme office recommends this problem to",
}


@pytest.mark.parametrize("name", NEXT)
def test_next_step_fits_the_reader(make, login, name):
    people = around(make)

    page = login(people.person(name)).get(f"/problems/{people.problem.id}").text

    assert NEXT[name] in page


def test_owner_and_office_have_no_such_step(make, login):
    people = around(make)

    for person in (people.owner, people.officer):
        page = login(person).get(f"/problems/{people.problem.id}").text
        assert "Your next step" not in page


@pytest.mark.parametrize(
    ("written", "locale", "words", "lang"),
    [
        ("zh", "en", "Written in Chinese only", "zh-Hant-TW"),
        ("en", "zh_Hant_TW", "只有英文", "en"),
    ],
)
def test_missing_language_is_said_and_marked_never_mixed(
    make, client, written, locale, words, lang
):
    other = "en" if written == "zh" else "zh"
    problem = make.problem(**{f"title_{other}": "", f"text_{other}": "", f"data_{other}": ""})
    text = getattr(problem, f"text_{written}")
    client.get(f"/language/{locale}")

    page = main(client.get(f"/problems/{problem.id}").text)
    gallery = main(client.get("/problems").text)

    assert words in page
    assert words in gallery
    assert page.split(text)[0].rsplit('lang="', 1)[1].startswith(lang)
    assert f'<p lang="{lang}">{text}' in gallery


def test_both_languages_have_no_such_note(make, client):
    problem = make.problem()
    client.get("/language/en")

    assert "Written in" not in main(client.get(f"/problems/{problem.id}").text)


def test_owner_marks_a_machine_translation(make, login, client):
    people = around(make)
    address = f"/problems/{people.problem.id}"
    refused = login(people.other).post(address + "/machine-text", data={"languages": "en"})
    client.get("/language/en")
    before = client.get(address).text

    done = login(people.owner).post(address + "/machine-text", data={"languages": "en"})
    after = client.get(address).text
    both = login(people.owner).post(
        address + "/machine-text", data={"languages": ["zh", "en"]}, follow_redirects=True
    )

    assert (refused.status_code, done.status_code) == (403, 303)
    assert "Translated by a machine" not in before
    assert after.count("Translated by a machine") == 1
    assert "The text in the other language counts." in after
    assert "One language has to be a person’s own words" in both.text


ROOM = {
    "visitor": "Its files open to teams that the problem is recommended to",
    "other": "Its files open to teams that the problem is recommended to",
    "member": "You may enter: read its terms and accept them in your own name",
}


def test_state_of_the_data_room_for_the_reader(make, app, login, ctx):
    people = around(make)
    address = f"/problems/{people.problem.id}"
    assert "There is a data room" not in login(people.member).get(address).text
    attach(ctx(), people.problem)
    write_terms(ctx(), people.problem)

    for name, words in ROOM.items():
        person = people.person(name)
        client = login(person) if person else app.test_client()
        client.get("/language/en")
        page = client.get(address).text
        assert words in page
        assert "sample.csv" not in page
        assert "Terms in short: version 1" in page
    login(people.member).post(address + "/data-room/accept", data={"number": 1, "agreed": "y"})
    assert "You have accepted its terms" in login(people.member).get(address).text


def test_gallery_filters_by_language_deadline_and_data(make, client, ctx):
    soon = make.problem(title_en="Soon", deadline_at=utcnow() + timedelta(days=3))
    late = make.problem(
        title_en="Late", deadline_at=utcnow() + timedelta(days=80), title_zh="", text_zh=""
    )
    attach(ctx(), soon, access=AttachmentAccess.PUBLIC)
    attach(ctx(), late)
    client.get("/language/en")

    def shown(query):
        page = main(client.get(f"/problems?{query}").text)
        return {name for name in ("Soon", "Late") if f">{name}</a>" in page}

    assert shown("") == {"Soon", "Late"}
    assert shown("language=both") == {"Soon"}
    assert shown("language=en") == {"Soon", "Late"}
    assert shown("deadline=week") == {"Soon"}
    assert shown("deadline=quarter") == {"Soon", "Late"}
    assert shown("data=public") == {"Soon"}
    assert shown("data=room") == {"Late"}
    assert shown("data=nonsense&deadline=never") == {"Soon", "Late"}
    page = client.get("/problems?deadline=week").text
    assert "within 7 days (1)" in page
    assert "Data room (0)" in page


def test_files_of_an_in_house_call_stay_in_the_house(make, app, login, session, ctx):
    people = around(make)
    private = PrivateCall(
        call_id=people.problem.call_id,
        organization_id=people.organization.id,
        requester_id=people.owner.id,
    )
    for action in PRIVATE_CALL_WORKFLOW.path(PrivateCallState.OPEN):
        private.apply(action)
    make.save(private)
    public = attach(ctx(), people.problem, access=AttachmentAccess.PUBLIC)
    address = f"/problems/{people.problem.id}"
    session.expire_all()

    found = {}
    for name in ("visitor", "stranger", "officer", "administrator", "colleague", "owner"):
        person = people.person(name)
        client = login(person) if person else app.test_client()
        found[name] = (
            client.get(f"{address}/files/{public.id}").status_code,
            client.get(f"{address}/questions").status_code,
            client.get(f"{address}/files", follow_redirects=False).status_code,
        )

    outside = dict.fromkeys(("stranger", "officer", "administrator"), (404, 404, 404))
    assert found == {
        "visitor": (404, 404, 302),
        **outside,
        "colleague": (200, 200, 403),
        "owner": (200, 200, 200),
    }


@pytest.mark.parametrize("state", [ProblemState.DRAFT, ProblemState.SCREENING])
def test_what_is_not_public_has_no_preview_for_other_sites(make, login, state):
    people = around(make, state)

    page = login(people.owner).get(f"/problems/{people.problem.id}").text

    assert "og:title" not in page
