"""What a reader does with a case: take it on, save, hand in, talk, revise, step aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matchmaker.assessment.review_rubric import ReviewRubric
from matchmaker.assessment.reviewing import needs_another
from matchmaker.assessment.rubric import MAX_POINTS
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    ApplicationReview,
    ApplicationReviewVersion,
    Recommendation,
    RecusalCause,
    ReviewAssignment,
    ReviewRemark,
    ReviewRound,
)
from matchmaker.policies.application_review import may_judge, shows_others
from matchmaker.queries import application_review as queries
from matchmaker.queries.review_round import round_of, scoring_rubric
from matchmaker.services import review_assignment as assignments
from matchmaker.services.context import Context
from matchmaker.services.notification_closing import close_case
from matchmaker.services.reasons import limited, needed
from matchmaker.services.review_record import PATH, seat_number, write_to_office
from matchmaker.workflows.review_assignment import (
    SEATED_STATES,
    ReviewAssignmentAction,
    ReviewAssignmentState,
)
from matchmaker.workflows.review_round import WORKING_STATES, ReviewRoundState

MAX_COMMENT = 1000
MAX_WORDS = 4000
LEAST_TO_TEAM = 20


@dataclass(frozen=True, kw_only=True)
class ReviewValues:
    """A review as it was typed: points and words by criterion, what to do, what to say to whom."""

    points: Mapping[str, int | None] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    recommendation: str = ""
    to_office: str = ""
    to_team: str = ""


def accept(ctx: Context, assignment_id: int) -> ReviewAssignment:
    """Nothing ties the reader to the case, and they take it on."""
    seat = queries.get_assignment(ctx.session, ctx.actor, assignment_id, lock=True)
    if seat.state is ReviewAssignmentState.ACCEPTED:
        return seat  # A second click.
    _working_round(ctx, seat)
    before = seat.apply(ReviewAssignmentAction.ACCEPT)
    seat.accepted_at = utcnow()
    ctx.record("application_review:accept", seat, before=before, after=seat.state)
    return seat


def save(ctx: Context, assignment_id: int, values: ReviewValues) -> ApplicationReview:
    """Keep what is there so far; nobody else sees it."""
    seat = queries.get_assignment(ctx.session, ctx.actor, assignment_id, lock=True)
    _working_round(ctx, seat)
    seat.apply(ReviewAssignmentAction.SAVE)
    review = _review_of(ctx, seat)
    _write(review, values, _rubric(ctx, seat), complete=False)
    review.saved_at = utcnow()
    return review


def submit(ctx: Context, assignment_id: int, values: ReviewValues) -> ApplicationReview:
    """Hand in; if the readers contradict each other one more is asked."""
    seat = queries.get_assignment(ctx.session, ctx.actor, assignment_id, lock=True)
    rubric = _rubric(ctx, seat)
    if _is_same(seat, values, rubric) and seat.review is not None:
        return seat.review  # A second click.
    found = _working_round(ctx, seat)
    review = _review_of(ctx, seat)
    _write(review, values, rubric, complete=True)
    before = seat.apply(ReviewAssignmentAction.SUBMIT)
    seat.submitted_at = review.submitted_at = review.saved_at = utcnow()
    _keep(review, reason="")
    ctx.record(
        "application_review:submit", seat, before=before, after=seat.state, total=review.total
    )
    _look_for_third(ctx, seat, found)
    return review


def _is_same(seat: ReviewAssignment, values: ReviewValues, rubric: ReviewRubric) -> bool:
    """Whether exactly these points have been handed in already."""
    if seat.state is not ReviewAssignmentState.SUBMITTED or seat.review is None:
        return False
    return _points(values, rubric, complete=True) == seat.review.points


def revise(
    ctx: Context, assignment_id: int, values: ReviewValues, *, reason: str, version: int
) -> ApplicationReview:
    """Change points in the discussion, with a reason; the earlier ones stay on record."""
    seat = queries.get_assignment(ctx.session, ctx.actor, assignment_id, lock=True)
    found = _working_round(ctx, seat)
    review = seat.review
    if review is None or not shows_others(found, seat):
        raise InvalidTransition(N_("Points are revised during the discussion only."))
    if _points(values, _rubric(ctx, seat), complete=True) == review.points:
        if review.versions[-1].reason == reason.strip() and reason.strip():
            return review  # A second click.
        raise InvalidInput(fields={"reason": [Message(N_("No point differs from before."))]})
    if seat.version != version:
        raise StaleVersion
    reason = needed(reason)
    seat.apply(ReviewAssignmentAction.REVISE)
    _write(review, values, _rubric(ctx, seat), complete=True)
    # The state stays, so the version is raised by the moment of saving.
    review.saved_at = seat.submitted_at = utcnow()
    _keep(review, reason=reason)
    ctx.record("application_review:revise", seat, total=review.total, reason=reason)
    return review


def recuse(
    ctx: Context, assignment_id: int, cause: RecusalCause | None, *, reason: str
) -> ReviewAssignment:
    """Step aside: the case is hidden at once, and the office is asked for somebody else."""
    done = ctx.session.get(ReviewAssignment, assignment_id)
    own = done is not None and ctx.actor is not None and done.reviewer_id == ctx.actor.id
    if done is not None and own and done.state is ReviewAssignmentState.RECUSED:
        return done  # A second click.
    seat = queries.get_assignment(ctx.session, ctx.actor, assignment_id, lock=True)
    _working_round(ctx, seat)
    if cause is None:
        raise InvalidInput(fields={"cause": [Message(N_("Choose what fits best."))]})
    step_aside(ctx, seat, cause, needed(reason))
    return seat


def step_aside(ctx: Context, seat: ReviewAssignment, cause: RecusalCause, reason: str) -> None:
    """End a review from the reader's side; what was handed in no longer counts."""
    before = seat.apply(ReviewAssignmentAction.RECUSE)
    seat.recusal_cause, seat.end_reason, seat.ended_at = cause, reason, utcnow()
    ctx.record(
        "application_review:recuse", seat, before=before, after=seat.state, cause=cause.value
    )
    close_case(ctx, seat.reviewer, f"{PATH}/{seat.id}", seat_number(seat))
    write_to_office(ctx, seat.application, "application_review.vacant")


