"""The form of a call's rules: days, parts of a proposal, who may apply."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField
from wtforms.validators import Optional

from matchmaker.assessment.application_eligibility import KIND_LABELS as RULE_KINDS
from matchmaker.assessment.application_eligibility import MAX_RULES, Rule
from matchmaker.assessment.application_parts import (
    KIND_LABELS,
    MAX_HELP,
    MAX_LABEL,
    MAX_PARTS,
    STAGES,
    Part,
)
from matchmaker.models import GRADES
from matchmaker.services.call_rules import RulesValues
from matchmaker.web.forms.base import (
    BaseForm,
    LocalMoment,
    Version,
    WholeNumber,
    choice,
    choices_of,
    line,
    text,
)
from matchmaker.web.forms.team import Checkboxes, kinds, split
from matchmaker.web.i18n import say

BLANK_ROWS = 1
#: Well above what is accepted: who has too many is told so, and loses none.
MAX_ROWS = 3 * max(MAX_PARTS, MAX_RULES)


class RowForm(BaseForm):
    """A row of a list; a blank one counts as none."""

    class Meta(BaseForm.Meta):
        csrf = False


class PartForm(RowForm):
    """One part of a proposal."""

    id = line(_l("Short name"), maximum=30)
    zh = line(_l("Name in Chinese"), maximum=MAX_LABEL)
    en = line(_l("Name in English"), maximum=MAX_LABEL)
    help_zh = text(_l("Help in Chinese"), maximum=MAX_HELP)
    help_en = text(_l("Help in English"), maximum=MAX_HELP)
    kind = choice(_l("What is written"), lambda: _kinds(), validate_choice=False)
    stage = choice(_l("When it is asked for"), lambda: _stages(), validate_choice=False)
    least = WholeNumber(_l("At least (characters, or amount)"), [Optional()])
    most = WholeNumber(_l("At most (characters, or amount)"), [Optional()])
    required = BooleanField(_l("Has to be written"))

    @property
    def is_blank(self) -> bool:
        return not (self.id.data or self.zh.data or self.en.data)

    def part(self) -> Part:
        """What was typed, as the library takes it."""
        same = ("id", "zh", "en", "help_zh", "help_en")
        return Part(
            **{name: self[name].data or "" for name in same},
            kind=self.kind.data or "text",
            stage=self.stage.data or "",
            least=self.least.data or 0,
            most=0 if self.most.data is None else self.most.data,
            required=bool(self.required.data),
        )


def _kinds() -> list[tuple[str, str]]:
    return [(kind, say(label)) for kind, label in KIND_LABELS.items()]


def _stages() -> list[tuple[str, str]]:
    named = [
        (stage, _("only where the grade has the stage %(stage)s", stage=stage)) for stage in STAGES
    ]
    return [("", _("always")), *named]


class RuleForm(RowForm):
    """One rule about who may apply."""

    kind = choice(_l("What the rule is about"), lambda: _rule_kinds(), validate_choice=False)
    least = WholeNumber(_l("At least"), [Optional()])
    most = WholeNumber(_l("At most"), [Optional()])
    values = line(_l("Which ones"), maximum=400)
    grades = Checkboxes(
        _l("Only for problems of grade"),
        choices=lambda: choices_of((grade, grade) for grade in GRADES),
        validate_choice=False,
    )
    team_kinds = Checkboxes(
        _l("Only for teams of the kind"), choices=lambda: choices_of(kinds()), validate_choice=False
    )

    @property
    def is_blank(self) -> bool:
        return not self.kind.data

    def rule(self) -> Rule:
        """What was typed, as the library takes it."""
        codes = split(self.values.data or "")
        countries = self.kind.data == "country_share"
        return Rule(
            kind=self.kind.data or "",
            least=self.least.data,
            most=self.most.data,
            values=tuple(code.upper() if countries else code for code in codes),
            grades=tuple(self.grades.data or ()),
            team_kinds=tuple(self.team_kinds.data or ()),
        )


def _rule_kinds() -> list[tuple[str, str]]:
    return [("", _("No rule")), *((kind, say(label)) for kind, label in RULE_KINDS.items())]


class RulesForm(BaseForm):
    """Everything the office sets about applications."""

    applications_open_at = LocalMoment(_l("Applications open"), [Optional()])
    applications_close_at = LocalMoment(_l("Deadline"), [Optional()])
    max_applications_per_team = WholeNumber(_l("Applications per team at most"), [Optional()])
    one_team_per_call = BooleanField(_l("Nobody works in the applications of two teams"))
    max_files = WholeNumber(_l("Files per application at most"), [Optional()])
    blind = BooleanField(_l("Reviewers do not learn who applies"))
    parts = FieldList(FormField(PartForm), label=_l("Parts of a proposal"), max_entries=MAX_ROWS)
    eligibility = FieldList(FormField(RuleForm), label=_l("Who may apply"), max_entries=MAX_ROWS)
    version = Version()

    def add_blank_rows(self, more: int = BLANK_ROWS) -> None:
        """Offer empty rows, for readers without scripts."""
        for rows in (self.parts, self.eligibility):
            blank = sum(row.form.is_blank for row in rows)
            for _number in range(min(MAX_ROWS - len(rows), max(0, more - blank))):
                rows.append_entry()

    def values(self) -> RulesValues:
        """What was typed, as the service takes it."""
        limit = self.max_applications_per_team.data
        return RulesValues(
            applications_open_at=self.applications_open_at.data,
            applications_close_at=self.applications_close_at.data,
            max_applications_per_team=limit,
            one_team_per_call=bool(self.one_team_per_call.data),
            max_files=self.max_files.data or 0,
            blind=bool(self.blind.data),
            parts=tuple(row.form.part() for row in self.parts if not row.form.is_blank),
            eligibility=tuple(row.form.rule() for row in self.eligibility if not row.form.is_blank),
        )


def saved(values: RulesValues, version: int) -> dict[str, Any]:
    """Rules as the form's starting data."""
    same = ("applications_open_at", "applications_close_at", "max_applications_per_team")
    more = ("one_team_per_call", "max_files", "blind")
    return {
        **{name: getattr(values, name) for name in (*same, *more)},
        "parts": [_part(part) for part in values.parts],
        "eligibility": [_rule(rule) for rule in values.eligibility],
        "version": version,
    }


def _part(part: Part) -> dict[str, Any]:
    return {name: getattr(part, name) for name in Part.__dataclass_fields__}


def _rule(rule: Rule) -> dict[str, Any]:
    named = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    return {**named, "values": ", ".join(rule.values)}
