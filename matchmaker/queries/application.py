"""Reading applications: a team's own, those the office has received, what stands of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Application,
    ApplicationFile,
    ApplicationOrigin,
    ApplicationPerson,
    ApplicationRevision,
    ApplicationTwin,
    Match,
    Problem,
    Team,
    TeamMember,
    User,
)
from matchmaker.policies.application import (
    received_applications,
    visible_application_files,
    visible_applications,
)
from matchmaker.policies.match import announced_matches
from matchmaker.policies.scope import handled_by
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.application import LIVE_STATES, ApplicationState
from matchmaker.workflows.match import MatchState

PAGE_SIZE = 40
DESK_SIZE = 10


@dataclass(frozen=True)
class Filter:
    """What the office looks for."""

    text: str = ""
    state: str = ""
    call_id: int | None = None
    problem_id: int | None = None
    flagged: bool = False


def _shown(statement: sa.Select[Any]) -> sa.Select[Any]:
    """With what every list shows of an application."""
    return statement.options(
        joinedload(Application.call),
        joinedload(Application.problem).joinedload(Problem.organization),
        joinedload(Application.problem).joinedload(Problem.call),
        joinedload(Application.team),
    )


def _whole(statement: sa.Select[Any]) -> sa.Select[Any]:
    """With what the page of one application shows."""
    return _shown(statement).options(
        joinedload(Application.team).selectinload(Team.members).joinedload(TeamMember.user),
        selectinload(Application.people).joinedload(ApplicationPerson.user),
        selectinload(Application.revisions).joinedload(ApplicationRevision.user),
        selectinload(Application.files).joinedload(ApplicationFile.uploader),
        joinedload(Application.lead),
        joinedload(Application.updater),
    )


def get_application(
    session: Session,
    actor: User | None,
    application_id: int,
    *,
    lock: bool = False,
    trusted: bool = False,
) -> Application:
    """The application, or `NotFound`; locked for a change if asked."""
    known = sa.true() if trusted else visible_applications(actor)
    statement = sa.select(Application).where(Application.id == application_id, known)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Application | None = (
        session.scalars(statement if lock else _whole(statement)).unique().one_or_none()
    )
    if found is None:
        raise NotFound
    return found


def own_applications(session: Session, actor: User) -> Sequence[Application]:
    """The applications of *actor*'s teams, those still to be handed in first, then the newest."""
    waits = sa.case((Application.state == ApplicationState.DRAFT, 0), else_=1)
    statement = (
        sa.select(Application)
        .where(Application.team_id.in_(actor.team_ids))
        .order_by(waits, Application.id.desc())
    )
    return session.scalars(_shown(statement)).all()


def open_application(session: Session, problem_id: int, team_id: int) -> Application | None:
    """The team's application for the problem that was not withdrawn."""
    statement = sa.select(Application).where(
        Application.problem_id == problem_id,
        Application.team_id == team_id,
        Application.state != ApplicationState.WITHDRAWN,
    )
    return session.scalar(statement)


def applications_for(session: Session, actor: User, problem: Problem) -> Sequence[Application]:
    """What *actor*'s teams have under way for *problem*."""
    statement = sa.select(Application).where(
        Application.problem_id == problem.id,
        Application.team_id.in_(actor.team_ids),
        Application.state != ApplicationState.WITHDRAWN,
    )
    return session.scalars(_shown(statement).order_by(Application.id)).all()


def origin_of(session: Session, problem_id: int, team_id: int) -> ApplicationOrigin:
    """How a team comes to a problem: asked or recommended by the published matching, or on its own."""
    statement = sa.select(Match.state).where(
        announced_matches(), Match.problem_id == problem_id, Match.team_id == team_id
    )
    state = session.scalar(statement.limit(1))
    if state is None:
        return ApplicationOrigin.OWN
    asked = state is MatchState.ACCEPTED
    return ApplicationOrigin.INVITED if asked else ApplicationOrigin.RECOMMENDED


def live_of_team(session: Session, call_id: int, team_id: int) -> Sequence[Application]:
    """The team's applications in the running in a call."""
    statement = sa.select(Application).where(
        Application.call_id == call_id,
        Application.team_id == team_id,
        Application.state.in_(LIVE_STATES),
    )
    return session.scalars(statement.order_by(Application.id)).all()


def people_elsewhere(
    session: Session, call_id: int, team_id: int, user_ids: Collection[int]
) -> set[int]:
    """Who of *user_ids* works in an application of another team that is in the running."""
    statement = (
        sa.select(ApplicationPerson.user_id)
        .join(Application, Application.id == ApplicationPerson.application_id)
        .where(
            Application.call_id == call_id,
            Application.team_id != team_id,
            Application.state.in_(LIVE_STATES),
            ApplicationPerson.user_id.in_(user_ids),
        )
    )
    return set(session.scalars(statement))


def list_received(
    session: Session, actor: User | None, wanted: Filter, *, number: int = 1
) -> Page[Application]:
    """What the office has received, newest first."""
    statement = sa.select(Application).where(*_conditions(actor, wanted))
    ordered = statement.order_by(Application.submitted_at.desc(), Application.id.desc())
    return paginate(session, _shown(ordered), number=number, size=PAGE_SIZE)


