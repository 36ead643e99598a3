"""A call whose applications are reviewed: an owner, teams, reviewers, and steps that bring it along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.models import (
    Application,
    Call,
    Problem,
    ReviewAssignment,
    ReviewerProfile,
    ReviewRound,
    Role,
    Team,
    User,
)
from matchmaker.queries.review_round import round_of
from matchmaker.services import application_review, review_assignment, review_round
from matchmaker.services.application_review import ReviewValues
from matchmaker.services.context import Context
from matchmaker.services.review_round import RoundValues
from tests.factories import Factory

CRITERIA = ("RV1", "RV2", "RV3", "RV4", "RV5")
#: Nothing of it may reach a blind reader.
TEAM_ZH, TEAM_EN = "暗夜鵟鷹隊", "Nightharrier"
COMPANY_ZH, COMPANY_EN = "鵟影智造股份有限公司", "Harriershade Robotics Co., Ltd."
PEOPLE = ("Tobias Quillfeather", "鄔瑀璇")
SCHOOL = "國立臺灣科技大學"
LINK, MAIL = "https://harriershade.example/demo", "tobias@harriershade.example"
FILE = "harriershade-portfolio.pdf"
#: As they stand in pages, with the short forms people use.
MARKS = (
    *(TEAM_ZH, TEAM_EN, "鵟影智造", "Harriershade", "harriershade", "Quillfeather", "Tobias"),
    *("鄔瑀璇", "瑀璇", SCHOOL, "harriershade.example"),
)
#: What the proposal says beside the marks: it must be read.
SAID = "以雙相機與遷移學習找出刮痕"


def values(each: int = 3, **changes: Any) -> ReviewValues:
    """A review with the same points everywhere."""
    given = {
        "points": dict.fromkeys(CRITERIA, each),
        "recommendation": "take",
        "to_team": "清楚可行，請補上停止條件與資料範圍，再談驗收方式即可。",
        **changes,
    }
    return ReviewValues(**given)


@dataclass
class ReviewWorld:
    """The call and everybody in it."""

    make: Factory
    officer: User
    owner: User
    call: Call
    problem: Problem
    team: Team
    other_team: Team
    application: Application
    other: Application
    reviewers: list[User] = field(default_factory=list)

    def seat(self, reviewer: User, application: Application | None = None) -> ReviewAssignment:
        """The part *reviewer* has in an application."""
        wanted = (application or self.application).id
        found = self.make.session.query(ReviewAssignment).filter_by(
            application_id=wanted, reviewer_id=reviewer.id
        )
        return found.one()

    @property
    def round(self) -> ReviewRound:
        found = round_of(self.make.session, self.call.id)
        assert found is not None
        return found


def reviewer(make: Factory, **profile: Any) -> User:
    """Somebody who reviews, with an address of their own house and a profile."""
    number = next(make.numbers)
    person = make.user(
        Role.REVIEWER, name=f"Reader {number}", email=f"reader{number}@house{number}.example"
    )
    fields = {"competencies": ["PER-CV"], "sectors": ["IND-MFG"], "capacity": 5, **profile}
    make.save(ReviewerProfile(user=person, **fields))
    return person


def marked_parts() -> dict[str, str]:
    """A proposal that gives its authors away in every way people do."""
    text = (
        f"我們是{TEAM_ZH}（{TEAM_EN}），{COMPANY_ZH}與{SCHOOL}合作，{SAID}。"
        f"{PEOPLE[0]} and {PEOPLE[1]} lead it; Tobias wrote {LINK}, harriershade.example/x, {MAIL}, "
        f"02-2345-6789. {COMPANY_EN} delivers."
    )
    return dict.fromkeys(("understanding", "approach", "risks"), text)


def build(make: Factory, *, blind: bool = True, readers: int = 3) -> ReviewWorld:
    """Two applications handed in before the deadline, and reviewers nobody has asked yet."""
    now = utcnow()
    officer, owner = make.officer(), make.user(email="owner@owner.example")
    organization = make.organization(owner)
    call = make.call()
    make.call_rules(
        call,
        applications_open_at=now - timedelta(days=30),
        applications_close_at=now - timedelta(days=1),
        blind=blind,
    )
    problem = make.problem(call=call, organization=organization)
    lead = make.user(name=PEOPLE[0], email=MAIL)
    company = make.organization(lead, name_zh=COMPANY_ZH, name_en=COMPANY_EN)
    member = make.user(name=PEOPLE[1], email="yuxuan@gmail.com")
    names = {"name_zh": TEAM_ZH, "name_en": TEAM_EN, "is_public": False}
    team = make.team(lead, member, organization=company, works=[], text_en="", **names)
    other_team = make.team(make.user(email="somebody@elsewhere.example"), is_public=False)
    return ReviewWorld(
        make=make,
        officer=officer,
        owner=owner,
        call=call,
        problem=problem,
        team=team,
        other_team=other_team,
        application=make.application(problem, team, parts=marked_parts()),
        other=make.application(problem, other_team),
        reviewers=[reviewer(make) for _n in range(readers)],
    )


def start(world: ReviewWorld, ctx: Callable[..., Context], asked: int = 2) -> ReviewWorld:
    """Name the first *asked* reviewers for the marked application, and ask them."""
    office = ctx(world.officer)
    wanted = RoundValues(readers=2, totals_apart=20, due_at=utcnow() + timedelta(days=14))
    review_round.prepare(office, world.call.id, wanted, version=0)
    for person in world.reviewers[:asked]:
        review_assignment.assign(office, world.application.id, person.id)
    review_round.start(office, world.call.id, version=world.round.version)
    world.make.session.commit()
    return world


def hand_in(
    world: ReviewWorld, ctx: Callable[..., Context], person: User, points: int = 3, **changes: Any
) -> ReviewAssignment:
    """Take a case on and hand it in."""
    seat = world.seat(person)
    application_review.accept(ctx(person), seat.id)
    application_review.submit(ctx(person), seat.id, values(points, **changes))
    world.make.session.commit()
    return seat
