"""The form of a panel member: points with anchors, and why."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from matchmaker.assessment.review_rubric import ReviewRubric
from matchmaker.models import AwardVote
from matchmaker.services.award_vote import MAX_REASON
from matchmaker.web.forms.base import BaseForm, Version, number_or_none, text
from matchmaker.web.forms.grade_review import WHY, anchors
from matchmaker.web.i18n import current_language


class VoteForm(BaseForm):
    """Points; the fields of the criteria are made from the rubric by `vote_form`."""

    version = Version()
    #: The criteria that have a field.
    criteria: tuple[str, ...] = ()

    def scores(self) -> dict[str, int | None]:
        """Points by criterion."""
        return {name: number_or_none(self[name].data) for name in self.criteria}

    def reasons(self) -> dict[str, str]:
        """Words by criterion."""
        return {name: self[name + WHY].data or "" for name in self.criteria}


def vote_form(rubric: ReviewRubric, vote: AwardVote, **options: Any) -> VoteForm:
    """The form for *rubric*'s criteria, begun with what was handed in before."""
    fields: dict[str, Any] = {"criteria": tuple(rubric.criteria)}
    for criterion in rubric.criteria.values():
        # The service says what is wrong with a choice.
        fields[criterion.id] = RadioField(
            criterion.label(current_language()),
            choices=list(anchors(criterion)),
            validate_choice=False,
        )
        fields[criterion.id + WHY] = text(_l("What you saw"), maximum=MAX_REASON)
    begun = {
        **{name: str(value) for name, value in vote.scores.items()},
        **{name + WHY: said for name, said in vote.reasons.items()},
        "version": vote.version,
    }
    form: VoteForm = type("VoteFormOfCall", (VoteForm,), fields)(data=begun, **options)
    return form
