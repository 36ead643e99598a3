"""What teams do with an application: begin, write, hand in, hand in again, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matchmaker.assessment import application_parts as proposal
from matchmaker.assessment.application_eligibility import Verdict
from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    ApplicationPerson,
    ApplicationRevision,
    Problem,
    Team,
    User,
)
from matchmaker.policies.application import (
    may_edit_application,
    may_start,
    may_submit_application,
    why_not_team,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.queries import application as queries
from matchmaker.services import application_receipt as receipts
from matchmaker.services.application_check import (
    check,
    check_open,
    parts_of,
    refuse_unready,
    rules_for,
)
from matchmaker.services.application_letters import write_to_team
from matchmaker.services.application_twin import request_comparison
from matchmaker.services.call_rules import countries
from matchmaker.services.context import Context
from matchmaker.workflows.application import (
    APPLICATION_WORKFLOW,
    REVISABLE_STATES,
    ApplicationAction,
    ApplicationState,
)

MAX_ROLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonValues:
    """One person's part in it."""

    user_id: int
    role: str = ""
    share: int = 0
    country: str = "TW"
    is_student: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationValues:
    """What the team writes: part to text, and who works in it, in order."""

    parts: dict[str, str] = field(default_factory=dict)
    people: tuple[PersonValues, ...] = ()


def start(ctx: Context, problem_id: int, team_id: int) -> Application:
    """Begin an application, or go on with the one the team has already."""
    problem = ctx.session.scalar(
        sa.select(Problem).where(Problem.id == problem_id, visible_problems(ctx.actor))
    )
    if problem is None:
        raise NotFound
    ctx.require(may_start, problem)
    team = _own_team(ctx, team_id)
    begun = queries.open_application(ctx.session, problem.id, team.id)
    if begun is not None:
        return begun  # A second click, or a colleague was faster.
    why = why_not_team(team, problem)
    if why is not None:
        raise PermissionDenied(str(why))
    check_open(ctx, problem)
    application = Application(
        call=problem.call,
        problem=problem,
        team=team,
        origin=queries.origin_of(ctx.session, problem.id, team.id),
        lead=ctx.actor,
        updated_at=utcnow(),
        updater=ctx.actor,
    )
    application.people = _everybody(team)
    ctx.session.add(application)
    ctx.record("application:start", application, problem_id=problem.id, team_id=team.id)
    return application


def _own_team(ctx: Context, team_id: int) -> Team:
    """The team, locked, so that two members do not begin twice."""
    mine = ctx.actor.team_ids if ctx.actor else set()
    statement = sa.select(Team).where(
        Team.id == team_id, Team.id.in_(mine), Team.archived_at.is_(None)
    )
    team = ctx.session.scalar(statement.with_for_update())
    if team is None:
        raise PermissionDenied(N_("Choose one of your own teams."))
    return team


def _everybody(team: Team) -> list[ApplicationPerson]:
    """The members with equal shares, to begin with."""
    members = sorted(team.members, key=lambda member: member.id)
    share, rest = divmod(100, len(members))
    return [
        ApplicationPerson(user=member.user, position=place, share=share + (place < rest))
        for place, member in enumerate(members)
    ]


def _find(ctx: Context, application_id: int) -> Application:
    return queries.get_application(
        ctx.session, ctx.actor, application_id, lock=True, trusted=ctx.trusted
    )


def _check_writable(ctx: Context, application: Application, now: datetime | None = None) -> None:
    if application.state not in REVISABLE_STATES:
        label = Message(APPLICATION_WORKFLOW.labels[application.state].public)
        text = N_("This application is in the state “%(state)s”: it cannot be changed any more.")
        raise InvalidTransition(text, state=label)
    if application.team.archived_at is not None:
        raise InvalidTransition(N_("This team is archived. Bring it back before you change it."))
    check_open(ctx, application.problem, now)


def values_of(application: Application) -> ApplicationValues:
    """The values as saved."""
    people = (PersonValues(**person) for person in receipts.people_of(application))
    return ApplicationValues(parts=dict(application.parts), people=tuple(people))


def save(
    ctx: Context, application_id: int, values: ApplicationValues, *, version: int
) -> Application:
    """Keep what the team has written; nobody but the team reads it before it is handed in.

    Raises
    ------
    StaleVersion
        If a colleague has saved since; nothing of theirs is lost.
    """
    application = _find(ctx, application_id)
    ctx.require(may_edit_application, application)
    _check_writable(ctx, application)
    parts = parts_of(rules_for(ctx, application), application.problem)
    asked = {part.id: values.parts.get(part.id, "") for part in parts}
    wanted = ApplicationValues(parts={**application.parts, **asked}, people=values.people)
    if values_of(application) == wanted:
        return application  # A second click, or nothing changed.
    if application.version != version:
        raise StaleVersion
    _check_people(application, values.people, proposal.too_long(parts, asked))
    application.parts = wanted.parts
    _write_people(application, values.people)
    application.updated_at, application.updater = utcnow(), ctx.actor
    ctx.session.flush()
    return application


