"""The form of a case study: four texts in two languages, and the figures that go with them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.queries.case_study_figure import Figure
from matchmaker.services.case_study import MAX_TEXT, MAX_TITLE, CaseStudyTexts
from matchmaker.web.forms.base import BaseForm, Version, line, text
from matchmaker.web.i18n import current_language


class CaseStudyForm(BaseForm):
    """What the owner or the office writes."""

    title_zh = line(_l("Title in Chinese"), maximum=MAX_TITLE)
    title_en = line(_l("Title in English"), maximum=MAX_TITLE)
    problem_zh = text(_l("The problem, in Chinese"), maximum=MAX_TEXT)
    problem_en = text(_l("The problem, in English"), maximum=MAX_TEXT)
    approach_zh = text(_l("How it was solved, in Chinese"), maximum=MAX_TEXT)
    approach_en = text(_l("How it was solved, in English"), maximum=MAX_TEXT)
    results_zh = text(_l("What came of it, in Chinese"), maximum=MAX_TEXT)
    results_en = text(_l("What came of it, in English"), maximum=MAX_TEXT)
    figures = SelectMultipleField(
        _l("Figures to show"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    version = Version()

    def offer_figures(self, figures: Iterable[Figure]) -> None:
        """Let the writer choose among *figures*."""
        language = current_language()
        self.figures.choices = [
            (one.key, f"{one.label[language]}: {one.value[language]}") for one in figures
        ]

    def texts(self) -> CaseStudyTexts:
        """What was typed, as the service takes it."""
        names = [name for name in CaseStudyTexts.__annotations__ if name != "figures"]
        typed = {name: self[name].data or "" for name in names}
        return CaseStudyTexts(figures=tuple(self.figures.data or ()), **typed)
