"""What officers decide about a panel: who sits in it, when it has talked enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.assessment.agreement import Disagreement, disagreement
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    GradeReview,
    GradingComment,
    GradingPanel,
    Problem,
    Seat,
    User,
)
from matchmaker.policies.conflict import why_not_review
from matchmaker.policies.grade_appeal import may_decide_appeal
from matchmaker.policies.grading_panel import may_manage_panel
from matchmaker.queries import grading_panel as queries
from matchmaker.queries import office_setting as settings
from matchmaker.queries.grade_appeal import open_appeal
from matchmaker.queries.screening import is_listed
from matchmaker.services import rubric
from matchmaker.services.context import Context
from matchmaker.services.grading_record import next_number, stop, write_to_reviewer
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.grade_appeal import GradeAppealState
from matchmaker.workflows.grade_review import GradeReviewAction
from matchmaker.workflows.grading_panel import GradingPanelAction, GradingPanelState
from matchmaker.workflows.problem import ProblemState

MAX_COMMENT = 4000


def open_panel(ctx: Context, problem_id: int, people: Mapping[Seat, int]) -> GradingPanel:
    """Ask two reviewers to score a problem, each in a seat; both get a letter."""
    problem = _find_case(ctx, problem_id)
    ctx.require(may_manage_panel, problem)
    current = queries.open_panel(ctx.session, problem.id, lock=True)
    if current is not None:
        if {r.seat: r.reviewer_id for r in current.seated} == dict(people):
            return current  # A second click.
        raise Conflict(N_("Reviewers have already been named for this problem."))
    _check_time(ctx, problem)
    _check_both(people)
    chosen = {seat: _checked(ctx, problem, None, people[seat], field=seat.value) for seat in Seat}
    panel = GradingPanel(
        problem=problem,
        number=next_number(ctx, problem),
        rubric_version=rubric.current_version(ctx.session, "grading"),
        opener_id=ctx.actor.id if ctx.actor else None,
    )
    ctx.session.add(panel)
    appeal = open_appeal(ctx.session, problem.id)
    if appeal is not None:
        appeal.panel = panel
    ctx.record("grading_panel:open", panel, problem_id=problem.id, number=panel.number)
    for seat, person in chosen.items():
        _seat(ctx, panel, seat, person)
    return panel


def assign(ctx: Context, panel_id: int, seat: Seat, user_id: int) -> GradeReview:
    """Name a reviewer for a seat that fell vacant."""
    panel = _find(ctx, panel_id)
    if panel.state is not GradingPanelState.SCORING:
        raise InvalidTransition
    sitting = panel.in_seat(seat)
    if sitting is not None:
        if sitting.reviewer_id == user_id:
            return sitting  # A second click.
        raise Conflict(N_("This seat is taken: replace the reviewer first."))
    return _seat(ctx, panel, seat, _checked(ctx, panel.problem, panel, user_id, field="user_id"))


def replace(ctx: Context, review_id: int, *, reason: str, version: int) -> GradeReview:
    """Take a review out of somebody's hands, late or conflicted; the seat is then vacant."""
    review = ctx.session.get(GradeReview, review_id, with_for_update=True)
    if review is None:
        raise NotFound
    panel = _find(ctx, review.panel_id)
    if review.version != version:
        raise StaleVersion
    reason = needed(reason)
    if panel.state is GradingPanelState.SIGNED or panel.state is GradingPanelState.STOPPED:
        raise InvalidTransition
    leave_seat(ctx, review, GradeReviewAction.REPLACE, reason)
    write_to_reviewer(ctx, review, "grade_review.replaced")
    return review


