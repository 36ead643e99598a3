"""What one person should learn next for a problem or a role, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.competency.diagnosis import Estimate
from matchmaker.competency.gaps import nearest_roles, role_needs, team_fit, team_standing
from matchmaker.competency.learning import Plan, Step, expected, recommend
from matchmaker.models import LearningResource, Problem
from matchmaker.queries import enrolment as enrolments
from matchmaker.queries import learning_resource as resources
from matchmaker.services.level_estimate import estimates_of

#: How much time a plan may take, in hours, and what is meant if nobody says.
BUDGETS = (10, 20, 40, 80)
BUDGET = 40


@dataclass(frozen=True)
class Aim:
    """What is aimed at: a role of the framework, or a problem."""

    needs: tuple[Requirement, ...]
    role: str = ""
    problem: Problem | None = None


@dataclass(frozen=True)
class PlannedStep:
    """One entry to take, and how likely the person has what is aimed at once they learnt it."""

    step: Step
    resource: LearningResource
    fit_after: float


@dataclass(frozen=True)
class PersonPlan:
    """A plan with what it would change."""

    aim: Aim
    plan: Plan
    steps: tuple[PlannedStep, ...]
    #: How likely the person has what is aimed at now, weighted by importance; nan without needs.
    fit: float

    @property
    def hours(self) -> float:
        """How long all steps take."""
        return sum(item.step.hours for item in self.steps)

    @property
    def fit_after(self) -> float:
        """The same once every step is learnt."""
        return self.steps[-1].fit_after if self.steps else self.fit


def role_aim(role_id: str) -> Aim:
    """The aim to become a role of the framework."""
    role = load_taxonomy().roles[role_id]
    return Aim(role_needs(role), role=role.id)


def problem_aim(problem: Problem) -> Aim:
    """The aim to solve *problem*."""
    return Aim(needs_of(problem), problem=problem)


def needs_of(problem: Problem) -> tuple[Requirement, ...]:
    """What *problem* asks for, as the competency model knows it."""
    return tuple(
        Requirement(need.competency, need.level, need.importance)
        for need in problem.requirements
        if load_taxonomy().has_concept(need.competency)
    )


def nearest_aim(session: Session, user_id: int) -> Aim:
    """The role that a person is closest to."""
    return role_aim(nearest_roles(estimates_of(session, user_id), n=1)[0].role)


def plan_for(session: Session, user_id: int, aim: Aim, *, hours: float = BUDGET) -> PersonPlan:
    """Plan what a person learns for *aim*; what they are at or have done is left out."""
    estimates = estimates_of(session, user_id)
    taken = enrolments.taken_resources(session, user_id)
    held = {row.code: row for row in resources.held_resources(session, without=taken)}
    catalogue = [resources.as_resource(row) for row in held.values()]
    plan = recommend(estimates, aim.needs, catalogue, hours=hours)
    return PersonPlan(aim, plan, _steps(plan, estimates, aim, held), _fit(estimates, aim.needs))


def _steps(
    plan: Plan, estimates: Mapping[str, Estimate], aim: Aim, held: Mapping[str, LearningResource]
) -> tuple[PlannedStep, ...]:
    """The steps of *plan* with what each changes; one that leads no further than those before is left out."""
    kept: list[Step] = []
    found: list[PlannedStep] = []
    before = _fit(estimates, aim.needs)
    for step in plan.steps:
        after = _fit({**estimates, **expected(estimates, [*kept, step])}, aim.needs)
        if after > before:
            kept.append(step)
            found.append(PlannedStep(step, held[step.resource], after))
            before = after
    return tuple(found)


def _fit(estimates: Mapping[str, Estimate], needs: Sequence[Requirement]) -> float:
    return team_fit(team_standing([estimates], needs))
