"""What would fit a team now: ranked again when something changes, seen by the team and officers alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.models import (
    Job,
    Match,
    MatchRun,
    PairRule,
    PairRuleKind,
    Preview,
    Problem,
    Role,
    Team,
    User,
)
from matchmaker.policies.preview import may_see_preview, visible_previews
from matchmaker.queries import preview as queries
from matchmaker.services import match_run, preview
from matchmaker.services import problem as problems
from matchmaker.services import team as teams
from matchmaker.services.context import Context
from matchmaker.settings import Settings
from matchmaker.worker import Worker
from matchmaker.workflows.problem import ProblemState
from tests.backends import on_both
from tests.factories import Factory

Ctx = Callable[[User | None], Context]
Login = Callable[..., FlaskClient]

VISION = {"title_en": "Scratches", "text_en": "Find scratches on metal parts with a camera."}
SALES = {"title_en": "Bread", "text_en": "Forecast weekly sales of bread.", "requirements": []}


@pytest.fixture
def lead(make: Factory) -> User:
    return make.user()


@pytest.fixture
def team(make: Factory, lead: User) -> Team:
    return make.team(lead)


@pytest.fixture
def do(session: Session, settings: Settings, engine: sa.Engine) -> Callable[[], int]:
    """Do all work that waits, also what waits for a pause."""

    def work() -> int:
        for job in session.scalars(sa.select(Job).where(Job.not_before.is_not(None))):
            job.not_before = None
        session.commit()
        done = Worker(settings, make_sessions(engine)).run_all()
        session.expire_all()
        return done

    return work


def fits(session: Session, team: Team, actor: User | None = None) -> list[int]:
    """The problems shown to the team."""
    actor = actor or team.members[0].user
    return [p.problem_id for p in queries.of_team(session, actor, team, utcnow()).pairs]


def touch(session: Session, ctx: Ctx, row: Team | Problem) -> None:
    """Something of the row is changed and recorded."""
    row.updated_at = utcnow()
    ctx(None).record(f"{type(row).__name__.lower()}:update", row)
    session.commit()


def test_a_changed_team_is_ranked_against_all_that_is_open(
    make: Factory, session: Session, ctx: Ctx, team: Team, do: Callable[[], int]
) -> None:
    near, far = make.problem(**VISION), make.problem(sector="IND-RET", **SALES)
    touch(session, ctx, team)

    assert do() == 1
    kept = session.scalars(sa.select(Preview).order_by(Preview.score.desc())).all()
    assert [row.problem_id for row in kept] == [near.id, far.id]
    assert kept[0].confidence == "thin"
    assert kept[0].explanation["document"]["title"]
    assert "text" not in kept[0].explanation["document"]
    assert kept[0].config["term_statistics"] is None
    assert fits(session, team)[0] == near.id


@on_both
def test_the_scores_are_those_of_a_run(
    make: Factory, session: Session, ctx: Ctx, team: Team, do: Callable[[], int]
) -> None:
    call = make.call()
    for values in (VISION, SALES):
        make.problem(call=call, **values)
    make.team(make.user(), text_en="We forecast sales of bread for shops.", works=[])
    run = match_run.start_run(ctx(make.officer()), call.id)
    session.commit()
    do()
    for row in session.scalars(sa.select(Team)).all():
        touch(session, ctx, row)
    do()

    scores = {(m.problem_id, m.team_id): m.score for m in session.scalars(sa.select(Match))}
    previews = session.scalars(sa.select(Preview)).all()
    assert len(previews) == len(scores) == 4
    assert {(p.problem_id, p.team_id): p.score for p in previews} == scores
    assert previews[0].config["term_statistics"] == run.config["term_statistics"]


def test_a_new_problem_reaches_every_team_it_fits(
    make: Factory, session: Session, ctx: Ctx, team: Team, do: Callable[[], int]
) -> None:
    other = make.team(make.user())
    touch(session, ctx, team)
    do()
    assert fits(session, team) == []
    new = make.problem(**VISION)
    touch(session, ctx, new)
    do()

    assert fits(session, team) == fits(session, other) == [new.id]


def test_a_change_takes_the_place_of_what_was_there(
    make: Factory, session: Session, ctx: Ctx, team: Team, do: Callable[[], int]
) -> None:
    problem = make.problem(**VISION)
    touch(session, ctx, problem)
    do()
    (before,) = session.scalars(sa.select(Preview)).all()
    was = before.score
    problem.text_en, problem.title_en = SALES["text_en"], "Bread"
    problem.text_zh, problem.title_zh, problem.techniques = "", "", []
    touch(session, ctx, problem)
    do()

    (after,) = session.scalars(sa.select(Preview)).all()
    assert after.score < was


@pytest.mark.parametrize("state", [ProblemState.CLOSED, ProblemState.WITHDRAWN])
def test_what_takes_no_teams_any_more_is_gone(
    make: Factory,
    session: Session,
    ctx: Ctx,
    team: Team,
    do: Callable[[], int],
    state: ProblemState,
) -> None:
    problem = make.problem(state, **VISION)
    touch(session, ctx, problem)
    do()

    assert session.scalars(sa.select(Preview)).all() == []


def test_a_deadline_that_has_passed_hides_a_problem_at_once(
    make: Factory, session: Session, ctx: Ctx, team: Team, do: Callable[[], int]
) -> None:
    problem = make.problem(**VISION)
    touch(session, ctx, problem)
    do()
    assert fits(session, team) == [problem.id]

    problem.deadline_at = utcnow() - timedelta(minutes=1)
    session.commit()

    assert fits(session, team) == []


def test_drafts_stir_nothing_and_archived_teams_are_left_out(
    make: Factory, session: Session, ctx: Ctx, team: Team, do: Callable[[], int]
) -> None:
    touch(session, ctx, make.problem(ProblemState.DRAFT, **VISION))
    assert session.scalars(sa.select(Job)).all() == []
    make.problem(**VISION)
    touch(session, ctx, team)
    do()
    assert len(fits(session, team)) == 1

    teams.archive(ctx(None), team.id)
    session.commit()
    do()
    assert session.scalars(sa.select(Preview)).all() == []


def test_conflicts_and_bans_keep_a_pair_out_at_once(
    make: Factory, session: Session, ctx: Ctx, lead: User, team: Team, do: Callable[[], int]
) -> None:
    own = make.problem(organization=make.organization(lead), **VISION)
    banned, free = make.problem(**VISION), make.problem(**VISION)
    touch(session, ctx, team)
    do()
    kept = set(session.scalars(sa.select(Preview.problem_id)))
    assert kept == {banned.id, free.id}
    rule = PairRule(problem_id=banned.id, team_id=team.id, kind=PairRuleKind.BAN, reason="x")
    rule.user_id = make.officer().id
    session.add(rule)
    session.commit()

    assert own.id not in kept
    assert fits(session, team) == [free.id]


def test_many_saves_in_a_row_are_one_piece_of_work(
    session: Session, ctx: Ctx, team: Team, make: Factory
) -> None:
    for _ in range(3):
        touch(session, ctx, team)
    (job,) = session.scalars(sa.select(Job)).all()
    assert (job.kind, job.payload) == ("preview.refresh", {"team_id": team.id})
    assert utcnow() < job.not_before <= utcnow() + preview.PAUSE


@on_both
def test_a_flood_of_changes_is_worked_out_together(
    session: Session, ctx: Ctx, make: Factory, do: Callable[[], int]
) -> None:
    problem = make.problem(**VISION)
    rows = [make.team(make.user()) for _ in range(preview.MANY + 5)]
    for row in rows:
        preview.follow(session, row)
    session.commit()
    kinds = session.scalars(sa.select(Job.kind)).all()

    assert kinds.count("preview.refresh") == preview.MANY
    assert kinds.count("preview.refresh_all") == 1
    session.execute(sa.delete(Job).where(Job.kind == "preview.refresh"))
    do()
    assert session.scalar(sa.select(sa.func.count(Preview.id))) == len(rows)
    assert fits(session, rows[-1]) == [problem.id]


def test_a_second_job_reads_only_what_has_changed(
    make: Factory,
    session: Session,
    ctx: Ctx,
    team: Team,
    do: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make.problem(**VISION)
    other = make.team(make.user())
    touch(session, ctx, team)
    do()
    read: list[list[int]] = []
    load = queries.teams_by_id

    def note(session: Session, ids: list[int]) -> object:
        read.append(list(ids))
        return load(session, ids)

    monkeypatch.setattr(queries, "teams_by_id", note)
    touch(session, ctx, other)
    do()

    assert read == [[other.id]]


@pytest.mark.parametrize(
    ("roles", "sees"),
    [
        ((), False),
        ((Role.REVIEWER,), False),
        ((Role.ADMINISTRATOR,), False),
        ((Role.OFFICER,), True),
    ],
)
def test_only_the_team_and_officers_see_it(
    make: Factory, session: Session, team: Team, lead: User, roles: tuple[Role, ...], sees: bool
) -> None:
    person = make.user(*roles)
    problem = make.problem(**VISION)
    row = {"score": 3.0, "band": "strong", "confidence": "thin", "explanation": {}, "config": {}}
    session.add(Preview(team_id=team.id, problem_id=problem.id, made_at=utcnow(), **row))
    session.commit()

    assert may_see_preview.allows(lead, team)
    assert may_see_preview.allows(person, team) is sees
    for actor, count in ((lead, 1), (person, int(sees)), (None, 0)):
        found = session.scalars(sa.select(Preview).where(visible_previews(actor))).all()
        assert len(found) == count


def test_the_page_says_that_nobody_has_reviewed_it(
    make: Factory,
    session: Session,
    ctx: Ctx,
    login: Login,
    lead: User,
    team: Team,
    do: Callable[[], int],
) -> None:
    make.problem(title_zh="找刮痕", **VISION)
    url = f"/teams/{team.id}/recommendations"
    assert "Nothing has been worked out yet" in login(lead).get(url).text
    touch(session, ctx, team)
    do()

    for locale, words in (
        ("en", ("What would fit now", "no recommendation and no invitation", "Scratches")),
        ("zh_Hant_TW", ("目前可能適合的命題", "不是推薦，也不是邀請", "找刮痕")),
    ):
        page = login(lead, locale).get(url).text
        assert all(word in page for word in words)
    assert "What would fit now" in login(make.officer()).get(url).text
    assert "What would fit now" not in login(make.user(Role.ADMINISTRATOR)).get(url).text
    assert login(make.user()).get(url).status_code == 403


def test_what_was_recommended_is_not_repeated(
    make: Factory, session: Session, ctx: Ctx, login: Login, team: Team, do: Callable[[], int]
) -> None:
    problem, officer = make.problem(**VISION), make.officer()
    run = match_run.start_run(ctx(officer), problem.call_id)
    session.commit()
    touch(session, ctx, team)
    do()
    assert fits(session, team) == [problem.id]
    (pair,) = session.scalars(sa.select(Match)).all()
    from matchmaker.services import match

    match.review(ctx(officer), [match.Choice(pair.id, pair.version)], match.MatchAction.ENDORSE)
    match_run.publish_run(ctx(officer), run.id, version=session.get_one(MatchRun, run.id).version)
    session.commit()

    assert fits(session, team) == []


def test_saving_a_profile_and_publishing_ask_for_it(
    make: Factory, session: Session, ctx: Ctx, lead: User, team: Team
) -> None:
    values = replace(teams.values_of(team), text_en="We find scratches.")
    teams.update(ctx(lead), team.id, values, version=team.version)
    ready = make.problem(ProblemState.GRADED, **VISION)
    problems.publish(ctx(make.officer()), ready.id)
    session.commit()

    payloads = [j.payload for j in session.scalars(sa.select(Job)) if j.kind == "preview.refresh"]
    assert payloads == [{"team_id": team.id}, {"problem_id": ready.id}]
