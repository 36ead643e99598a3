"""What became of a competency when the framework changed: renamed, split or merged.

Stored data keep the name they were given under; whoever reads them asks here what it is called
today. Nothing is rewritten, so nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from matchmaker.competency.taxonomy import Taxonomy, load_taxonomy

Successors = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Heir:
    """A competency of today that goes on from an earlier one.

    Attributes
    ----------
    competency : str
        As it is called today.
    share : float
        How much of what was known of the earlier one is about it, in (0, 1].
    """

    competency: str
    share: float = 1.0


def follow(
    competency: str, *, successors: Successors | None = None, taxonomy: Taxonomy | None = None
) -> tuple[Heir, ...]:
    """Return what *competency* is called today.

    Parameters
    ----------
    competency : str
        A competency or sector, as it was called when something was stored.
    successors : mapping of str to mapping of str to float, optional
        For each competency that is gone, its heirs and their shares; the ones that ship by default.
    taxonomy : Taxonomy, optional
        The framework of today.

    Returns
    -------
    tuple of Heir
        The competency itself if it still exists; several if it was split; none if it was dropped.

    Examples
    --------
    >>> follow("PER-CV")
    (Heir(competency='PER-CV', share=1.0),)
    >>> follow("OLD-X", successors={"OLD-X": {"PER-CV": 1.0, "DAT-ENG": 0.5}})
    (Heir(competency='PER-CV', share=1.0), Heir(competency='DAT-ENG', share=0.5))
    """
    known = taxonomy or load_taxonomy()
    table = shipped_successors() if successors is None else successors
    shares: dict[str, float] = {}
    _collect(competency, 1.0, known, table, shares, seen=())
    return tuple(Heir(name, share) for name, share in shares.items())


def _collect(
    name: str,
    share: float,
    known: Taxonomy,
    table: Successors,
    shares: dict[str, float],
    seen: Sequence[str],
) -> None:
    """Walk from one name to the next until each is one of today."""
    if known.has_concept(name):
        shares[name] = max(share, shares.get(name, 0.0))
    elif name not in seen:
        for heir, part in table.get(name, {}).items():
            _collect(heir, share * part, known, table, shares, (*seen, name))


@cache
def shipped_successors() -> Successors:
    """For each competency of earlier frameworks that is gone, its heirs and their shares.

    Raises
    ------
    ValueError
        If a share is not above 0 and at most 1.
    """
    path = files(__package__) / "data" / "successors.json"
    rows: Mapping[str, Mapping[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    for name, heirs in rows.items():
        if not all(0 < share <= 1 for share in heirs.values()):
            raise ValueError(f"the shares of {name} lie above 0 and up to 1, not {dict(heirs)}")
    return MappingProxyType({name: MappingProxyType(dict(row)) for name, row in rows.items()})
