"""The officer signs: grade, award tier, milestone path and calendar, with reasons, on the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.assessment.grading import (
    GradeSuggestion,
    Plan,
    plan_of,
    suggest_grade,
    value_class,
)
from matchmaker.assessment.rubric import GradingRubric, ValueClass
from matchmaker.assessment.screening import suggest_screening
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    AWARD_TIERS,
    GRADES,
    GradeAppeal,
    GradeDecision,
    GradingPanel,
    Problem,
)
from matchmaker.policies.grade_appeal import may_decide_appeal
from matchmaker.policies.problem import may_decide
from matchmaker.queries import grading_panel as panels
from matchmaker.queries import office_setting as settings
from matchmaker.queries import readiness, screening
from matchmaker.queries.grade_appeal import open_appeal
from matchmaker.queries.grade_decision import latest_decision
from matchmaker.queries.owner import reachable_members
from matchmaker.services import problem as problems
from matchmaker.services import rubric
from matchmaker.services.context import Context
from matchmaker.services.grading_panel import agreed_grade
from matchmaker.services.grading_record import lock_problem, stop, when
from matchmaker.services.owner import write_to_owner
from matchmaker.services.problem_intake import intake_of
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.grade_appeal import GradeAppealAction, GradeAppealState
from matchmaker.workflows.grading_panel import GradingPanelAction, GradingPanelState
from matchmaker.workflows.problem import ProblemState

DATA_FIRST = "data"
MAX_WEEKS = 104


@dataclass(frozen=True)
class Basis:
    """Everything a signature rests on, before anybody has signed."""

    rubric: GradingRubric
    suggestion: GradeSuggestion
    panel: GradingPanel | None
    #: What both reviewers' points lead to, if they agree.
    panel_grade: str | None
    #: The highest grade the owner's readiness advises, while the office lets it limit.
    cap: str | None
    tier: ValueClass
    needs_panel: bool

    def plan(self, grade: str, tier: str | None = None) -> Plan:
        """What *grade* leads to, with the tier that follows from the value unless one is named."""
        classes = {row.id: row for row in self.rubric.value_classes}
        return plan_of(grade, classes[tier] if tier else self.tier, self.rubric)

    @property
    def proposed(self) -> str:
        """The grade the form begins with: the panel's, or what the rules suggest."""
        return self.panel_grade or self.suggestion.grade


@dataclass(frozen=True, kw_only=True)
class GradeValues:
    """What the officer signs."""

    grade: str
    award_tier: str
    weeks: int | None
    data_first: bool = False
    reason: str = ""
    difference_reason: str = ""
    override_reason: str = ""


def basis_of(session: Session, problem: Problem) -> Basis:
    """What a signature under *problem* would rest on now."""
    panel = panels.open_panel(session, problem.id)
    given = (
        rubric.current(session, "grading")
        if panel is None
        else rubric.version(session, "grading", panel.rubric_version)
    )
    settled = panel if panel and panel.state is GradingPanelState.SETTLED else None
    return Basis(
        rubric=given,
        suggestion=suggest_grade(intake_of(problem), given),
        panel=panel,
        panel_grade=agreed_grade(settled),
        cap=readiness.grade_cap(session, problem.organization_id),
        tier=_tier(session, problem, given),
        needs_panel=needs_panel(session, problem),
    )


def needs_panel(session: Session, problem: Problem) -> bool:
    """Whether two reviewers must have handed in: an office setting; never in an in-house call."""
    return problem.call.private_call is None and settings.value(session, "grading_needs_panel")


def _tier(session: Session, problem: Problem, given: GradingRubric) -> ValueClass:
    """The value class by the points of screening, or by what the rules make of the answers."""
    row = screening.latest(session, problem.id)
    if row is not None and set(given.value_criteria) <= set(row.points):
        return value_class(
            row.points, rubric.version(session, "screening", row.rubric_version), given
        )
    current = rubric.current(session, "screening")
    return value_class(suggest_screening(intake_of(problem), current).plain_points, current, given)


def sign(
    ctx: Context, problem_id: int, values: GradeValues, *, seen: int | None = None
) -> GradeDecision:
    """Sign the grade of a problem; *seen* is the version of the problem the officer had before them.

    A panel that has settled is closed by it, and so is the owner's request if one is open.
    """
    problem = lock_problem(ctx, problem_id)
    ctx.require(may_decide, problem)
    appeal, last = open_appeal(ctx.session, problem.id), latest_decision(ctx.session, problem.id)
    if appeal is None and last is not None and _is_same(problem, last, values):
        return last  # A second click, or a second officer who decides the same.
    if seen is not None and problem.version != seen:
        raise StaleVersion
    _check_time(ctx, problem, appeal)
    basis = basis_of(ctx.session, problem)
    panel = _panel_to_close(ctx, basis)
    decision = _decision(ctx, problem, basis, values, panel)
    before = problem.grade
    _set_grade(ctx, problem, decision)
    ctx.session.add(decision)
    ctx.record("grade_decision:sign", decision, before=before, **_facts(decision))
    if panel is not None:
        panel.apply(GradingPanelAction.SIGN)
        panel.closed_at = utcnow()
    if appeal is not None:
        _answer(ctx, appeal, decision)
    else:
        _tell_owner(ctx, decision)
    return decision


def _is_same(problem: Problem, last: GradeDecision, values: GradeValues) -> bool:
    said = (values.grade, values.award_tier, values.weeks, values.reason.strip())
    kept = (last.grade, last.award_tier, last.weeks, last.reason)
    return problem.state is not ProblemState.SCREENING and said == kept


