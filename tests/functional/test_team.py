"""Teams over HTTP, in both languages: found, described, shown, found in the directory, archived."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.models import FormDraft, Role, Team

TYPED = {
    "kind": "startup",
    "name_zh": "澄影",
    "name_en": "Chengying",
    "title_zh": "機器視覺",
    "text_zh": "以 PyTorch 做半導體晶圓的瑕疵檢測",
    "region": "south",
    "capacity": "２",
    "sectors": ["IND-MET"],
    "techniques": "OpenCV、YOLO, opencv",
    "works-0-title": "螺絲檢測",
    "works-0-text": "在產線上找出刮痕。",
    "works-0-year": "2024",
    "works-3-title": "Weld check",
    "works-3-text": "",
    "works-3-year": "",
    "competencies-PER-CV": "4",
    "competencies-FND-DL": "",
}


def only_team(session):
    session.rollback()  # A transaction sees what was there when it began: look afresh.
    session.expire_all()
    return session.scalars(sa.select(Team)).one()


@pytest.fixture
def visitor(client):
    """Somebody who is not signed in and reads English."""
    client.get("/language/en")
    return client


def words(response):
    """The text of a page as people read it."""
    body = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def value_of(response, name):
    found = re.search(rf'name="{name}"[^>]*? value="([^"]*)"', response.text)
    return html.unescape(found[1]) if found else None


def checked(response):
    """The names and values of every box and radio that is ticked."""
    boxes = re.findall(
        r'<input type="(?:radio|checkbox)" name="([^"]+)" value="([^"]*)" checked', response.text
    )
    return {(name, value) for name, value in boxes if value}


@pytest.mark.parametrize(
    ("locale", "said", "level", "sector"),
    [
        ("en", "Saved.", "Lead", "Metal & machinery"),
        ("zh_Hant_TW", "已儲存。", "領導", "金屬與機械"),
    ],
)
def test_a_person_creates_a_team_and_sees_it(make, login, session, locale, said, level, sector):
    user = make.user()
    client = login(user, locale)
    response = client.post("/teams/new", data=TYPED, follow_redirects=True)
    assert response.status_code == 200
    for text in (said, level, sector, "螺絲檢測", "2024", "Weld check", user.name, "OpenCV"):
        assert text in words(response)
    team = only_team(session)
    assert (team.capacity, team.techniques) == (2, ["OpenCV", "YOLO"])
    assert [(w.title, w.year) for w in team.works] == [("螺絲檢測", 2024), ("Weld check", None)]
    assert {(c.competency, c.level) for c in team.competencies} == {("PER-CV", 4)}


def test_sending_the_same_form_twice_changes_nothing_more(make, login, session):
    team = make.team(user := make.user())
    client = login(user)
    typed = {**TYPED, "version": str(team.version)}
    assert client.post(f"/teams/{team.id}/edit", data=typed).status_code == 302
    saved = only_team(session).version
    again = client.post(f"/teams/{team.id}/edit", data=typed)
    assert again.location == f"/teams/{team.id}"
    assert only_team(session).version == saved


def test_the_form_shows_what_is_saved(make, login):
    team = make.team(
        user := make.user(), region="east", sectors=["IND-AGR"], competencies=[("LNG-NLP", 2)]
    )
    page = login(user).get(f"/teams/{team.id}/edit")
    assert value_of(page, "name_en") == team.name_en
    assert value_of(page, "works-0-title") == "Defect camera"
    assert checked(page) == {("sectors", "IND-AGR"), ("competencies-LNG-NLP", "2")}
    assert '<option selected value="east">' in page.text
    assert 'name="works-2-title"' in page.text  # Blank rows, for readers without scripts.


@pytest.mark.parametrize(
    ("locale", "button", "because"),
    [
        ("en", "Suggest from our text", "Because you wrote"),
        ("zh_Hant_TW", "依我們寫的內容建議", "依據您寫的"),
    ],
)
def test_suggestions_keep_what_was_typed_and_save_nothing(
    make, login, session, locale, button, because
):
    client = login(make.user(), locale)
    page = client.post("/teams/new", data={**TYPED, "suggest": "1"})
    assert page.status_code == 200
    text = words(page)
    assert button in text
    assert re.search(f"{because} “(半導體|晶圓)", text)
    assert 'name="more_techniques" value="PyTorch"' in page.text
    assert 'name="sectors" value="IND-SEM"' in page.text
    assert value_of(page, "works-0-title") == "螺絲檢測"
    assert value_of(page, "works-1-title") == "Weld check"
    assert checked(page) == {("sectors", "IND-MET"), ("competencies-PER-CV", "4")}
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


def test_accepted_suggestions_are_saved(make, login, session):
    client = login(make.user())
    accepted = {
        **TYPED,
        "more_techniques": ["PyTorch"],
        "competencies-DAT-PRE": "",
        "competencies-FND-DL": "2",
        "sectors": ["IND-MET", "IND-SEM"],
    }
    client.post("/teams/new", data=accepted)
    team = only_team(session)
    assert team.techniques == ["OpenCV", "YOLO", "PyTorch"]
    assert team.sectors == ["IND-MET", "IND-SEM"]
    assert {c.competency: c.level for c in team.competencies} == {"PER-CV": 4, "FND-DL": 2}


def test_asking_again_does_not_pile_up_blank_rows(make, login):
    client = login(make.user())
    blank = {"works-2-title": "", "works-2-text": "", "works-2-year": ""}
    first = client.post("/teams/new", data={**TYPED, "suggest": "1"})
    second = client.post("/teams/new", data={**TYPED, **blank, "suggest": "1"})
    for page in (first, second):
        assert len(re.findall(r'name="works-\d+-title"', page.text)) == 4


def test_a_text_that_suggests_nothing_says_so(make, login):
    page = login(make.user()).post("/teams/new", data={"name_en": "x", "suggest": "1"})
    assert "Your text suggests nothing beyond what you have said already" in words(page)


def test_more_rows_keep_what_was_typed(make, login, session):
    page = login(make.user()).post("/teams/new", data={**TYPED, "more_works": "1"})
    assert value_of(page, "works-1-title") == "Weld check"
    assert 'name="works-5-title"' in page.text
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


@pytest.mark.parametrize(
    ("locale", "named", "number", "kind"),
    [
        (
            "en",
            "Give the team a name in at least one language.",
            "Please enter a whole number.",
            "Choose what kind of team this is.",
        ),
        ("zh_Hant_TW", "請至少填寫一種語言的團隊名稱。", "請輸入整數。", "請選擇團隊類型。"),
    ],
)
def test_bad_input_is_named_beside_the_field_and_kept(
    make, login, session, locale, named, number, kind
):
    client = login(make.user(), locale)
    page = client.post("/teams/new", data={**TYPED, "capacity": "many", "kind": "circus"})
    assert page.status_code == 422
    assert number in words(page)
    assert kind in words(page)
    assert value_of(page, "capacity") == "many"
    unnamed = client.post("/teams/new", data={**TYPED, "name_zh": " \t", "name_en": "\u202e"})
    assert unnamed.status_code == 422
    assert named in words(unnamed)
    assert value_of(unnamed, "works-0-title") == "螺絲檢測"
    assert checked(unnamed) == {("sectors", "IND-MET"), ("competencies-PER-CV", "4")}
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


def test_a_team_comes_from_an_organization_of_ones_own(make, login, session):
    user = make.user()
    own, foreign = make.organization(user, name_en="Mine Ltd"), make.organization(name_en="Theirs")
    client = login(user)
    page = client.get("/teams/new")
    assert f'<option value="{own.id}">Mine Ltd</option>' in page.text
    assert foreign.name_en not in page.text
    typed = {**TYPED, "organization_id": str(own.id)}
    assert "Mine Ltd" in words(client.post("/teams/new", data=typed, follow_redirects=True))
    assert only_team(session).organization_id == own.id


def test_a_capacity_left_empty_is_asked_for(make, login):
    page = login(make.user()).post("/teams/new", data={**TYPED, "capacity": " "})
    assert page.status_code == 422
    assert "Please enter a whole number." in words(page)


def test_a_megabyte_is_refused_in_words(make, login, session):
    page = login(make.user()).post("/teams/new", data={**TYPED, "text_en": "x" * 1_000_000})
    assert page.status_code == 422
    assert "Please use at most 20000 characters." in words(page)
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


def test_markup_and_controls_show_as_text_or_not_at_all(make, login, session):
    nasty = {
        **TYPED,
        "name_en": "<script>alert(1)</script>\x07 😀",
        "works-0-text": "a\u202eb\x00c",
    }
    page = login(make.user()).post("/teams/new", data=nasty, follow_redirects=True)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 😀" in page.text
    assert only_team(session).name_en == "<script>alert(1)</script> 😀"
    assert only_team(session).works[0].text == "abc"


@pytest.mark.parametrize("year", ["12345678901234567890", "二〇二四", "2024.5", "1900"])
def test_a_year_that_is_none_is_refused(make, login, session, year):
    page = login(make.user()).post("/teams/new", data={**TYPED, "works-0-year": year})
    assert page.status_code == 422
    assert value_of(page, "works-0-year") == year
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


def test_codes_that_the_page_does_not_offer_are_refused(make, login, session):
    client = login(make.user())
    foreign = make.organization()
    for changes, said in [
        ({"sectors": ["IND-XXX"]}, "There is no sector called IND-XXX."),
        ({"region": "atlantis"}, "There is no region called atlantis."),
        ({"competencies-NO-SUCH": "3"}, "There is no competency called NO-SUCH."),
        ({"competencies-PER-CV": "9"}, "A level is a number from 1 to 5."),
        ({"competencies-PER-CV": "x"}, "A level is a number from 1 to 5."),
        ({"organization_id": str(foreign.id)}, "Choose an organization you belong to."),
    ]:
        page = client.post("/teams/new", data={**TYPED, **changes})
        assert (page.status_code, said in words(page)) == (422, True), changes
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


@pytest.mark.parametrize(
    ("locale", "told", "mine"),
    [
        ("en", "Somebody else saved this after you opened it.", "Typed by you"),
        ("zh_Hant_TW", "在您開啟之後，有人儲存了新的版本。", "您輸入的內容"),
    ],
)
def test_two_people_who_edit_at_once_both_see_both_versions(
    make, login, session, locale, told, mine
):
    lead, member = make.user(), make.user()
    team = make.team(lead, member)
    seen = str(team.version)
    first = {**TYPED, "name_en": "From the lead", "version": seen}
    assert login(lead).post(f"/teams/{team.id}/edit", data=first).status_code == 302
    second = {**TYPED, "name_en": "From the member", "works-0-title": "Mine", "version": seen}
    page = login(member, locale).post(f"/teams/{team.id}/edit", data=second)
    assert page.status_code == 409
    for text in (told, mine, "From the lead", "From the member"):
        assert text in words(page)
    assert value_of(page, "name_en") == "From the member"
    assert only_team(session).name_en == "From the lead"
    again = {**second, "version": value_of(page, "version")}
    assert login(member).post(f"/teams/{team.id}/edit", data=again).status_code == 302
    assert only_team(session).name_en == "From the member"


def test_unsaved_typing_comes_back_and_goes_once_saved(make, login, session):
    team = make.team(user := make.user())
    client = login(user)
    typed = {**TYPED, "name_en": "Half typed", "version": str(team.version)}
    assert client.post(f"/drafts/team:{team.id}", data=typed).status_code == 200
    page = client.get(f"/teams/{team.id}/edit")
    assert value_of(page, "name_en") == "Half typed"
    assert value_of(page, "works-1-title") == "Weld check"
    assert ("competencies-PER-CV", "4") in checked(page)
    assert "Throw away what I typed" in words(page)
    assert client.post(f"/teams/{team.id}/edit", data=typed).status_code == 302
    assert session.scalar(sa.select(sa.func.count(FormDraft.id))) == 0


def test_a_visitor_sees_a_public_team_but_nobody_in_it(make, visitor):
    lead, member = make.user(name="Lin Secret"), make.user(name="Wei Hidden")
    team = make.team(lead, member)
    page = visitor.get(f"/teams/{team.id}")
    assert page.status_code == 200
    for text in (team.name_en, "Defect camera", "Machine vision for factories", "Independent"):
        assert text in page.text
    for secret in ("Lin Secret", "Wei Hidden", lead.email, member.email, "How much the ranking"):
        assert secret not in page.text
    assert "/edit" not in page.text


def test_members_are_named_to_the_team_and_the_office(make, login):
    lead = make.user(name="Lin Lead")
    team = make.team(lead, make.user(name="Wei Member"))
    for reader in (lead, make.officer(), make.user(Role.ADMINISTRATOR)):
        page = login(reader).get(f"/teams/{team.id}")
        assert "Lin Lead" in page.text
        assert "Wei Member" in page.text
    assert "Wei Member" not in login(make.user(Role.MENTOR)).get(f"/teams/{team.id}").text


def test_a_hidden_team_is_not_there_for_others(make, login, client):
    lead = make.user()
    team = make.team(lead, is_public=False)
    for address in (f"/teams/{team.id}", f"/teams/{team.id}/edit"):
        assert login(make.user()).get(address).status_code == 404
    assert client.get(f"/teams/{team.id}").status_code == 404
    assert login(lead).get(f"/teams/{team.id}").status_code == 200


def test_others_are_told_why_they_cannot_edit(make, login, session):
    team = make.team(make.user())
    client = login(make.user(), "zh_Hant_TW")
    for answer in (
        client.get(f"/teams/{team.id}/edit"),
        client.post(f"/teams/{team.id}/edit", data=TYPED),
    ):
        assert answer.status_code == 403
        assert "只有團隊成員可以修改團隊檔案。" in words(answer)
    assert only_team(session).name_en == team.name_en


def test_visitors_are_sent_to_sign_in(make, client):
    response = client.get("/teams/new")
    assert (response.status_code, response.location) == (302, "/account/login?next=/teams/new")


def test_a_lead_shows_hides_archives_and_brings_back(make, login, client, session):
    lead = make.user()
    team = make.team(lead, is_public=False)
    mine, path = login(lead), f"/teams/{team.id}"
    for action, said, seen in [
        ("publicise", "The profile is public now.", 200),
        ("publicise", "The profile is public now.", 200),
        ("archive", "The team is archived. You can bring it back at any time.", 404),
        ("restore", "The team is back.", 200),
        ("hide", "The profile is no longer public.", 404),
    ]:
        page = mine.post(f"{path}/{action}", follow_redirects=True)
        assert said in words(page)
        assert client.get(path).status_code == seen


def test_a_member_cannot_archive(make, login, session):
    member = make.user()
    team = make.team(make.user(), member)
    answer = login(member).post(f"/teams/{team.id}/archive")
    assert answer.status_code == 403
    assert "Only a lead of the team archives it or brings it back." in words(answer)
    assert only_team(session).archived_at is None
    assert "Archive the team" not in words(login(member).get(f"/teams/{team.id}"))


def test_an_archived_team_has_no_form(make, login):
    lead = make.user()
    team = make.team(lead, archived_at=utcnow())
    page = login(lead).get(f"/teams/{team.id}")
    assert "Bring the team back" in words(page)
    assert "Edit the profile" not in words(page)
    assert login(lead).get(f"/teams/{team.id}/edit").status_code == 409


def test_an_empty_profile_says_what_to_do_next(make, login, visitor):
    lead = make.user()
    team = make.team(
        lead, title_en="", text_en="", works=[], competencies=[], sectors=[], techniques=[]
    )
    own = words(login(lead).get(f"/teams/{team.id}"))
    for text in (
        "Thin profile",
        "Describe the team",
        "Add past works",
        "Pick competencies",
        "Past works to describe: 8 more",
        "Tick the sectors you know",
    ):
        assert text in own
    seen = words(visitor.get(f"/teams/{team.id}"))
    assert "The team has described no past works yet." in seen
    assert "Add past works" not in seen


@pytest.mark.parametrize(
    ("locale", "heading", "none", "nobody"),
    [
        (
            "en",
            "Teams that solve problems",
            "No team fits all of this",
            "No team has a public profile yet",
        ),
        ("zh_Hant_TW", "解題團隊", "沒有符合條件的團隊", "尚無公開的團隊檔案"),
    ],
)
def test_the_directory_in_both_languages(make, client, locale, heading, none, nobody):
    client.get(f"/language/{locale}")
    assert nobody in words(client.get("/teams"))
    make.team(name_en="Chengying", name_zh="澄影", text_zh="瑕疵檢測")
    make.team(name_en="Hidden", name_zh="不公開", is_public=False)
    everything = words(client.get("/teams"))
    assert heading in everything
    assert ("Chengying" if locale == "en" else "澄影") in everything
    assert "Hidden" not in everything
    assert "不公開" not in everything
    assert none in words(client.get("/teams?q=量子"))
    found = words(client.get("/teams?q=瑕疵&sector=IND-MFG&kind=startup"))
    assert ("Chengying" if locale == "en" else "澄影") in found


def test_odd_addresses_of_the_directory_are_taken_for_no_filter(make, visitor):
    make.team(name_en="Chengying")
    for query in (
        "page=0",
        "page=-3",
        "page=x",
        "page=99999999999",
        "sector=IND-XXX",
        "kind=circus",
        "region=%00",
        "language=fr",
        "competency='",
        "q=%25",
    ):
        answer = visitor.get(f"/teams?{query}")
        assert answer.status_code == 200, query
    assert "Chengying" in visitor.get("/teams?page=7&kind=circus").text


def test_pages_of_the_directory_keep_the_filters(make, client):
    for _number in range(26):
        make.team()
    first = client.get("/teams?kind=startup")
    assert "/teams?kind=startup&amp;page=2" in first.text
    assert first.text.count('<h2><a href="/teams/') == 24
    assert client.get("/teams?kind=startup&page=2").text.count('<h2><a href="/teams/') == 2
