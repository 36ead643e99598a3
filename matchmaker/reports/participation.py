"""Who takes part, by the gender people declared themselves; small counts are hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matchmaker.i18n import N_, Message
from matchmaker.models import DECLARED_GENDER_LABELS, TEAM_KIND_LABELS, TeamKind
from matchmaker.queries.talent import PARTS, Participant
from matchmaker.reference import REGIONS
from matchmaker.reports.groups import NOT_SAID
from matchmaker.reports.readiness import HIDDEN
from matchmaker.reports.suppression import SMALLEST, suppress
from matchmaker.reports.table import Cell, Column, Name, Table

GENDERS = (*(gender.value for gender in DECLARED_GENDER_LABELS), "")
PART_LABELS = {
    "lead": N_("Leads of teams"),
    "member": N_("Other members of teams"),
    "solver": N_("Solvers without a team"),
    "organization": N_("Members of organizations"),
    "expert": N_("Reviewers and mentors"),
}
_SOLVERS = ("lead", "member", "solver")
_RULE = N_(
    "Everybody who takes part counts once, under the first line that fits. Gender is what people "
    "declared of their own accord, for statistics only; most may have said nothing. Counts below "
    "%(smallest)s are hidden, and others where a sum would tell them. In-house calls are left out."
)
_BY_TEAM = N_(
    "Members of teams, leads included, once each: under the team they lead, or else joined first. "
    "Counts below %(smallest)s are hidden, and others where a sum would tell them."
)
_BY_LEVEL = N_(
    "Solvers by the highest level that is confirmed in any competency. Counts below %(smallest)s "
    "are hidden, and others where a sum would tell them."
)


def participation_tables(found: Sequence[Participant]) -> list[Table]:
    """Everything about who takes part."""
    in_teams = [one for one in found if one.part in ("lead", "member")]
    solvers = [one for one in found if one.part in _SOLVERS]
    kinds: dict[str, Name] = {kind.value: TEAM_KIND_LABELS[kind] for kind in TeamKind}
    regions: dict[str, Name] = {code: region.label for code, region in REGIONS.items()}
    levels: dict[str, Name] = {"0": N_("None confirmed"), **{str(n): f"L{n}" for n in range(1, 6)}}
    parts: dict[str, Name] = {part: PART_LABELS[part] for part in PARTS}
    return [
        _table("part", N_("By part"), _RULE, N_("Part"), parts, found, lambda p: p.part),
        _table(
            "kind",
            N_("By kind of team"),
            _BY_TEAM,
            N_("Kind of team"),
            kinds,
            in_teams,
            lambda p: p.team_kind,
        ),
        _table(
            "region",
            N_("By region of the team"),
            _BY_TEAM,
            N_("Region"),
            {**regions, "": NOT_SAID},
            in_teams,
            lambda p: p.region if p.region in REGIONS else "",
        ),
        _table(
            "level",
            N_("By confirmed level"),
            _BY_LEVEL,
            N_("Highest level"),
            levels,
            solvers,
            lambda p: str(p.level),
        ),
    ]


def _table(
    name: str,
    title: str,
    rule: str,
    noun: str,
    groups: Mapping[str, Name],
    found: Sequence[Participant],
    key: Callable[[Participant], str],
) -> Table:
    counts = [
        [sum(key(p) == group and p.gender == gender for p in found) for gender in GENDERS]
        for group in groups
    ]
    columns = (
        Column(noun),
        *(Column(label, is_number=True) for label in DECLARED_GENDER_LABELS.values()),
        Column(NOT_SAID, is_number=True),
    )
    shown = suppress(counts)
    rows: list[tuple[Cell, ...]] = [
        (words, *(HIDDEN if cell is None else cell for cell in cells))
        for words, cells in zip(groups.values(), shown, strict=True)
    ]
    return Table(name, title, Message(rule, {"smallest": SMALLEST}), columns, rows)
