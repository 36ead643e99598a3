"""What the pages say of what the matcher cannot tell: ties, thin profiles, languages without a bridge."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import Match, MatchRun, Problem, User
from matchmaker.services import match, match_run
from matchmaker.services.context import Context
from tests.factories import Factory

Login = Callable[..., FlaskClient]
TIED = {
    "en": "Same score as the one above: the order of the two is by number alone.",
    "zh_Hant_TW": "與上一項同分：兩者的先後只依編號。",
}
BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
# Rare characters that no lexicon knows.
UNKNOWN = "龘靐齉爩麤灪爨癵籱饢驫鱻麣龗"


@pytest.fixture
def officer(make: Factory) -> User:
    return make.officer()


@pytest.fixture
def run_over(
    session: Session,
    ctx: Callable[[User | None], Context],
    officer: User,
    run_jobs: Callable[[], int],
) -> Callable[[Problem], MatchRun]:
    def run(problem: Problem) -> MatchRun:
        made = match_run.start_run(ctx(officer), problem.call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        return made

    return run


def rows_of(client: FlaskClient, run: MatchRun) -> list[dict[str, str]]:
    text = client.get(f"/office/runs/{run.id}/export.csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@BOTH
def test_ties_are_said_to_be_ties_and_go_by_number(
    make: Factory,
    login: Login,
    officer: User,
    run_over: Callable[[Problem], MatchRun],
    session: Session,
    locale: str,
) -> None:
    problem = make.problem()
    teams = [make.team(make.user()) for _ in range(11)]
    apart = make.team(make.user(), text_en="Forecasts of bread sales", title_en="Bread", works=[])

    run = run_over(problem)

    ranked = session.scalars(sa.select(Match).order_by(Match.problem_rank)).all()
    assert [m.team_id for m in ranked] == [*(team.id for team in teams), apart.id]
    page = (
        login(officer, locale).get(f"/office/runs/{run.id}/review?problem={problem.id}&weak=1").text
    )
    assert page.count(TIED[locale]) == len(teams) - 1
    column = {"en": "Same score as the row above", "zh_Hant_TW": "與上一列同分"}[locale]
    marks = [bool(row[column]) for row in rows_of(login(officer, locale), run)]
    assert marks == [False, *[True] * (len(teams) - 1), False]


@BOTH
def test_owner_and_team_are_told_of_ties_too(
    make: Factory,
    login: Login,
    officer: User,
    run_over: Callable[[Problem], MatchRun],
    session: Session,
    ctx: Callable[[User | None], Context],
    locale: str,
) -> None:
    owner, member = make.user(), make.user()
    call, organization = make.call(), make.organization(owner)
    same = {"title_en": "Scratches", "title_zh": "刮痕"}
    problem = make.problem(call=call, organization=organization, **same)
    make.problem(call=call, organization=organization, **same)
    team = make.team(member)
    make.team(make.user())
    run = run_over(problem)
    chosen = [match.Choice(m.id, m.version) for m in session.scalars(sa.select(Match))]
    match.review(ctx(officer), chosen, match.MatchAction.ENDORSE)
    match_run.publish_run(ctx(officer), run.id, version=run.version)
    session.commit()

    for person, url in (
        (owner, f"/problems/{problem.id}/candidates"),
        (member, f"/teams/{team.id}/recommendations"),
    ):
        assert login(person, locale).get(url).text.count(TIED[locale]) == 1


@BOTH
def test_a_thin_profile_is_flagged_and_never_hidden(
    make: Factory,
    login: Login,
    officer: User,
    run_over: Callable[[Problem], MatchRun],
    session: Session,
    locale: str,
) -> None:
    problem = make.problem()
    thin = make.team(make.user(), works=[])
    text = "We built a camera system that finds scratches, dents and holes in metal parts on a line"
    rich = make.team(
        make.user(), works=[(f"Case {n}", f"{text} number {n} " * 2) for n in range(9)]
    )

    run = run_over(problem)

    found = {m.team_id: m.confidence for m in session.scalars(sa.select(Match))}
    assert found == {thin.id: "thin", rich.id: "rich"}
    client = login(officer, locale)
    page = client.get(f"/office/runs/{run.id}/review?problem={problem.id}").text
    words = {"en": ("Thin profile", "Rich profile"), "zh_Hant_TW": ("資料不足", "資料豐富")}[locale]
    assert all(word in page for word in words)
    pair = session.scalars(sa.select(Match).where(Match.team_id == thin.id)).one()
    pair.explanation = {**pair.explanation, "range": ["possible", "strong"]}
    session.commit()
    opened = client.get(f"/office/runs/{run.id}/review?problem={problem.id}&pair={pair.id}").text
    told = {
        "en": "the fit could turn out anywhere from “Possible fit” to “Strong fit”",
        "zh_Hant_TW": "適合程度可能落在「可考慮」到「高度相符」之間",
    }
    assert told[locale] in opened
    column = {"en": "Evidence", "zh_Hant_TW": "資料充分程度"}[locale]
    assert {row[column] for row in rows_of(client, run)} == set(words)


@BOTH
def test_a_pair_without_a_common_language_is_named_and_not_ranked(
    make: Factory,
    login: Login,
    officer: User,
    run_over: Callable[[Problem], MatchRun],
    session: Session,
    locale: str,
) -> None:
    plain = {"techniques": [], "requirements": []}
    problem = make.problem(title_en="", text_en="", title_zh=UNKNOWN, text_zh=UNKNOWN * 3, **plain)
    nothing = {"techniques": [], "competencies": [], "works": [], "title_en": "Zither"}
    team = make.team(make.user(), text_en="We play the zither and the ukulele.", **nothing)

    run = run_over(problem)

    assert session.scalars(sa.select(Match)).all() == []
    words = {"en": "No common language to compare in", "zh_Hant_TW": "沒有共同語言可以比對"}[locale]
    client = login(officer, locale)
    assert words in client.get(f"/office/runs/{run.id}").text
    (row,) = rows_of(client, run)
    values = list(row.values())
    assert [values[0], values[2]] == [str(problem.id), str(team.id)]
    assert values[-1].startswith(words)
