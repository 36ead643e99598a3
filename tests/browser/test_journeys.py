"""What people click and type, in a real browser, with and without scripts."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from matchmaker.db import make_engine
from matchmaker.models import Match, MemberRole, TeamMember, User
from matchmaker.workflows.match import MatchState

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def open_review(person):
    """The officer's page of the run that waits for review, with its first problem."""
    page = person.sign_in("officer")
    page.goto(person.site + "/office/runs")
    runs = page.eval_on_selector_all("a[href*='/office/runs/']", "all => all.map(a => a.href)")
    numbers = sorted({int(found[1]) for run in runs if (found := re.search(r"/runs/(\d+)", run))})
    page.goto(f"{person.site}/office/runs/{numbers[-1]}/review")
    return page


def states_of_rows(page) -> list[str]:
    return page.eval_on_selector_all(
        "[data-review-row]", "all => all.map(row => row.querySelector('.chip').innerText.trim())"
    )


def test_an_officer_endorses_and_undoes_by_keyboard(visitor):
    person = visitor("en")
    page = open_review(person)
    assert states_of_rows(page)[:2] == ["Suggested", "Suggested"]

    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("e")

    states = states_of_rows(page)
    assert states.count("Endorsed") == 1
    assert person.faults == []


def test_declining_by_keyboard_asks_for_the_reason(visitor):
    person = visitor("zh_Hant_TW")
    page = open_review(person)
    before = states_of_rows(page).count("不推薦") + states_of_rows(page).count("未通過")

    page.keyboard.press("j")
    page.keyboard.press("d")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    dialog.locator("textarea").fill("團隊目前已有兩件案子，人力不足。")
    with page.expect_navigation():
        dialog.locator("button[type=submit], button:not([type])").first.click()

    states = states_of_rows(page)
    assert states.count("不推薦") + states.count("未通過") == before + 1
    assert person.faults == []


def test_what_is_typed_is_saved_and_comes_back(visitor):
    person = visitor("en")
    page = person.sign_in("enterprise")
    page.goto(person.site + "/problems/new")
    words = "A camera that counts bolts"

    page.get_by_role("tab", name="English").click()
    page.fill("input[name=title_en]", words)
    with page.expect_response(lambda answer: "/drafts/" in answer.url) as saved:
        page.locator("[name=data_en]").fill("Ten thousand pictures.")
    assert saved.value.status == 200
    page.goto(person.site + "/desk")
    page.goto(person.site + "/problems/new")

    assert page.input_value("input[name=title_en]") == words
    assert page.input_value("[name=data_en]") == "Ten thousand pictures."
    assert person.faults == []


@pytest.fixture(scope="session")
def awaited_leads(sample_settings) -> list[str]:
    """Addresses of team leads whose answer is awaited."""
    statement = (
        sa.select(User.email)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(Match, Match.team_id == TeamMember.team_id)
        .where(TeamMember.role == MemberRole.LEAD, Match.state == MatchState.INVITED)
        .order_by(User.id)
    )
    engine = make_engine(sample_settings.url)
    with engine.connect() as connection:
        found = list(dict.fromkeys(connection.scalars(statement)))
    engine.dispose()
    return found


@pytest.mark.parametrize("script", [True, False])
def test_a_team_answers_a_recommendation(visitor, awaited_leads, script):
    person = visitor("en", script=script)
    page = person.sign_in_as(awaited_leads[0 if script else 1])
    page.locator("main a[href*='/recommendations']").first.click()
    page.wait_for_url("**/recommendations")
    waiting = page.locator("form.post-button button", has_text=re.compile("^Interested"))
    count = waiting.count()
    assert count > 0

    with page.expect_navigation():
        waiting.first.click()

    assert waiting.count() == count - 1
    assert person.faults == []


def test_a_visitor_filters_problems_without_scripts(visitor):
    person = visitor("zh_Hant_TW", script=False)
    page = person.visit("/problems")
    everything = page.locator("main article, main li h2, main h2 a").count()

    page.fill("input[name=q]", "布")
    with page.expect_navigation():
        page.press("input[name=q]", "Enter")

    found = page.locator("main article, main li h2, main h2 a").count()
    assert 0 < found < everything
    assert "q=" in page.url


def test_the_language_changes_on_the_same_page(visitor):
    person = visitor("en")
    page = person.visit("/problems?sort=deadline")

    with page.expect_navigation():
        page.get_by_role("button", name="中文").click()

    assert page.url.endswith("/problems?sort=deadline")
    assert page.locator("html").get_attribute("lang") == "zh-Hant-TW"
    assert page.locator("h1").inner_text() == "命題"


def test_the_menu_opens_on_a_phone(visitor):
    person = visitor("zh_Hant_TW", width=390)
    page = person.visit("/")
    link = page.locator("#site-nav a").first
    assert not link.is_visible()

    page.get_by_role("button", name="選單").click()

    assert link.is_visible()
    assert person.faults == []
