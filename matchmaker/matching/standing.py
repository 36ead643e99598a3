"""How a team stands to one need: what it has shown, said or named, and how probable the level is.

Evidence comes first, then the team's own word, then its texts. Each is a probability that the
needed level is there, from the same model of evidence, so that they can be added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from matchmaker.competency import meets
from matchmaker.competency.diagnosis import Rating, estimate, parameters
from matchmaker.competency.levels import MAX_LEVEL

#: From this probability on a level counts as there.
LIKELY = 0.6
#: Below this probability a level counts as not there; in between it is unknown.
UNLIKELY = 0.3
# A text that names a competency without a level is worth a free self-description of this level.
_NAMED_LEVEL = 2.0
_ROUNDING = 1e-9


class Standing(NamedTuple):
    """What is known of one team and one need.

    Attributes
    ----------
    probability : float
        That the team has the needed level; 0 if nothing is known.
    status : {"met", "unconfirmed", "below", "missing"}
        Shown or stated at the level; named or possible; below the level; nothing known.
    level : float or None
        The level stated or estimated.
    is_confirmed : bool
        Whether it rests on evidence rather than on the team's own word.
    """

    probability: float
    status: str
    level: float | None
    is_confirmed: bool

    @property
    def is_gap(self) -> bool:
        """Say whether a must-have of this standing is missing."""
        return self.status in ("below", "missing")


NOTHING = Standing(0.0, "missing", None, False)


def estimated(at_least: Sequence[float], needed: int) -> Standing:
    """Return the standing of a team with an estimate.

    Examples
    --------
    >>> estimated((1.0, 1.0, 0.9, 0.7, 0.2, 0.0), 3).status
    'met'
    """
    probability = at_least[needed]
    status = (
        "met" if probability >= LIKELY else "below" if probability < UNLIKELY else "unconfirmed"
    )
    return Standing(probability, status, expected_level(at_least), True)


def shown(at_least: Sequence[float], needed: int, claim: float | None) -> Standing:
    """Return the standing of a team with an estimate that may also give itself a level.

    Evidence that makes the level more likely than the claim alone does never hurts: estimates are
    cautious, and whoever shows something must not be worse off than whoever only says so.

    Examples
    --------
    >>> at_least = (1.0, 1.0, 0.75, 0.32, 0.06, 0.0)
    >>> shown(at_least, 3, None).status, shown(at_least, 3, 3).status
    ('unconfirmed', 'met')
    >>> shown((1.0, 0.9, 0.4, 0.1, 0.0, 0.0), 3, 3).status
    'below'
    """
    found = estimated(at_least, needed)
    if claim is None or found.status == "met":
        return found
    said = stated(claim, needed)
    if said.status == "met" and found.probability >= said.probability:
        return Standing(found.probability, "met", claim, False)
    return found


@cache
def stated(level: float, needed: int) -> Standing:
    """Return the standing of a team that gives itself a level.

    The claim itself decides whether the need is met, so that nobody is turned away for lack of
    proof; the probability, which the score counts, knows how much such claims are worth.

    Examples
    --------
    >>> claim = stated(3, 3)
    >>> claim.status, claim.probability < 0.5
    ('met', True)
    """
    known = estimate([Rating("self_anchored", level)])
    status = "met" if meets(level, needed) else "below"
    return Standing(known.at_least[needed], status, level, False)


@cache
def named(needed: int) -> Standing:
    """Return the standing of a team whose texts name the competency without a level."""
    known = estimate([Rating("self_free", _NAMED_LEVEL)])
    return Standing(known.at_least[needed], "unconfirmed", None, False)


def standing(
    competency: str,
    needed: int,
    estimates: Mapping[str, Sequence[float]],
    claims: Mapping[str, float],
    is_named: bool,
) -> Standing:
    """Return how a team stands to one need.

    Parameters
    ----------
    competency : str
        What is needed.
    needed : int
        At which level, 1 to 5.
    estimates : mapping of str to sequence of float
        Probabilities of each level or more, 0 to 5, of the competencies with evidence.
    claims : mapping of str to float
        Levels the team gives itself.
    is_named : bool
        Whether its texts name the competency.
    """
    if competency in estimates:
        return shown(estimates[competency], needed, claims.get(competency))
    if competency in claims:
        return stated(float(claims[competency]), needed)
    return named(needed) if is_named else NOTHING


def reviewed(claims: Iterable[tuple[str, float, str | None]]) -> dict[str, tuple[float, ...]]:
    """Return the estimates that claims of (competency, level, source) amount to.

    Only those count that somebody other than the team has checked: a mentor, or an artefact that
    was looked at. A team's own word stays a claim.

    Examples
    --------
    >>> sorted(reviewed([("PER-CV", 4, "mentor"), ("FND-DL", 4, "self")]))
    ['PER-CV']
    """
    sources = parameters().sources
    return {
        competency: estimate([Rating(source, level)]).at_least
        for competency, level, source in claims
        if source is not None and source in sources and sources[source].is_reviewed
    }


def expected_level(at_least: Sequence[float]) -> float:
    """Return the level to expect from the probabilities of each level or more.

    Examples
    --------
    >>> expected_level((1.0, 1.0, 1.0, 0.5, 0.0, 0.0))
    2.5
    """
    return float(sum(at_least[1:]))


def checked_estimate(at_least: Sequence[float]) -> tuple[float, ...]:
    """Return *at_least* if it gives a probability for each level, none above the one before.

    Raises
    ------
    ValueError
        If it does not.
    """
    found = tuple(float(probability) for probability in at_least)
    if len(found) != MAX_LEVEL + 1 or not all(0 <= p <= 1 + _ROUNDING for p in found):
        raise ValueError(f"{MAX_LEVEL + 1} probabilities are needed, not {found}")
    if any(later > before + _ROUNDING for before, later in pairwise(found)):
        raise ValueError(f"a higher level cannot be more probable than a lower one: {found}")
    return found
