"""What levels are compared with: the problem, role or grade that the address asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matchmaker.assessment import grades
from matchmaker.competency import Requirement, load_taxonomy
from matchmaker.competency.overview import typical_needs
from matchmaker.errors import NotFound
from matchmaker.models import Problem, Team, User
from matchmaker.queries import learning_plan as own_problems
from matchmaker.queries import problem as problems
from matchmaker.queries import standing as queries
from matchmaker.services.learning_plan import nearest_aim, needs_of, role_aim
from matchmaker.web import listing
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language


@dataclass(frozen=True)
class Target:
    """What is compared with: its key in addresses, its name, what it asks for."""

    key: str
    name: str
    needs: tuple[Requirement, ...]
    problem: Problem | None = None


def of_problem(problem: Problem) -> Target:
    """The target to solve *problem*."""
    title = problem.title(current_language())
    return Target(f"problem-{problem.id}", title, needs_of(problem), problem)


def of_role(role_id: str) -> Target:
    """The target to become a role of the framework."""
    name = load_taxonomy().roles[role_id].label(current_language())
    return Target(f"role-{role_id}", name, role_aim(role_id).needs)


class Choices:
    """What a page offers to compare with, and what of it the address chose."""

    def __init__(self, session: Session, reader: User, own: Iterable[Problem]) -> None:
        self._session, self._reader = session, reader
        self._own = list(own)
        self._by_grade = queries.needs_by_grade(session)

    def chosen(self) -> Target | None:
        """What the address asks for; None if it asks for nothing that there is."""
        kind, _dash, key = listing.chosen("aim").partition("-")
        if kind == "role" and key in load_taxonomy().roles:
            return of_role(key)
        if kind == "grade" and key in self._by_grade:
            return Target(f"grade-{key}", _grade_name(key), typical_needs(self._by_grade[key]))
        number = number_or_none(key) if kind == "problem" else None
        return self._problem(number) if number else None

    def _problem(self, number: int) -> Target | None:
        try:
            return of_problem(problems.get_problem(self._session, self._reader, number))
        except NotFound:
            return None

    def first_problem(self) -> Target | None:
        """The problem that is closest; None if there is none."""
        return of_problem(self._own[0]) if self._own else None

    def filters(self, every: str, *, with_roles: bool) -> list[dict[str, Any]]:
        """The control of the page; *every* says what is compared with if nothing is chosen."""
        language = current_language()
        options = [
            (f"problem-{row.id}", _("Problem: %(title)s", title=row.title(language)))
            for row in self._own
        ]
        options += [
            (f"grade-{grade}", _("Grade: %(name)s", name=_grade_name(grade)))
            for grade in self._by_grade
        ]
        if with_roles:
            options += [
                (f"role-{role.id}", _("Role: %(name)s", name=role.label(language)))
                for role in load_taxonomy().roles.values()
            ]
        return [listing.select("aim", _("Compare with"), options, every=every)]


def of_person(session: Session, person: User) -> tuple[Choices, Target]:
    """What a person may compare with, and what they do; at first the role they are closest to."""
    choices = Choices(session, person, own_problems.aim_problems(session, person))
    chosen = choices.chosen()
    return choices, chosen or of_role(nearest_aim(session, person.id).role)


def of_team(session: Session, reader: User, team: Team) -> tuple[Choices, Target | None]:
    """What a team may be compared with, and what it is; at first the problem it is closest to."""
    choices = Choices(session, reader, queries.team_problems(session, reader, team))
    return choices, choices.chosen() or choices.first_problem()


def _grade_name(grade: str) -> str:
    return f"{grade} {grades()[grade].label(current_language())}"
