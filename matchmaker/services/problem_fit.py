"""How a team stands to problems: fit, must-haves, who carries what, and how gaps can be closed in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.competency import Requirement
from matchmaker.competency.diagnosis import Estimate
from matchmaker.competency.gaps import Cover, TeamNeed, team_fit, team_standing
from matchmaker.competency.learning import Resource, Step, recommend
from matchmaker.competency.levels import IMPORTANCE_MUST
from matchmaker.competency.reach import Reach, reach
from matchmaker.models import LearningResource, Problem, Team, User
from matchmaker.queries import enrolment as enrolments
from matchmaker.queries import learning_resource as resources
from matchmaker.queries import level_estimate as levels
from matchmaker.queries import membership as memberships
from matchmaker.services.learning_plan import needs_of

#: So many hours a week somebody is taken to learn beside everything else.
HOURS_A_WEEK = 6
#: Where a problem has no deadline, what may be learnt for it.
NO_DEADLINE_HOURS = 80
#: A course that gets nobody closer than this to what is needed does not close the gap.
CLOSE_ENOUGH = 0.5


@dataclass(frozen=True)
class Way:
    """The shortest way to close one gap: who learns what, and whether it fits before the deadline."""

    member: User
    steps: tuple[tuple[Step, LearningResource], ...]
    #: The level the steps prepare for.
    to: float
    closes: bool

    @property
    def hours(self) -> float:
        return sum(step.hours for step, _resource in self.steps)

    @property
    def weeks(self) -> int:
        """How long it takes, in whole weeks."""
        return max(1, -int(-self.hours // HOURS_A_WEEK))


@dataclass(frozen=True)
class NeedLine:
    """One requirement: who on the team carries it, or how the gap can be closed."""

    found: TeamNeed
    carriers: tuple[User, ...]
    way: Way | None = None

    @property
    def need(self) -> Requirement:
        return self.found.need


@dataclass(frozen=True)
class ProblemFit:
    """How a team stands to one problem."""

    lines: tuple[NeedLine, ...]
    #: The mean probability over what is asked for, by importance; nan where nothing is.
    fit: float
    reach: Reach
    #: Weeks until the deadline; none without one.
    weeks_left: int | None

    @property
    def musts(self) -> tuple[NeedLine, ...]:
        return tuple(line for line in self.lines if line.need.importance == IMPORTANCE_MUST)

    @property
    def musts_met(self) -> int:
        return sum(line.found.cover is Cover.COVERED for line in self.musts)

    def by_cover(self, cover: str) -> list[NeedLine]:
        """The requirements that are ``covered``, ``open`` or a ``gap``."""
        return [line for line in self.lines if line.found.cover == cover]


class TeamFits:
    """What is known of a team's members, read once, and compared with any number of problems."""

    def __init__(self, session: Session, team: Team, now: datetime) -> None:
        self.now = now
        self.members = [place.user for place in memberships.members_of(session, team)]
        ids = [user.id for user in self.members]
        known, taken = levels.estimates(session, ids), enrolments.taken_by(session, ids)
        self.estimates: list[Mapping[str, Estimate]] = [known.get(id_, {}) for id_ in ids]
        self.taken = [taken[id_] for id_ in ids]
        self.resources = {row.code: row for row in resources.held_resources(session)}
        self.catalogue = [resources.as_resource(row) for row in self.resources.values()]

    def of(self, problem: Problem) -> ProblemFit:
        """How the team stands to *problem*."""
        needs = needs_of(problem)
        found = team_standing(self.estimates, needs)
        hours = self._hours_until(problem.deadline_at)
        return ProblemFit(
            tuple(self._line(item, hours) for item in found),
            team_fit(found),
            reach(self.estimates, needs),
            self._weeks_until(problem.deadline_at),
        )

    def _weeks_until(self, deadline: datetime | None) -> int | None:
        return None if deadline is None else max(0, (deadline - self.now).days // 7)

    def _hours_until(self, deadline: datetime | None) -> float:
        weeks = self._weeks_until(deadline)
        return NO_DEADLINE_HOURS if weeks is None else weeks * HOURS_A_WEEK

    def _line(self, item: TeamNeed, hours: float) -> NeedLine:
        carriers = tuple(self.members[place] for place in item.carriers)
        way = self._way(item.need, hours) if self._is_short(item) else None
        return NeedLine(item, carriers, way)

    def _is_short(self, item: TeamNeed) -> bool:
        """Whether something is known, and it is not enough; where nothing is, the check comes first."""
        found = [known.get(item.need.competency) for known in self.estimates]
        is_known = any(one is not None and not one.is_unknown for one in found)
        return is_known and item.cover is not Cover.COVERED

    def _way(self, need: Requirement, hours: float) -> Way | None:
        """The shortest way for whoever is closest: it closes the gap, or else gets nearest to it."""
        ways = [self._way_of(place, need, hours) for place in range(len(self.members))]
        found = [way for way in ways if way is not None]
        return min(found, key=lambda way: (not way.closes, -way.to, way.hours), default=None)

    def _way_of(self, place: int, need: Requirement, hours: float) -> Way | None:
        offered = self._untaken(place, need.competency)
        plan = recommend(self.estimates[place], [need], offered, hours=hours)
        if not plan.steps:
            return None
        to = max(part.to for step in plan.steps for part in step.closes)
        steps = _needed(plan.steps, min(to, need.level))
        taken = tuple((step, self.resources[step.resource]) for step in steps)
        return Way(self.members[place], taken, to, need.level - to < CLOSE_ENOUGH)

    def _untaken(self, place: int, competency: str) -> list[Resource]:
        return [
            entry
            for entry in self.catalogue
            if self.resources[entry.id].id not in self.taken[place]
            and any(part.competency == competency for part in entry.teaches)
        ]


def _needed(steps: Sequence[Step], to: float) -> tuple[Step, ...]:
    """*steps* without those that only repeat: the shortest single one that gets as far, if any."""
    enough = [step for step in steps if max(part.to for part in step.closes) >= to]
    return (min(enough, key=lambda step: (step.hours, step.resource)),) if enough else tuple(steps)
