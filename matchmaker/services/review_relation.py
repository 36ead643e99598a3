"""What reviewers say about whom they stand near to: teams and people."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    RecusalCause,
    RelationKind,
    ReviewAssignment,
    ReviewRelation,
    Team,
    User,
)
from matchmaker.policies.application_conflict import nearness
from matchmaker.policies.reviewer_profile import may_edit_profile
from matchmaker.policies.scope import is_national_team
from matchmaker.queries import review_relation as queries
from matchmaker.queries.application_review import own_assignments
from matchmaker.services.application_review import step_aside
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.texts import clean_line

MAX_REASON = 500
MAX_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

CAUSES = {
    RelationKind.SUPERVISOR: RecusalCause.SUPERVISOR,
    RelationKind.INVESTOR: RecusalCause.INVESTOR,
    RelationKind.CO_MEMBER: RecusalCause.CO_MEMBER,
    RelationKind.FAMILY: RecusalCause.FAMILY,
    RelationKind.OTHER: RecusalCause.OTHER_CONFLICT,
}


@dataclass(frozen=True, kw_only=True)
class RelationValues:
    """A tie as a reviewer declares it: with a team by its name, or a person by their address."""

    subject: str = ""
    kind: str = ""
    reason: str = ""


def declare(ctx: Context, values: RelationValues) -> ReviewRelation:
    """Declare a tie; the cases it concerns are hidden from the reviewer at once."""
    ctx.require(may_edit_profile)
    actor = ctx.signed_in
    ctx.lock_actor()
    row = _checked(ctx, actor, values)
    known = _declared(ctx, actor, row)
    if known is not None:
        return known  # A second click.
    before = {seat.id for seat in own_assignments(ctx.session, actor)}
    ctx.session.add(row)
    ctx.session.flush()
    for seat in ctx.session.scalars(
        sa.select(ReviewAssignment).where(ReviewAssignment.id.in_(before))
    ):
        if nearness(ctx.session, [seat.application])[seat.application_id].why_not(actor):
            step_aside(ctx, seat, CAUSES[row.kind], row.reason)
    # Who it is about is no fact of the trail.
    ctx.record("review_relation:declare", row, kind=row.kind.value)
    return row


def take_back(ctx: Context, relation_id: int) -> None:
    """The tie is over: later applications may be offered again."""
    ctx.require(may_edit_profile)
    rows = queries.own_relations(ctx.session, ctx.signed_in)
    row = next((row for row in rows if row.id == relation_id), None)
    if row is None:
        raise NotFound
    ctx.record("review_relation:take_back", row, kind=row.kind.value)
    ctx.session.delete(row)


def _checked(ctx: Context, actor: User, values: RelationValues) -> ReviewRelation:
    """The row that says what was declared, or every fault beside its field."""
    faults = {}
    subject = clean_line(values.subject) or ""
    email = subject.lower() if _EMAIL.fullmatch(subject) and len(subject) <= MAX_EMAIL else None
    team = _find_team(ctx, subject) if email is None else None
    if email is None and team is None:
        text = N_("No team has exactly this name. Write it as it stands, or a person’s e-mail.")
        faults["subject"] = [Message(text)]
    if values.kind not in list(RelationKind):
        faults["kind"] = [Message(N_("Choose what fits best."))]
    try:
        reason = needed(values.reason, maximum=MAX_REASON)
    except InvalidInput as error:
        faults |= error.fields
    if faults:
        raise InvalidInput(fields=faults)
    return ReviewRelation(
        user_id=actor.id,
        team_id=team.id if team else None,
        email=email,
        kind=RelationKind(values.kind),
        reason=reason,
    )


def _find_team(ctx: Context, name: str) -> Team | None:
    """The team of exactly this name in either language."""
    wanted = name.casefold()
    names = (Team.name_zh, Team.name_en)
    statement = sa.select(Team).where(
        sa.or_(*(sa.func.lower(column) == wanted for column in names)), is_national_team()
    )
    return ctx.session.scalars(statement.order_by(Team.id)).first() if wanted else None


def _declared(ctx: Context, actor: User, row: ReviewRelation) -> ReviewRelation | None:
    same = (
        ReviewRelation.team_id == row.team_id
        if row.team_id is not None
        else ReviewRelation.email == row.email
    )
    return ctx.session.scalar(
        sa.select(ReviewRelation).where(ReviewRelation.user_id == actor.id, same)
    )
