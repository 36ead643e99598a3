"""Where the programme asks for more than its people can: demand against supply.

Demand in a competency at a level is the importance of every requirement that asks for that level or
more, added up. Supply is the number of people expected to reach the level: the sum of their
probabilities, so that an unsure estimate counts for what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from matchmaker.competency.taxonomy import load_taxonomy


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement of one problem.

    Attributes
    ----------
    competency : str
        What is asked for.
    level : int
        At which level, 1 to 5.
    importance : int
        1 nice to have, 2 wanted, 3 must.
    groups : frozenset of str
        What the problem is counted under: its sector, its region.
    """

    competency: str
    level: int
    importance: int
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Able:
    """What is known of one person in one competency, or of several taken together by `pool`.

    Attributes
    ----------
    competency : str
        In which.
    at_least : sequence of float
        Probability of each level or more, from 0 to 5; of several people, the sum.
    groups : frozenset of str
        What the person is counted under: the sectors and regions of their teams.
    n_people : int
        How many people it is.
    """

    competency: str
    at_least: Sequence[float]
    groups: frozenset[str] = frozenset()
    n_people: int = 1


def pool(people: Iterable[Able]) -> list[Able]:
    """Take together people who count alike, so that a whole nation is summed up only once.

    Parameters
    ----------
    people : iterable of Able
        One for each person and competency.

    Returns
    -------
    list of Able
        One for each competency and set of groups; `balances` finds the same in them.

    Examples
    --------
    >>> (both,) = pool([Able("PER-CV", (1, 1, 0.5)), Able("PER-CV", (1, 0.5, 0))])
    >>> both.at_least, both.n_people
    ((2, 1.5, 0.5), 2)
    """
    found: dict[tuple[str, frozenset[str]], list[Able]] = {}
    for one in people:
        found.setdefault((one.competency, one.groups), []).append(one)
    return [
        Able(
            name,
            tuple(map(sum, zip(*(one.at_least for one in alike), strict=True))),
            groups,
            sum(one.n_people for one in alike),
        )
        for (name, groups), alike in found.items()
    ]


@dataclass(frozen=True, slots=True)
class Balance:
    """Demand and supply in one competency at one level.

    Attributes
    ----------
    competency : str
        In which.
    level : int
        At which level or above.
    n_needs : int
        How many requirements ask for it.
    demand : int
        Their importance, added up.
    n_people : int
        Of how many people something is known.
    supply : float
        How many of them are expected to reach the level.
    """

    competency: str
    level: int
    n_needs: int = 0
    demand: int = 0
    n_people: int = 0
    supply: float = 0.0

    @property
    def ratio(self) -> float | None:
        """Demand for each person who can; None where nobody is expected to."""
        return self.demand / self.supply if self.supply >= LEAST_SUPPLY else None


#: Less than this is nobody: a ratio to it would say nothing.
LEAST_SUPPLY = 0.05


def balances(
    needs: Iterable[Need], people: Iterable[Able], *, level: int, group: str | None = None
) -> dict[str, Balance]:
    """Return the balance of every competency of the framework at one level.

    Parameters
    ----------
    needs : iterable of Need
        What problems ask for.
    people : iterable of Able
        What is known of people.
    level : int
        The level that counts, 1 to 5.
    group : str, optional
        Only what is counted under this sector or region.

    Returns
    -------
    dict of str to Balance
        By competency, in the order of the framework.

    Examples
    --------
    >>> needs = [Need("PER-CV", 3, 3), Need("PER-CV", 2, 1)]
    >>> people = [Able("PER-CV", (1, 1, 0.9, 0.5, 0.1, 0)), Able("PER-CV", (1, 1, 1, 1, 0.5, 0))]
    >>> found = balances(needs, people, level=3)["PER-CV"]
    >>> found.demand, found.supply, found.ratio
    (3, 1.5, 2.0)
    """
    wanted = [n for n in needs if n.level >= level and (group is None or group in n.groups)]
    able = [one for one in people if group is None or group in one.groups]
    by_need, by_person = _by_competency(wanted), _by_competency(able)
    return {
        name: Balance(
            name,
            level,
            n_needs=len(by_need.get(name, ())),
            demand=sum(need.importance for need in by_need.get(name, ())),
            n_people=sum(one.n_people for one in by_person.get(name, ())),
            supply=sum(one.at_least[level] for one in by_person.get(name, ())),
        )
        for name in load_taxonomy().competencies
    }


_Named = TypeVar("_Named", Need, Able)


def _by_competency(things: Iterable[_Named]) -> Mapping[str, list[_Named]]:
    found: dict[str, list[_Named]] = {}
    for thing in things:
        found.setdefault(thing.competency, []).append(thing)
    return found


def scarcest(found: Iterable[Balance]) -> list[Balance]:
    """Order balances by shortage: what nobody can, then the most demand for each person who can.

    What nobody asks for is left out.

    Examples
    --------
    >>> scarce = Balance("A", 3, 1, 3, 5, 0.0), Balance("B", 3, 1, 9, 5, 3.0), Balance("C", 3)
    >>> [balance.competency for balance in scarcest(scarce)]
    ['A', 'B']
    """
    asked = [balance for balance in found if balance.demand]
    return sorted(asked, key=_scarcity)


def _scarcity(balance: Balance) -> tuple[bool, float, str]:
    ratio = balance.ratio
    first = -balance.demand if ratio is None else -ratio
    return (ratio is not None, first, balance.competency)
