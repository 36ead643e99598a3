"""The forms of a screening: points by anchors, and what it ends with."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField

from matchmaker.assessment.intake import questions
from matchmaker.assessment.rubric import MAX_POINTS, Criterion, ScreeningRubric
from matchmaker.models import Screening
from matchmaker.services.screening_record import MissingItem
from matchmaker.web.forms.base import BaseForm, Version, choices_of, line, text
from matchmaker.web.forms.problem import DecisionForm, DeclineForm, checkboxes
from matchmaker.web.i18n import current_language


class ScoringForm(BaseForm):
    """Points for every criterion of a rubric; `for_rubric` adds the criteria."""

    version = Version()

    @staticmethod
    def for_rubric(rubric: ScreeningRubric, screening: Screening, **options: Any) -> ScoringForm:
        """The form with a field for each criterion, filled with the points given so far."""
        language = current_language()
        fields = {
            criterion.id: RadioField(
                criterion.label(language),
                choices=_steps(criterion, language),
                coerce=int,
                validate_choice=False,  # The service says what is wrong.
            )
            for criterion in rubric.criteria.values()
        }
        form_class = type("RubricScoringForm", (ScoringForm,), fields)
        given = {name: int(points) for name, points in screening.points.items()}
        data = {"version": screening.version, **given}
        return cast(ScoringForm, form_class(data=data, **options))

    def points(self, rubric: ScreeningRubric) -> dict[str, int]:
        """The points that were chosen; -1 where nothing was."""
        chosen = {name: self[name].data for name in rubric.criteria}
        return {n: points if isinstance(points, int) else -1 for n, points in chosen.items()}


def _steps(criterion: Criterion, language: str) -> list[Any]:
    """The five steps in words: three have anchors, the others lie between."""
    return choices_of(
        (points, f"{points} · {_step(criterion, points, language)}")
        for points in range(MAX_POINTS + 1)
    )


def _step(criterion: Criterion, points: int, language: str) -> str:
    anchor = criterion.anchors.get(points)
    return anchor.label(language) if anchor else _("Between the one above and the one below")


class ConclusionForm(DecisionForm):
    """What every end of a screening says: the version that was seen, and why."""

    version = Version()
    note = text(_l("Remark"))

    def arguments(self) -> dict[str, Any]:
        return {"version": self.version.data, "note": self.note.data or ""}


class ListForm(ConclusionForm):
    """The problem is worth posting."""


class AcceptForm(ConclusionForm):
    """The change is to be published."""


class RefuseForm(ConclusionForm):
    """The change is not to be published."""

    note = text(_l("Why the published text stays, for the owner"))


class CoachForm(ConclusionForm):
    """Exactly what is missing: ticked from the suggested items, and in the officer's own words."""

    missing = checkboxes(_l("What is missing"), validate_choice=False)
    more_field = SelectField(_l("Field of the problem"), validate_choice=False)
    more = line(_l("Another item"), maximum=500)
    note = text(_l("What the owner should change, in your own words"))

    def offer(self, screening: Screening) -> None:
        """Let the officer choose among what *screening* suggests."""
        language = current_language()
        self._items = {
            row["field"]: MissingItem(row["field"], row["zh"], row["en"])
            for row in screening.suggestion.get("missing", ())
        }
        self.missing.choices = choices_of(
            (
                row["field"],
                _(
                    "%(advice)s (up to %(effect)s points)",
                    advice=row[language],
                    effect=row["effect"],
                ),
            )
            for row in screening.suggestion.get("missing", ())
        )
        self.more_field.choices = choices_of(
            (name, question.label(language)) for name, question in questions().items()
        )

    def arguments(self) -> dict[str, Any]:
        ticked = [self._items[name] for name in self.missing.data or () if name in self._items]
        if self.more.data:
            field = self.more_field.data if self.more_field.data in questions() else "text"
            ticked.append(MissingItem(field, self.more.data, self.more.data))
        return {**super().arguments(), "missing": ticked}

    @property
    def words(self) -> str:
        """What was typed into it."""
        typed = [item.data for item in self if isinstance(item, TextAreaField)]
        return "\n".join(part for part in (*typed, self.more.data) if part)


class ScreeningDeclineForm(DeclineForm):
    """Why the problem is not taken up, with the version that was seen."""

    version = Version()

    def arguments(self) -> dict[str, Any]:
        return {"version": self.version.data, **super().arguments()}
