"""People around one problem: its owner, teams, the office, strangers."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.models import (
    Attachment,
    AttachmentAccess,
    Band,
    Match,
    MatchRun,
    Organization,
    Problem,
    Role,
    Team,
    User,
)
from matchmaker.services import attachment, data_terms
from matchmaker.services.file_cleaning import prepare
from matchmaker.workflows.match import MATCH_WORKFLOW, MatchState
from matchmaker.workflows.match_run import MATCH_RUN_WORKFLOW, MatchRunState
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory

TERMS = {
    "text_zh": "只能用來解這一題；不得轉交他人，結束後刪除。" * 4,
    "text_en": "Use the data for this problem only; pass them on to nobody; delete them in the end.",
}
CSV = b"time,temperature\n1,20.5\n2,21.0\n"


@dataclass
class Around:
    """One problem with everybody who may come near it."""

    owner: User
    colleague: User
    organization: Organization
    problem: Problem
    member: User
    team: Team
    other: User
    other_team: Team
    officer: User
    administrator: User
    reviewer: User
    stranger: User

    def person(self, name: str) -> User | None:
        return None if name == "visitor" else getattr(self, name)


#: Everybody by name, from nobody to the owner.
PEOPLE = (
    "visitor",
    "stranger",
    "reviewer",
    "other",
    "member",
    "officer",
    "administrator",
    "colleague",
    "owner",
)


def around(make: Factory, state: ProblemState = ProblemState.PUBLISHED, **values: Any) -> Around:
    """A problem in *state* that is recommended to one team and not to another."""
    owner, colleague, member, other = (make.user() for _ in range(4))
    organization = make.organization(owner, colleague)
    problem = make.problem(state, organization=organization, author_id=owner.id, **values)
    team, other_team = make.team(member), make.team(other)
    found = Around(
        owner=owner,
        colleague=colleague,
        organization=organization,
        problem=problem,
        member=member,
        team=team,
        other=other,
        other_team=other_team,
        officer=make.officer(),
        administrator=make.user(Role.ADMINISTRATOR),
        reviewer=make.user(Role.REVIEWER),
        stranger=make.user(),
    )
    recommend(make, found.officer, problem, team)
    return found


def recommend(
    make: Factory,
    officer: User,
    problem: Problem,
    team: Team,
    state: MatchState = MatchState.INVITED,
    run_state: MatchRunState = MatchRunState.PUBLISHED,
) -> Match:
    """A match of the two in *state*, in a run in *run_state*."""
    now = utcnow()
    run = MatchRun(call=problem.call, starter=officer, finished_at=now, published_at=now)
    for step in MATCH_RUN_WORKFLOW.path(run_state):
        run.apply(step)
    match = Match(
        run=run,
        problem=problem,
        team=team,
        score=0.9,
        band=Band.STRONG,
        confidence="fair",
        problem_rank=1,
        team_rank=1,
    )
    for action in MATCH_WORKFLOW.path(state):
        match.apply(action)
    make.save(run)
    return make.save(match)


def attach(
    ctx: Any,
    problem: Problem,
    *,
    access: AttachmentAccess = AttachmentAccess.DATA_ROOM,
    name: str = "sample.csv",
    content: bytes = CSV,
) -> Attachment:
    """Attach a file and commit."""
    with prepare(io.BytesIO(content), name) as prepared:
        found = attachment.add(ctx, problem.id, prepared, access=access)
    ctx.session.commit()
    return found


def write_terms(ctx: Any, problem: Problem, number: int = 0, **values: Any) -> Any:
    """Put the next version of the terms in force and commit."""
    said = {**TERMS, "note": "" if number == 0 else "Shorter now.", **values}
    made = data_terms.put_in_force(ctx, problem.id, number=number, **said)
    ctx.session.commit()
    return made
