"""Levels at a glance: of oneself, of one competency, of a team; for owners, how far a team covers."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.competency.gaps import nearest_roles, standing, team_fit, team_standing
from matchmaker.competency.overview import (
    best_of,
    carried,
    domain_profiles,
    readiness_by_sector,
)
from matchmaker.errors import NotFound
from matchmaker.models import Team, User
from matchmaker.policies.site import may_use
from matchmaker.policies.standing import may_read_own, may_read_team
from matchmaker.queries import member_wish as wishes
from matchmaker.queries import standing as queries
from matchmaker.queries import team as teams
from matchmaker.services.learning_plan import PersonPlan, plan_for, role_aim
from matchmaker.services.level_estimate import estimates_of, rows_of
from matchmaker.web import listing, standing_aims
from matchmaker.web import standing_words as words
from matchmaker.web.auth import actor, guard
from matchmaker.web.transaction import db_session

blueprint = Blueprint("standing", __name__)

#: A way to a role may take this many hours of learning.
PATH_HOURS = 400


def _me() -> User:
    return cast(User, actor())  # Every route here is for people who are signed in.


@blueprint.get("/me/profile")
@guard(may_read_own)
def mine() -> ResponseReturnValue:
    """One's own levels: what they are, what they lack, what is not known, what changed."""
    session, me = db_session(), _me()
    estimates = estimates_of(session, me.id)
    choices, target = standing_aims.of_person(session, me)
    filters = choices.filters(_("The role nearest to me"), with_roles=True)
    paths = nearest_roles(estimates) if estimates else ()
    return render_template(
        "standing/mine.html",
        estimates=estimates,
        target=target,
        filters=filters,
        active=listing.active(filters),
        found=standing(estimates, target.needs),
        fit=team_fit(team_standing([estimates], target.needs)),
        profiles=domain_profiles(estimates, target.needs),
        paths=[(path, _plan(me, path.role)) for path in paths],
        sectors=readiness_by_sector([estimates]),
        changes=words.told(queries.changes(session, me.id)),
        words=words,
    )


def _plan(person: User, role: str) -> PersonPlan:
    return plan_for(db_session(), person.id, role_aim(role), hours=PATH_HOURS)


@blueprint.get("/me/profile/<competency>")
@guard(may_read_own)
def competency(competency: str) -> ResponseReturnValue:
    """One of one's own levels: what it rests on and how it changed."""
    if not load_taxonomy().has_concept(competency):
        raise NotFound
    session, me = db_session(), _me()
    pieces = rows_of(session, [me.id]).get(me.id, {}).get(competency, [])
    return render_template(
        "standing/competency.html",
        competency=competency,
        concept=load_taxonomy().concept(competency),
        estimate=estimates_of(session, me.id).get(competency),
        behind=words.behind(competency, pieces) if pieces else [],
        changes=words.told(queries.changes(session, me.id, competency=competency)),
        words=words,
    )


@blueprint.get("/teams/<int:team_id>/levels")
@guard(may_use)
def team(team_id: int) -> ResponseReturnValue:
    """A team's levels for its members and the office; for owners how far it covers their problem."""
    found = teams.get_team(db_session(), actor(), team_id)
    return _team_page(found) if may_read_team.allows(_me(), found) else _coverage_page(found)


def _team_page(row: Team) -> str:
    session = db_session()
    known = queries.team_levels(session, row)
    choices, target = standing_aims.of_team(session, _me(), row)
    needs = target.needs if target else ()
    filters = choices.filters(_("The problem nearest to the team"), with_roles=True)
    lines = team_standing(known.estimates, needs)
    return render_template(
        "standing/team.html",
        team=row,
        known=known,
        target=target,
        filters=filters,
        active=listing.active(filters),
        lines=lines,
        fit=team_fit(lines),
        profiles=domain_profiles(best_of(known.estimates), needs),
        member_profiles=[domain_profiles(item) for item in known.estimates],
        carried=carried(known.estimates),
        sectors=readiness_by_sector(known.estimates),
        wishes={wish.competency for wish in wishes.open_wishes(session, row)},
        words=words,
    )


def _coverage_page(row: Team) -> str:
    """What an owner sees: each need of their problem covered or not, and nothing else."""
    session, me = db_session(), _me()
    problems = queries.matched_problems(session, me, row)
    if not problems:
        may_read_team.require(me, row)
    estimates = queries.team_levels(session, row).estimates
    targets = [standing_aims.of_problem(problem) for problem in problems]
    return render_template(
        "standing/coverage.html",
        team=row,
        found=[(target, team_standing(estimates, target.needs)) for target in targets],
        words=words,
    )
