"""What people decide about readiness checks: begin, answer page by page, complete, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.assessment.readiness import ReadinessResult, readiness
from matchmaker.assessment.rubric import Item, ReadinessRubric
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Organization, ReadinessAssessment
from matchmaker.policies.readiness import (
    may_answer,
    may_discard,
    may_start,
    may_take_over,
    may_verify,
)
from matchmaker.queries import organization as organizations
from matchmaker.queries import readiness as queries
from matchmaker.services import rubric as rubrics
from matchmaker.services.context import Context

MAX_NOTE = 2000
HIGHEST = 4

#: Item -> score, or None for "I don't know".
Answers = Mapping[str, int | None]


@dataclass(frozen=True)
class Progress:
    """How far a check is: its pages in order, and which are complete."""

    pages: tuple[str, ...]
    done: frozenset[str]

    @property
    def next_page(self) -> str | None:
        """The first page that lacks an answer."""
        return next((page for page in self.pages if page not in self.done), None)


def start(ctx: Context, organization_id: int, beside_id: int | None = None) -> ReadinessAssessment:
    """Begin a check, or go on with the one begun before; *beside_id*: an opinion on that one."""
    organization = organizations.get(ctx.session, ctx.actor, organization_id)
    ctx.require(may_start, organization)
    ctx.lock_actor()
    beside = _opinion_on(ctx, organization, beside_id)
    found = _begun(ctx, organization)
    if found is None:
        found = _begin(ctx, organization, beside)
    elif found.beside_id != beside_id:
        raise Conflict(
            N_("You have a half-filled check of this organization. Complete it or throw it away.")
        )
    return found


def _opinion_on(
    ctx: Context, organization: Organization, beside_id: int | None
) -> ReadinessAssessment | None:
    if beside_id is None:
        return None
    beside = queries.get(ctx.session, ctx.actor, beside_id)
    if beside.organization_id != organization.id:
        raise NotFound
    if not beside.is_completed or beside.beside_id is not None:
        raise Conflict(N_("A second opinion is given on a completed check."))
    if beside.respondent_id == ctx.signed_in.id:
        raise Conflict(
            N_("You answered this check yourself: somebody else gives the second opinion.")
        )
    return beside


def _begun(ctx: Context, organization: Organization) -> ReadinessAssessment | None:
    return ctx.session.scalar(
        sa.select(ReadinessAssessment).where(
            ReadinessAssessment.organization_id == organization.id,
            ReadinessAssessment.respondent_id == ctx.signed_in.id,
            ReadinessAssessment.completed_at.is_(None),
        )
    )


def _begin(
    ctx: Context, organization: Organization, beside: ReadinessAssessment | None
) -> ReadinessAssessment:
    # A second opinion answers the questions of the first, or the two could not be compared.
    version = beside.rubric_version if beside else rubrics.current(ctx.session, "readiness").version
    assessment = ReadinessAssessment(
        organization=organization,
        respondent=ctx.signed_in,
        rubric_version=version,
        beside_id=beside.id if beside else None,
    )
    ctx.session.add(assessment)
    ctx.record("readiness:start", assessment, organization_id=organization.id)
    return assessment


def rubric_of(session: Session, assessment: ReadinessAssessment) -> ReadinessRubric:
    """The rubric the answers were given to, also if the office has a newer one."""
    return rubrics.version(session, "readiness", assessment.rubric_version)


def items_of(rubric: ReadinessRubric, dimension: str) -> list[Item]:
    """The questions of one page, or `NotFound` if there is no such page."""
    if dimension not in rubric.dimensions:
        raise NotFound
    return [item for item in rubric.items.values() if item.dimension == dimension]


def progress(rubric: ReadinessRubric, answers: Answers) -> Progress:
    """How far *answers* are."""
    missing = {item.dimension for item in rubric.items.values() if item.id not in answers}
    return Progress(tuple(rubric.dimensions), frozenset(rubric.dimensions.keys() - missing))


def save_page(
    ctx: Context, assessment_id: int, version: int, dimension: str, answers: Answers
) -> ReadinessAssessment:
    """Keep the answers of one page, those that are there; a check once complete never changes.

    `StaleVersion` if the page was answered otherwise meanwhile, in another tab for instance; other
    pages do not matter.
    """
    assessment = _open(ctx, assessment_id)
    items = items_of(rubric_of(ctx.session, assessment), dimension)
    _check(items, answers)
    saved = {
        item.id: assessment.answers[item.id] for item in items if item.id in assessment.answers
    }
    if saved == answers:
        return assessment  # A second click on the same page.
    if saved and assessment.version != version:
        raise StaleVersion
    kept = {key: value for key, value in assessment.answers.items() if key not in saved}
    assessment.answers = {**kept, **answers}
    assessment.updated_at = utcnow()
    ctx.session.flush()
    return assessment


def _open(ctx: Context, assessment_id: int) -> ReadinessAssessment:
    assessment = queries.get(ctx.session, ctx.actor, assessment_id, lock=True)
    ctx.require(may_answer, assessment)
    if assessment.is_completed:
        raise Conflict(N_("This check is complete and stays as it is. Begin a new one instead."))
    return assessment


def _check(items: list[Item], answers: Answers) -> None:
    known = {item.id for item in items}
    wrong = [
        key
        for key, score in answers.items()
        if key not in known or (score is not None and score not in range(HIGHEST + 1))
    ]
    if wrong:
        message = Message(N_("Choose one of the answers."))
        raise InvalidInput(fields={key: [message] for key in wrong})


def complete(ctx: Context, assessment_id: int) -> ReadinessAssessment:
    """Close a check whose every question has an answer, and keep its result."""
    assessment = queries.get(ctx.session, ctx.actor, assessment_id, lock=True)
    ctx.require(may_answer, assessment)
    if assessment.is_completed:
        return assessment  # A second click.
    rubric = rubric_of(ctx.session, assessment)
    if progress(rubric, assessment.answers).next_page is not None:
        raise Conflict(N_("Some questions have no answer yet. “I don't know” is an answer too."))
    _keep_result(assessment, readiness(assessment.answers, rubric))
    facts = {"stage": assessment.stage, "organization_id": assessment.organization_id}
    ctx.record("readiness:complete", assessment, **facts)
    return assessment


def _keep_result(assessment: ReadinessAssessment, result: ReadinessResult) -> None:
    assessment.sides = dict(result.sides)
    assessment.overall = result.overall
    assessment.stage = result.stage.id
    assessment.grade_cap = result.cap
    assessment.completed_at = assessment.updated_at = utcnow()


def result_of(session: Session, assessment: ReadinessAssessment) -> ReadinessResult:
    """The result of a completed check in full, by the rubric it was answered under."""
    return readiness(assessment.answers, rubric_of(session, assessment))


def discard(ctx: Context, assessment_id: int) -> Organization:
    """Throw a half-filled check away."""
    assessment = queries.get(ctx.session, ctx.actor, assessment_id, lock=True)
    ctx.require(may_discard, assessment)
    if assessment.is_completed:
        raise Conflict(N_("This check is complete and stays on record."))
    organization = assessment.organization
    ctx.record("readiness:discard", assessment, organization_id=organization.id)
    ctx.session.delete(assessment)
    return organization


def take_over(ctx: Context, assessment_id: int) -> ReadinessAssessment:
    """Go on with the check of somebody who has left the organization."""
    assessment = queries.get(ctx.session, ctx.actor, assessment_id, lock=True)
    if assessment.respondent_id == ctx.signed_in.id:
        return assessment
    ctx.require(may_take_over, assessment)
    if assessment.is_completed:
        raise Conflict(N_("This check is complete and stays as it is. Begin a new one instead."))
    if _begun(ctx, assessment.organization) is not None:
        raise Conflict(
            N_("You have a half-filled check of this organization. Complete it or throw it away.")
        )
    before = assessment.respondent_id
    assessment.respondent = ctx.signed_in
    assessment.updated_at = utcnow()
    ctx.record("readiness:take_over", assessment, from_id=before, to_id=ctx.signed_in.id)
    return assessment


def verify(ctx: Context, assessment_id: int, note: str) -> ReadinessAssessment:
    """Note that an officer has seen on a visit that the answers hold."""
    assessment = queries.get(ctx.session, ctx.actor, assessment_id, lock=True)
    ctx.require(may_verify, assessment)
    _check_note(assessment, note)
    if assessment.verified_at is None:
        assessment.verified_at, assessment.verifier = utcnow(), ctx.actor
        assessment.verifier_note = note
        ctx.record("readiness:verify", assessment, reason=note)
    return assessment


def _check_note(assessment: ReadinessAssessment, note: str) -> None:
    if not assessment.is_completed:
        raise Conflict(N_("Only a completed check can be confirmed."))
    if not note.strip():
        raise InvalidInput(fields={"reason": [Message(N_("Say what you saw on the visit."))]})
    if len(note) > MAX_NOTE:
        text = N_("Please use at most %(max)d characters.")
        raise InvalidInput(fields={"reason": [Message(text, {"max": MAX_NOTE})]})