def remark(ctx: Context, assignment_id: int, body: str) -> ReviewRemark:
    """Say something to the other readers and the office."""
    seat = queries.get_assignment(ctx.session, ctx.actor, assignment_id)
    if not shows_others(_working_round(ctx, seat), seat):
        raise InvalidTransition(N_("The discussion has not been opened, or has ended."))
    return _say(ctx, seat.application_id, body, seat)


def remark_as_office(ctx: Context, application_id: int, body: str) -> ReviewRemark:
    """The office says something to the readers of an application."""
    application = assignments.find_application(ctx, application_id)
    found = round_of(ctx.session, application.call_id)
    if found is None or found.state is not ReviewRoundState.DISCUSSION:
        raise InvalidTransition(N_("The discussion has not been opened, or has ended."))
    return _say(ctx, application_id, body, None)


def _say(
    ctx: Context, application_id: int, body: str, seat: ReviewAssignment | None
) -> ReviewRemark:
    text = limited(body, "body", maximum=MAX_WORDS)
    if not text:
        raise InvalidInput(fields={"body": [Message(N_("Write what you want to say."))]})
    author_id = ctx.actor.id if ctx.actor else None
    said = queries.remarks_on(ctx.session, application_id)
    if said and (said[-1].author_id, said[-1].body) == (author_id, text):
        return said[-1]  # A second click.
    row = ReviewRemark(
        application_id=application_id,
        assignment_id=seat.id if seat else None,
        author_id=author_id,
        body=text,
    )
    ctx.session.add(row)
    ctx.record("application_review:remark", row, application_id=application_id)
    return row


def _working_round(ctx: Context, seat: ReviewAssignment) -> ReviewRound:
    """The round of the case, while reviewers are at work in it."""
    found = round_of(ctx.session, seat.application.call_id)
    if found is None or found.state not in WORKING_STATES:
        raise InvalidTransition(N_("The review of this call has ended: nothing changes any more."))
    ctx.require(may_judge, seat)
    return found