def leave_seat(ctx: Context, review: GradeReview, action: GradeReviewAction, reason: str) -> None:
    """End a review; what had been compared is hidden until the seat is scored anew."""
    before = review.apply(action)
    review.end_reason, review.ended_at = reason, utcnow()
    panel = review.panel
    if panel.state in (GradingPanelState.DISCUSSION, GradingPanelState.SETTLED):
        panel.apply(GradingPanelAction.SCORE_AGAIN)
        panel.settlement, panel.settled_at = "", None
    facts = {"panel_id": panel.id, "seat": review.seat, "reason": reason}
    ctx.record(f"grade_review:{action}", review, before=before, after=review.state, **facts)


def compare(ctx: Context, panel: GradingPanel) -> Disagreement | None:
    """Once both have handed in: settle what they agree on, have them discuss what they do not."""
    apart = differences(panel)
    if apart is None:
        return None
    if panel.state is GradingPanelState.SCORING and apart:
        panel.apply(GradingPanelAction.DISCUSS)
        ctx.record("grading_panel:discuss", panel, criteria=list(apart.criteria))
        for review in panel.seated:
            write_to_reviewer(ctx, review, "grade_review.discuss")
    elif not apart and panel.state is not GradingPanelState.SETTLED:
        panel.apply(GradingPanelAction.AGREE)
        panel.settled_at = utcnow()
        ctx.record("grading_panel:agree", panel)
    return apart


def differences(panel: GradingPanel) -> Disagreement | None:
    """What the two reviewers differ in; None until both have handed in."""
    both = panel.handed_in
    if len(both) < len(Seat):
        return None
    first, second = sorted(both, key=lambda review: review.seat)
    return disagreement(first.points, second.points, first.grade or "", second.grade or "")


def agreed_grade(panel: GradingPanel | None) -> str | None:
    """The grade that both reviewers' points lead to, if it is the same."""
    grades = {review.grade for review in panel.handed_in} if panel else set()
    return next(iter(grades)) if len(grades) == 1 and panel and len(panel.handed_in) == 2 else None


def settle(ctx: Context, panel_id: int, *, words: str, version: int) -> GradingPanel:
    """End the discussion: what is left apart stays apart, and the officer says how they see it."""
    panel = _find(ctx, panel_id)
    if panel.state is GradingPanelState.SETTLED and panel.settlement == words.strip():
        return panel  # A second click.
    if panel.version != version:
        raise StaleVersion
    words = needed(words, "words")
    panel.apply(GradingPanelAction.SETTLE)
    panel.settlement, panel.settled_at = words, utcnow()
    ctx.record("grading_panel:settle", panel, reason=panel.settlement)
    return panel


def discuss_again(ctx: Context, panel_id: int, *, reason: str, version: int) -> GradingPanel:
    """Ask the reviewers to talk about their points once more."""
    panel = _find(ctx, panel_id)
    if panel.state is not GradingPanelState.SETTLED:
        raise InvalidTransition  # Before both have handed in it would show one's points.
    if panel.version != version:
        raise StaleVersion
    reason = needed(reason)
    panel.apply(GradingPanelAction.DISCUSS)
    panel.settlement, panel.settled_at = "", None
    ctx.record("grading_panel:discuss", panel, reason=reason)
    say(ctx, panel, reason)
    for review in panel.seated:
        write_to_reviewer(ctx, review, "grade_review.discuss")
    return panel


def stop_panel(ctx: Context, panel_id: int, *, reason: str, version: int) -> GradingPanel:
    """End a panel that will not be signed; others can be asked afterwards."""
    panel = _find(ctx, panel_id)
    if panel.version != version:
        raise StaleVersion
    panel.settlement = needed(reason)
    stop(ctx, panel)
    return panel


def comment(ctx: Context, panel_id: int, body: str) -> GradingComment:
    """The officer says something in the discussion."""
    return say(ctx, _find(ctx, panel_id), body)


