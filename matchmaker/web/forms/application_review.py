"""Forms of a reader: points with anchors, what to do, words for office and team, stepping aside."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from matchmaker.assessment.review_rubric import ReviewRubric
from matchmaker.models import (
    RECOMMENDATION_LABELS,
    RECUSAL_CAUSE_LABELS,
    RecusalCause,
    ReviewAssignment,
)
from matchmaker.services.application_review import MAX_COMMENT, MAX_WORDS, ReviewValues
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, number_or_none, text
from matchmaker.web.forms.grade_review import WHY, anchors
from matchmaker.web.i18n import current_language, say


class ReviewForm(BaseForm):
    """A review; the fields of the criteria are made from the rubric by `review_form`."""

    to_team = text(_l("For the team"), maximum=MAX_WORDS)
    to_office = text(_l("For the office and the other readers"), maximum=MAX_WORDS)
    reason = text(_l("Why you revise your points"), maximum=MAX_REASON)
    version = Version()
    #: The criteria that have a field.
    criteria: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Why points are revised."""
        return self.reason.data or ""

    @property
    def later(self) -> bool:
        """Whether the reader wants to go on another time."""
        return "later" in request.form

    def values(self) -> ReviewValues:
        """What was typed, as the service takes it."""
        return ReviewValues(
            points={name: number_or_none(self[name].data) for name in self.criteria},
            comments={name: self[name + WHY].data or "" for name in self.criteria},
            recommendation=self["recommendation"].data or "",
            to_office=self.to_office.data or "",
            to_team=self.to_team.data or "",
        )


def review_form(rubric: ReviewRubric, seat: ReviewAssignment, **options: Any) -> ReviewForm:
    """The form for *rubric*'s criteria, begun with what the reader has so far."""
    # The service says what is wrong with a choice.
    fields: dict[str, Any] = {"criteria": tuple(rubric.criteria)}
    for criterion in rubric.criteria.values():
        label = criterion.label(current_language())
        fields[criterion.id] = RadioField(
            label, choices=list(anchors(criterion)), validate_choice=False
        )
        fields[criterion.id + WHY] = _why()
    fields["recommendation"] = RadioField(
        _l("What would you do with it?"),
        choices=[SelectChoice(k.value, say(v)) for k, v in RECOMMENDATION_LABELS.items()],
        validate_choice=False,
    )
    form: ReviewForm = type("ReviewFormOfCall", (ReviewForm,), fields)(data=_begun(seat), **options)
    return form


def _why() -> TextAreaField:
    message = _l("Please use at most %(max)d characters.")
    length = Length(max=MAX_COMMENT, message=message)
    return TextAreaField(_l("Why these points"), validators=[length])


def _begun(seat: ReviewAssignment) -> dict[str, Any]:
    review = seat.review
    if review is None:
        return {"version": seat.version}
    return {
        **{criterion: str(value) for criterion, value in review.points.items()},
        **{criterion + WHY: said for criterion, said in review.comments.items()},
        "recommendation": review.recommendation.value if review.recommendation else "",
        "to_office": review.to_office,
        "to_team": review.to_team,
        "version": seat.version,
    }


class RecuseForm(BaseForm):
    """Why a reader steps aside."""

    cause = RadioField(_l("What speaks against it?"), validate_choice=False)
    reason = text(_l("In your own words"), maximum=MAX_REASON)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cause.choices = [
            SelectChoice(key.value, say(label)) for key, label in RECUSAL_CAUSE_LABELS.items()
        ]

    @property
    def chosen(self) -> RecusalCause | None:
        """The cause that was chosen, if it is one."""
        return next((cause for cause in RecusalCause if cause == self.cause.data), None)

    @property
    def words(self) -> str:
        """What was typed."""
        return self.reason.data or ""
