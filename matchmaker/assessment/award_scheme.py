"""What a call gives awards for, as data: tiers, the rubric of results, and the money by stage.

Amounts are whole New Taiwan dollars; what is divided adds up to the dollar.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from matchmaker.assessment.review_rubric import (
    ReviewRubric,
    parse_review_rubric,
    review_rubric_faults,
)
from matchmaker.assessment.rubric import BadRubric
from matchmaker.assessment.rubric_faults import Fault
from matchmaker.competency.framework import Labelled
from matchmaker.i18n import N_, Message

MOST_TIERS = 6
MAX_LABEL = 60
#: Nine digits: far above any budget of a call.
MAX_AMOUNT = 999_999_999
MAX_LIMIT = 999
#: Paths of stages whose shares a call may set for itself.
PATHS = (("PoC", "PoS"), ("PoC", "PoS", "PoB"))

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Labelled):
    """One step of the awards.

    Attributes
    ----------
    code : str
        What the award keeps; never changes once given.
    minimum : int
        The panel score, 0 to 100, it takes at least.
    limit : int or None
        How many at most; none if as many as reach the minimum.
    amount : int or None
        What it pays, in New Taiwan dollars.
    share : int or None
        Instead: per cent of what the problem's grade pays.
    """

    code: str
    minimum: int
    limit: int | None = None
    amount: int | None = None
    share: int | None = None

    def pays(self, grade_amount: int) -> int:
        """What the tier pays for a problem whose grade pays *grade_amount*."""
        if self.amount is not None:
            return self.amount
        return grade_amount * (self.share or 0) // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMoney:
    """What is paid when a stage passes.

    Attributes
    ----------
    pays_stages : bool
        Whether passing stages pays anything; awards do in any case.
    shares : Mapping
        ``"PoC/PoS"`` -> stage -> per cent; a path that is missing follows the signed grade.
    partly : int
        Per cent of a stage's amount that is due if it was reached in part.
    """

    pays_stages: bool
    shares: Mapping[str, Mapping[str, int]]
    partly: int

    def shares_of(self, stages: Sequence[str], graded: Mapping[str, int]) -> Mapping[str, int]:
        """The share of each of *stages*: the call's own, else the grade's, else equal ones."""
        own = self.shares.get("/".join(stages))
        if own is not None:
            return own
        if set(graded) >= set(stages) and sum(graded[stage] for stage in stages) == 100:
            return {stage: graded[stage] for stage in stages}
        return divide(100, dict.fromkeys(stages, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A call's scheme; the tiers stand highest first."""

    tiers: tuple[Tier, ...]
    rubric: ReviewRubric
    money: StageMoney

    def tier(self, code: str | None) -> Tier | None:
        """The tier called *code*."""
        return next((tier for tier in self.tiers if tier.code == code), None)


@cache
def shipped_award_scheme() -> Mapping[str, Any]:
    """The scheme a call begins with, as plain data.

    Examples
    --------
    >>> [tier["code"] for tier in shipped_award_scheme()["tiers"]]
    ['gold', 'silver', 'merit']
    """
    text = (files(__package__) / "data" / "award_scheme.json").read_text(encoding="utf-8")
    return MappingProxyType(json.loads(text))


def parse_award_scheme(data: Mapping[str, Any]) -> Scheme:
    """Read a scheme from plain data: ``tiers``, ``criteria`` and ``money``.

    Raises
    ------
    BadRubric
        If anything in it cannot be used; `award_scheme_faults` says what.

    Examples
    --------
    >>> scheme = parse_award_scheme(shipped_award_scheme())
    >>> scheme.tier("gold").pays(300_000), scheme.rubric.weights["AW1"]
    (300000, 30)
    """
    if faults := award_scheme_faults(data):
        raise BadRubric(faults)
    money = data["money"]
    return Scheme(
        tiers=tuple(Tier(**row) for row in data["tiers"]),
        rubric=parse_review_rubric({"criteria": data["criteria"]}),
        money=StageMoney(
            pays_stages=money["pays_stages"],
            shares=MappingProxyType(dict(money["shares"])),
            partly=money["partly"],
        ),
    )


