"""Reading matches: the officer's review, an owner's candidates, a team's recommendations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from matchmaker.errors import NotFound
from matchmaker.models import (
    Band,
    Match,
    MatchExclusion,
    MatchReview,
    MatchRun,
    PairRule,
    Problem,
    Team,
    User,
)
from matchmaker.models.problem import searchable
from matchmaker.policies.match import (
    announced_matches,
    may_see_candidates,
    may_see_recommendations,
    visible_matches,
    visible_pair_rules,
)
from matchmaker.policies.problem import visible_problems
from matchmaker.policies.team import visible_teams
from matchmaker.queries.page import Page, paginate
from matchmaker.workflows.match import MatchState

S = MatchState
CHOSEN_STATES = (S.ENDORSED, S.INVITED, S.ACCEPTED)
PAGE_SIZE = 50

BAND_ORDER = sa.case({band.value: place for place, band in enumerate(Band)}, value=Match.band)


Subject = TypeVar("Subject", Problem, Team)


@dataclass
class Line(Generic[Subject]):
    """One problem or team in the review's list, with how far its review is."""

    subject: Subject
    counts: Counter[MatchState] = field(default_factory=Counter)

    @property
    def id(self) -> int:
        return self.subject.id

    @property
    def new(self) -> int:
        return self.counts[S.SUGGESTED]

    @property
    def chosen(self) -> int:
        return sum(self.counts[state] for state in CHOSEN_STATES)

    @property
    def wanted(self) -> int:
        """How many teams the problem asks for, or problems the team can take."""
        if isinstance(self.subject, Problem):
            return self.subject.teams_wanted
        return self.subject.capacity

    @property
    def is_short(self) -> bool:
        return isinstance(self.subject, Problem) and self.chosen < self.wanted


def problem_lines(session: Session, run: MatchRun) -> list[Line[Problem]]:
    """The problems of a run, those that were not ranked too."""
    ranked = sa.select(Match.problem_id).where(Match.run_id == run.id)
    left_out = sa.select(MatchExclusion.problem_id).where(
        MatchExclusion.run_id == run.id, MatchExclusion.team_id.is_(None)
    )
    statement = (
        sa.select(Problem)
        .where(sa.or_(Problem.id.in_(ranked), Problem.id.in_(left_out)))
        .order_by(Problem.id)
    )
    return _lines(session, run, session.scalars(statement).all(), Match.problem_id)


def team_lines(session: Session, run: MatchRun) -> list[Line[Team]]:
    """The teams that a run ranked."""
    ranked = sa.select(Match.team_id).where(Match.run_id == run.id)
    statement = sa.select(Team).where(Team.id.in_(ranked)).order_by(Team.id)
    return _lines(session, run, session.scalars(statement).all(), Match.team_id)


def _lines(
    session: Session,
    run: MatchRun,
    subjects: Sequence[Subject],
    column: InstrumentedAttribute[int],
) -> list[Line[Subject]]:
    lines = {subject.id: Line(subject) for subject in subjects}
    counted = (
        sa.select(column, Match.state, sa.func.count())
        .where(Match.run_id == run.id)
        .group_by(column, Match.state)
    )
    for subject_id, state, count in session.execute(counted):
        lines[subject_id].counts[state] = count
    return list(lines.values())


@dataclass(frozen=True)
class Filter:
    """Which pairs of a problem or a team to list."""

    problem_id: int | None = None
    team_id: int | None = None
    with_weak: bool = False
    state: MatchState | None = None
    text: str = ""


def list_pairs(session: Session, run: MatchRun, wanted: Filter, *, number: int = 1) -> Page[Match]:
    """A problem's teams, or a team's problems, in bands, pinned ones first in each."""
    rank = Match.problem_rank if wanted.team_id is None else Match.team_rank
    statement = (
        sa.select(Match)
        .where(Match.run_id == run.id, *_conditions(wanted))
        .options(joinedload(Match.problem), joinedload(Match.team))
        .order_by(BAND_ORDER, Match.pinned.desc(), rank, Match.id)
    )
    return paginate(session, statement, number=number, size=PAGE_SIZE)


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.problem_id is not None:
        conditions.append(Match.problem_id == wanted.problem_id)
    if wanted.team_id is not None:
        conditions.append(Match.team_id == wanted.team_id)
    if not wanted.with_weak:
        # What somebody pinned or decided stays in sight however weak it is.
        decided = Match.state != S.SUGGESTED
        conditions.append(sa.or_(Match.band != Band.WEAK, Match.pinned, decided))
    if wanted.state is not None:
        conditions.append(Match.state == wanted.state)
    if wanted.text:
        conditions.append(_names(wanted))
    return conditions


def _names(wanted: Filter) -> sa.ColumnElement[bool]:
    if wanted.team_id is not None:
        found = Problem.search_text.contains(searchable(wanted.text), autoescape=True)
        return Match.problem_id.in_(sa.select(Problem.id).where(found))
    names = (Team.name_zh, Team.name_en, Team.title_zh, Team.title_en)
    found = sa.or_(*(name.icontains(wanted.text, autoescape=True) for name in names))
    return Match.team_id.in_(sa.select(Team.id).where(found))


def count_weak(session: Session, run: MatchRun, wanted: Filter) -> int:
    """How many pairs `list_pairs` hides because they are weak."""
    shown = Filter(problem_id=wanted.problem_id, team_id=wanted.team_id, with_weak=True)
    statement = sa.select(sa.func.count(Match.id)).where(
        Match.run_id == run.id,
        *_conditions(shown),
        Match.band == Band.WEAK,
        Match.pinned.is_(False),
        Match.state == S.SUGGESTED,
    )
    return session.scalar(statement) or 0


