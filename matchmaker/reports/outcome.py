"""What became of the work in a call: confirmed by both sides, said by one, or said differently.

Silence is counted apart and is never a zero. Sides that differ are not averaged: the sums show the
lower and the higher of what they say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from matchmaker.assessment.outcomes import BY_KEY, QUESTIONS, Kind, Question, Verdict
from matchmaker.i18n import N_
from matchmaker.models import INDICATORS
from matchmaker.queries.outcome import Said, lines_of
from matchmaker.reports.funnel import share
from matchmaker.reports.table import Cell, Column, Table, Together, rounded

_RULE = N_(
    "Each side’s latest answer counts. “Confirmed” is what both sides say, up to a tenth apart (the "
    "lower figure is summed); “said by one” is what only one of them answered; where they differ, the "
    "sums of the lower and of the higher figures are shown. Whoever did not answer counts nowhere. "
    "In-house calls are left out."
)
_CHOICES = N_(
    "How many pieces of work have this answer: both sides gave it, one side alone answered, or one "
    "of two differing answers was this."
)
_ANSWERS = N_(
    "Each side is asked once at the end of the work and 3, 6 and 12 months later. No answer is "
    "counted as such, never as zero."
)
_INDICATORS = N_(
    "What the programme reports: work completed, results in daily use, jobs, and investment, by how "
    "well each is known. Only what both sides confirm counts towards a target. Nothing is estimated "
    "for those who did not answer, and in-house calls are left out."
)
_MILLION = 1_000_000


@dataclass
class Sums:
    """One figure over all work."""

    confirmed: int | float = 0
    one: int | float = 0
    low: int | float = 0
    high: int | float = 0
    #: In how many pieces of work it was confirmed, said by one, said differently.
    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))


def sums_of(found: Sequence[Said], question: Question) -> Sums:
    """The sums of a count or an amount."""
    sums = Sums()
    for said in found:
        line = next(one for one in lines_of(said.owner, said.team) if one.question is question)
        sums.counts[line.verdict] += 1
        figures = [figure for figure in (line.owner, line.team) if figure is not None]
        if line.verdict is Verdict.SAME:
            sums.confirmed += min(figures)
        elif line.verdict is Verdict.ONE:
            sums.one += figures[0]
        elif line.verdict is Verdict.DIFFER:
            sums.low += min(figures)
            sums.high += max(figures)
    return sums


def outcome_tables(
    found: Sequence[Said], targets: Mapping[str, int] = MappingProxyType({})
) -> list[Table]:
    """Answers, indicators beside the *targets* of the call, figures and choices."""
    return [_answers(found), indicator_table(found, targets), _figures(found), _choices(found)]


def _answers(found: Sequence[Said]) -> Table:
    columns = (Column(N_("Questions to the sides")), Column(N_("Count"), is_number=True))
    rows: list[tuple[Cell, ...]] = [
        (N_("Pieces of work asked about"), len(found)),
        (N_("Answers asked for"), sum(said.asked for said in found)),
        (N_("Answers received"), sum(said.answered for said in found)),
        (N_("No answer"), sum(said.lapsed for said in found)),
        (N_("Still open"), sum(said.asked - said.answered - said.lapsed for said in found)),
    ]
    return Table("answers", N_("Who answered"), _ANSWERS, columns, rows)


def indicator_table(found: Sequence[Said], targets: Mapping[str, int]) -> Table:
    """What the programme is measured by, by how well it is known, beside the *targets* that are set."""
    columns = (
        Column(N_("Indicator")),
        Column(N_("Confirmed by both"), is_number=True),
        Column(N_("Said by one side"), is_number=True),
        Column(N_("The sides differ"), is_number=True),
        Column(N_("Target"), is_number=True),
        Column(N_("Of the target"), is_number=True),
    )
    known: dict[str, tuple[int | float, Cell, Cell]] = {
        "solutions": (sum(said.is_completed for said in found), 0, 0),
        "services": _count_option(found, "in_use", "yes"),
        "jobs": _as_row(sums_of(found, BY_KEY["jobs"])),
        "investment": _as_row(sums_of(found, BY_KEY["investment"]), _MILLION),
    }
    rows: list[tuple[Cell, ...]] = [
        (INDICATORS[key][0], *cells, targets.get(key), share(cells[0], targets.get(key)))
        for key, cells in known.items()
    ]
    return Table("indicators", N_("For the programme’s indicators"), _INDICATORS, columns, rows)


def _as_row(sums: Sums, unit: int = 1) -> tuple[int | float, Cell, Cell]:
    return rounded(sums.confirmed / unit), rounded(sums.one / unit), _range(sums, unit)


def _range(sums: Sums, unit: int = 1) -> Cell:
    if not sums.counts[Verdict.DIFFER]:
        return 0
    return f"{rounded(sums.low / unit):,} – {rounded(sums.high / unit):,}"


def _figures(found: Sequence[Said]) -> Table:
    columns = (
        Column(N_("Figure")),
        Column(N_("Confirmed by both"), is_number=True),
        Column(N_("Pieces of work"), is_number=True),
        Column(N_("Said by one side"), is_number=True),
        Column(N_("Pieces of work"), is_number=True),
        Column(N_("The sides differ"), is_number=True),
        Column(N_("Pieces of work"), is_number=True),
        Column(N_("No answer"), is_number=True),
    )
    rows: list[tuple[Cell, ...]] = []
    for question in QUESTIONS:
        if question.kind in (Kind.COUNT, Kind.MONEY):
            sums = sums_of(found, question)
            counts = sums.counts
            rows.append(
                (
                    question.label,
                    sums.confirmed,
                    counts[Verdict.SAME],
                    sums.one,
                    counts[Verdict.ONE],
                    _range(sums),
                    counts[Verdict.DIFFER],
                    counts[Verdict.NONE],
                )
            )
    return Table("figures", N_("Numbers and amounts"), _RULE, columns, rows)


def _choices(found: Sequence[Said]) -> Table:
    columns = (
        Column(N_("Answer")),
        Column(N_("Confirmed by both"), is_number=True),
        Column(N_("Said by one side"), is_number=True),
        Column(N_("The sides differ"), is_number=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (Together((question.label, label)), *_count_option(found, question.key, option))
        for question in QUESTIONS
        for option, label in question.options.items()
    ]
    return Table("choices", N_("Goal and use"), _CHOICES, columns, rows)


def _count_option(found: Sequence[Said], key: str, option: str) -> tuple[int, int, int]:
    """In how much work both sides, one alone, or one of two that differ gave an answer."""
    both = one = differ = 0
    for said in found:
        owner, team = said.owner.get(key), said.team.get(key)
        if owner == team == option:
            both += 1
        elif option in (owner, team):
            alone = owner is None or team is None
            one, differ = one + alone, differ + (not alone)
    return both, one, differ
