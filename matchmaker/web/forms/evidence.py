"""Forms of evidence: rating oneself, showing something, asking somebody, answering, deciding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FileField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from matchmaker.competency import MAX_LEVEL
from matchmaker.models import EVIDENCE_KIND_LABELS, SHOWN_KINDS, Evidence, EvidenceKind, User
from matchmaker.services.evidence import MAX_ABOUT, MAX_ROLE, MAX_TITLE, MAX_URL, Shown
from matchmaker.services.evidence_review import MAX_REASON
from matchmaker.services.evidence_word import MAX_NOTE, Word
from matchmaker.services.evidence_word import MAX_REASON as MAX_WORD
from matchmaker.web import evidence_words as words
from matchmaker.web.forms.base import (
    BaseForm,
    Version,
    choices_of,
    line,
    number_or_none,
    text,
)
from matchmaker.web.forms.team import Checkboxes
from matchmaker.web.i18n import say
from matchmaker.workflows.evidence import EvidenceAction

#: A person who cannot say chooses this.
NO_LEVEL = "none"
REASON = "reason-"


class RatingForm(BaseForm):
    """One page of the self-rating; the fields are made by `rating_form`."""

    seen = Version()

    @property
    def levels(self) -> dict[str, int]:
        """The levels chosen, by competency."""
        found = {f.name: number_or_none(f.data) for f in self if isinstance(f, SelectField)}
        return {name: level for name, level in found.items() if level is not None}


def rating_form(part: words.Part, rated: Mapping[str, Evidence], **options: Any) -> RatingForm:
    """The form of one part, begun with what the person said before; “not yet” where nothing."""
    fields: dict[str, Any] = {}
    # Of nineteen industries most people know a few: lists to open are shorter than sentences.
    as_what = SelectField if part.id == words.SECTORS else RadioField
    for name in part.names:
        choices = [(str(n), words.anchor(name, n)) for n in range(MAX_LEVEL + 1)]
        fields[name] = as_what(words.name_of(name), choices=choices_of(choices))
    data = {name: str(rated[name].level or 0) if name in rated else "0" for name in part.names}
    made = type("RatingForm", (RatingForm,), fields)
    return made(data=data, **options)  # type: ignore[no-any-return]


def _concepts() -> dict[str, list[tuple[str, str]]]:
    """Every competency and sector by domain, with an entry for none."""
    return {"": [("", str(_("Choose")))], **dict(words.grouped())}


def _levels() -> list[Any]:
    pairs = [(str(n), words.level_sentence(n)) for n in range(1, MAX_LEVEL + 1)]
    return choices_of([("", str(_("Choose"))), *pairs])


class EvidenceForm(BaseForm):
    """Something to show: the words come before the file, so that they survive a file too large."""

    kind = RadioField(
        _l("What is it?"),
        choices=lambda: choices_of((k.value, say(EVIDENCE_KIND_LABELS[k])) for k in SHOWN_KINDS),
        default=EvidenceKind.ARTEFACT.value,
    )
    title = line(_l("Title of the piece"), maximum=MAX_TITLE)
    obtained_on = DateField(_l("When"), validators=[Optional()])
    role = text(_l("What you did in it"), maximum=MAX_ROLE)
    url = line(_l("Link"), maximum=MAX_URL)
    is_assessed = BooleanField(_l("For a course: it ended with an assessment that I passed"))
    competency_1 = SelectField(_l("Competency it shows"), choices=_concepts, default="")
    level_1 = SelectField(_l("Level it shows"), choices=_levels, default="")
    competency_2 = SelectField(_l("A second competency"), choices=_concepts, default="")
    level_2 = SelectField(_l("Level of the second"), choices=_levels, default="")
    competency_3 = SelectField(_l("A third competency"), choices=_concepts, default="")
    level_3 = SelectField(_l("Level of the third"), choices=_levels, default="")
    hand_in = BooleanField(_l("Let a reviewer of the programme look at it"), default=True)
    file = FileField(_l("File"))

    def values(self) -> Shown:
        """What was typed, as the service takes it; a competency without a level is left out."""
        kind = EvidenceKind(self.kind.data)
        levels: dict[str, int] = {}
        for number in range(1, MAX_ABOUT + 1):
            name = self[f"competency_{number}"].data
            level = number_or_none(self[f"level_{number}"].data)
            if name and level is not None:
                levels.setdefault(name, level)
        return Shown(
            kind=kind,
            levels=levels,
            obtained_on=self.obtained_on.data,
            title=self.title.data or "",
            url=self.url.data or "",
            role=self.role.data or "",
            is_assessed=kind is not EvidenceKind.COURSE or bool(self.is_assessed.data),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Also say which level was not chosen."""
        valid: bool = super().validate(extra_validators)
        for number in range(1, MAX_ABOUT + 1):
            name, level = self[f"competency_{number}"], self[f"level_{number}"]
            if name.data and not level.data:
                level.errors = [*level.errors, _("Choose the level it shows.")]
                valid = False
        return valid


