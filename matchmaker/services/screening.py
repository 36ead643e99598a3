"""Screen a problem: begin with suggested points, score by the anchors, then list, coach or decline.

The program suggests and officers decide. A gate that fails bars listing, a refused use bars
everything but declining, and a decision other than the score suggests needs its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from matchmaker.assessment.intake import Intake
from matchmaker.assessment.reading import Evidence
from matchmaker.assessment.rubric import MAX_POINTS, ScreeningRubric
from matchmaker.assessment.screening import (
    GateResult,
    ScreeningSuggestion,
    check_gates,
    screening_outcome,
    screening_total,
    suggest_screening,
)
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import Problem, ProblemRevision, Screening, ScreeningOutcome
from matchmaker.policies.screening import may_conclude, may_score
from matchmaker.queries import office_setting as settings
from matchmaker.queries import screening as screenings
from matchmaker.queries.problem import get_problem
from matchmaker.services import problem as problems
from matchmaker.services import rubric as rubrics
from matchmaker.services.context import Context
from matchmaker.services.problem import DeclineReason
from matchmaker.services.problem_intake import intake_from, intake_of
from matchmaker.services.problem_revision import values_from
from matchmaker.services.problem_values import MAX_TEXT
from matchmaker.services.screening_record import MissingItem
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, ProblemAction, ProblemState

MAX_ITEMS = 30
MAX_ITEM = 500


@dataclass(frozen=True)
class Judgement:
    """What the points of a screening come to."""

    total: int
    gates: tuple[GateResult, ...]
    outcome: ScreeningOutcome
    #: Uses the owner named that are refused whatever the score.
    refused: tuple[str, ...]

    @property
    def failed(self) -> tuple[GateResult, ...]:
        """The gates that do not let it pass."""
        return tuple(result for result in self.gates if not result.passed)

    @property
    def can_be_listed(self) -> bool:
        """Whether nothing bars listing."""
        return not self.failed and not self.refused


def intake_under(problem: Problem, revision: ProblemRevision | None) -> Intake:
    """What the screening judges: the problem as it is, or as its amendment wants it."""
    if revision is None:
        return intake_of(problem)
    return intake_from(values_from(revision.content))


def judge(screening: Screening, intake: Intake, rubric: ScreeningRubric) -> Judgement:
    """Total, gates and outcome of the points given so far, under the rubric they were begun with."""
    points = {name: int(screening.points.get(name, 0)) for name in rubric.criteria}
    total, gates = screening_total(points, rubric), check_gates(points, intake, rubric)
    refused = tuple(intake.prohibited_uses)
    outcome = screening_outcome(total, gates, rubric, refused=bool(refused))
    return Judgement(total, gates, ScreeningOutcome(outcome), refused)


def start(ctx: Context, problem_id: int, *, reason: str = "") -> Screening:
    """Begin to screen: of a problem that is being screened already, open the round it lacks."""
    problem = get_problem(ctx.session, ctx.actor, problem_id)
    ctx.require(may_conclude, problem)
    if problem.state is not ProblemState.SCREENING:
        problem = problems.screen(ctx, problem_id, reason=reason)
    elif screenings.is_listed(ctx.session, problem):
        raise InvalidTransition(N_("This problem is listed: it waits for its grade."))
    return begin(ctx, problem)


def begin(ctx: Context, problem: Problem, revision: ProblemRevision | None = None) -> Screening:
    """Open a round, with points suggested for each criterion; the open one if there is one."""
    revision_id = revision.id if revision else None
    before = screenings.latest(ctx.session, problem.id, revision_id, lock=True)
    if before is not None and before.outcome is None:
        return before
    now, rubric = utcnow(), rubrics.current(ctx.session, "screening")
    suggestion = suggest_screening(intake_under(problem, revision), rubric)
    since = (revision.submitted_at if revision else problem.submitted_at) or now
    row = Screening(
        problem_id=problem.id,
        revision_id=revision_id,
        round=before.round + 1 if before else 1,
        opened_at=now,
        due_at=since + timedelta(days=settings.value(ctx.session, "screening_due_days")),
        rubric_version=rubric.version,
        suggestion=as_data(suggestion),
        points=suggestion.plain_points,
    )
    ctx.session.add(row)
    ctx.session.flush()
    return row


def score(ctx: Context, screening_id: int, points: Mapping[str, int], *, version: int) -> Screening:
    """Keep the points that people give; *version* is the one they saw."""
    row, problem = _open_round(ctx, screening_id)
    ctx.require(may_score, problem)
    rubric = rubrics.version(ctx.session, "screening", row.rubric_version)
    _check_points(points, rubric)
    if dict(points) == row.points:
        return row  # A second click, or two people of one mind.
    if row.version != version:
        raise StaleVersion
    changed = [name for name, given in points.items() if row.points.get(name) != given]
    row.points = {**row.points, **points}
    ctx.record("screening:score", row, problem_id=problem.id, changed=changed)
    return row


def list_problem(ctx: Context, screening_id: int, *, version: int, note: str = "") -> Screening:
    """The problem is worth posting: it goes on to be graded."""
    row, problem = _open_round(ctx, screening_id)
    check_conclusion(ctx, row, problem, ScreeningOutcome.LIST, version=version, note=note)
    conclude(ctx, row, ScreeningOutcome.LIST, note)
    ctx.record("screening:list", row, problem_id=problem.id, reason=note.strip())
    return row


def coach(
    ctx: Context,
    screening_id: int,
    *,
    version: int,
    missing: Sequence[MissingItem],
    note: str = "",
) -> Screening:
    """Return the problem to its owner with exactly what is missing."""
    row, problem = _open_round(ctx, screening_id)
    check_conclusion(ctx, row, problem, ScreeningOutcome.COACH, version=version, note=note)
    check_items(missing, note)
    problems.return_to_owner(ctx, problem.id, note=note, missing=missing)
    ctx.record("screening:coach", row, problem_id=problem.id, round=row.round)
    return row


def decline(
    ctx: Context,
    screening_id: int,
    *,
    version: int,
    reasons: Sequence[DeclineReason],
    note: str = "",
) -> Screening:
    """Do not take the problem up, with reasons."""
    row, problem = _open_round(ctx, screening_id)
    # The reasons are asked for anyway, so a decline against the score needs nothing more.
    check_conclusion(ctx, row, problem, ScreeningOutcome.DECLINE, version=version, note="-")
    problems.decline(ctx, problem.id, reasons=reasons, note=note)
    ctx.record("screening:decline", row, problem_id=problem.id)
    return row


def check_conclusion(
    ctx: Context,
    row: Screening,
    problem: Problem,
    outcome: ScreeningOutcome,
    *,
    version: int,
    note: str,
) -> None:
    """Raise unless the actor may end *row* with *outcome*, seeing what it is now."""
    ctx.require(may_conclude, problem)
    if row.version != version:
        raise StaleVersion(
            N_(
                "Somebody else changed this screening after you opened it. "
                "Look at the points again, then decide."
            )
        )
    rubric = rubrics.version(ctx.session, "screening", row.rubric_version)
    judged = judge(row, intake_under(problem, row.revision), rubric)
    if judged.refused and outcome is not ScreeningOutcome.DECLINE:
        raise Conflict(
            N_("The owner plans a use that the programme refuses: it can only be declined.")
        )
    if outcome is ScreeningOutcome.LIST:
        _check_gates(judged, language_of(ctx.locale))
    if outcome is not judged.outcome and not note.strip():
        message = Message(N_("The points suggest another outcome. Say why you decide otherwise."))
        raise InvalidInput(fields={"note": [message]})
    if len(note) > MAX_TEXT:
        too_long = Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
        raise InvalidInput(fields={"note": [too_long]})


def conclude(ctx: Context, row: Screening, outcome: ScreeningOutcome, note: str) -> None:
    """Note how *row* ended."""
    row.outcome, row.note, row.decided_at = outcome, note.strip(), utcnow()
    row.decided_by_id = ctx.actor.id if ctx.actor else None


def check_items(missing: Sequence[MissingItem], note: str) -> None:
    """Raise unless the owner is told what to do."""
    if not missing and not note.strip():
        message = Message(N_("Choose at least one item, or write what the owner should change."))
        raise InvalidInput(fields={"missing": [message]})
    if len(missing) > MAX_ITEMS:
        raise InvalidInput(
            fields={"missing": [Message(N_("Name at most %(max)s."), {"max": MAX_ITEMS})]}
        )
    if any(max(len(item.zh), len(item.en)) > MAX_ITEM for item in missing):
        too_long = Message(N_("Please use at most %(max)d characters."), {"max": MAX_ITEM})
        raise InvalidInput(fields={"more": [too_long]})


def _check_gates(judged: Judgement, language: str) -> None:
    if judged.failed:
        named = "; ".join(result.gate.label(language) for result in judged.failed)
        raise Conflict(
            N_("A gate is not passed, so this cannot be listed yet: %(gates)s"), gates=named
        )


def _check_points(points: Mapping[str, int], rubric: ScreeningRubric) -> None:
    wrong = {
        name: [Message(N_("Choose one of the five steps."))]
        for name in rubric.criteria
        if not 0 <= points.get(name, -1) <= MAX_POINTS
    }
    if wrong or set(points) != set(rubric.criteria):
        raise InvalidInput(fields=wrong)


def _open_round(ctx: Context, screening_id: int) -> tuple[Screening, Problem]:
    """The round and its problem, if the actor may read it and nobody has ended it."""
    row = screenings.get_screening(ctx.session, ctx.actor, screening_id)
    problem = get_problem(ctx.session, ctx.actor, row.problem_id)
    ctx.require(may_score, problem)
    ctx.session.refresh(row, with_for_update={"of": Screening})
    if row.outcome is not None:
        raise InvalidTransition(N_("This screening has been decided. Reload the page to see how."))
    if row.revision_id is None and problem.state is not ProblemState.SCREENING:
        PROBLEM_WORKFLOW.target(problem.state, ProblemAction.DECLINE)
    return row, problem


def as_data(suggestion: ScreeningSuggestion) -> dict[str, Any]:
    """A suggestion as it is kept: what it said, with the evidence, whatever the rules say later."""
    return {
        "points": {
            criterion: {
                "points": point.points,
                "low": point.low,
                "high": point.high,
                "why": point.why.text,
                "evidence": [_quoted(item) for item in point.evidence],
            }
            for criterion, point in suggestion.points.items()
        },
        "total": suggestion.total,
        "low": suggestion.low,
        "high": suggestion.high,
        "outcome": suggestion.outcome,
        "missing": [
            {
                "field": item.field,
                "effect": round(item.effect, 1),
                "gate": item.gate,
                "zh": item.advice.zh,
                "en": item.advice.en,
            }
            for item in suggestion.missing
        ],
        "refused": [_quoted(item) for item in suggestion.refused],
        "warnings": [_quoted(item) for item in suggestion.warnings],
    }


def _quoted(evidence: Evidence) -> dict[str, str]:
    return {"field": evidence.field, "quote": evidence.quote}
