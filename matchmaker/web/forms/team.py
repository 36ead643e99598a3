"""The form of a team's profile, and the filters of the directory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField, SelectMultipleField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker.competency import load_taxonomy
from matchmaker.models import TEAM_KIND_LABELS, Organization, Team, TeamKind
from matchmaker.queries.team import TeamFilter
from matchmaker.reference import REGIONS
from matchmaker.services.team import CompetencyValues, TeamValues, WorkValues
from matchmaker.web.forms.base import (
    BaseForm,
    Version,
    WholeNumber,
    choice,
    choices_of,
    line,
    number_or_none,
    text,
)
from matchmaker.web.i18n import current_language, say

SEPARATORS = re.compile(r"[,、，;；\n]")
BLANK_WORKS = 2
#: Well above what the service accepts: who typed too many is told so, and loses none.
MAX_ROWS = 100


def kinds() -> list[tuple[str, str]]:
    return [(kind.value, say(label)) for kind, label in TEAM_KIND_LABELS.items()]


def sectors() -> list[tuple[str, str]]:
    language = current_language()
    return [(sector.id, sector.label(language)) for sector in load_taxonomy().sectors.values()]


def regions() -> list[tuple[str, str]]:
    return [("", _("Not said")), *((r.code, say(r.label)) for r in REGIONS.values())]


class Checkboxes(SelectMultipleField):
    """Any number out of a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Levels(Field):
    """A level for any number of competencies; each is a group of radios named after it.

    Templates draw the groups themselves, by domain.
    """

    data: dict[str, str]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.object_data = self.data = {key: str(level) for key, level in (data or {}).items()}
        if formdata is not None:
            prefix = f"{self.name}-"
            typed = {k.removeprefix(prefix): formdata[k] for k in formdata if k.startswith(prefix)}
            self.data = {competency: level for competency, level in typed.items() if level}


class WorkForm(BaseForm):
    """One past work."""

    class Meta(BaseForm.Meta):
        csrf = False

    title = line(_l("Title of the work"))
    text = text(_l("What you did, how, and what came of it"))
    year = WholeNumber(_l("Year it was finished"), [Optional()])

    @property
    def is_blank(self) -> bool:
        """Whether nothing at all was typed into the row."""
        year = self.year.data or "".join(self.year.raw_data or ()).strip()
        return not (self.title.data or self.text.data or year)


class TeamForm(BaseForm):
    """A team's profile."""

    kind = choice(_l("Kind of team"), kinds, validate_choice=False)
    name_zh = line(_l("Team name in Chinese"), maximum=120)
    name_en = line(_l("Team name in English"), maximum=120)
    title_zh = line(_l("In one line, in Chinese"))
    title_en = line(_l("In one line, in English"))
    text_zh = text(_l("About the team, in Chinese"))
    text_en = text(_l("About the team, in English"))
    organization_id = choice(_l("Organization the team comes from"), list, validate_choice=False)
    region = choice(_l("Region"), regions, validate_choice=False)
    capacity = WholeNumber(_l("Problems you can take on at once"), default=1)
    works = FieldList(FormField(WorkForm), label=_l("Past works"), max_entries=MAX_ROWS)
    sectors = Checkboxes(
        _l("Sectors you know"), choices=lambda: choices_of(sectors()), validate_choice=False
    )
    techniques = text(_l("Methods and tools"), maximum=4000)
    #: Suggested methods the author ticked; `accept_techniques` moves them into the text.
    more_techniques = Checkboxes(_l("Methods and tools your text names"), validate_choice=False)
    competencies = Levels(_l("Competencies"))
    version = Version()

    def validate_kind(self, field: Field) -> None:
        if field.data not in set(TeamKind):
            raise ValidationError(_("Choose what kind of team this is."))

    def validate_capacity(self, field: Field) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(_("Please enter a whole number."))

    def offer(self, own: Iterable[Organization], team: Team | None) -> None:
        """Let the author choose among *own* organizations and the one the team is from already."""
        present = [team.organization] if team and team.organization else []
        offered = {o.id: o.name(current_language()) for o in (*own, *present)}
        named = [(str(key), name) for key, name in offered.items()]
        self.organization_id.choices = choices_of([("", _("None")), *named])

    def accept_techniques(self) -> None:
        """Move suggested methods that were ticked into the author's own list."""
        if self.more_techniques.data:
            self.techniques.data = join(self.values().techniques)
            self.more_techniques.data = []

    def add_blank_works(self, more: int = 0) -> None:
        """Offer empty rows, for readers without scripts; *more* of them if asked for."""
        blank = sum(work.form.is_blank for work in self.works)
        room = MAX_ROWS - len(self.works)
        for _number in range(min(room, max(0, BLANK_WORKS - blank) + more)):
            self.works.append_entry()

    def values(self) -> TeamValues:
        """What was typed, as the service takes it."""
        data = self.data
        kind = data["kind"] if data["kind"] in set(TeamKind) else TeamKind.STUDENT
        same = ("name_zh", "name_en", "title_zh", "title_en", "text_zh", "text_en")
        return TeamValues(
            kind=TeamKind(kind),
            **{name: data[name] or "" for name in same},
            region=data["region"] or None,
            sectors=tuple(data["sectors"] or ()),
            techniques=split(
                "\n".join([data["techniques"] or "", *(data["more_techniques"] or ())])
            ),
            capacity=1 if data["capacity"] is None else data["capacity"],
            organization_id=number_or_none(data["organization_id"]),
            works=tuple(
                WorkValues(w.form.title.data or "", w.form.text.data or "", w.form.year.data)
                for w in self.works
                if not w.form.is_blank
            ),
            competencies=tuple(
                CompetencyValues(competency, number_or_none(level) or 0)
                for competency, level in self.competencies.data.items()
            ),
        )


def split(typed: str) -> tuple[str, ...]:
    """The parts of a list typed with commas, Chinese or Western, or one a line; each once."""
    found: dict[str, str] = {}
    for part in SEPARATORS.split(typed):
        if name := " ".join(part.split()):
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def join(parts: Iterable[str]) -> str:
    """*parts* as people write a list in the reader's language."""
    return ("、" if current_language() == "zh" else ", ").join(parts)


def saved(team: Team) -> dict[str, Any]:
    """A team as the form's starting data."""
    same = ("name_zh", "name_en", "title_zh", "title_en", "text_zh", "text_en", "capacity")
    return {
        **{name: getattr(team, name) for name in same},
        "kind": team.kind.value,
        "region": team.region or "",
        "organization_id": str(team.organization_id or ""),
        "sectors": team.sectors,
        "techniques": join(team.techniques),
        "works": [{"title": w.title, "text": w.text, "year": w.year} for w in team.works],
        "competencies": {row.competency: row.level for row in team.competencies},
        "version": team.version,
    }


def read_filter(args: Mapping[str, str]) -> TeamFilter:
    """The directory's filters from an address; what is not known counts as not given."""
    taxonomy = load_taxonomy()
    kind = args.get("kind", "")
    return TeamFilter(
        text=args.get("q", "").replace("\x00", "").strip()[:200],
        sector=_known(args.get("sector", ""), taxonomy.sectors),
        competency=_known(args.get("competency", ""), taxonomy.competencies),
        kind=TeamKind(kind) if kind in set(TeamKind) else None,
        region=_known(args.get("region", ""), REGIONS),
        language=_known(args.get("language", ""), {"zh": "", "en": ""}),
    )


def _known(value: str, table: Mapping[str, Any]) -> str:
    return value if value in table else ""
