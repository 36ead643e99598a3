"""A small call to allocate: problems, teams and endorsed matches with a fit of one's choice."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import (
    Application,
    ApplicationOrigin,
    Band,
    Call,
    Match,
    MatchRun,
    Problem,
    Team,
    User,
)
from matchmaker.workflows.application import APPLICATION_WORKFLOW, ApplicationState
from matchmaker.workflows.match import MATCH_WORKFLOW, MatchState
from matchmaker.workflows.match_run import MatchRunAction
from tests.factories import Factory

#: A run in which a score of 10 is the best there is, and 0 no likeness at all.
CONFIG = {"settings": {"weights": {}, "scales": {}}, "fullest": 10.0}
#: Problem, team -> fit from 0 to 100.
FITS = {
    ("P1", "A"): 90.0,
    ("P1", "B"): 50.0,
    ("P1", "C"): 30.0,
    ("P2", "A"): 80.0,
    ("P2", "B"): 10.0,
}


@dataclass
class Round:
    """A call with its problems and teams by short names."""

    call: Call
    office: User
    run: MatchRun
    problems: dict[str, Problem] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    leads: dict[str, User] = field(default_factory=dict)

    def pair(self, problem: str, team: str) -> tuple[int, int]:
        return self.problems[problem].id, self.teams[team].id

    def names(self, pairs: list[tuple[int, int]]) -> list[str]:
        """Pairs of ids as short names, in order."""
        problems = {row.id: name for name, row in self.problems.items()}
        teams = {row.id: name for name, row in self.teams.items()}
        return sorted(f"{problems[p]}-{teams[t]}" for p, t in pairs)


def make_round(make: Factory, session: Session, call: Call | None = None) -> Round:
    """Two problems, three teams, and the matches of `FITS`, all endorsed."""
    office = make.officer()
    call = call or make.call()
    run = MatchRun(call=call, starter=office, config=CONFIG)
    for action in (MatchRunAction.START, MatchRunAction.FINISH):
        run.apply(action)
    run.finished_at = utcnow()
    found = Round(call, office, make.save(run))
    for name in sorted({problem for problem, _ in FITS}):
        owner = make.organization(make.user(), name_en=f"Owner of {name}")
        title = {"title_en": f"Problem {name}", "title_zh": f"命題 {name}"}
        found.problems[name] = make.problem(call=call, organization=owner, **title)
    for name in sorted({team for _, team in FITS}):
        found.leads[name] = make.user()
        words = {"name_en": f"Team {name}", "name_zh": f"團隊 {name}"}
        found.teams[name] = make.team(found.leads[name], **words)
    for (problem, team), fit in FITS.items():
        add_match(session, found, problem, team, fit)
    session.commit()
    return found


def add_match(
    session: Session,
    found: Round,
    problem: str,
    team: str,
    fit: float,
    state: MatchState = MatchState.ENDORSED,
) -> Match:
    match = Match(
        run=found.run,
        problem=found.problems[problem],
        team=found.teams[team],
        score=fit / 10,
        band=Band.GOOD,
        confidence="fair",
        problem_rank=1,
        team_rank=1,
    )
    for action in MATCH_WORKFLOW.path(state):
        match.apply(action)
    session.add(match)
    return match


def add_application(
    session: Session,
    found: Round,
    problem: str,
    team: str,
    state: ApplicationState = ApplicationState.SUBMITTED,
) -> Application:
    application = Application(
        call=found.call,
        problem=found.problems[problem],
        team=found.teams[team],
        lead=found.leads[team],
        origin=ApplicationOrigin.OWN,
        submitted_at=utcnow(),
    )
    for action in APPLICATION_WORKFLOW.path(state):
        application.apply(action)
    session.add(application)
    session.commit()
    return application