def _review_of(ctx: Context, seat: ReviewAssignment) -> ApplicationReview:
    """What the reader has written so far; begun if there is nothing."""
    if seat.review is not None:
        return seat.review
    review = ApplicationReview(assignment=seat)
    ctx.session.add(review)
    return review


def _rubric(ctx: Context, seat: ReviewAssignment) -> ReviewRubric:
    return scoring_rubric(ctx.session, seat.application.call_id)


def _write(
    review: ApplicationReview, values: ReviewValues, rubric: ReviewRubric, *, complete: bool
) -> None:
    """Put checked values into *review*; every fault is named beside its field."""
    points: dict[str, int] = {}
    words: dict[str, str] = {}
    faults: dict[str, list[Message]] = {}
    try:
        points = _points(values, rubric, complete=complete)
    except InvalidInput as error:
        faults |= error.fields
    for name, typed, most in _texts(values, rubric):
        try:
            words[name] = limited(typed, name, maximum=most)
        except InvalidInput as error:
            faults |= error.fields
    faults |= _open_answers(values, words, complete=complete)
    if faults:
        raise InvalidInput(fields=faults)
    review.points = points
    review.comments = {c: said for c in rubric.criteria if (said := words[f"{c}_why"])}
    review.total = rubric.total(points) if set(points) == set(rubric.criteria) else None
    review.recommendation = Recommendation(values.recommendation) if values.recommendation else None
    review.to_office, review.to_team = words["to_office"], words["to_team"]


def _texts(values: ReviewValues, rubric: ReviewRubric) -> list[tuple[str, str, int]]:
    """Every text of a review: its field, what was typed, how long it may be."""
    why = [(f"{c}_why", values.comments.get(c, ""), MAX_COMMENT) for c in rubric.criteria]
    return [
        *why,
        ("to_office", values.to_office, MAX_WORDS),
        ("to_team", values.to_team, MAX_WORDS),
    ]


def _open_answers(
    values: ReviewValues, words: Mapping[str, str], *, complete: bool
) -> dict[str, list[Message]]:
    """What is missing beside points: what the reader would do, and words for the team."""
    faults = {}
    if values.recommendation not in list(Recommendation) and (complete or values.recommendation):
        faults["recommendation"] = [Message(N_("Say what you would do with it."))]
    if complete and len(words.get("to_team", "-" * LEAST_TO_TEAM)) < LEAST_TO_TEAM:
        text = N_("The team learns from this: write at least %(least)s characters.")
        faults["to_team"] = [Message(text, {"least": LEAST_TO_TEAM})]
    return faults


def _points(values: ReviewValues, rubric: ReviewRubric, *, complete: bool) -> dict[str, int]:
    faults = {}
    for criterion in rubric.criteria:
        value = values.points.get(criterion)
        if value is None and complete:
            faults[criterion] = [Message(N_("Choose the sentence that fits best."))]
        elif value is not None and not 0 <= value <= MAX_POINTS:
            faults[criterion] = [Message(N_("Choose 0 to 4 points."))]
    if faults:
        raise InvalidInput(fields=faults)
    return {c: value for c in rubric.criteria if (value := values.points.get(c)) is not None}


def _keep(review: ApplicationReview, *, reason: str) -> None:
    """Put a copy of what was handed in on record."""
    review.versions.append(
        ApplicationReviewVersion(
            number=len(review.versions) + 1,
            points=dict(review.points),
            total=review.total or 0.0,
            recommendation=review.recommendation,
            reason=reason,
        )
    )


def _look_for_third(ctx: Context, seat: ReviewAssignment, found: ReviewRound) -> None:
    """Once the readers wanted have handed in and contradict each other, one more reads."""
    ctx.session.flush()
    # One at a time: the second of two who hand in at once must see what the first one gave.
    ctx.session.refresh(found, with_for_update=True)
    held = queries.seats_of(ctx.session, [seat.application_id])[seat.application_id]
    seated = [one for one in held if one.state in SEATED_STATES]
    readings = queries.readings_of(seated)
    if len(seated) == found.readers > 1 and needs_another(
        readings, wanted=found.readers, totals_apart=found.totals_apart
    ):
        assignments.ask_third(ctx, seat.application, found)
