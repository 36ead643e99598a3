"""Who is seen in a match run: the attention that groups of teams get near the top of the lists.

The figures are read off a finished run and go nowhere but into this report. A group of fewer than
three teams has no figures of its own: it is counted together with others before anything is
calculated, so nothing is there to be worked out by subtraction.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.competency import detect_language
from matchmaker.i18n import N_, language_of, translate
from matchmaker.matching.exposure import GroupExposure, exposure
from matchmaker.models import TEAM_KIND_LABELS, Match, MatchExclusion, MatchRun, Team
from matchmaker.reference import REGIONS
from matchmaker.tabular import protect

BOM = "\ufeff"  # Without it Excel takes UTF-8 for the local code page.
DEPTH = 10
SMALLEST_GROUP = 3

LANGUAGE_LABELS = {
    "zh": N_("Chinese only"),
    "en": N_("English only"),
    "en zh": N_("Chinese and English"),
    "": N_("No text"),
}
REGION_LABELS = {**{code: region.label for code, region in REGIONS.items()}, "": N_("Not said")}
KIND_LABELS = {kind.value: label for kind, label in TEAM_KIND_LABELS.items()}
COLUMNS = (
    N_("Grouped by"),
    N_("Group"),
    N_("Teams"),
    N_("Share of teams"),
    N_("Share of attention"),
    N_("Attention per share of teams"),
    N_("Places in the first ten"),
)


@dataclass(frozen=True)
class Row:
    """The figures of a group, or of several small ones together."""

    labels: tuple[str, ...]
    figures: GroupExposure

    def label(self, locale: str) -> str:
        """The group's name; of several, all of them."""
        comma = "、" if language_of(locale) == "zh" else ", "
        return comma.join(translate(label, locale) for label in self.labels)

    @property
    def short_label(self) -> str:
        """The same where there is little room."""
        return self.labels[0] if len(self.labels) == 1 else N_("Several groups together")


@dataclass(frozen=True)
class Table:
    """One way of grouping; without rows if no figure may be shown."""

    name: str
    title: str
    rows: list[Row]


def exposure_tables(session: Session, run: MatchRun) -> list[Table]:
    """The exposure of the run's teams by region, kind and language of their profiles."""
    teams, ranks = _pool(session, run), _ranks(session, run)
    return [
        Table(name, title, _rows(labels, {str(team.id): group_of(team) for team in teams}, ranks))
        for name, title, labels, group_of in _GROUPINGS
    ]


def _pool(session: Session, run: MatchRun) -> Sequence[Team]:
    """The teams that were compared with problems, also those that came nowhere near a list."""
    ranked = sa.select(Match.team_id).where(Match.run_id == run.id)
    barred = sa.select(MatchExclusion.team_id).where(
        MatchExclusion.run_id == run.id,
        MatchExclusion.problem_id.is_not(None),
        MatchExclusion.team_id.is_not(None),
    )
    unavailable = sa.select(MatchExclusion.team_id).where(
        MatchExclusion.run_id == run.id,
        MatchExclusion.problem_id.is_(None),
        MatchExclusion.team_id.is_not(None),
    )
    statement = sa.select(Team).where(
        sa.or_(Team.id.in_(ranked), Team.id.in_(barred)), Team.id.not_in(unavailable)
    )
    return session.scalars(statement.options(selectinload(Team.works)).order_by(Team.id)).all()


def _ranks(session: Session, run: MatchRun) -> list[tuple[str, int]]:
    statement = sa.select(Match.team_id, Match.problem_rank).where(
        Match.run_id == run.id, Match.problem_rank <= DEPTH
    )
    return [(str(team_id), rank) for team_id, rank in session.execute(statement)]


def _region(team: Team) -> str:
    return team.region if team.region in REGIONS else ""


def _kind(team: Team) -> str:
    return team.kind.value


def profile_language(team: Team) -> str:
    """The languages a profile is written in; of a team that says nothing of itself, its works'."""
    own = [f"{team.title_zh}\n{team.text_zh}", f"{team.title_en}\n{team.text_en}"]
    works = [f"{work.title}\n{work.text}" for work in team.works]
    return _languages(own) or _languages(works)


def _languages(texts: Collection[str]) -> str:
    return " ".join(sorted({found for text in texts if (found := detect_language(text))}))


_GROUPINGS: tuple[tuple[str, str, Mapping[str, str], Callable[[Team], str]], ...] = (
    ("region", N_("By region"), REGION_LABELS, _region),
    ("kind", N_("By kind of team"), KIND_LABELS, _kind),
    ("language", N_("By language of the profile"), LANGUAGE_LABELS, profile_language),
)


def _rows(
    labels: Mapping[str, str], groups: Mapping[str, str], ranks: Sequence[tuple[str, int]]
) -> list[Row]:
    sizes = Counter(groups.values())
    hidden = taken_together(sizes)
    if hidden and sum(sizes[group] for group in hidden) < SMALLEST_GROUP:
        return []
    # One name for all of them, so that no figure of a single one is ever calculated.
    together = "+".join(sorted(hidden))
    merged = {team: together if group in hidden else group for team, group in groups.items()}
    found = {row.group: row for row in exposure(ranks, merged, k=DEPTH)}
    rows = [Row((label,), found[code]) for code, label in labels.items() if code in found]
    if hidden:
        names = tuple(label for code, label in labels.items() if code in hidden)
        rows.append(Row(names, found[together]))
    return rows


def taken_together(sizes: Mapping[str, int]) -> frozenset[str]:
    """The groups that are counted as one: all the small ones, and others if those are too few.

    A lone small group would be the rest of the whole, and two of one team each would still be a
    small group, so the next smallest join until at least two groups and three teams are together.

    >>> sorted(taken_together({"north": 9, "south": 4, "east": 1}))
    ['east', 'south']
    """
    ordered = sorted(sizes, key=lambda group: (sizes[group], group))
    chosen = [group for group in ordered if sizes[group] < SMALLEST_GROUP]
    for group in ordered[len(chosen) :]:
        enough = len(chosen) > 1 and sum(sizes[one] for one in chosen) >= SMALLEST_GROUP
        if not chosen or enough:
            break
        chosen.append(group)
    return frozenset(chosen)


def exposure_csv(session: Session, run: MatchRun, locale: str) -> str:
    """The tables one below the other for a spreadsheet."""
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([translate(column, locale) for column in COLUMNS])
    for table in exposure_tables(session, run):
        for row in table.rows:
            names = [translate(table.title, locale), row.label(locale)]
            writer.writerow([*map(protect, names), *_cells(row.figures)])
    return buffer.getvalue()


def _cells(figures: GroupExposure) -> list[float]:
    shares = (figures.share_of_pool, figures.share_of_exposure, figures.ratio)
    return [figures.n_teams, *(round(share, 4) for share in shares), figures.n_in_top]
