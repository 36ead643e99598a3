"""The shortage map: demand against supply by competency, level, sector and region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from matchmaker.competency import load_taxonomy
from matchmaker.competency.shortage import Able, Balance, Need, balances, scarcest
from matchmaker.i18n import N_, Message
from matchmaker.reference import REGIONS
from matchmaker.reports.readiness import HIDDEN
from matchmaker.reports.suppression import SMALLEST
from matchmaker.reports.table import Cell, Column, Name, Table, Words, rounded

LEVELS = (1, 2, 3, 4, 5)
#: Where the question usually is: who works without help.
USUAL_LEVEL = 3
NOBODY = N_("nobody known")
_RULE = N_(
    "Demand: the importance (1 to 3) of every requirement at this level or above, added up over "
    "published problems of the programme’s calls. Supply: the people expected to reach the level, "
    "by their probabilities, among solvers of whom more is known than their own word. Supply of "
    "fewer than %(smallest)s people of whom something is known is hidden. In-house calls are left "
    "out. The scarcest stands first."
)
_BY_LEVEL = N_("The same for every level: demand and supply count the level and all above it.")
_BY_GROUP = N_(
    "Demand counts under the problem’s sector and region, or its organization’s; people count under "
    "every sector and region of their teams. Only what somebody asks for. The same rule as above."
)
_COURSES = N_(
    "Competencies that are scarce and to which no course of the catalogue leads at this level."
)
_FIGURES = (
    Column(N_("Problems that ask"), is_number=True),
    Column(N_("Demand"), is_number=True),
    Column(N_("People known of"), is_number=True),
    Column(N_("Supply"), is_number=True),
    Column(N_("Demand for each who can"), is_number=True),
)


@dataclass(frozen=True)
class Market:
    """What is asked for and what people can, as far as filters leave it."""

    needs: Sequence[Need]
    people: Sequence[Able]
    courses: Sequence[tuple[str, int]] = ()

    def within(self, groups: Collection[str], domain: str = "") -> Market:
        """Only what is counted under all *groups*, and in one domain if it is named."""
        wanted = frozenset(groups)
        names = {c.id for c in load_taxonomy().competencies_of(domain)} if domain else None

        def fits(thing: Need | Able) -> bool:
            return wanted <= thing.groups and (names is None or thing.competency in names)

        return Market(
            [need for need in self.needs if fits(need)],
            [one for one in self.people if fits(one)],
            self.courses,
        )


def label(competency: str) -> Words:
    """What a competency or sector is called."""
    taxonomy = load_taxonomy()
    return Words(zh=taxonomy.label(competency, "zh"), en=taxonomy.label(competency, "en"))


def shortage_tables(market: Market, level: int) -> list[Table]:
    """Everything about the shortage at *level*."""
    return [
        shortage_table(market, level),
        level_table(market),
        group_table(market, level, "sector", N_("By sector"), N_("Sector"), _sectors()),
        group_table(market, level, "region", N_("By region"), N_("Region"), _regions()),
        uncovered_table(market, level),
    ]


def shortage_table(market: Market, level: int) -> Table:
    """Each competency that somebody asks for at *level*, the scarcest first."""
    found = scarcest(balances(market.needs, market.people, level=level).values())
    reach = Counter(name for name, to in market.courses if to >= level)
    columns = (
        Column(N_("Competency")),
        *_FIGURES,
        Column(N_("Courses that lead there"), is_number=True),
    )
    rows = [(label(b.competency), *_cells(b), reach[b.competency]) for b in found]
    return Table("shortage", N_("Shortage map"), _rule(), columns, rows)


def _rule() -> Message:
    return Message(_RULE, {"smallest": SMALLEST})


def _cells(balance: Balance) -> tuple[Cell, ...]:
    is_hidden = 0 < balance.n_people < SMALLEST
    if is_hidden:
        return (balance.n_needs, balance.demand, HIDDEN, HIDDEN, HIDDEN)
    ratio = NOBODY if balance.ratio is None else rounded(balance.ratio)
    return (balance.n_needs, balance.demand, balance.n_people, rounded(balance.supply), ratio)


def level_table(market: Market) -> Table:
    """Every competency that is asked for, level by level."""
    by_level = {n: balances(market.needs, market.people, level=n) for n in LEVELS}
    rows: list[tuple[Cell, ...]] = [
        (label(name), f"L{n}", *_cells(by_level[n][name]))
        for name, lowest in by_level[1].items()
        if lowest.demand
        for n in LEVELS
        if by_level[n][name].demand
    ]
    columns = (Column(N_("Competency")), Column(N_("Level")), *_FIGURES)
    return Table("levels", N_("By level"), _BY_LEVEL, columns, rows)


def _sectors() -> dict[str, Name]:
    return {code: label(code) for code in load_taxonomy().sectors}


def _regions() -> dict[str, Name]:
    return {code: region.label for code, region in REGIONS.items()}


def group_table(
    market: Market, level: int, name: str, title: str, noun: str, groups: dict[str, Name]
) -> Table:
    """Each sector or region with the competencies it asks for, the scarcest first."""
    rows: list[tuple[Cell, ...]] = []
    for code, words in groups.items():
        found = balances(market.needs, market.people, level=level, group=code)
        rows += [(words, label(b.competency), *_cells(b)) for b in scarcest(found.values())]
    columns = (Column(noun), Column(N_("Competency")), *_FIGURES)
    return Table(name, title, _BY_GROUP, columns, rows)


def uncovered_table(market: Market, level: int) -> Table:
    """What to build next: scarce competencies without a course."""
    reached = {name for name, to in market.courses if to >= level}
    found = scarcest(balances(market.needs, market.people, level=level).values())
    rows = [(label(b.competency), *_cells(b)) for b in found if b.competency not in reached]
    columns = (Column(N_("Competency")), *_FIGURES)
    return Table("uncovered", N_("Scarce, and no course leads there"), _COURSES, columns, rows)


@dataclass(frozen=True)
class Drawn:
    """One row of the chart: a competency, and how scarce it is in each group from 0 to 1."""

    label: Words
    cells: Sequence[tuple[float | None, Cell]]


def drawn(market: Market, level: int, groups: Iterable[str], most: int = 10) -> list[Drawn]:
    """The competencies asked for most against *groups*, for the chart; a hidden ratio has no shade."""
    asked = scarcest(balances(market.needs, market.people, level=level).values())
    names = [b.competency for b in sorted(asked, key=lambda b: -b.demand)[:most]]
    by_group = [balances(market.needs, market.people, level=level, group=group) for group in groups]
    ratios = [found[name].ratio or 0 for found in by_group for name in names]
    top = max(ratios, default=0) or 1
    return [Drawn(label(name), [_cell(found[name], top) for found in by_group]) for name in names]


def _cell(balance: Balance, top: float) -> tuple[float | None, Cell]:
    """How dark a cell is, and what stands in it: the demand for each who can."""
    if not balance.demand:
        return None, None
    shown = _cells(balance)[-1]
    if shown == HIDDEN:
        return None, shown
    return 1.0 if balance.ratio is None else balance.ratio / top, shown
