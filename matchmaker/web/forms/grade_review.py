"""Forms of a reviewer: points with anchors in words, why they differ, revising, stepping aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from matchmaker.assessment.rubric import MAX_POINTS, Criterion, GradingRubric
from matchmaker.models import GradeReview
from matchmaker.services.grade_review import MAX_COMMENT
from matchmaker.services.grading_panel import MAX_COMMENT as MAX_SAID
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, number_or_none, text
from matchmaker.web.i18n import current_language

WHY = "_why"


class ReasonForm(BaseForm):
    """Why, in a person's own words, and the version of what it is about."""

    reason = text(_l("Reason"), maximum=MAX_REASON)
    version = Version()

    @property
    def words(self) -> str:
        """What was typed."""
        return self.reason.data or ""


class CommentForm(BaseForm):
    """Something to say in the discussion."""

    body = text(_l("Your comment"), maximum=MAX_SAID)


class ScoreForm(BaseForm):
    """Points and comments; the fields are made from the rubric by `score_form`."""

    reason = text(_l("Why you revise your points"), maximum=MAX_REASON)
    version = Version()

    @property
    def words(self) -> str:
        """Why points are revised."""
        return self.reason.data or ""

    @property
    def later(self) -> bool:
        """Whether the reviewer wants to go on another time."""
        return "later" in request.form

    @property
    def points(self) -> dict[str, int | None]:
        """The points chosen, by criterion."""
        return {f.name: number_or_none(f.data) for f in self if isinstance(f, RadioField)}

    @property
    def comments(self) -> dict[str, str]:
        """What was written beside them, by criterion."""
        return {
            field.name.removesuffix(WHY): field.data or ""
            for field in self
            if field.name.endswith(WHY)
        }


def score_form(rubric: GradingRubric, review: GradeReview, **options: Any) -> ScoreForm:
    """The form for *rubric*'s criteria, begun with what *review* has so far."""
    fields: dict[str, Any] = {}
    for criterion in rubric.criteria.values():
        fields[criterion.id] = RadioField(
            criterion.label(current_language()),
            choices=list(anchors(criterion)),
            validate_choice=False,  # The service says what is wrong.
        )
        fields[criterion.id + WHY] = _why()
    begun = type("RubricScoreForm", (ScoreForm,), fields)
    form: ScoreForm = begun(data=_begun(review.points, review.comments, review.version), **options)
    return form


def explain_form(review: GradeReview, **options: Any) -> ScoreForm:
    """The form that asks why the points differ from the suggestion, where nothing was said."""
    fields = {criterion + WHY: _why() for criterion in review.unexplained}
    form: ScoreForm = type("ExplainForm", (ScoreForm,), fields)(**options)
    return form


def _why() -> Any:
    message = _l("Please use at most %(max)d characters.")
    return TextAreaField(
        _l("Why these points"), validators=[Length(max=MAX_COMMENT, message=message)]
    )


def _begun(
    points: Mapping[str, int], comments: Mapping[str, str], version: int
) -> dict[str, str | int]:
    chosen = {criterion: str(value) for criterion, value in points.items()}
    return {**chosen, **{c + WHY: said for c, said in comments.items()}, "version": version}


def anchors(criterion: Criterion) -> Iterable[SelectChoice]:
    """The five answers; those between two anchors say so."""
    for points in range(MAX_POINTS + 1):
        anchor = criterion.anchors.get(points)
        words = (
            anchor.label(current_language())
            if anchor
            else _("Between the sentence above and the one below")
        )
        yield SelectChoice(str(points), f"{points} · {words}")
