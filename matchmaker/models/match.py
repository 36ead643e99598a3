"""Match runs, the pairs they rank, and what officers and teams said of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import User
from matchmaker.models.base import Base, Moment, Timestamped, enum_type
from matchmaker.models.call import Call
from matchmaker.models.job import Job
from matchmaker.models.problem import Problem
from matchmaker.models.team import Team
from matchmaker.workflows.match import MATCH_WORKFLOW, MatchAction, MatchState
from matchmaker.workflows.match_run import MATCH_RUN_WORKFLOW, MatchRunAction, MatchRunState


class Band(StrEnum):
    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"
    WEAK = "weak"


class MatchRun(Timestamped, Base):
    """One ranking of every eligible team against every published problem of a call."""

    __tablename__ = "match_runs"
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('done', 'published', 'superseded') OR finished_at IS NOT NULL",
            name="finished",
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'superseded') OR published_at IS NOT NULL", name="published"
        ),
    )

    call_id: Mapped[int] = mapped_column(sa.ForeignKey("calls.id"), index=True)
    starter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    state: Mapped[MatchRunState] = mapped_column(
        enum_type(MatchRunState), default=MATCH_RUN_WORKFLOW.initial
    )
    #: Model, weights, scale and versions the run was made with: enough to repeat it.
    config: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: SHA-256 over configuration, inputs and results; the same input gives the same value.
    fingerprint: Mapped[str | None] = mapped_column(sa.String(64))
    n_problems: Mapped[int] = mapped_column(default=0)
    n_teams: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(sa.Text, default="")
    finished_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    call: Mapped[Call] = relationship()
    starter: Mapped[User] = relationship()
    job: Mapped[Job | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: MatchRunAction) -> MatchRunState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = MATCH_RUN_WORKFLOW.target(before, action)
        return before


class Match(Base):
    """One team ranked for one problem in one run."""

    __tablename__ = "matches"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "problem_id", "team_id"),
        sa.Index("ix_matches_run_problem_rank", "run_id", "problem_id", "problem_rank"),
        sa.Index("ix_matches_run_team_rank", "run_id", "team_id", "team_rank"),
    )

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("match_runs.id", ondelete="CASCADE"))
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problems.id"), index=True)
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id"), index=True)
    state: Mapped[MatchState] = mapped_column(enum_type(MatchState), default=MATCH_WORKFLOW.initial)
    score: Mapped[float]
    band: Mapped[Band] = mapped_column(enum_type(Band))
    confidence: Mapped[str] = mapped_column(sa.String(8))
    #: The team's place among the problem's teams, and the problem's among the team's problems; from 1.
    problem_rank: Mapped[int]
    team_rank: Mapped[int]
    must_met: Mapped[int] = mapped_column(default=0)
    must_total: Mapped[int] = mapped_column(default=0)
    pinned: Mapped[bool] = mapped_column(default=False)
    #: What the matcher says of the pair: parts of the score, requirements, evidence. See docs/matching.md.
    explanation: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})
    #: The reason given with the latest decision, by the officer or by the team; a team picks a code too.
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    reason_code: Mapped[str] = mapped_column(sa.String(16), default="")
    decided_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column()

    run: Mapped[MatchRun] = relationship()
    problem: Mapped[Problem] = relationship()
    team: Mapped[Team] = relationship()

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: MatchAction) -> MatchState:
        """Take *action* and return the state left behind."""
        before = self.state
        self.state = MATCH_WORKFLOW.target(before, action)
        return before


class MatchReview(Timestamped, Base):
    """What one person decided of a match, and why; kept for ever."""

    __tablename__ = "match_reviews"

    match_id: Mapped[int] = mapped_column(
        sa.ForeignKey("matches.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(sa.String(16))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    reason_code: Mapped[str] = mapped_column(sa.String(16), default="")

    match: Mapped[Match] = relationship()
    user: Mapped[User] = relationship()


class MatchExclusion(Base):
    """A pair, or a whole team or problem, that a run left out, with the reason."""

    __tablename__ = "match_exclusions"

    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("match_runs.id", ondelete="CASCADE"), index=True
    )
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problems.id"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("teams.id"))
    reason: Mapped[str] = mapped_column(sa.String(40))
    params: Mapped[dict[str, Any]] = mapped_column(default=lambda _=None: {})

    problem: Mapped[Problem | None] = relationship()
    team: Mapped[Team | None] = relationship()


class PairRuleKind(StrEnum):
    PIN = "pin"
    BAN = "ban"


class PairRule(Timestamped, Base):
    """An officer's standing word on a pair: a ban keeps it out of later runs, a pin keeps it at the top."""

    __tablename__ = "pair_rules"
    __table_args__ = (sa.UniqueConstraint("problem_id", "team_id"),)

    problem_id: Mapped[int] = mapped_column(
        sa.ForeignKey("problems.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PairRuleKind] = mapped_column(enum_type(PairRuleKind))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