def all_received(session: Session, actor: User | None, wanted: Filter) -> Sequence[Application]:
    """The same as *list_received*, whole: for files."""
    statement = _shown(sa.select(Application).where(*_conditions(actor, wanted)))
    ordered = statement.order_by(Application.submitted_at.desc(), Application.id.desc())
    return session.scalars(ordered).unique().all()


def _conditions(actor: User | None, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    found = [received_applications(actor)]
    if wanted.state:
        found.append(Application.state == wanted.state)
    if wanted.call_id:
        found.append(Application.call_id == wanted.call_id)
    if wanted.problem_id:
        found.append(Application.problem_id == wanted.problem_id)
    if wanted.flagged:
        found.append(_flagged())
    if wanted.text:
        sought = f"%{wanted.text.casefold()}%"
        team = Application.team.has(Team.search_text.like(sought))
        found.append(sa.or_(team, Application.problem.has(Problem.search_text.like(sought))))
    return found


def _flagged() -> sa.ColumnElement[bool]:
    """The applications with a near copy that nobody has found harmless."""
    open_pairs = sa.or_(ApplicationTwin.is_harmless.is_(None), ~ApplicationTwin.is_harmless)
    pairs = sa.select(ApplicationTwin.application_id, ApplicationTwin.other_id).where(open_pairs)
    found = pairs.subquery()
    return sa.or_(
        Application.id.in_(sa.select(found.c.application_id)),
        Application.id.in_(sa.select(found.c.other_id)),
    )


def flagged_ids(session: Session, ids: Collection[int]) -> set[int]:
    """Which of these applications have a near copy that nobody has found harmless."""
    statement = sa.select(Application.id).where(Application.id.in_(ids), _flagged())
    return set(session.scalars(statement))


def count_by_state(session: Session, actor: User | None, call_id: int | None) -> dict[str, int]:
    """How many applications the office has received, by state."""
    statement = (
        sa.select(Application.state, sa.func.count())
        .where(*_conditions(actor, Filter(call_id=call_id)))
        .group_by(Application.state)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def file_of(
    session: Session, actor: User | None, application_id: int, file_id: int, *, lock: bool = False
) -> ApplicationFile:
    """One file of an application, or `NotFound`."""
    statement = sa.select(ApplicationFile).where(
        ApplicationFile.id == file_id,
        ApplicationFile.application_id == application_id,
        visible_application_files(actor),
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def kept_files(session: Session, application_id: int) -> Sequence[ApplicationFile]:
    """The files of an application that were not removed."""
    statement = sa.select(ApplicationFile).where(
        ApplicationFile.application_id == application_id,
        ApplicationFile.removed_at.is_(None),
    )
    return session.scalars(statement.order_by(ApplicationFile.id)).all()


def drafts_of(session: Session, actor: User) -> Sequence[Application]:
    """What *actor*'s teams have begun and not handed in, for the desk."""
    statement = sa.select(Application).where(
        Application.team_id.in_(actor.team_ids), Application.state == ApplicationState.DRAFT
    )
    return session.scalars(_shown(statement).order_by(Application.id).limit(DESK_SIZE)).all()


def offers_of(session: Session, actor: User) -> Sequence[Application]:
    """The offers that wait for *actor*'s teams."""
    statement = sa.select(Application).where(
        Application.team_id.in_(actor.team_ids), Application.state == ApplicationState.OFFERED
    )
    return session.scalars(_shown(statement).order_by(Application.id).limit(DESK_SIZE)).all()


def withdrawn_since(session: Session, actor: User, since: datetime) -> Sequence[Application]:
    """What was withdrawn lately after its review had begun: its place may go to somebody else."""
    statement = sa.select(Application).where(
        received_applications(actor),
        handled_by(actor, Application.call_id),
        Application.state == ApplicationState.WITHDRAWN,
        Application.decided_at.is_not(None),
        Application.withdrawn_at >= since,
    )
    ordered = statement.order_by(Application.withdrawn_at.desc()).limit(DESK_SIZE)
    return session.scalars(_shown(ordered)).all()


def unfinished_drafts(session: Session) -> Sequence[Application]:
    """Every draft of a team that is active, with what a reminder says."""
    statement = (
        sa.select(Application)
        .where(
            Application.state == ApplicationState.DRAFT,
            Application.team.has(Team.archived_at.is_(None)),
        )
        .options(
            joinedload(Application.problem).joinedload(Problem.call),
            joinedload(Application.team).selectinload(Team.members).joinedload(TeamMember.user),
        )
        .order_by(Application.id)
        .with_for_update(of=Application)
    )
    return session.scalars(statement).unique().all()


def latest_revisions(
    session: Session, application_ids: Collection[int]
) -> dict[int, ApplicationRevision]:
    """What stands of each application: the version handed in last."""
    newest = (
        sa.select(sa.func.max(ApplicationRevision.id))
        .where(ApplicationRevision.application_id.in_(application_ids))
        .group_by(ApplicationRevision.application_id)
    )
    rows = session.scalars(sa.select(ApplicationRevision).where(ApplicationRevision.id.in_(newest)))
    return {row.application_id: row for row in rows}