class AskForm(BaseForm):
    """Whom to ask about what."""

    person = SelectField(_l("Whom do you ask?"), validate_choice=False)
    competencies = Checkboxes(_l("About what?"), choices=list, validate_choice=False)
    note = text(_l("Where have they seen your work?"), maximum=MAX_NOTE)

    def offer(
        self, colleagues: Sequence[User], mentors: Sequence[User], names: Iterable[str]
    ) -> None:
        """Let the asker choose among *colleagues* and *mentors*, about *names*."""
        people = {
            str(_("Colleagues")): [(f"peer:{user.id}", user.name) for user in colleagues],
            str(_("Mentors")): [(f"mentor:{user.id}", user.name) for user in mentors],
        }
        self.person.choices = {label: rows for label, rows in people.items() if rows}
        self.competencies.choices = choices_of((name, words.name_of(name)) for name in names)

    @property
    def asked(self) -> tuple[EvidenceKind, int]:
        """As what the person is asked, and who it is; nobody if that makes no sense."""
        kind, _colon, number = (self.person.data or "").partition(":")
        as_what = EvidenceKind.MENTOR if kind == "mentor" else EvidenceKind.PEER
        return as_what, number_or_none(number) or 0


class WordForm(BaseForm):
    """A level and a reason for each thing somebody was asked about; made by `word_form`."""

    def words(self) -> dict[int, Word]:
        """What was said, by the piece's id; what was left open is left out."""
        found = {}
        for field in self:
            row_id = number_or_none(field.name.removeprefix("level-"))
            if not isinstance(field, RadioField) or row_id is None or not field.data:
                continue
            reason = self[f"{REASON}{row_id}"].data or ""
            found[row_id] = Word(number_or_none(field.data), reason)
        return found


def word_form(rows: Sequence[Evidence], **options: Any) -> WordForm:
    """The form for the pieces somebody is asked about."""
    choices = [(str(n), words.level_sentence(n)) for n in range(MAX_LEVEL + 1)]
    offered = choices_of([*choices, (NO_LEVEL, str(_("I cannot say")))])
    limit = Length(max=MAX_WORD, message=_("Please use at most %(max)d characters."))
    fields: dict[str, Any] = {}
    for row in rows:
        label = words.name_of(row.competency)
        fields[f"level-{row.id}"] = RadioField(label, choices=offered, validators=[Optional()])
        fields[f"{REASON}{row.id}"] = TextAreaField(
            _("What have you seen them do?"), validators=[Optional(), limit]
        )
    made = type("WordForm", (WordForm,), fields)
    return made(**options)  # type: ignore[no-any-return]


class DecisionForm(BaseForm):
    """What a reviewer decides of a piece."""

    version = Version()
    action = RadioField(
        _l("Your decision"),
        choices=lambda: choices_of(
            [
                (EvidenceAction.CHECK.value, _("I have looked at it, and it shows this level")),
                (
                    EvidenceAction.VERIFY.value,
                    _("I have also asked at its source (issuer, employer, owner)"),
                ),
                (EvidenceAction.REJECT.value, _("I do not accept it")),
            ]
        ),
        validate_choice=False,
    )
    level = RadioField(
        _l("Level it shows"),
        choices=lambda: choices_of(
            (str(n), words.level_sentence(n)) for n in range(1, MAX_LEVEL + 1)
        ),
        validate_choice=False,
    )
    relevance = RadioField(
        _l("How much is it about this competency?"),
        choices=lambda: choices_of([("1", _("Altogether")), ("0.5", _("In part"))]),
        default="1",
        validate_choice=False,
    )
    reason = text(_l("Reason, in two lines"), maximum=MAX_REASON)
