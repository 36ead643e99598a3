"""Who reads which application: the office names readers, one by one or as the matcher proposes."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Application, ReviewAssignment, ReviewRound, User
from matchmaker.policies.application_review import READABLE_STATES, may_manage_case
from matchmaker.queries import application_review as reviews
from matchmaker.queries.review_candidate import candidates
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.services.review_record import release as take_away
from matchmaker.services.review_record import write_to_office, write_to_reader
from matchmaker.services.review_round import begin_review, check_final, find_round, is_final
from matchmaker.workflows.review_assignment import SEATED_STATES
from matchmaker.workflows.review_round import WORKING_STATES, ReviewRoundState

#: Rounds of reading: those asked at the start, and the one asked because they disagree.
FIRST, THIRD = 1, 2


def find_application(ctx: Context, application_id: int) -> Application:
    """The application, locked for this transaction, if the actor runs its review."""
    if not ctx.trusted:
        reviews.get_case(ctx.session, ctx.actor, application_id)
    application = ctx.session.get(
        Application, application_id, with_for_update=True, populate_existing=True
    )
    if application is None:
        raise NotFound
    ctx.require(may_manage_case, application)
    return application


def assign(ctx: Context, application_id: int, user_id: int) -> ReviewAssignment:
    """Name a reader for an application; asked by mail once the review has started."""
    application = find_application(ctx, application_id)
    found = find_round(ctx, application.call_id)
    seated = _seat_of(ctx, application, user_id)
    if seated is not None and seated.state in SEATED_STATES:
        return seated  # A second click.
    _check_open(application, found)
    if found.state in WORKING_STATES:
        check_final(ctx, application)
    _check_person(ctx, application, user_id)
    round_ = THIRD if _is_third(ctx, application, found) else FIRST
    return _seat(ctx, application, found, user_id, round_)


def _seat_of(ctx: Context, application: Application, user_id: int) -> ReviewAssignment | None:
    held = reviews.seats_of(ctx.session, [application.id]).get(application.id, [])
    return next((seat for seat in held if seat.reviewer_id == user_id), None)


def _is_third(ctx: Context, application: Application, found: ReviewRound) -> bool:
    """Whether the readers wanted have been found already."""
    held = reviews.seats_of(ctx.session, [application.id]).get(application.id, [])
    return len([seat for seat in held if seat.state in SEATED_STATES]) >= found.readers


def _check_open(application: Application, found: ReviewRound) -> None:
    if application.state not in READABLE_STATES or found.state is ReviewRoundState.CLOSED:
        raise InvalidTransition
    if found.due_at is None or found.due_at <= utcnow():
        raise Conflict(N_("The time by which reviews are due has passed: set a later one."))


def _check_person(ctx: Context, application: Application, user_id: int) -> None:
    offered = candidates(ctx.session, application)
    if not any(one.user.id == user_id and one.why_not is None for one in offered):
        text = N_("This person cannot be asked for this application. Choose from the list.")
        raise InvalidInput(fields={"user_id": [Message(text)]})


def _seat(
    ctx: Context, application: Application, found: ReviewRound, user_id: int, round_: int
) -> ReviewAssignment:
    """Write the reader down, and ask them if the review is under way."""
    held = reviews.seats_of(ctx.session, [application.id]).get(application.id, [])
    fits = found.proposal.get("fits", {}).get(str(application.id), {})
    seat = ReviewAssignment(
        application=application,
        reviewer=ctx.session.get_one(User, user_id),
        place=max((one.place for one in held), default=0) + 1,
        round=round_,
        fit=fits.get(str(user_id)),
        due_at=found.due_at,
    )
    ctx.session.add(seat)
    facts = {"application_id": application.id, "user_id": user_id, "round": round_}
    ctx.record("application_review:assign", seat, **facts)
    if found.state in WORKING_STATES:
        begin_review(ctx, application)
        write_to_reader(ctx, seat, "application_review.asked", count=1)
    return seat


def accept_proposal(ctx: Context, call_id: int, *, version: int) -> int:
    """Name everybody the matcher chose who may still be asked; the number of readers named."""
    found = find_round(ctx, call_id, version)
    if found.state is ReviewRoundState.CLOSED or found.due_at is None:
        raise InvalidTransition
    chosen = found.proposal.get("chosen", {})
    if not chosen:
        raise Conflict(N_("Ask the matcher for a proposal first."))
    named = 0
    for key, people in sorted(chosen.items(), key=lambda pair: int(pair[0])):
        application = ctx.session.get(Application, int(key))
        if application is not None and _can_be_read(ctx, application, found):
            named += _name_chosen(ctx, application, found, people)
    ctx.record("review_round:accept_proposal", found, named=named)
    return named


def _can_be_read(ctx: Context, application: Application, found: ReviewRound) -> bool:
    """Whether readers can be named: while they are at work, what a team may still change waits."""
    is_asked_now = found.state in WORKING_STATES
    return application.state in READABLE_STATES and (not is_asked_now or is_final(ctx, application))


def _name_chosen(
    ctx: Context, application: Application, found: ReviewRound, people: list[int]
) -> int:
    if not ctx.trusted and not may_manage_case.allows(ctx.actor, application):
        return 0
    held = reviews.seats_of(ctx.session, [application.id]).get(application.id, [])
    vacant = found.readers - len([seat for seat in held if seat.state in SEATED_STATES])
    offered = {one.user.id for one in candidates(ctx.session, application) if one.why_not is None}
    wanted = [user_id for user_id in people if user_id in offered][: max(0, vacant)]
    for user_id in wanted:
        _seat(ctx, application, found, user_id, FIRST)
    return len(wanted)


def release(ctx: Context, assignment_id: int, *, reason: str, version: int) -> ReviewAssignment:
    """Take a case out of a reader's hands, late or conflicted; somebody else can be named."""
    seat = ctx.session.get(ReviewAssignment, assignment_id, with_for_update=True)
    if seat is None:
        raise NotFound
    find_application(ctx, seat.application_id)
    found = find_round(ctx, seat.application.call_id)
    if seat.version != version:
        raise StaleVersion
    take_away(ctx, seat, needed(reason))
    if found.state in WORKING_STATES:
        write_to_reader(ctx, seat, "application_review.released")
    return seat


def ask_third(ctx: Context, application: Application, found: ReviewRound) -> None:
    """The readers contradict each other: ask the best one who is free, or tell the office to."""
    free = [
        one
        for one in candidates(ctx.session, application)
        if one.why_not is None and not one.is_full
    ]
    if free and found.due_at is not None and found.due_at > utcnow():
        _seat(ctx, application, found, free[0].user.id, THIRD)
    else:
        write_to_office(ctx, application, "application_review.third_needed")
