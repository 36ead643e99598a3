"""Term statistics: versions are kept, renewed when they are out of date, and noted by every run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.db import make_sessions
from matchmaker.errors import NotFound, NotSignedIn, PermissionDenied
from matchmaker.models import AuditEvent, Job, Match, MatchRun, Role, TermStatistics, User
from matchmaker.queries import term_statistics as queries
from matchmaker.services import lexicon_term, match_run, schedule
from matchmaker.services import term_statistics as service
from matchmaker.services.context import Context
from matchmaker.services.match_basis import unpack
from matchmaker.settings import Settings
from matchmaker.worker import Worker
from tests.backends import on_both
from tests.factories import Factory
from tests.standin import LATIN, make_model

Ctx = Callable[[User | None], Context]
Login = Callable[..., FlaskClient]


@pytest.fixture
def officer(make: Factory) -> User:
    make.problem(call=make.call())
    make.team(make.user())
    return make.officer()


@pytest.fixture
def run(
    session: Session, ctx: Ctx, officer: User, run_jobs: Callable[[], int]
) -> Callable[[], MatchRun]:
    """Match the only call."""

    def match() -> MatchRun:
        call_id = session.scalars(sa.select(MatchRun.call_id)).first() or 1
        made = match_run.start_run(ctx(officer), call_id)
        session.commit()
        run_jobs()
        session.expire_all()
        return made

    return match


def versions(session: Session) -> list[TermStatistics]:
    session.expire_all()
    return list(session.scalars(sa.select(TermStatistics).order_by(TermStatistics.id)))


@on_both
def test_the_first_run_counts_and_the_next_reads_the_same(
    run: Callable[[], MatchRun], session: Session
) -> None:
    first, second = run(), run()

    (version,) = versions(session)
    assert version.user_id is None
    assert (version.n_texts, version.n_documents, version.n_pairs) == (3, 3, 1)
    assert unpack(version).reference.frequencies["camera"] == 2
    assert first.config["term_statistics"] == second.config["term_statistics"] == version.id
    assert first.config["reference"] == version.fingerprint
    assert first.fingerprint == second.fingerprint


def test_one_more_team_leaves_scores_where_they_were(
    run: Callable[[], MatchRun], session: Session, make: Factory
) -> None:
    for _ in range(6):
        make.team(make.user())
    before = run()
    make.team(make.user(), text_en="Quite another thing: zithers and ukuleles.", works=[])
    after = run()

    scores = [
        dict(
            session.execute(sa.select(Match.team_id, Match.score).where(Match.run_id == r.id)).all()
        )
        for r in (before, after)
    ]
    assert len(versions(session)) == 1
    assert len(scores[1]) == len(scores[0]) + 1
    assert {team: scores[1][team] for team in scores[0]} == scores[0]


def test_many_new_texts_make_a_new_version(
    run: Callable[[], MatchRun], session: Session, make: Factory
) -> None:
    first = run()
    make.team(make.user(), works=[("One", "Loom"), ("Two", "Yarn"), ("Three", "Knitting")])
    second = run()

    old, new = versions(session)
    assert (first.config["term_statistics"], second.config["term_statistics"]) == (old.id, new.id)
    assert new.n_documents > old.n_documents


def test_age_and_another_lexicon_make_it_out_of_date(
    run: Callable[[], MatchRun], session: Session, ctx: Ctx, officer: User
) -> None:
    run()
    (only,) = versions(session)
    only.created_at = utcnow() - timedelta(days=31)
    session.commit()
    run()
    assert len(versions(session)) == 1  # Counted again, and the same.
    term = lexicon_term.TermValues(chinese="刮痕", english="scrape")
    lexicon_term.add(ctx(officer), term)
    session.commit()
    run()

    assert len({version.lexicon for version in versions(session)}) == 2


def test_another_model_is_measured_on_a_scale_of_its_own(
    settings: Settings,
    engine: sa.Engine,
    session: Session,
    make: Factory,
    ctx: Ctx,
    tmp_path: Path,
) -> None:
    call, officer = make.call(), make.officer()
    words = ["camera", "fabric", "sensor", "sales", "robot", "speech", "crop", "bread", "pump", "x"]
    for word in words:
        make.problem(call=call, text_en=f"We need {word}", title_en=word, text_zh="", title_zh="")
        make.team(make.user(), text_en=f"About {word}", title_en=word, works=[])
    model = make_model(tmp_path, LATIN)
    made = match_run.start_run(ctx(officer), call.id)
    session.commit()
    Worker(replace(settings, encoder="sentence", model=str(model)), make_sessions(engine)).run_all()
    session.expire_all()

    (version,) = versions(session)
    used = made.config["settings"]["scales"]
    assert made.config["scale"] == "measured"
    assert used["dense"] == version.scales["dense"] != {"mean": 0.25, "deviation": 0.12}
    assert used["lexical"] == {"mean": 0.03, "deviation": 0.03}


def test_an_officer_has_it_counted_once(
    ctx: Ctx, officer: User, session: Session, run_jobs: Callable[[], int]
) -> None:
    first, again = (service.ask_refit(ctx(officer)) for _ in range(2))
    session.commit()

    assert first is again
    assert run_jobs() == 1
    (version,) = versions(session)
    assert version.user_id == officer.id
    events = session.scalars(sa.select(AuditEvent.action)).all()
    assert events.count("term_statistics:refit") == 1


@pytest.mark.parametrize(
    ("roles", "reads"), [((), False), ((Role.REVIEWER,), False), ((Role.ADMINISTRATOR,), True)]
)
def test_only_officers_ask_and_the_office_reads(
    make: Factory,
    ctx: Ctx,
    session: Session,
    run: Callable[[], MatchRun],
    roles: object,
    reads: bool,
) -> None:
    run()
    person = make.user(*roles)  # type: ignore[misc]
    with pytest.raises(PermissionDenied, match="Only programme officers have the matcher count"):
        service.ask_refit(ctx(person))
    assert len(queries.list_statistics(session, person).items) == int(reads)
    if reads:
        assert queries.get_statistics(session, person, versions(session)[0].id)
    else:
        with pytest.raises(NotFound):
            queries.get_statistics(session, person, versions(session)[0].id)
    with pytest.raises(NotSignedIn):
        service.ask_refit(replace(ctx(person), actor=None))


def test_without_a_text_nothing_is_kept(
    ctx: Ctx, make: Factory, session: Session, run_jobs: Callable[[], int]
) -> None:
    job = service.ask_refit(ctx(make.officer()))
    session.commit()
    run_jobs()
    session.refresh(job)

    assert job.result == {"version": None}
    assert versions(session) == []


@on_both
def test_the_schedule_asks_when_it_is_due_and_not_before(session: Session) -> None:
    kinds = set(schedule.EVERY)
    weekly = {kind for kind, every in schedule.EVERY.items() if every == timedelta(days=7)}

    assert set(schedule.enqueue_due(session)) == kinds
    assert schedule.enqueue_due(session) == []
    for job in session.scalars(sa.select(Job)):
        job.created_at = utcnow() - timedelta(days=6, hours=23)
    assert set(schedule.enqueue_due(session)) == kinds - weekly
    for job in session.scalars(sa.select(Job)):
        job.created_at = utcnow() - timedelta(days=7)
    assert set(schedule.enqueue_due(session)) == kinds
    assert "term_statistics.refit" in weekly


def test_a_worker_looks_at_the_schedule(
    settings: Settings, engine: sa.Engine, session: Session
) -> None:
    worker = Worker(settings, make_sessions(engine))
    worker.next_look = 0.0

    worker._ask_for_due_work()
    worker._ask_for_due_work()

    kinds = session.scalars(sa.select(Job.kind)).all()
    assert sorted(kinds) == sorted(schedule.EVERY)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ("Version 1", "In use", "The program itself")),
        ("zh_Hant_TW", ("第 1 版", "使用中", "系統自動")),
    ],
)
def test_the_page_shows_versions_and_counts_anew(
    run: Callable[[], MatchRun],
    login: Login,
    officer: User,
    run_jobs: Callable[[], int],
    locale: str,
    words: tuple[str, ...],
) -> None:
    client = login(officer, locale)
    empty = client.get("/office/term-statistics").text
    made = run()
    page = client.get("/office/term-statistics").text

    assert ("Nothing was counted yet" if locale == "en" else "還沒有統計過") in empty
    assert all(word in page for word in words)
    assert words[0] in client.get(f"/office/runs/{made.id}").text
    assert client.post("/office/term-statistics").status_code == 302
    assert ("being counted anew" if locale == "en" else "正在重新統計") in client.get(
        "/office/term-statistics"
    ).text
    assert run_jobs() == 1


def test_strangers_do_not_see_the_page(login: Login, make: Factory) -> None:
    assert login(make.user()).get("/office/term-statistics").status_code == 403
