"""How far groups of teams and people got, and whether some get on less often than others.

The figures go nowhere but onto the office's page: no score, match or decision reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.assessment import grades
from matchmaker.i18n import N_, Message
from matchmaker.models import DECLARED_GENDER_LABELS, TEAM_KIND_LABELS
from matchmaker.queries.reach import STAGES, Pair
from matchmaker.reference import REGIONS
from matchmaker.reports.groups import NOT_SAID
from matchmaker.reports.readiness import HIDDEN
from matchmaker.reports.suppression import SMALLEST, suppress
from matchmaker.reports.table import Cell, Column, Name, Table, Words

STAGE_LABELS = {
    "recommended": N_("Recommended or applied"),
    "applied": N_("Has applied"),
    "offered": N_("Offered a place"),
    "confirmed": N_("Place confirmed"),
    "completed": N_("Work completed"),
    "awarded": N_("Awarded"),
}
#: A rate says little of fewer than these.
SMALLEST_BASE = 10
#: Below this share of the reference group's rate a difference is worth a look ("four fifths").
FOUR_FIFTHS = 0.8

_TEAMS = N_(
    "A team counts once in each stage that it got to with any problem of the calls shown. In-house "
    "calls are left out. Counts below %(smallest)s are hidden, and others where a sum or a "
    "difference would tell them."
)
_PAIRS = N_(
    "A team with a problem counts once in each stage that it got to, under the problem’s grade. "
    "In-house calls are left out. Counts below %(smallest)s are hidden, and others where a sum or a "
    "difference would tell them."
)
_PEOPLE = N_(
    "A person counts once in each stage: the people named in applications, and the members of "
    "teams that were recommended a problem. Gender is what people declared of their own accord, "
    "for statistics only. Counts below %(smallest)s are hidden, and others where a sum or a "
    "difference would tell them."
)
_RATES = N_(
    "How many of those in the stage before got on; in brackets that rate as a multiple of the rate "
    "of the largest group (its own is 1.00). Below 0.8 it is marked: a reason to look, not a proof "
    "of unfairness. Nothing is said of fewer than %(base)s."
)
_NO_RATES = N_("No group is large enough for rates: each needs at least %(base)s in a stage.")


@dataclass(frozen=True)
class Tally:
    """How many of each group got to each stage."""

    name: str
    title: str
    rates_title: str
    noun: str
    rule: str
    labels: Mapping[str, Name]
    #: Group to counts, one for each stage.
    counts: Mapping[str, list[int]]


def reach_tables(pairs: Sequence[Pair], genders: Mapping[int, str]) -> list[Table]:
    """Counts and rates by kind of team, region, grade and declared gender."""
    return [
        table
        for tally in tallies(pairs, genders)
        for shown in [hide_small(list(tally.counts.values()))]
        for table in (_count_table(tally, shown), _rate_table(tally, shown))
    ]


def tallies(pairs: Sequence[Pair], genders: Mapping[int, str]) -> list[Tally]:
    """The counts behind the tables, nothing hidden yet."""
    return [_by_kind(pairs), _by_region(pairs), _by_grade(pairs), _by_gender(pairs, genders)]


def _by_kind(pairs: Sequence[Pair]) -> Tally:
    kinds: dict[str, Name] = {kind.value: label for kind, label in TEAM_KIND_LABELS.items()}
    titles = N_("By kind of team"), N_("By kind of team: who gets on")
    reached = _of_teams(pairs, {pair.team_id: pair.kind for pair in pairs})
    return _tally("kind", titles, N_("Kind of team"), _TEAMS, kinds, reached)


def _by_region(pairs: Sequence[Pair]) -> Tally:
    regions: dict[str, Name] = {code: region.label for code, region in REGIONS.items()}
    titles = N_("By region of the team"), N_("By region of the team: who gets on")
    groups = {p.team_id: p.region if p.region in REGIONS else "" for p in pairs}
    labels = {**regions, "": NOT_SAID}
    return _tally("region", titles, N_("Region"), _TEAMS, labels, _of_teams(pairs, groups))


def _by_grade(pairs: Sequence[Pair]) -> Tally:
    steps: dict[str, Name] = {
        code: Words(zh=f"{code} {grade.label('zh')}", en=f"{code} {grade.label('en')}")
        for code, grade in grades().items()
    }
    titles = N_("By grade of the problem"), N_("By grade of the problem: who gets on")
    reached = [(pair.grade if pair.grade in steps else "", pair.stage) for pair in pairs]
    return _tally("grade", titles, N_("Grade"), _PAIRS, {**steps, "": NOT_SAID}, reached)


def _by_gender(pairs: Sequence[Pair], genders: Mapping[int, str]) -> Tally:
    declared: dict[str, Name] = {g.value: label for g, label in DECLARED_GENDER_LABELS.items()}
    titles = N_("By declared gender"), N_("By declared gender: who gets on")
    people = _furthest((user_id, pair.stage) for pair in pairs for user_id in pair.people)
    reached = [(genders.get(user_id, ""), stage) for user_id, stage in people.items()]
    return _tally("gender", titles, N_("Gender"), _PEOPLE, {**declared, "": NOT_SAID}, reached)


def _of_teams(pairs: Sequence[Pair], groups: Mapping[int, str]) -> list[tuple[str, int]]:
    teams = _furthest((pair.team_id, pair.stage) for pair in pairs)
    return [(groups[team_id], stage) for team_id, stage in teams.items()]


def _furthest(reached: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for key, stage in reached:
        found[key] = max(found.get(key, 0), stage)
    return found


def _tally(
    name: str,
    titles: tuple[str, str],
    noun: str,
    rule: str,
    labels: Mapping[str, Name],
    reached: Sequence[tuple[str, int]],
) -> Tally:
    counts = {
        group: [
            sum(key == group and stage >= place for key, stage in reached)
            for place in range(len(STAGES))
        ]
        for group in labels
    }
    return Tally(name, *titles, noun, rule, labels, counts)


def hide_small(counts: Sequence[Sequence[int]], smallest: int = SMALLEST) -> list[list[int | None]]:
    """Counts of groups (rows) that got to stages (columns), without what would tell small numbers.

    Counts from 1 to below *smallest* go, what a sum along a row or a column would tell, and what
    the difference to the stage before it would.
    """
    shown = suppress(counts, smallest)
    while True:
        before = [list(row) for row in shown]
        for row in shown:
            _hide_differences(row, smallest)
        for column in range(len(counts[0]) if counts else 0):
            _hide_second(counts, shown, column)
        if shown == before:
            return shown


def _hide_differences(row: list[int | None], smallest: int) -> None:
    last: int | None = None
    for place, count in enumerate(row):
        if count is None:
            continue
        if last is not None and 0 < last - count < smallest:
            row[place] = None
        else:
            last = count


def _hide_second(
    counts: Sequence[Sequence[int]], shown: list[list[int | None]], column: int
) -> None:
    """Where one group alone is hidden in a stage, the next smallest goes too."""
    left = [row for row in range(len(shown)) if shown[row][column] is not None]
    if len(left) == len(shown) - 1 and left:
        smallest = min(left, key=lambda row: (counts[row][column] == 0, counts[row][column]))
        shown[smallest][column] = None


def _count_table(tally: Tally, shown: list[list[int | None]]) -> Table:
    columns = (
        Column(tally.noun),
        *(Column(STAGE_LABELS[stage], is_number=True) for stage in STAGES),
    )
    rows: list[tuple[Cell, ...]] = [
        (tally.labels[group], *(HIDDEN if cell is None else cell for cell in cells))
        for group, cells in zip(tally.counts, shown, strict=True)
    ]
    return Table(
        tally.name, tally.title, Message(tally.rule, {"smallest": SMALLEST}), columns, rows
    )


def _rate_table(tally: Tally, shown: list[list[int | None]]) -> Table:
    groups = list(tally.counts)
    rates = [[_rate(row, place) for place in range(1, len(STAGES))] for row in shown]
    sizes = [row[0] or 0 for row in shown]
    largest = max(range(len(groups)), key=lambda place: sizes[place])
    said = any(rate is not None for row in rates for rate in row)
    rule = Message(_RATES if said else _NO_RATES, {"base": SMALLEST_BASE})
    columns = (
        Column(tally.noun),
        *(Column(STAGE_LABELS[stage], is_number=True) for stage in STAGES[1:]),
    )
    rows: list[tuple[Cell, ...]] = [
        (tally.labels[group], *(_in_words(*cell) for cell in zip(row, rates[largest], strict=True)))
        for group, row in zip(groups, rates, strict=True)
    ]
    return Table(f"{tally.name}-rates", tally.rates_title, rule, columns, rows if said else [])


def _rate(row: list[int | None], place: int) -> float | None:
    """The share of those in the stage before who got to this one."""
    base, count = row[place - 1], row[place]
    if base is None or count is None or base < SMALLEST_BASE:
        return None
    return count / base


def _in_words(rate: float | None, reference: float | None) -> str | None:
    if rate is None:
        return None
    share = f"{100 * rate:.0f} %"
    if not reference:
        return share
    ratio = rate / reference
    return f"{share} ({ratio:.2f}{' ▼' if ratio < FOUR_FIFTHS else ''})"
