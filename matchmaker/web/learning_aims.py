"""What a person can learn for: the problem, role and time the address asks for, and their names."""

from __future__ import annotations

import math
from typing import Any

from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.errors import NotFound
from matchmaker.models import Problem, User
from matchmaker.queries import learning_plan as queries
from matchmaker.queries import problem as problems
from matchmaker.services.learning_plan import (
    BUDGET,
    BUDGETS,
    Aim,
    nearest_aim,
    problem_aim,
    role_aim,
)
from matchmaker.web import listing
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language
from matchmaker.web.transaction import db_session


def chosen_aim(person: User) -> Aim:
    """What the address asks for; what makes no sense is the role the person is closest to."""
    kind, _colon, key = listing.chosen("aim").partition("-")
    if kind == "role" and key in load_taxonomy().roles:
        return role_aim(key)
    problem = _problem(person, number_or_none(key)) if kind == "problem" else None
    return problem_aim(problem) if problem else nearest_aim(db_session(), person.id)


def _problem(person: User, problem_id: int | None) -> Problem | None:
    try:
        return problems.get_problem(db_session(), person, problem_id or 0)
    except NotFound:
        return None


def chosen_hours() -> int:
    """How much time the address allows."""
    wanted = number_or_none(listing.chosen("hours"))
    return wanted if wanted in BUDGETS else BUDGET


def offered(person: User, aim: Aim) -> list[dict[str, Any]]:
    """The filters of the page: what to learn for, and the time there is."""
    language = current_language()
    close = queries.aim_problems(db_session(), person)
    others = [aim.problem] if aim.problem is not None and aim.problem not in close else []
    named = [
        (f"problem-{row.id}", _("Problem: %(title)s", title=row.title(language)))
        for row in (*others, *close)
    ]
    roles = [
        (f"role-{role.id}", _("Role: %(name)s", name=role.label(language)))
        for role in load_taxonomy().roles.values()
    ]
    hours = [(str(n), _("%(count)s hours", count=n)) for n in BUDGETS if n != BUDGET]
    return [
        listing.select("aim", _("Learn for"), [*named, *roles], every=_("The role nearest to me")),
        listing.select(
            "hours", _("Time there is"), hours, every=_("%(count)s hours", count=BUDGET)
        ),
    ]


def aim_name(aim: Aim) -> str:
    """What is aimed at, by its name."""
    language = current_language()
    if aim.problem is not None:
        return aim.problem.title(language)
    return load_taxonomy().roles[aim.role].label(language)


def percent(share: float) -> str:
    """A share as people read it; nothing where nothing is asked for."""
    return "–" if math.isnan(share) else f"{share:.0%}"
