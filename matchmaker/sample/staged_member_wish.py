"""Teams of the sample look for members, people agree to be found, and one offers to join."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from matchmaker.models import MemberRole, Team, TeamMember, User
from matchmaker.queries import standing
from matchmaker.services import find_consent, member_wish
from matchmaker.services.context import Context

STUDENT, STARTUP = "student@team.example", "startup@team.example"
STUDENT_SAYS = "資訊系三年級，熟悉影像標註與檢測，平日晚上有空，想做工廠的題目。"
STARTUP_SAYS = "做過產線的邊緣部署，可以線上支援，每週一個晚上。"
FOR_PROBLEM = "需要把模型放上產線的小型主機；每週線上討論一次，六月底前。"
IN_GENERAL = "希望有人看得懂現場的影像資料，能一起整理標註規則。"
OFFER = "我做過金屬零件的刮痕檢測，標註規則也寫過兩版，想跟你們一起做。"


def stage(ctx: Context) -> None:
    """Wishes that are open, for a problem and in general, and one that is closed; an offer."""
    student, startup = _person(ctx, STUDENT), _person(ctx, STARTUP)
    mine, theirs = _led(student), _led(startup)
    find_consent.give(startup, agreed=True, text=STARTUP_SAYS)
    find_consent.give(student, agreed=True, text=STUDENT_SAYS)
    if mine is None or theirs is None:
        return
    _look(student, mine, "SYS-EDG", 3, FOR_PROBLEM, for_problem=True)
    done = _look(student, mine, "DEL-PJM", 2)
    member_wish.close(student, done, 1)
    wanted = _look(startup, theirs, "PER-CV", 3, IN_GENERAL)
    if theirs.is_public:
        member_wish.offer(student, wanted, OFFER)


def _person(ctx: Context, email: str) -> Context:
    user = ctx.session.scalars(sa.select(User).where(User.email == email)).one()
    return replace(ctx, actor=user, trusted=False)


def _led(who: Context) -> Team | None:
    """The first team a person leads."""
    statement = (
        sa.select(Team)
        .join(TeamMember)
        .where(TeamMember.user == who.actor, TeamMember.role == MemberRole.LEAD)
        .order_by(Team.id)
    )
    return who.session.scalars(statement).first()


def _look(
    who: Context, team: Team, competency: str, level: int, text: str = "", for_problem: bool = False
) -> int:
    """Look for somebody, perhaps for the problem the team is closest to; the wish's number."""
    problem_id = None
    if for_problem and who.actor is not None:
        near = standing.team_problems(who.session, who.actor, team)
        problem_id = near[0].id if near else None
    wish = member_wish.add(
        who, team.id, competency=competency, level=level, text=text, problem_id=problem_id
    )
    return wish.id
