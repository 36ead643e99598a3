"""How ready organizations are: by stage, sector, region and size, without telling on any one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from matchmaker.assessment.rubric import ReadinessRubric, Stage
from matchmaker.i18n import N_, Message
from matchmaker.models import ReadinessAssessment
from matchmaker.reports.groups import GROUPINGS, Grouping
from matchmaker.reports.suppression import SMALLEST, suppress
from matchmaker.reports.table import Cell, Column, Table, Together, Words

HIDDEN = N_("hidden")
_STANDING = N_(
    "Each enterprise and public body counts once, with its newest completed check. Second opinions "
    "are left out. Counts below %(smallest)s are hidden, and others where a sum would tell them."
)
_GROUPED = N_(
    "Groups of fewer than %(smallest)s organizations are counted together with the next smallest. "
    "Within a group, stages with fewer than %(smallest)s are hidden, and others with them."
)
_SIDES = N_("Mean of the newest checks, 0 to 100; shown from %(smallest)s organizations on.")
_CHANGE = N_(
    "Organizations that completed more than one check: the newest compared with the first; shown "
    "from %(smallest)s organizations on."
)
_GROUPS = {
    "strategy": N_("Strategy (questions N1 to N4, O1, O4)"),
    "talent": N_("Talent (questions O2, O3)"),
    "technology": N_("Technology (sides D, T, W)"),
}


@dataclass(frozen=True)
class Standing:
    """One organization's newest check, with what it is counted under."""

    sector: str
    region: str
    size: str
    stage: str
    overall: float
    sides: Mapping[str, float]
    groups: Mapping[str, float]
    is_verified: bool


def standing_of(assessment: ReadinessAssessment, groups: Mapping[str, float]) -> Standing:
    """What of an assessment is counted."""
    organization = assessment.organization
    return Standing(
        sector=organization.sector or "",
        region=organization.region or "",
        size=organization.size.value if organization.size else "",
        stage=assessment.stage or "",
        overall=assessment.overall or 0.0,
        sides=assessment.sides,
        groups=groups,
        is_verified=assessment.verified_at is not None,
    )


def _rule(text: str) -> Message:
    return Message(text, {"smallest": SMALLEST})


def _stage_words(stage: Stage) -> Words:
    return Words(zh=stage.zh, en=stage.en)


def _cells(counts: Sequence[int | None]) -> tuple[Cell, ...]:
    return tuple(HIDDEN if count is None else count for count in counts)


def stage_table(found: Sequence[Standing], rubric: ReadinessRubric) -> Table:
    """How many organizations are in each stage, said by themselves or seen on a visit."""
    counts = [
        [
            sum(row.stage == key and row.is_verified is verified for row in found)
            for verified in (False, True)
        ]
        for key in rubric.stages
    ]
    rows = [
        (_stage_words(stage), *_cells(shown))
        for stage, shown in zip(rubric.stages.values(), suppress(counts), strict=True)
    ]
    columns = (
        Column(N_("Stage")),
        Column(N_("As organizations say themselves"), is_number=True),
        Column(N_("Checked on a visit"), is_number=True),
    )
    return Table("stages", N_("By stage"), _rule(_STANDING), columns, rows)


def merged(groups: Mapping[str, list[Standing]]) -> list[tuple[tuple[str, ...], list[Standing]]]:
    """The groups, the largest first; those too small to show are taken together."""
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    kept: list[tuple[tuple[str, ...], list[Standing]]] = [
        ((key,), rows) for key, rows in ordered if len(rows) >= SMALLEST
    ]
    small = [(key, rows) for key, rows in ordered if len(rows) < SMALLEST]
    names = tuple(key for key, _rows in small)
    pool = [row for _key, rows in small for row in rows]
    while pool and len(pool) < SMALLEST and kept:
        more, rows = kept.pop()
        names, pool = (*names, *more), [*pool, *rows]
    return [*kept, (names, pool)] if len(pool) >= SMALLEST else kept


def group_table(found: Sequence[Standing], grouping: Grouping, rubric: ReadinessRubric) -> Table:
    """The stages of each group of organizations."""
    members: dict[str, list[Standing]] = {}
    for row in found:
        members.setdefault(grouping.key(row), []).append(row)
    groups = merged(members)
    counts = [[sum(r.stage == key for r in rows) for key in rubric.stages] for _k, rows in groups]
    lines = [
        (_label(grouping, keys), len(rows), _mean(row.overall for row in rows), *_cells(shown))
        for (keys, rows), shown in zip(groups, suppress(counts), strict=True)
    ]
    columns = (
        Column(grouping.noun),
        Column(N_("Organizations"), is_number=True),
        Column(N_("Mean score"), is_number=True),
        *(Column(_stage_words(stage), is_number=True) for stage in rubric.stages.values()),
    )
    return Table(grouping.name, grouping.title, _rule(_GROUPED), columns, lines)


def _label(grouping: Grouping, keys: Sequence[str]) -> Cell:
    return Together(tuple(grouping.label(key) for key in keys))


def _mean(values: Iterable[float]) -> float:
    return round(mean(values), 1)


def side_table(found: Sequence[Standing], rubric: ReadinessRubric) -> Table:
    """The mean of each side, and of the groups of questions that surveys report."""
    rows: list[tuple[Cell, ...]] = []
    if len(found) >= SMALLEST:
        sides = [(Words(zh=side.zh, en=side.en), key) for key, side in rubric.dimensions.items()]
        rows = [(name, _mean(row.sides.get(key, 0.0) for row in found)) for name, key in sides]
        rows += [
            (label, _mean(row.groups.get(key, 0.0) for row in found))
            for key, label in _GROUPS.items()
        ]
    columns = (Column(N_("Side")), Column(N_("Mean score"), is_number=True))
    return Table("sides", N_("By side"), _rule(_SIDES), columns, rows)


def change_table(histories: Mapping[int, Sequence[float]]) -> Table:
    """How scores changed between the first and the newest check of the same organization."""
    pairs = [(scores[0], scores[-1]) for scores in histories.values() if len(scores) > 1]
    rows: list[tuple[Cell, ...]] = []
    if len(pairs) >= SMALLEST:
        first, newest = _mean(pair[0] for pair in pairs), _mean(pair[1] for pair in pairs)
        rows = [(len(pairs), first, newest, round(newest - first, 1))]
    columns = (
        Column(N_("Organizations"), is_number=True),
        Column(N_("First check"), is_number=True),
        Column(N_("Newest check"), is_number=True),
        Column(N_("Change"), is_number=True),
    )
    return Table("change", N_("Change over time"), _rule(_CHANGE), columns, rows)


def readiness_tables(
    found: Sequence[Standing], histories: Mapping[int, Sequence[float]], rubric: ReadinessRubric
) -> list[Table]:
    """Everything about readiness."""
    return [
        stage_table(found, rubric),
        side_table(found, rubric),
        *(group_table(found, grouping, rubric) for grouping in GROUPINGS),
        change_table(histories),
    ]
