"""Forms of the office's lexicon: one term, many lines, a text to be checked."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField
from wtforms.validators import DataRequired

from matchmaker.services.lexicon_term import (
    MAX_CHINESE,
    MAX_ENGLISH,
    MAX_NOTE,
    MAX_REASON,
    TermValues,
)
from matchmaker.web.forms.base import BaseForm, Version, line, text

MAX_PASTED = 60_000
SHOWN_STRETCHES = 50


class ReasonForm(BaseForm):
    """Why something is changed, for the audit trail, and the version it is changed from."""

    reason = line(_l("Reason for the audit trail"), maximum=MAX_REASON)
    version = Version()


class TermForm(ReasonForm):
    """One term."""

    chinese = line(
        _l("Chinese term"), DataRequired(_l("Write the Chinese term.")), maximum=MAX_CHINESE
    )
    english = line(
        _l("English gloss"),
        DataRequired(_l("Write what the term means in English.")),
        maximum=MAX_ENGLISH,
    )
    note = text(_l("Remarks"), maximum=MAX_NOTE)
    #: The shipped gloss that the page showed: nobody replaces one without having seen it.
    seen = HiddenField()

    def values(self) -> TermValues:
        """What was typed, as the service takes it."""
        return TermValues(
            chinese=self.chinese.data or "",
            english=self.english.data or "",
            note=self.note.data or "",
        )


class PasteForm(BaseForm):
    """Many terms, one a line."""

    terms = text(_l("Terms"), DataRequired(_l("Paste at least one line.")), maximum=MAX_PASTED)
    reason = line(_l("Reason for the audit trail"), maximum=MAX_REASON)


class MissingForm(BaseForm):
    """An unknown stretch of a text, and the term that is to cover it."""

    class Meta(BaseForm.Meta):
        csrf = False

    #: Where the row belongs: people may shorten the term, the stretch stays.
    stretch = HiddenField()
    chinese = line(_l("Chinese term"))
    english = line(_l("English gloss"))

    def values(self) -> TermValues:
        """What was typed, as the service takes it."""
        return TermValues(chinese=self.chinese.data or "", english=self.english.data or "")

    def take_errors(self, other: MissingForm) -> None:
        """Show what was wrong with the row before it was drawn anew."""
        self.chinese.errors, self.english.errors = other.chinese.errors, other.english.errors


class CoverageForm(BaseForm):
    """A text to be checked, with a row for each stretch that the lexicon lacks."""

    text = text(_l("Text"), DataRequired(_l("Paste a text first.")))
    missing = FieldList(FormField(MissingForm), max_entries=SHOWN_STRETCHES)
    #: The number of the row whose button was pressed.
    row = HiddenField()

    def chosen(self) -> MissingForm | None:
        """The row whose button was pressed."""
        wanted = f"missing-{self.row.data}"
        return next((entry.form for entry in self.missing if entry.name == wanted), None)

    def offer(self, stretches: Iterable[str]) -> None:
        """Have a row for each of *stretches*, with what was typed into it already."""
        typed = {entry.form.stretch.data: entry.form for entry in self.missing}
        while self.missing.entries:
            self.missing.pop_entry()
        for stretch in stretches:
            known = typed.get(stretch)
            chinese = known.chinese.data if known else stretch
            english = known.english.data if known else ""
            self.missing.append_entry({"stretch": stretch, "chinese": chinese, "english": english})
            if known is not None:
                self.missing[-1].form.take_errors(known)