def _check_people(
    application: Application,
    people: Sequence[PersonValues],
    faults: dict[str, list[Message]],
) -> None:
    """Raise if people cannot be kept as given, with the other *faults*."""
    members = {member.user_id for member in application.team.members}
    known = countries()
    found: list[str] = []
    if any(person.user_id not in members for person in people):
        found.append(N_("Only members of the team can work in it."))
    if len({person.user_id for person in people}) < len(people):
        found.append(N_("Each person can be named once only."))
    if any(not 0 <= person.share <= 100 for person in people):
        found.append(N_("A share is a number from 0 to 100."))
    if any(person.country not in known for person in people):
        found.append(N_("Choose the country from the list."))
    if any(len(person.role) > MAX_ROLE for person in people):
        found.append(N_("Describe what somebody does in at most 200 characters."))
    if found:
        faults = {**faults, "people": [Message(text) for text in found]}
    if faults:
        raise InvalidInput(fields=faults)


def _write_people(application: Application, people: Sequence[PersonValues]) -> None:
    kept = {person.user_id: person for person in application.people}
    rows = []
    for place, values in enumerate(people):
        row = kept.get(values.user_id) or ApplicationPerson(user_id=values.user_id)
        row.position = place
        for name, value in asdict(values).items():
            setattr(row, name, value)
        rows.append(row)
    application.people = rows


def submit(
    ctx: Context, application_id: int, *, version: int, received_at: datetime | None = None
) -> Application:
    """Hand in what is written: a version that is never changed, with a receipt to all members.

    What counts is when the request reached the server, *received_at*, however long it then waited
    for others in the last minute.

    Raises
    ------
    DeadlinePassed
        A second after the deadline, or later; what was handed in before stands.
    InvalidInput
        If a part is missing or a rule of the call is not met; says which.
    """
    now = received_at or utcnow()
    application = _find(ctx, application_id)
    ctx.require(may_submit_application, application)
    is_in = application.state is ApplicationState.SUBMITTED
    if is_in and receipts.says_the_same(application, application.standing):
        return application  # A second click.
    _check_writable(ctx, application, now)
    if application.version != version:
        raise StaleVersion
    _lock_people(ctx, application)
    found = check(ctx, application)
    refuse_unready(found)
    revision = _hand_in(ctx, application, found.verdicts, now)
    before = application.apply(ApplicationAction.SUBMIT)
    ctx.record(
        "application:submit",
        application,
        before=before,
        after=application.state,
        number=revision.number,
        sha256=revision.content_hash,
    )
    _send_receipt(ctx, application, revision)
    request_comparison(ctx)
    return application


def _lock_people(ctx: Context, application: Application) -> None:
    """Two teams that name the same person, and two applications of one team, come one after the other."""
    ids = [person.user_id for person in application.people]
    people = sa.select(User.id).where(User.id.in_(ids)).order_by(User.id)
    ctx.session.execute(people.with_for_update())
    team = sa.select(Team.id).where(Team.id == application.team_id)
    ctx.session.execute(team.with_for_update())


def _hand_in(
    ctx: Context, application: Application, verdicts: Sequence[Verdict], now: datetime
) -> ApplicationRevision:
    standing = application.standing
    revision = ApplicationRevision(
        number=standing.number + 1 if standing else 1,
        parts=dict(application.parts),
        people=receipts.people_of(application),
        files=receipts.files_of(application),
        eligibility=[_kept(verdict) for verdict in verdicts],
        user_id=ctx.actor.id if ctx.actor else None,
        submitted_at=now.replace(microsecond=0),
    )
    revision.content_hash = receipts.content_hash(application, revision)
    application.revisions.append(revision)
    application.submitted_at = revision.submitted_at
    application.content_hash = revision.content_hash
    return revision


def _kept(verdict: Verdict) -> dict[str, Any]:
    text, params = verdict.message.text, verdict.message.params
    return {"kind": verdict.kind, "met": verdict.met, "text": text, "params": params}


def _send_receipt(ctx: Context, application: Application, revision: ApplicationRevision) -> None:
    write_to_team(
        ctx,
        application,
        "application.received",
        path=f"/applications/{application.id}/receipts/{revision.number}",
        number=application.number,
        version=revision.number,
        when=revision.submitted_at,
        sha256=revision.content_hash,
    )