def say(
    ctx: Context, panel: GradingPanel, body: str, review: GradeReview | None = None
) -> GradingComment:
    """Add to the discussion; a second click adds nothing."""
    if panel.state not in (GradingPanelState.DISCUSSION, GradingPanelState.SETTLED):
        raise InvalidTransition
    text = limited(body, "body", maximum=MAX_COMMENT)
    if not text:
        raise InvalidInput(fields={"body": [Message(N_("Write what you want to say."))]})
    author_id = ctx.actor.id if ctx.actor else None
    last = panel.comments[-1] if panel.comments else None
    if last is not None and (last.author_id, last.body) == (author_id, text):
        return last
    row = GradingComment(author_id=author_id, review_id=review.id if review else None, body=text)
    panel.comments.append(row)
    ctx.record("grading_panel:comment", panel)
    return row


def _find_case(ctx: Context, problem_id: int) -> Problem:
    problem = (
        ctx.session.get(Problem, problem_id)
        if ctx.trusted
        else queries.get_case(ctx.session, ctx.actor, problem_id)
    )
    if problem is None:
        raise NotFound
    return problem


def _find(ctx: Context, panel_id: int) -> GradingPanel:
    """The panel, locked for this transaction, if the actor manages it."""
    if not ctx.trusted:
        queries.get_panel(ctx.session, ctx.actor, panel_id)
    panel = ctx.session.get(GradingPanel, panel_id, with_for_update=True, populate_existing=True)
    if panel is None:
        raise NotFound
    ctx.require(may_manage_panel, panel.problem)
    if panel.appeal is not None:
        ctx.require(may_decide_appeal, panel.appeal)
    return panel


def _check_time(ctx: Context, problem: Problem) -> None:
    """Raise unless the problem waits to be graded, or for its grade to be looked at again."""
    appeal = open_appeal(ctx.session, problem.id)
    if appeal is not None:
        ctx.require(may_decide_appeal, appeal)
        if appeal.state is not GradeAppealState.TAKEN:
            raise InvalidTransition(N_("Take on the owner’s request first."))
        return
    if problem.state is not ProblemState.SCREENING:
        raise InvalidTransition
    if not ctx.trusted and not is_listed(ctx.session, problem):
        raise Conflict(
            N_("Finish the screening first: only a problem that was listed can be graded.")
        )


def _check_both(people: Mapping[Seat, int]) -> None:
    faults = {
        seat.value: [Message(N_("Choose a reviewer."))] for seat in Seat if not people.get(seat)
    }
    if not faults and people[Seat.AI] == people[Seat.SECTOR]:
        faults = {Seat.SECTOR.value: [Message(N_("Choose two different people."))]}
    if faults:
        raise InvalidInput(fields=faults)


def taken_by(session: Session, panel: GradingPanel | None, problem: Problem) -> Collection[int]:
    """Who cannot be asked: those in this panel, and in a review of the grade all earlier ones."""
    if open_appeal(session, problem.id) is not None:
        return queries.had_a_part(session, problem.id)
    return [review.reviewer_id for review in panel.reviews] if panel else []


def _checked(
    ctx: Context, problem: Problem, panel: GradingPanel | None, user_id: int, *, field: str
) -> User:
    """The person, if they are on offer."""
    person = ctx.session.get(User, user_id)
    why = why_not_review(ctx.session, person, problem) if person is not None else N_("Unknown")
    if person is None or why is not None or user_id in taken_by(ctx.session, panel, problem):
        text = N_("This person cannot be asked for this problem. Choose somebody from the list.")
        raise InvalidInput(fields={field: [Message(text)]})
    return person


def _seat(ctx: Context, panel: GradingPanel, seat: Seat, person: User) -> GradeReview:
    days = timedelta(days=settings.value(ctx.session, "grading_due_days"))
    review = GradeReview(
        reviewer=person,
        seat=seat,
        rubric_version=panel.rubric_version,
        due_at=utcnow() + days,
    )
    panel.reviews.append(review)
    facts = {"panel_id": panel.id, "problem_id": panel.problem_id, "user_id": person.id}
    ctx.record("grade_review:assign", review, seat=seat, **facts)
    write_to_reviewer(ctx, review, "grade_review.assigned")
    return review