def get_match(session: Session, actor: User | None, match_id: int) -> Match:
    """The match, or `NotFound`."""
    match = session.scalar(
        sa.select(Match)
        .where(Match.id == match_id, visible_matches(actor))
        .options(joinedload(Match.run), joinedload(Match.problem), joinedload(Match.team))
    )
    if match is None:
        raise NotFound
    return match


def get_matches(
    session: Session, actor: User | None, ids: Collection[int], *, lock: bool = False
) -> dict[int, Match]:
    """Those of the matches *ids* that *actor* may know of, by id; *lock* keeps them as they are."""
    statement = (
        sa.select(Match)
        .where(Match.id.in_(ids), visible_matches(actor))
        .options(joinedload(Match.run), joinedload(Match.problem), joinedload(Match.team))
    )
    if lock:
        statement = statement.with_for_update(of=Match)
    return {match.id: match for match in session.scalars(statement)}


def wanted_for(
    session: Session, run: MatchRun, team_ids: Collection[int]
) -> dict[int, list[Match]]:
    """For each team the pairs of the run in which it is chosen, or a strong fit not yet decided."""
    strong = sa.and_(Match.band == Band.STRONG, Match.state == S.SUGGESTED)
    statement = (
        sa.select(Match)
        .where(
            Match.run_id == run.id,
            Match.team_id.in_(team_ids),
            sa.or_(Match.state.in_(CHOSEN_STATES), strong),
        )
        .options(joinedload(Match.problem))
        .order_by(BAND_ORDER, Match.team_rank, Match.id)
    )
    found: dict[int, list[Match]] = defaultdict(list)
    for match in session.scalars(statement):
        found[match.team_id].append(match)
    return found


def history(session: Session, match: Match) -> Sequence[MatchReview]:
    """What was decided of the pair in this run and earlier ones, newest first."""
    statement = (
        sa.select(MatchReview)
        .join(Match)
        .where(Match.problem_id == match.problem_id, Match.team_id == match.team_id)
        .options(joinedload(MatchReview.user), joinedload(MatchReview.match))
        .order_by(MatchReview.id.desc())
    )
    return session.scalars(statement).all()


def get_rule(session: Session, actor: User | None, rule_id: int) -> PairRule:
    """The standing rule, or `NotFound`."""
    rule = session.scalar(
        sa.select(PairRule).where(PairRule.id == rule_id, visible_pair_rules(actor))
    )
    if rule is None:
        raise NotFound
    return rule


def rule_of(session: Session, match: Match) -> PairRule | None:
    """The standing rule on the match's pair, if there is one."""
    return session.scalar(
        sa.select(PairRule).where(
            PairRule.problem_id == match.problem_id, PairRule.team_id == match.team_id
        )
    )


@dataclass(frozen=True)
class RuleLine:
    """A standing rule with the two sides it is about."""

    rule: PairRule
    problem: Problem
    team: Team


def rule_lines(session: Session, call_id: int) -> list[RuleLine]:
    """The standing rules about problems of a call."""
    statement = (
        sa.select(PairRule, Problem, Team)
        .join(Problem, Problem.id == PairRule.problem_id)
        .join(Team, Team.id == PairRule.team_id)
        .where(Problem.call_id == call_id)
        .order_by(PairRule.kind, PairRule.id)
    )
    return [RuleLine(*row) for row in session.execute(statement)]


def get_owned_problem(session: Session, actor: User, problem_id: int) -> Problem:
    """The problem, if *actor* may see its candidates; a problem they cannot know of is `NotFound`."""
    problem = session.scalar(
        sa.select(Problem).where(Problem.id == problem_id, visible_problems(actor))
    )
    if problem is None:
        raise NotFound
    may_see_candidates.require(actor, problem)
    return problem


def get_own_team(session: Session, actor: User, team_id: int) -> Team:
    """The team, if *actor* may see its recommendations; a team they cannot know of is `NotFound`."""
    team = session.scalar(sa.select(Team).where(Team.id == team_id, visible_teams(actor)))
    if team is None:
        raise NotFound
    may_see_recommendations.require(actor, team)
    return team


def candidates(session: Session, problem: Problem) -> Sequence[Match]:
    """The teams the owner of *problem* has been told of."""
    statement = (
        sa.select(Match)
        .where(Match.problem_id == problem.id, announced_matches())
        .options(joinedload(Match.team))
        .order_by(BAND_ORDER, Match.problem_rank)
    )
    return session.scalars(statement).all()


def recommendations(session: Session, team: Team) -> Sequence[Match]:
    """The problems *team* has been told of."""
    statement = (
        sa.select(Match)
        .where(Match.team_id == team.id, announced_matches())
        .options(
            joinedload(Match.problem).options(
                joinedload(Problem.organization), selectinload(Problem.requirements)
            )
        )
        .order_by(BAND_ORDER, Match.team_rank)
    )
    return session.scalars(statement).all()


def sides_of(session: Session, rule: PairRule) -> tuple[Problem, Team]:
    """The problem and the team a rule is about."""
    return session.get_one(Problem, rule.problem_id), session.get_one(Team, rule.team_id)


def team_of(session: Session, actor: User, match_id: int) -> int:
    """The team a match is about, if it is one of *actor*'s; for going back to its recommendations."""
    team_id = session.scalar(
        sa.select(Match.team_id).where(Match.id == match_id, Match.team_id.in_(actor.team_ids))
    )
    if team_id is None:
        raise NotFound
    return team_id
