"""How pages about the review of applications put states, people, points and phases into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from matchmaker.assessment.review_rubric import ReviewRubric
from matchmaker.assessment.reviewing import Apart
from matchmaker.competency import load_taxonomy
from matchmaker.i18n import N_
from matchmaker.models import (
    PREFERENCE_LABELS,
    RECOMMENDATION_LABELS,
    RECUSAL_CAUSE_LABELS,
    RELATION_KIND_LABELS,
    ReviewAssignment,
    ReviewRemark,
)
from matchmaker.queries.review_candidate import ReaderCandidate
from matchmaker.services.review_record import seat_number
from matchmaker.web.grading_words import anchor
from matchmaker.web.i18n import current_language, say
from matchmaker.workflows.machine import Workflow
from matchmaker.workflows.review_assignment import REVIEW_ASSIGNMENT_WORKFLOW
from matchmaker.workflows.review_round import REVIEW_ROUND_WORKFLOW, ReviewRoundState

__all__ = ["anchor", "seat_number"]

_WORKFLOWS: dict[str, Workflow[Any, Any]] = {
    "round": REVIEW_ROUND_WORKFLOW,
    "seat": REVIEW_ASSIGNMENT_WORKFLOW,
}
#: Phase -> what it is called, and who sees what in it.
PHASES = {
    ReviewRoundState.PREPARING: (
        N_("Prepare"),
        N_("The office names readers. They have not been asked and see nothing yet."),
    ),
    ReviewRoundState.SCORING: (
        N_("Scoring"),
        N_(
            "Readers see their own cases and their own points alone. The office sees everything; "
            "owners say which team they would like."
        ),
    ),
    ReviewRoundState.DISCUSSION: (
        N_("Discuss"),
        N_(
            "Who has handed in sees the others’ points and words on the same application, without "
            "names, and may revise their own with a reason."
        ),
    ),
    ReviewRoundState.CLOSED: (
        N_("Ended"),
        N_(
            "Points are fixed. Teams read what was written for them once their decision is "
            "announced; they never read points or names."
        ),
    ),
}


def state_label(kind: str, state: str, *, staff: bool = True) -> str:
    """A state of a round or of a reader's part in words."""
    label = next(label for key, label in _WORKFLOWS[kind].labels.items() if key == state)
    return say(label.staff if staff else label.public)


def state_tone(kind: str, state: str) -> str:
    """The tone a state is shown in."""
    return next(label.tone for key, label in _WORKFLOWS[kind].labels.items() if key == state)


def steps() -> list[dict[str, str]]:
    """The phases for a stepper."""
    return [{"label": say(name)} for name, _explanation in PHASES.values()]


def step_number(state: ReviewRoundState) -> int:
    """Which step a phase is, from 1."""
    return list(PHASES).index(state) + 1


def phase_words(state: ReviewRoundState) -> str:
    """Who sees what in a phase."""
    return say(PHASES[state][1])


def score(value: float | None) -> str:
    """A total, 0 to 100, with one decimal."""
    return "–" if value is None else f"{value:.1f}"


def strictness(value: float) -> str:
    """How far above or below the others somebody's points lie."""
    return f"{value:+.1f}"


def fit_words(fit: float | None) -> str:
    """How well the matcher finds a reader to fit."""
    return (
        str(_("not compared yet"))
        if fit is None
        else str(_("fit %(n)s of 100", n=round(100 * fit)))
    )


def load_words(one: ReaderCandidate) -> str:
    """How many cases the person has before them."""
    words = (
        _("fully taken: %(load)s of %(most)s")
        if one.is_full
        else _("%(load)s of %(most)s at present")
    )
    return str(words % {"load": one.load, "most": one.capacity})


def knows(one: ReaderCandidate) -> str:
    """The fields a reader names."""
    if one.profile is None:
        return str(_("no expertise named yet"))
    taxonomy, language = load_taxonomy(), current_language()
    known = {*taxonomy.competencies, *taxonomy.sectors}
    codes = [c for c in (*one.profile.sectors, *one.profile.competencies) if c in known]
    return str(_(", ")).join(taxonomy.label(code, language) for code in codes[:4])


def candidate_label(one: ReaderCandidate) -> str:
    """A reader on offer: who, how they fit, how much they have before them, what they know."""
    parts = [one.user.name, fit_words(one.fit), load_words(one), knows(one)]
    return " · ".join(part for part in parts if part)


def apart_words(apart: Apart, rubric: ReviewRubric) -> list[str]:
    """What readers disagree on."""
    said = []
    if apart.totals:
        said.append(str(_("Totals %(n)s points apart", n=f"{apart.spread:.0f}")))
    if apart.verdicts:
        said.append(str(_("One would take it, another would not")))
    names = [rubric.criteria[c].label(current_language()) for c in apart.criteria]
    if names:
        said.append(str(_("Far apart on: %(what)s", what=_(", ").join(names))))
    return said


def reader_label(seat: ReviewAssignment) -> str:
    """What the other readers call somebody."""
    return str(_("Reader %(n)s", n=seat.place))


def speaker(remark: ReviewRemark) -> str:
    """Who spoke in a discussion, by the part they have in it."""
    if remark.assignment is None:
        return str(_("Programme office"))
    return reader_label(remark.assignment)


def recommendation(value: str | None) -> str:
    """What a reader would do."""
    return "–" if not value else say(_named(RECOMMENDATION_LABELS, value))


def cause(value: str | None) -> str:
    """Why a reader stepped aside."""
    return "" if not value else say(_named(RECUSAL_CAUSE_LABELS, value))


def relation(value: str) -> str:
    """What ties a reviewer to somebody."""
    return say(_named(RELATION_KIND_LABELS, value))


def preference(value: str) -> str:
    """How gladly an owner would work with a team."""
    return say(_named(PREFERENCE_LABELS, value))


def _named(labels: Mapping[Any, str], value: str) -> str:
    return next(label for key, label in labels.items() if key == value)
