"""How pages about grading put points, people and plans into words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _

from matchmaker.assessment.grading import GradeSuggestion, Move
from matchmaker.assessment.reading import Evidence
from matchmaker.assessment.rubric import Criterion, GradingRubric
from matchmaker.competency import load_taxonomy
from matchmaker.i18n import N_
from matchmaker.models import SEAT_LABELS, GradeDecision, GradeReview, GradingComment
from matchmaker.queries.grading_panel import Candidate
from matchmaker.services.grade_decision import DATA_FIRST
from matchmaker.web.i18n import current_language, say
from matchmaker.workflows.grade_appeal import GRADE_APPEAL_WORKFLOW
from matchmaker.workflows.grade_review import GRADE_REVIEW_WORKFLOW
from matchmaker.workflows.grading_panel import GRADING_PANEL_WORKFLOW
from matchmaker.workflows.machine import Workflow

STAGES = {
    DATA_FIRST: N_("Data ready"),
    "PoC": N_("Proof of concept (PoC)"),
    "PoS": N_("Proof of service on site (PoS)"),
    "PoB": N_("Proof of business (PoB)"),
}
#: Where an evidence sentence was found, in a word.
TEXTS = {"title": N_("Title"), "text": N_("Description"), "requirements": N_("Requirements")}
_WORKFLOWS: dict[str, Workflow[Any, Any]] = {
    "panel": GRADING_PANEL_WORKFLOW,
    "review": GRADE_REVIEW_WORKFLOW,
    "appeal": GRADE_APPEAL_WORKFLOW,
}


def state_label(kind: str, state: str, *, staff: bool = True) -> str:
    """A state of a panel, review or appeal in words."""
    label = next(label for key, label in _WORKFLOWS[kind].labels.items() if key == state)
    return say(label.staff if staff else label.public)


def state_tone(kind: str, state: str) -> str:
    """The tone a state is shown in."""
    return next(label.tone for key, label in _WORKFLOWS[kind].labels.items() if key == state)


def candidate_label(one: Candidate) -> str:
    """A reviewer on offer: who, how they fit, how much they have before them."""
    parts = [one.user.name, fit_words(one), load_words(one)]
    return " · ".join(part for part in parts if part)


def fit_words(one: Candidate) -> str:
    """What the reviewer knows of what the problem asks for."""
    if one.profile is None:
        return str(_("no expertise named yet"))
    if not one.known:
        return str(_("nothing in common with the problem"))
    taxonomy, language = load_taxonomy(), current_language()
    names = [taxonomy.label(code, language) for code in one.known]
    return str(_("knows %(what)s", what=_(", ").join(names)))


def load_words(one: Candidate) -> str:
    """How many reviews the person has before them."""
    if one.is_full:
        return str(_("fully taken: %(load)s of %(most)s", load=one.load, most=one.capacity))
    return str(_("%(load)s of %(most)s at present", load=one.load, most=one.capacity))


def seat_label(review: GradeReview) -> str:
    """What a reviewer was asked for; all that the other one ever learns."""
    return say(SEAT_LABELS[review.seat])


def speaker(comment: GradingComment) -> str:
    """Who spoke in a discussion, by the part they have in it."""
    return seat_label(comment.review) if comment.review else str(_("Programme office"))


def anchor(criterion: Criterion, points: int | None) -> str:
    """What so many points mean."""
    if points is None:
        return "–"
    found = criterion.anchors.get(points)
    if found:
        return found.label(current_language())
    return str(_("Between the anchors for %(low)s and %(high)s", low=points - 1, high=points + 1))


def evidence_rows(evidence: Iterable[Evidence]) -> list[dict[str, str]]:
    """What the owner said, each with where: quotations and answers, without any judgement."""
    from matchmaker.assessment.intake import questions

    language, rows = current_language(), []
    for one in evidence:
        question = questions().get(one.field)
        where = TEXTS.get(one.field) or (question.label(language) if question else one.field)
        shown = one.shown(language)
        if one.field == "requirements" and one.quote:
            shown = _competency(one.quote)
        if shown:
            rows.append({"where": say(where), "quote": shown})
    return rows


def _competency(code: str) -> str:
    taxonomy = load_taxonomy()
    known = code in taxonomy.competencies or code in taxonomy.sectors
    return taxonomy.label(code, current_language()) if known else code


def drivers(suggestion: GradeSuggestion, rubric: GradingRubric) -> list[str]:
    """The criteria that make most of the score, in words."""
    return [
        str(
            _(
                "%(criterion)s: %(points)s of 4 points, %(share)s of the score of %(score)s",
                criterion=rubric.criteria[d.criterion].label(current_language()),
                points=suggestion.points[d.criterion].points,
                share=f"{d.share:g}",
                score=suggestion.score,
            )
        )
        for d in suggestion.drivers
    ]


def move_words(move: Move, suggestion: GradeSuggestion, rubric: GradingRubric) -> str:
    """What would lead to another grade."""
    return str(
        _(
            "%(criterion)s at %(points)s instead of %(now)s points would make it %(grade)s",
            criterion=rubric.criteria[move.criterion].label(current_language()),
            points=move.points,
            now=suggestion.points[move.criterion].points,
            grade=move.grade,
        )
    )


def money(low: int, high: int) -> str:
    """An amount in New Taiwan dollars, or a range of them."""
    if low == high:
        return str(_("NT$%(amount)s", amount=f"{low:,}"))
    return str(_("NT$%(low)s to %(high)s", low=f"{low:,}", high=f"{high:,}"))


def weeks(span: Sequence[int]) -> str:
    """A calendar in weeks, or a range of them."""
    low, high = span
    if low == high:
        return str(_("%(n)s weeks", n=low))
    return str(_("%(low)s to %(high)s weeks", low=low, high=high))


def path_rows(decision: GradeDecision) -> list[dict[str, str]]:
    """The milestones of a decision with their share of the award."""
    rows = []
    for stage, share in decision.milestones:
        words = say(STAGES.get(stage, stage))
        amount = money(*(round(a * share / 100) for a in (decision.award_low, decision.award_high)))
        rows.append({"label": words, "share": f"{share} %" if share else "", "amount": amount})
    return rows


def path_words(milestones: Sequence[Sequence[object]]) -> str:
    """The milestones on one line."""
    return " → ".join(say(STAGES.get(str(stage), str(stage))) for stage, _share in milestones)
