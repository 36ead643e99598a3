"""What each reader of a pair may see, on the pages; and that advice comes true when it is followed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.models import Match, MatchRun, Problem, Team, TeamCompetency, User
from matchmaker.services import match, match_run
from matchmaker.services.context import Context
from tests.factories import Factory

Login = Callable[..., FlaskClient]
BOTH = pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
SECRET_WORK = "Find scratches on metal parts with a camera. Zebra stripes were counted too."
ADVICE = {"en": "With that level stated", "zh_Hant_TW": "填上這個程度後"}


@pytest.fixture
def people(make: Factory) -> dict[str, User]:
    return {
        "owner": make.user(name="Owner Person", email="owner@secret.example"),
        "member": make.user(name="Member Person", email="member@secret.example"),
        "rival": make.user(name="Rival Person", email="rival@secret.example"),
        "officer": make.officer(),
    }


@pytest.fixture
def sides(make: Factory, people: dict[str, User]) -> tuple[Problem, Team]:
    """A published problem and a team that is not public, with things that are not for the other."""
    problem = make.problem(
        organization=make.organization(people["owner"]),
        author=people["owner"],
        contact_name="Contact Person",
        contact_email="contact@secret.example",
        office_note="An office note.",
    )
    team = make.team(
        people["member"],
        is_public=False,
        title_en="",
        text_en="We are a team.",
        techniques=[],
        works=[("Zebra case", SECRET_WORK)],
        competencies=[("PER-CV", 4), ("FND-DL", 1)],
    )
    make.team(people["rival"], name_en="Rival team", name_zh="對手團隊")
    return problem, team


@pytest.fixture
def matched(
    session: Session,
    ctx: Callable[[User | None], Context],
    people: dict[str, User],
    run_jobs: Callable[[], int],
) -> Callable[[Problem], MatchRun]:
    def run(problem: Problem) -> MatchRun:
        made = match_run.start_run(ctx(people["officer"]), problem.call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        return made

    return run


def announce(
    session: Session, ctx: Callable[[User | None], Context], officer: User, run: MatchRun
) -> None:
    """Endorse every pair and publish the run."""
    chosen = [match.Choice(m.id, m.version) for m in session.scalars(sa.select(Match))]
    match.review(ctx(officer), chosen, match.MatchAction.ENDORSE)
    match_run.publish_run(ctx(officer), run.id, version=run.version)
    session.commit()


@BOTH
def test_each_side_sees_nothing_that_is_the_others_alone(
    sides: tuple[Problem, Team],
    people: dict[str, User],
    matched: Callable[[Problem], MatchRun],
    session: Session,
    ctx: Callable[[User | None], Context],
    login: Login,
    locale: str,
) -> None:
    problem, team = sides
    run = matched(problem)
    announce(session, ctx, people["officer"], run)

    owner = login(people["owner"], locale).get(f"/problems/{problem.id}/candidates").text
    member = login(people["member"], locale).get(f"/teams/{team.id}/recommendations").text

    assert team.name("en" if locale == "en" else "zh") in owner
    for hidden in ("Zebra", "Member Person", "Rival Person", "secret.example", ADVICE[locale]):
        assert hidden not in owner, hidden
    assert {"en": "Stated by the team, not confirmed", "zh_Hant_TW": "團隊自填，尚未確認"}[
        locale
    ] in owner
    assert problem.title("en" if locale == "en" else "zh") in member
    for hidden in (
        "Contact Person",
        "Owner Person",
        "Rival",
        "對手",
        "secret.example",
        "An office note.",
    ):
        assert hidden not in member, hidden
    assert "Zebra case" in member


def test_an_explanation_holds_no_names_contacts_or_full_texts(
    sides: tuple[Problem, Team], matched: Callable[[Problem], MatchRun], session: Session
) -> None:
    matched(sides[0])

    for pair in session.scalars(sa.select(Match)):
        kept = str(pair.explanation)
        for hidden in ("Person", "secret.example", "office note", "Rival team", "對手"):
            assert hidden not in kept, hidden
        assert not {"text", "problem_text"} & set(pair.explanation["document"])


def test_advice_comes_true_when_it_is_followed(
    sides: tuple[Problem, Team], matched: Callable[[Problem], MatchRun], session: Session
) -> None:
    problem, team = sides
    matched(problem)
    statement = sa.select(Match).where(Match.team_id == team.id).order_by(Match.id.desc())
    before = session.scalars(statement).first()
    assert before is not None
    (told,) = (a for a in before.explanation["advice"] if a["params"].get("competency") == "FND-DL")
    (claim,) = (c for c in team.competencies if c.competency == "FND-DL")
    assert isinstance(claim, TeamCompetency)
    claim.level = told["params"]["needed"]
    session.commit()
    matched(problem)

    after = session.scalars(statement).first()
    assert after is not None
    assert after.id != before.id
    assert after.score == pytest.approx(told["score"], abs=1e-9)
    assert after.score > before.score
    assert after.band == told["band"]
