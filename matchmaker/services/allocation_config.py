"""What an allocation is asked for with: aims, what the fit is made of, and limits."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from matchmaker.errors import InvalidInput
from matchmaker.i18n import N_, Message
from matchmaker.models import ORGANIZATION_SIZE_LABELS, OrganizationSize
from matchmaker.reference import REGIONS


class Basis(StrEnum):
    """Which pairs may be placed."""

    BOTH = "both"
    APPLICATIONS = "applications"
    MATCHES = "matches"


BASIS_LABELS = {
    Basis.BOTH: N_("Applications, and matches the office has endorsed"),
    Basis.APPLICATIONS: N_("Applications only"),
    Basis.MATCHES: N_("Endorsed matches only"),
}


class Aim(StrEnum):
    """What the allocation is to be best at; the names are those of `matching.allocation.Objective`."""

    FAIR = "fair"
    FILL = "fill"
    TOTAL = "total"


AIM_LABELS = {
    Aim.FAIR: N_("Fair: fill the places, raise the worst-off problem, then the best total fit"),
    Aim.FILL: N_("Full: fill as many places as possible, then the best total fit"),
    Aim.TOTAL: N_("Best total fit only"),
}


class GroupKind(StrEnum):
    REGION = "region"
    SIZE = "size"


MAX_COUNT = 1000
MAX_NOTE = 500


@dataclass(frozen=True)
class GroupFloor:
    """At least so many problems of a region, or of companies of a size, must get a team."""

    kind: GroupKind
    value: str
    at_least: int

    @property
    def key(self) -> str:
        """What the solver calls the group."""
        return f"{self.kind}:{self.value}"


def group_label(key: str) -> Message:
    """What people call the group of a floor."""
    kind, _, value = key.partition(":")
    if kind == GroupKind.REGION and value in REGIONS:
        return Message(REGIONS[value].label)
    if kind == GroupKind.SIZE and value in [*OrganizationSize]:
        size = Message(ORGANIZATION_SIZE_LABELS[OrganizationSize(value)])
        return Message(N_("companies (%(size)s)"), {"size": size})
    return Message(value)


@dataclass(frozen=True)
class AllocationConfig:
    """Everything the office chooses about one allocation."""

    basis: Basis = Basis.BOTH
    aim: Aim = Aim.FAIR
    #: How many times the worst-off place is raised.
    rounds: int = 1
    #: Per cent of the fit that the review makes up; the matcher's score makes up the rest.
    review_share: int = 0
    minimum: float | None = None
    #: How many teams every problem must get.
    at_least: int = 0
    #: How many problems a team may get at most, whatever it says it can take on.
    capacity_at_most: int | None = None
    #: How many candidates of each problem are kept in reserve.
    reserves: int = 3
    floors: tuple[GroupFloor, ...] = field(default=())

    def check(self) -> None:
        """Raise `InvalidInput` for numbers out of range."""
        ranges = {
            "rounds": (self.rounds, 1, 5),
            "review_share": (self.review_share, 0, 100),
            "minimum": (self.minimum, 0, 100),
            "at_least": (self.at_least, 0, 20),
            "capacity_at_most": (self.capacity_at_most, 1, 20),
            "reserves": (self.reserves, 0, 20),
            **{_field(floor): (floor.at_least, 0, MAX_COUNT) for floor in self.floors},
        }
        wrong = {
            name: [Message(N_("Between %(least)s and %(most)s."), {"least": low, "most": high})]
            for name, (value, low, high) in ranges.items()
            if value is not None and not low <= value <= high
        }
        if wrong:
            raise InvalidInput(fields=wrong)

    def to_dict(self) -> dict[str, Any]:
        """As plain data, to keep with the allocation."""
        return {
            **asdict(self),
            "floors": [asdict(floor) for floor in self.floors],
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> AllocationConfig:
        """From what `to_dict` gave."""
        floors = tuple(
            GroupFloor(GroupKind(row["kind"]), row["value"], row["at_least"])
            for row in values["floors"]
        )
        given = {**values, "basis": Basis(values["basis"]), "aim": Aim(values["aim"])}
        return cls(**{**given, "floors": floors})


def _field(floor: GroupFloor) -> str:
    return f"{floor.kind}_{floor.value}"
