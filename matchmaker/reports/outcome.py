"""What became of the work in a call: confirmed by both sides, said by one, or said differently.

Silence is counted apart and is never a zero. Sides that differ are not averaged: the sums show the
lower and the higher of what they say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matchmaker.assessment.outcomes import BY_KEY, QUESTIONS, Kind, Question, Verdict
from matchmaker.i18n import N_
from matchmaker.queries.outcome import Said, lines_of
from matchmaker.reports.table import Cell, Column, Table, Together

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
    "well each is known. Nothing is estimated for those who did not answer."
)


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
        owner, team = said.owner.get(question.key), said.team.get(question.key)
        line = next(one for one in lines_of(said.owner, said.team) if one.question is question)
        sums.counts[line.verdict] += 1
        if line.verdict is Verdict.SAME:
            sums.confirmed += min(owner, team)
        elif line.verdict is Verdict.ONE:
            sums.one += owner if owner is not None else team
        elif line.verdict is Verdict.DIFFER:
            sums.low += min(owner, team)
            sums.high += max(owner, team)
    return sums


def outcome_tables(found: Sequence[Said]) -> list[Table]:
    """Answers, indicators, figures and choices."""
    return [_answers(found), _indicators(found), _figures(found), _choices(found)]


def _answers(found: Sequence[Said]) -> Table:
    columns = (Column(N_("Questions to the sides")), Column(N_("Number"), is_number=True))
    rows: list[tuple[Cell, ...]] = [
        (N_("Pieces of work asked about"), len(found)),
        (N_("Asked"), sum(said.asked for said in found)),
        (N_("Answered"), sum(said.answered for said in found)),
        (N_("No answer"), sum(said.lapsed for said in found)),
        (N_("Still open"), sum(said.asked - said.answered - said.lapsed for said in found)),
    ]
    return Table("answers", N_("Who answered"), _ANSWERS, columns, rows)


def _indicators(found: Sequence[Said]) -> Table:
    use = _count_option(found, "in_use", "yes")
    columns = (
        Column(N_("Indicator")),
        Column(N_("Confirmed by both"), is_number=True),
        Column(N_("Said by one side"), is_number=True),
        Column(N_("The sides differ"), is_number=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (N_("AI solutions produced (work completed)"), sum(s.is_completed for s in found), 0, 0),
        (N_("AI services adopted (in daily use)"), *use),
        (N_("Jobs"), *_as_row(sums_of(found, BY_KEY["jobs"]))),
        (N_("Investment (NT$)"), *_as_row(sums_of(found, BY_KEY["investment"]))),
    ]
    return Table("indicators", N_("For the programme’s indicators"), _INDICATORS, columns, rows)


def _as_row(sums: Sums) -> tuple[Cell, Cell, Cell]:
    return sums.confirmed, sums.one, _range(sums)


def _range(sums: Sums) -> Cell:
    return f"{sums.low:,} – {sums.high:,}" if sums.counts[Verdict.DIFFER] else 0


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
    return Table("figures", N_("Figures"), _RULE, columns, rows)


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
