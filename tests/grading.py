"""A case to grade: its owner, two officers, reviewers, and ways to bring it to any state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.models import (
    GradeAppeal,
    GradeReview,
    GradingPanel,
    Organization,
    OrganizationMember,
    Problem,
    ReviewerProfile,
    Role,
    Seat,
    User,
)
from matchmaker.services import grade_appeal, grade_decision, grade_review, grading_panel
from matchmaker.services.context import Context
from matchmaker.services.grade_decision import GradeValues
from matchmaker.workflows.grade_review import GradeReviewState
from matchmaker.workflows.grading_panel import GradingPanelState
from matchmaker.workflows.problem import ProblemState
from tests.factories import Factory

CRITERIA = ("DF1", "DF2", "DF3", "DF4", "DF5", "DF6", "DF7")
#: 31 points, G2, as in the worked example of fresh-food orders.
G2 = dict(zip(CRITERIA, (1, 1, 2, 1, 1, 1, 2), strict=True))
#: The same but for one criterion that is two points apart.
APART = {**G2, "DF5": 3}
#: 53 points, G3.
G3 = dict(zip(CRITERIA, (2, 1, 3, 1, 3, 3, 2), strict=True))
MADE = GradeValues(
    grade="G2", award_tier="B", weeks=12, reason="As both see it.", difference_reason="See panel."
)

MakeContext = Callable[..., Context]


@dataclass
class Case:
    """A listed problem with everybody around it."""

    make: Factory
    ctx: MakeContext
    owner: User = field(init=False)
    officer: User = field(init=False)
    colleague: User = field(init=False)
    ai: User = field(init=False)
    sector: User = field(init=False)
    third: User = field(init=False)
    fourth: User = field(init=False)
    organization: Organization = field(init=False)
    problem: Problem = field(init=False)

    def __post_init__(self) -> None:
        make = self.make
        self.owner = make.user(email="lead@foods.com.tw")
        self.officer = make.officer(email="officer@office.tw")
        self.colleague = make.officer(email="colleague@office.tw")
        self.organization = make.organization(self.owner, sector="IND-RET")
        self.ai = self.reviewer("vision@one.edu.tw", competencies=["PER-CV", "FND-DL"])
        self.sector = self.reviewer("retail@two.org.tw", sectors=["IND-RET"])
        self.third = self.reviewer("third@three.org.tw", sectors=["IND-MFG"])
        self.fourth = self.reviewer("fourth@four.org.tw", competencies=["PER-CV"])
        self.problem = make.problem(
            ProblemState.SCREENING,
            organization=self.organization,
            sector="IND-RET",
            grade=None,
            contact_email="contact@foods.com.tw",
            published_at=None,
        )
        self.make.listed(self.problem)

    def reviewer(self, email: str, **values: Any) -> User:
        user = self.make.user(Role.REVIEWER, email=email)
        self.make.save(ReviewerProfile(user=user, **values))
        return user

    def as_(self, user: User) -> Context:
        return self.ctx(user)

    def named(self, ai: User | None = None, sector: User | None = None) -> GradingPanel:
        """The panel as an officer names it."""
        people = {Seat.AI: (ai or self.ai).id, Seat.SECTOR: (sector or self.sector).id}
        panel = grading_panel.open_panel(self.as_(self.officer), self.problem.id, people)
        self.make.session.commit()
        return panel

    def review(self, panel: GradingPanel, seat: Seat = Seat.AI) -> GradeReview:
        found = panel.in_seat(seat)
        assert found is not None
        return found

    def started(self, review: GradeReview) -> GradeReview:
        if review.state is GradeReviewState.ASSIGNED:
            grade_review.start(self.as_(review.reviewer), review.id)
            self.make.session.commit()
        return review

    def handed_in(
        self, review: GradeReview, points: dict[str, int] | None = None, **comments: str
    ) -> GradeReview:
        self.started(review)
        grade_review.submit(self.as_(review.reviewer), review.id, points or G2, comments)
        self.make.session.commit()
        return review

    def panel_in(self, state: GradingPanelState) -> GradingPanel:
        """A panel that its people have brought to *state*."""
        panel = self.named()
        S = GradingPanelState
        if state is S.STOPPED:
            grading_panel.stop_panel(
                self.as_(self.officer), panel.id, reason="Too early.", version=panel.version
            )
        elif state is not S.SCORING:
            self.handed_in(self.review(panel))
            apart = state is S.DISCUSSION
            self.handed_in(self.review(panel, Seat.SECTOR), APART if apart else G2)
        if state is S.SIGNED:
            grade_decision.sign(self.as_(self.officer), self.problem.id, MADE)
        self.make.session.commit()
        assert panel.state is state
        return panel

    def people(self) -> dict[str, User]:
        """Somebody of each part: those who decide, those who must not, those who know nothing."""
        insider = self.make.officer(email="insider@office.tw")
        self.make.save(OrganizationMember(organization=self.organization, user=insider))
        return {
            "officer": self.officer,
            "insider": insider,
            "administrator": self.make.user(Role.ADMINISTRATOR, email="admin@office.tw"),
            "owner": self.owner,
            "reviewer": self.ai,
            "other reviewer": self.third,
            "stranger": self.make.user(email="stranger@else.tw"),
        }

    def signed(self) -> None:
        self.panel_in(GradingPanelState.SIGNED)

    def appealed(self) -> GradeAppeal:
        self.signed()
        appeal = grade_appeal.request(
            self.as_(self.owner), self.problem.id, reason="Much harder than that."
        )
        self.make.session.commit()
        return appeal


def counted(session: Session, step: Callable[[], object]) -> int:
    """How many queries *step* takes in a session that remembers nothing."""
    session.commit()
    session.expire_all()
    seen: list[str] = []

    def note(*event: Any) -> None:
        seen.append(event[2])

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        step()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)