def _check_time(ctx: Context, problem: Problem, appeal: GradeAppeal | None) -> None:
    """Raise unless the problem waits for its grade, or this officer looks at it again."""
    if appeal is None:
        if problem.state is not ProblemState.SCREENING:
            raise InvalidTransition
        return
    ctx.require(may_decide_appeal, appeal)
    taken_by_actor = ctx.actor is None or appeal.officer_id == ctx.actor.id
    if appeal.state is not GradeAppealState.TAKEN or not taken_by_actor:
        raise InvalidTransition(N_("Take on the owner’s request first."))


def _panel_to_close(ctx: Context, basis: Basis) -> GradingPanel | None:
    """The settled panel; where none is needed one that has not settled is stopped."""
    panel = basis.panel
    if panel is not None and panel.state is GradingPanelState.SETTLED:
        return panel
    if basis.needs_panel and not ctx.trusted:
        raise Conflict(N_("Two reviewers have to hand in their points before the grade is signed."))
    if panel is not None:
        stop(ctx, panel)
    return None


def _decision(
    ctx: Context, problem: Problem, basis: Basis, values: GradeValues, panel: GradingPanel | None
) -> GradeDecision:
    weeks = _checked_weeks(values)
    rules, given = basis.suggestion.grade, basis.panel_grade if panel else None
    differs = values.grade != rules or (panel is not None and values.grade != given)
    beyond = basis.cap is not None and values.grade > basis.cap
    check = (lambda text, field: limited(text, field)) if ctx.trusted else needed
    plan = basis.plan(values.grade, values.award_tier)
    path: list[Any] = [[step.stage, step.share] for step in plan.milestones]
    return GradeDecision(
        problem=problem,
        panel=panel,
        officer_id=ctx.actor.id if ctx.actor else None,
        rubric_version=basis.rubric.version,
        grade=values.grade,
        panel_grade=given,
        rules_grade=rules,
        rules_score=basis.suggestion.score,
        award_tier=values.award_tier,
        award_low=plan.amount[0],
        award_high=plan.amount[1],
        milestones=[[DATA_FIRST, 0], *path] if values.data_first else path,
        weeks=weeks,
        grade_cap=basis.cap,
        override_reason=check(values.override_reason, "override_reason") if beyond else "",
        difference_reason=check(values.difference_reason, "difference_reason") if differs else "",
        reason=needed(values.reason),
    )


def _checked_weeks(values: GradeValues) -> int:
    faults = {}
    if values.grade not in GRADES:
        faults["grade"] = [Message(N_("Choose one of the four grades."))]
    if values.award_tier not in AWARD_TIERS:
        faults["award_tier"] = [Message(N_("Choose from the list."))]
    if values.weeks is None or not 1 <= values.weeks <= MAX_WEEKS:
        text = N_("Choose a number from %(low)s to %(high)s.")
        faults["weeks"] = [Message(text, {"low": 1, "high": MAX_WEEKS})]
    if faults or values.weeks is None:
        raise InvalidInput(fields=faults)
    return values.weeks


def _set_grade(ctx: Context, problem: Problem, decision: GradeDecision) -> None:
    """Grade the problem; one that is published already keeps its state."""
    if problem.state is ProblemState.PUBLISHED:
        problem.grade, problem.office_note = decision.grade, decision.reason
        ctx.record("problem:regrade", problem, grade=decision.grade, reason=decision.reason)
    else:
        problems.grade(ctx, problem.id, decision.grade, reason=decision.reason)


def _facts(decision: GradeDecision) -> dict[str, Any]:
    """What the trail says of a signature."""
    return {
        "problem_id": decision.problem_id,
        "grade": decision.grade,
        "panel_grade": decision.panel_grade,
        "rules_grade": decision.rules_grade,
        "without_panel": decision.panel_id is None and decision.panel is None,
        "award_tier": decision.award_tier,
        "weeks": decision.weeks,
        "rubric": decision.rubric_version,
        "reason": decision.reason,
        "difference_reason": decision.difference_reason,
        "override_reason": decision.override_reason,
    }


def _answer(ctx: Context, appeal: GradeAppeal, decision: GradeDecision) -> None:
    """The signature answers the owner's request."""
    stands = decision.grade == appeal.decision.grade
    before = appeal.apply(GradeAppealAction.UPHOLD if stands else GradeAppealAction.CHANGE)
    appeal.outcome, appeal.closed_at = decision, utcnow()
    ctx.record(
        "grade_appeal:uphold" if stands else "grade_appeal:change",
        appeal,
        before=before,
        after=appeal.state,
        problem_id=appeal.problem_id,
    )
    kind = "grade_appeal.upheld" if stands else "grade_appeal.changed"
    write_to_owner(
        ctx, appeal.problem, kind, grade=grade_name(decision.grade), note=decision.reason
    )


def _tell_owner(ctx: Context, decision: GradeDecision) -> None:
    problem = decision.problem
    members = reachable_members(ctx.session, problem)
    locale = members[0].locale if members else ctx.settings.default_locale
    until = when(ctx, appeal_until(ctx.session, decision), locale)
    write_to_owner(
        ctx,
        problem,
        "grade_decision.signed",
        grade=grade_name(decision.grade),
        note=decision.reason,
        until=until,
    )


def grade_name(grade: str) -> Message:
    """A grade as letters name it."""
    return Message(GRADE_NAMES[grade])


GRADE_NAMES = {
    "G1": N_("G1 Starter"),
    "G2": N_("G2 Applied"),
    "G3": N_("G3 Field"),
    "G4": N_("G4 Flagship"),
}


def appeal_until(session: Session, decision: GradeDecision) -> datetime:
    """Until when the owner may ask for the grade to be looked at again."""
    days = settings.value(session, "appeal_days")
    return decision.created_at + timedelta(days=days)
