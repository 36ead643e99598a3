"""The sample programme from beginning to end on SQLite and on PostgreSQL: the same rows, the same lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matchmaker import sample, schema
from matchmaker.db import make_engine, make_sessions
from matchmaker.models import AccountKind, Match, MatchRun, Problem
from matchmaker.queries import problem as problems
from matchmaker.queries import team as teams
from matchmaker.queries.problem import Filters
from matchmaker.queries.team import TeamFilter
from matchmaker.sample import staging
from matchmaker.services import audit
from matchmaker.services.context import Context
from matchmaker.workflows.match import MatchState
from matchmaker.workflows.match_run import MatchRunState
from tests.backends import on_both

pytestmark = on_both

#: What people type, and whether the sample has it.
SEARCHES = {
    "瑕疵": True,
    "defect": True,
    "預測 維護": True,
    "臺": True,
    "ＡＩ": True,
    "100%": False,
    "_": False,
    "<script>": False,
}


@pytest.fixture
def programme(session: Session, ctx: Callable[..., Context]) -> None:
    """The sample, not matched yet."""
    sample.load(ctx(None))
    session.commit()


@pytest.fixture
def reference(tmp_path_factory: pytest.TempPathFactory, ctx: Callable[..., Context]) -> Session:
    """The same sample in SQLite, to compare with."""
    path = tmp_path_factory.mktemp("reference") / "a.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    session = make_sessions(engine)()
    sample.load(Context(session, ctx(None).settings, trusted=True))
    session.commit()
    yield session
    session.close()
    engine.dispose()


def test_search_finds_the_same_in_both(
    session: Session, programme: None, reference: Session
) -> None:
    for words, some in SEARCHES.items():
        here = _found(session, words)
        assert here == _found(reference, words), words
        assert any(here) is some, words


def _found(session: Session, words: str) -> tuple[list[str | None], list[str | None]]:
    listing = problems.gallery(session, Filters(q=words))
    page = teams.directory(session, TeamFilter(text=words))
    return (
        [row.external_id for row in listing.page.items],
        sorted(row.external_id or "" for row in page.items),
    )


def test_programme_runs_from_matching_to_answers(
    session: Session,
    ctx: Callable[..., Context],
    programme: None,
    run_jobs: Callable[[], int],
    login: Callable[..., FlaskClient],
    client: FlaskClient,
) -> None:
    run = staging.start_run(ctx(None))
    session.commit()
    assert run_jobs() == 1
    session.expire_all()
    assert run.state is MatchRunState.DONE

    staging.review_and_publish(ctx(None), run.id)
    session.commit()
    staging.answer(ctx(None), run.id)
    session.commit()
    assert run_jobs() > 10

    session.expire_all()
    assert run.state is MatchRunState.PUBLISHED
    states = set(session.scalars(sa.select(Match.state).where(Match.run_id == run.id)))
    assert MatchState.ENDORSED not in states
    assert {
        MatchState.INVITED,
        MatchState.ACCEPTED,
        MatchState.REFUSED,
        MatchState.HELD,
        MatchState.DECLINED,
    } <= states
    assert audit.verify(session).broken_id is None
    _accounts_have_something_to_see(session)
    _pages_answer(session, run, login, client)


def _accounts_have_something_to_see(session: Session) -> None:
    shown = dict(staging.accounts(session))
    assert set(shown) == {
        "Programme officer",
        "Enterprise",
        "Solver team",
        "Reviewer",
        "Mentor",
        "Industry association",
        "Administrator",
    }
    assert shown["Enterprise"].kind is AccountKind.ENTERPRISE
    told = sa.select(Match.team_id).where(Match.state == MatchState.INVITED)
    assert shown["Solver team"].team_ids & set(session.scalars(told))
    assert all(user.is_usable for user in shown.values())


def _pages_answer(
    session: Session, run: MatchRun, login: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    call = staging.running_call(session)
    public = session.scalars(
        sa.select(Problem.id).where(Problem.call_id == call.id, Problem.state == "published")
    ).first()
    pages = ("/", "/problems", "/problems?q=AI&sort=deadline", "/teams", f"/problems/{public}")
    for page in pages:
        assert client.get(page).status_code == 200, page
    for part, user in staging.accounts(session):
        for locale in ("en", "zh_Hant_TW"):
            assert login(user, locale).get("/desk").status_code == 200, part
    officer = login(staging.officer(session))
    for page in ("problems", "runs", "audit", "exposure", f"runs/{run.id}"):
        assert officer.get(f"/office/{page}").status_code == 200, page