def award_scheme_faults(data: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Everything that is wrong with a scheme, each with its place, such as ``tiers.1.minimum``."""
    try:
        found = [*_tier_faults(data["tiers"]), *_money_faults(data["money"])]
        return (*found, *review_rubric_faults({"criteria": data["criteria"]}))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        text = N_("A part is missing or has the wrong form: %(part)s")
        return (Fault("scheme", Message(text, {"part": str(error)})),)


def _tier_faults(rows: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    if not 1 <= len(rows) <= MOST_TIERS:
        text = N_("A scheme has %(low)s to %(high)s tiers.")
        yield Fault("tiers", Message(text, {"low": 1, "high": MOST_TIERS}))
    codes = [row["code"] for row in rows]
    if len(set(codes)) != len(codes):
        yield Fault("tiers", Message(N_("Two tiers have the same code.")))
    for place, row in enumerate(rows):
        yield from _one_tier(f"tiers.{place}", row)
    minima = [row["minimum"] for row in rows]
    if all(isinstance(one, int) for one in minima) and minima != sorted(minima, reverse=True):
        text = N_("Put the tiers in order: the one with the highest minimum score first.")
        yield Fault("tiers", Message(text))


def _one_tier(path: str, row: Mapping[str, Any]) -> Iterator[Fault]:
    if not str(row["code"]).strip():
        yield Fault(f"{path}.code", Message(N_("Please fill this in.")))
    for language in ("zh", "en"):
        written = str(row[language]).strip()
        if not written:
            yield Fault(f"{path}.{language}", Message(N_("Write this in both languages.")))
        elif len(written) > MAX_LABEL:
            text = N_("Please use at most %(max)d characters.")
            yield Fault(f"{path}.{language}", Message(text, {"max": MAX_LABEL}))
    yield from _number(f"{path}.minimum", row["minimum"], 0, 100)
    if row["limit"] is not None:
        yield from _number(f"{path}.limit", row["limit"], 1, MAX_LIMIT)
    if (row["amount"] is None) == (row["share"] is None):
        text = N_("Give an amount or a share of the grade’s amount, not both.")
        yield Fault(f"{path}.amount", Message(text))
    if row["amount"] is not None:
        yield from _number(f"{path}.amount", row["amount"], 0, MAX_AMOUNT)
    if row["share"] is not None:
        yield from _number(f"{path}.share", row["share"], 0, 100)


def _money_faults(money: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _number("money.partly", money["partly"], 0, 100)
    for path, shares in money["shares"].items():
        if tuple(shares) not in PATHS or "/".join(shares) != path:
            yield Fault(f"money.{path}", Message(N_("There is no such path of stages.")))
        for stage, share in shares.items():
            yield from _number(f"money.{path}.{stage}", share, 0, 100)
        if sum(shares.values()) != 100:
            text = N_("The shares must add up to 100; now they make %(sum)s.")
            yield Fault(f"money.{path}", Message(text, {"sum": sum(shares.values())}))


def _number(path: str, value: Any, low: int, high: int) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        text = N_("Choose a number from %(low)s to %(high)s.")
        yield Fault(path, Message(text, {"low": low, "high": high}))


def divide(amount: int, shares: Mapping[str, int]) -> dict[str, int]:
    """*amount* in whole parts by *shares*; the parts add up to it, the last takes the rest.

    Examples
    --------
    >>> divide(100_001, {"PoC": 40, "PoS": 60})
    {'PoC': 40000, 'PoS': 60001}
    """
    whole = sum(shares.values())
    parts = {name: amount * share // whole for name, share in shares.items()}
    if parts:
        parts[list(parts)[-1]] += amount - sum(parts.values())
    return parts


@dataclass(frozen=True, slots=True)
class Candidate(Generic[K]):
    """Somebody in the ranking: adjusted score, and the raw one that breaks ties."""

    key: K
    score: float
    raw: float


@dataclass(frozen=True, slots=True)
class Proposal(Generic[K]):
    """What the scheme's rule says: the tier of each, and whose place hung on a tie."""

    tiers: Mapping[K, str | None]
    tied: frozenset[K]


def propose(
    candidates: Iterable[Candidate[K]],
    tiers: Sequence[Tier],
    *,
    taken: Mapping[str, int] | None = None,
) -> Proposal[K]:
    """Settle tiers from the ranking: each gets the highest tier it reaches that has room.

    Parameters
    ----------
    candidates : iterable of Candidate
        In any order. Whoever has the same score and raw score as the last one who found room in
        a tier is named as tied: people decide then.
    tiers : sequence of Tier
        Highest first.
    taken : Mapping, optional
        Code -> places of the tier that are gone already.

    Examples
    --------
    >>> tiers = [Tier(code="gold", zh="金", en="Gold", minimum=80, limit=1, amount=0),
    ...          Tier(code="merit", zh="優", en="Merit", minimum=60, amount=0)]
    >>> propose([Candidate("A", 90, 90), Candidate("B", 85, 85), Candidate("C", 40, 40)], tiers).tiers
    {'A': 'gold', 'B': 'merit', 'C': None}
    """
    ranked = sorted(candidates, key=lambda one: (-one.score, -one.raw, repr(one.key)))
    gone = dict(taken or {})
    found: dict[K, str | None] = {}
    tied: set[K] = set()
    last: dict[str, Candidate[K]] = {}
    for one in ranked:
        found[one.key] = None
        for tier in tiers:
            if one.score < tier.minimum:
                continue
            if tier.limit is not None and gone.get(tier.code, 0) >= tier.limit:
                before = last.get(tier.code)
                if before and (before.score, before.raw) == (one.score, one.raw):
                    tied |= {before.key, one.key}
                continue
            gone[tier.code] = gone.get(tier.code, 0) + 1
            found[one.key], last[tier.code] = tier.code, one
            break
    return Proposal(found, frozenset(tied))
