"""The forms of a problem: the owner's long one, and the office's short ones, one a decision."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.competency import (
    Requirement,
    load_taxonomy,
    suggest_requirements,
    suggest_sectors,
    suggest_techniques,
)
from matchmaker.models import Call, Organization, Problem, User
from matchmaker.reference import REGIONS
from matchmaker.services.problem import DECLINE_REASONS, DeclineReason
from matchmaker.services.problem_values import (
    COLUMNS,
    MAX_REQUIREMENTS,
    MAX_TEAMS,
    MAX_TITLE,
    ProblemValues,
    values_of,
)
from matchmaker.web.forms.base import (
    TEXT_MAX,
    BaseForm,
    LocalMoment,
    Version,
    choice,
    choices_of,
    line,
    text,
)
from matchmaker.web.grades import grades
from matchmaker.web.i18n import current_language, say, show_moment
from matchmaker.web.problem_words import (
    GRADE_MEANINGS,
    IMPORTANCES,
    competency_label,
    importance_label,
    level_label,
)

SEPARATORS = re.compile(r"[,，、;；\n]+")
TOKEN = re.compile(r"[0-9a-f]{32}")
SUGGESTION = re.compile(r"([A-Z]{3}-[A-Z]{2,4}):([1-5]):([1-3])")
BLANK_ROWS = 2

Choices = list[SelectChoice]


def sectors() -> list[tuple[str, str]]:
    known, language = load_taxonomy().sectors.values(), current_language()
    return [("", _("Choose")), *((sector.id, sector.label(language)) for sector in known)]


def regions() -> list[tuple[str, str]]:
    named = (
        (r.code, say(r.label) if r.label == r.places else f"{say(r.label)} ({say(r.places)})")
        for r in REGIONS.values()
    )
    return [("", _("Choose")), *named]


def competency_choices() -> Choices:
    taxonomy, language = load_taxonomy(), current_language()
    return [
        SelectChoice("", _("Not chosen yet")),
        *(
            SelectChoice(item.id, item.label(language), optgroup=domain.label(language))
            for domain in taxonomy.domains.values()
            for item in taxonomy.competencies_of(domain.id)
        ),
    ]


def level_choices() -> Choices:
    return choices_of((number, level_label(number)) for number in range(1, 6))


def importance_choices() -> Choices:
    return choices_of((number, importance_label(number)) for number in IMPORTANCES)


def personal_data_choices() -> Choices:
    return choices_of([("yes", _("Yes")), ("no", _("No")), ("", _("Not sure yet"))])


def grade_choices() -> Choices:
    return choices_of(
        (g.id, f"{g.id} {g.label(current_language())}: {say(GRADE_MEANINGS[g.id])}")
        for g in grades().values()
    )


def checkboxes(label: str, **options: Any) -> SelectMultipleField:
    """Several of a list, as boxes to tick."""
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **options
    )


def split_list(typed: str | None) -> tuple[str, ...]:
    """The items of a list typed with commas, Chinese or Latin, each once."""
    items = (" ".join(item.split()) for item in SEPARATORS.split(typed or ""))
    return tuple(dict.fromkeys(item for item in items if item))


class RequirementForm(BaseForm):
    """One line of what a team must be able to do; a line without a competency counts as absent."""

    class Meta(BaseForm.Meta):
        csrf = False  # It is a part of a form that has the token.

    competency = SelectField(_l("Competency"), choices=competency_choices)
    level = SelectField(_l("Level"), choices=level_choices, coerce=int, default=3)
    importance = SelectField(_l("Importance"), choices=importance_choices, coerce=int, default=2)


class ProblemForm(BaseForm):
    """What an owner says about a problem. Nothing is required here: a draft may be incomplete."""

    version = Version()
    call_id = SelectField(_l("Call"), coerce=int)
    title_zh = line(_l("Title"), maximum=MAX_TITLE)
    title_en = line(_l("Title"), maximum=MAX_TITLE)
    text_zh = text(_l("Description"))
    text_en = text(_l("Description"))
    sector = choice(_l("Sector"), sectors, default="")
    region = choice(_l("Region"), regions, default="")
    techniques = line(_l("Techniques"), maximum=1500)
    requirements = FieldList(
        FormField(RequirementForm), label=_l("Requirements"), max_entries=MAX_REQUIREMENTS
    )
    accept = checkboxes(_l("Suggested requirements"), validate_choice=False)
    accept_techniques = checkboxes(_l("Suggested techniques"), validate_choice=False)
    data_zh = text(_l("Data you offer"))
    data_en = text(_l("Data you offer"))
    data_formats = line(_l("Formats"), maximum=1500)
    data_volume = line(_l("Volume"), maximum=120)
    personal_data = RadioField(
        _l("Do the data contain personal data?"),
        choices=personal_data_choices,
        default="",
    )
    teams_wanted = SelectField(
        _l("Number of teams wanted"),
        choices=choices_of((number, str(number)) for number in range(1, MAX_TEAMS + 1)),
        coerce=int,
        default=1,
    )
    deadline_at = LocalMoment(_l("Deadline for teams"))
    contact_name = line(_l("Contact person"), maximum=120)
    contact_email = line(_l("Contact's e-mail address"), maximum=254)

    suggested_sector = ""

    def offer_calls(self, calls: Sequence[Call]) -> None:
        """Let the owner choose among *calls*."""
        language = current_language()
        self.call_id.choices = choices_of(
            (
                c.id,
                _("%(call)s, until %(when)s", call=c.name(language), when=show_moment(c.closes_at)),
            )
            for c in calls
        )

    def values(self, problem: Problem | None = None) -> ProblemValues:
        """What was typed, as the services take it; ask only after validation.

        The answers to the guide, which this form does not ask, stay those of *problem*.
        """
        columns: dict[str, Any] = {
            name: getattr(self, name).data or (None if name in _NULLABLE else "") for name in _TYPED
        }
        return ProblemValues(
            **columns,
            intake=problem.intake if problem else {},
            techniques=split_list(self.techniques.data),
            requirements=tuple(sorted(self._needs(), key=lambda n: (-n.importance, n.competency))),
            data_formats=split_list(self.data_formats.data),
            data_volume=self.data_volume.data or "",
            has_personal_data={"yes": True, "no": False}.get(self.personal_data.data or ""),
        )

    def _needs(self) -> Iterator[Requirement]:
        for row in self.requirements:
            if row.competency.data:
                yield Requirement(row.competency.data, row.level.data, row.importance.data)

    def take_suggestions(self) -> None:
        """Make rows of the suggestions that were ticked."""
        listed = {row.competency.data for row in self.requirements}
        for found in filter(None, map(SUGGESTION.fullmatch, self.accept.data or ())):
            competency, level, importance = found.groups()
            if competency not in listed:
                self._fill_row(competency, int(level), int(importance))
        ticked = self.accept_techniques.data or ()
        self.techniques.data = ", ".join(
            split_list(", ".join([self.techniques.data or "", *ticked]))
        )
        self.accept.data, self.accept_techniques.data = [], []

    def _fill_row(self, competency: str, level: int, importance: int) -> None:
        """Put a requirement into the first row still blank, or into a new one."""
        row = next((row for row in self.requirements if not row.competency.data), None)
        if row is None and len(self.requirements) < MAX_REQUIREMENTS:
            row = self.requirements.append_entry()
        if row is not None:
            row.competency.data, row.level.data, row.importance.data = competency, level, importance

    def suggest(self) -> None:
        """Offer what the typed text speaks of and the form does not have yet."""
        parts = ("title_zh", "title_en", "text_zh", "text_en", "techniques")
        typed = "\n".join((getattr(self, name).data or "")[:TEXT_MAX] for name in parts)
        listed = {row.competency.data for row in self.requirements}
        self.accept.choices = choices_of(
            (f"{need.competency}:{need.level}:{need.importance}", described(need, item.patterns))
            for item in suggest_requirements(typed)
            if (need := item.requirement).competency not in listed
        )
        named = {item.casefold() for item in split_list(self.techniques.data)}
        self.accept_techniques.choices = choices_of(
            (item, item) for item in suggest_techniques(typed) if item.casefold() not in named
        )
        if not self.sector.data and (found := suggest_sectors(typed, limit=1)):
            self.suggested_sector = load_taxonomy().label(found[0].id, current_language())

    def add_blank_rows(self) -> None:
        """Leave room for more requirements where no script can add a line."""
        blank = sum(not row.competency.data for row in self.requirements)
        room = MAX_REQUIREMENTS - len(self.requirements)
        for _number in range(min(BLANK_ROWS - blank, room)):
            self.requirements.append_entry()

    def blank_row(self) -> RequirementForm:
        """The row that a script copies."""
        return RequirementForm(formdata=None, prefix="requirements-__index__-")


_NULLABLE = ("sector", "region", "deadline_at")
_TYPED = tuple(name for name in COLUMNS if name != "intake")


def described(need: Requirement, patterns: Sequence[str]) -> str:
    """A suggestion in words: what, how well, how important, and why."""
    words = _(
        "%(competency)s: level %(level)s, %(importance)s",
        competency=competency_label(need.competency),
        level=level_label(need.level),
        importance=importance_label(need.importance).lower(),
    )
    if not patterns:
        return str(words)
    names = _(", ").join(load_taxonomy().label(name, current_language()) for name in patterns)
    because = _("(your text speaks of: %(names)s)", names=names)
    return f"{words} {because}"


class NewProblemForm(ProblemForm):
    """The same for a problem that does not exist yet; the token tells a second click from a second problem."""

    token = HiddenField()
    organization_id = SelectField(_l("Organization"), coerce=int)

    def offer_organizations(self, organizations: Sequence[Organization]) -> None:
        """Let the author choose for whom the problem is set."""
        self.organization_id.choices = choices_of(
            (o.id, o.name(current_language())) for o in organizations
        )

    def assume(self, author: User, organization: Organization) -> None:
        """Fill in what is probable, for the author to correct: who to ask, which field, where."""
        probable = {
            "contact_name": author.name,
            "contact_email": author.email,
            "sector": organization.sector,
            "region": organization.region,
        }
        for name, value in probable.items():
            if not self[name].data:
                self[name].data = value or ""

    def external_id(self) -> str:
        """The id the problem gets, the same however often this form is sent."""
        if not TOKEN.fullmatch(self.token.data or ""):
            self.token.data = secrets.token_hex(16)
        return f"web-{self.token.data}"


def form_data(problem: Problem) -> dict[str, Any]:
    """The saved values as the form shows them."""
    saved = {"version": problem.version, "call_id": problem.call_id}
    return {**values_data(values_of(problem)), **saved}


def values_data(values: ProblemValues) -> dict[str, Any]:
    """*values* as the form shows them."""
    personal = {True: "yes", False: "no", None: ""}[values.has_personal_data]
    return {
        **{name: getattr(values, name) for name in _TYPED},
        "sector": values.sector or "",
        "region": values.region or "",
        "techniques": ", ".join(values.techniques),
        "data_formats": ", ".join(values.data_formats),
        "data_volume": values.data_volume,
        "personal_data": personal,
        "requirements": [
            {"competency": n.competency, "level": n.level, "importance": n.importance}
            for n in values.requirements
        ],
    }


class DecisionForm(BaseForm):
    """A form of which several stand on one page; *action* keeps their ids apart."""

    def __init__(self, action: str = "", **options: Any) -> None:
        super().__init__(**options)
        for item in self:
            item.id = f"{action}-{item.name}" if action else item.id
            item.label.field_id = item.id

    @property
    def words(self) -> str:
        """What was typed into it."""
        return "\n".join(
            item.data for item in self if isinstance(item, TextAreaField) and item.data
        )

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        raise NotImplementedError


class ReasonForm(DecisionForm):
    """Why, in a person's own words."""

    reason = text(_l("Reason"))

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.reason.data or ""}


class ReturnForm(DecisionForm):
    """What the owner should change."""

    note = text(_l("What the owner should change"))

    def arguments(self) -> dict[str, Any]:
        return {"note": self.note.data or ""}


class DeclineForm(DecisionForm):
    """Why the problem is not taken up."""

    reasons = checkboxes(
        _l("Reasons"),
        choices=lambda: choices_of((code.value, say(v)) for code, v in DECLINE_REASONS.items()),
    )
    note = text(_l("In your own words, for the owner"))

    def arguments(self) -> dict[str, Any]:
        reasons = [code for code in DeclineReason if code in (self.reasons.data or ())]
        return {"reasons": reasons, "note": self.note.data or ""}
