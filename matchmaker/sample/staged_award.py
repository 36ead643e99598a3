"""Awards of the sample: a round announced and paid in part, one being judged, and a proposal.

`begin` sets the schemes up before the work of the sample begins, so that money is set aside with
it; `stage` acts once work is completed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from matchmaker.assessment.award_scheme import shipped_award_scheme
from matchmaker.clock import utcnow
from matchmaker.models import (
    Award,
    AwardPayment,
    AwardVote,
    Engagement,
    MemberRole,
    Problem,
    Role,
    RoleGrant,
    User,
)
from matchmaker.policies.award import why_not_on_panel
from matchmaker.policies.scope import is_national
from matchmaker.queries.award import is_at_its_end
from matchmaker.sample.staged_engagement import UNDER_WAY
from matchmaker.sample.staging import officer
from matchmaker.services import (
    award,
    award_announcement,
    award_answer,
    award_money,
    award_revocation,
    award_scheme,
    award_settlement,
    award_vote,
)
from matchmaker.services.award_scheme import SchemeValues
from matchmaker.services.context import Context
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.award_payment import AwardPaymentState
from matchmaker.workflows.engagement import EngagementState

BUDGET = 30_000_000
CITATION = "約定的指標全部達成，現場同仁每天自行使用，交接文件完整，其他產線也能照著做。"
SEEN = "看了驗證報告與現場畫面，數字可以重跑，現場人員自己操作。"
FALSE_FIGURES = "事後查核發現測試資料與訓練資料重複，報告的準確率不實。"
LATER = "部分團隊延後完成，依辦法第二次受理提名。"
REFERENCE = "撥字第 %(number)04d 號"
#: Points that the sample's panel gives, in turn.
POINTS = (4, 3, 4, 2, 3)


def begin(ctx: Context) -> None:
    """Set up the awards of every call with work in it."""
    acting = _as(ctx, officer(ctx.session))
    statement = sa.select(Problem.call_id).where(
        Problem.state.in_(UNDER_WAY), is_national(Problem.call_id)
    )
    for call_id in sorted(set(ctx.session.scalars(statement))):
        scheme = award_scheme.set_up(acting, call_id)
        ctx.session.flush()
        values = SchemeValues(
            content={name: shipped_award_scheme()[name] for name in award_scheme.PARTS},
            budget=BUDGET,
            nominate_until=utcnow() + timedelta(days=30),
            panel_until=utcnow() + timedelta(days=45),
            confirm_days=14,
            announce_on=None,
        )
        award_scheme.save(acting, call_id, values, version=scheme.version)
        ctx.session.flush()


def stage(ctx: Context) -> None:
    """A first round announced and a second being judged in one call; a proposal in another."""
    acting = _as(ctx, officer(ctx.session))
    ready = sorted(_ready(ctx).items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for number, (call_id, rows) in enumerate(ready):
        done = sum(row.state is EngagementState.COMPLETED for row in rows) + 1
        if number:
            award.propose(_as(ctx, _owner(rows[0])), rows[0].id, citation=CITATION)
            continue
        _first_round(acting, call_id, rows[:done])
        if rows[done:]:
            _second_round(acting, call_id, rows[done:])
    _pay_first(ctx)


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _ready(ctx: Context) -> dict[int, list[Engagement]]:
    """The work of each call that can be nominated, what is completed first."""
    national = sa.select(Engagement).where(is_national(Engagement.call_id))
    rows = [row for row in ctx.session.scalars(national) if is_at_its_end(row)]
    found = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.is_live, row.id)):
        found[row.call_id].append(row)
    return found


def _owner(row: Engagement) -> User:
    places = row.problem.organization.members
    return next(place.user for place in places if place.role is MemberRole.LEAD)


def _first_round(ctx: Context, call_id: int, rows: Sequence[Engagement]) -> None:
    """From nomination to the announcement; the last award turns out to be false."""
    nominated = _judged(ctx, call_id, rows, readers=2)
    _settle(ctx, nominated)
    scheme = nominated[0].scheme
    award_settlement.ask_teams(ctx, call_id, version=scheme.version)
    ctx.session.flush()
    for row in nominated:
        if row.state is AwardState.OFFERED:
            award_answer.confirm(_as(ctx, _lead(row)), row.id)
    ctx.session.flush()
    award_announcement.announce(ctx, call_id, version=scheme.version)
    ctx.session.flush()
    given = [row for row in nominated if row.state is AwardState.ANNOUNCED]
    if len(given) > 2:
        last = given[-1]
        award_revocation.revoke(ctx, last.id, reason=FALSE_FIGURES, version=last.version)
        ctx.session.flush()


def _second_round(ctx: Context, call_id: int, rows: Sequence[Engagement]) -> None:
    """Work that ends later: one of two panel members has handed in."""
    scheme = award_scheme.find(ctx, call_id)
    award_scheme.reopen_nominations(ctx, call_id, reason=LATER, version=scheme.version)
    ctx.session.flush()
    _judged(ctx, call_id, rows, readers=1)


def _judged(
    ctx: Context, call_id: int, rows: Sequence[Engagement], *, readers: int
) -> Sequence[Award]:
    """Nominated, the panel at work, and so many members done."""
    nominated = [award.nominate(ctx, row.id, citation=CITATION) for row in rows]
    ctx.session.flush()
    scheme = award_scheme.find(ctx, call_id)
    award_scheme.begin_panel(ctx, call_id, version=scheme.version)
    for person in _panel(ctx, nominated):
        award_vote.seat(ctx, call_id, person.id)
    ctx.session.flush()
    ctx.session.expire_all()
    for place, row in enumerate(nominated):
        for number, vote in enumerate(row.votes[:readers]):
            _hand_in(ctx, vote, POINTS[(place + number) % len(POINTS)])
    ctx.session.flush()
    return nominated


def _hand_in(ctx: Context, vote: AwardVote, points: int) -> None:
    names = [criterion["id"] for criterion in vote.award.scheme.criteria]
    award_vote.submit(
        _as(ctx, vote.reviewer),
        vote.id,
        scores=dict.fromkeys(names, points),
        reasons=dict.fromkeys(names, SEEN),
        version=vote.version,
    )


def _panel(ctx: Context, nominated: Sequence[Award]) -> list[User]:
    """Two reviewers whom nothing ties to any of it; whoever can judge something if there are none."""
    reviewers = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.REVIEWER)
    people = ctx.session.scalars(sa.select(User).where(User.id.in_(reviewers)).order_by(User.id))
    free = [
        person
        for person in people
        if any(why_not_on_panel(ctx.session, person, row.engagement) is None for row in nominated)
    ]
    return free[:2]


def _settle(ctx: Context, nominated: Sequence[Award]) -> None:
    """As the rule proposes; whoever shares a score at the last place by hand."""
    scheme = nominated[0].scheme
    for place in award_settlement.standing(ctx, scheme):
        row = place.award
        award_settlement.settle(
            ctx, row.id, tier=place.tier, reason="", note="", version=row.version
        )
        ctx.session.flush()


def _lead(row: Award) -> User:
    return row.engagement.team.members[0].user


def _pay_first(ctx: Context) -> None:
    """Half of what is due was paid; one payment waits for the second officer."""
    ctx.session.flush()
    due = ctx.session.scalars(
        sa.select(AwardPayment)
        .where(AwardPayment.state == AwardPaymentState.DUE)
        .order_by(AwardPayment.id)
    ).all()
    first, second = officer(ctx.session), _second_officer(ctx)
    today = utcnow().astimezone(ctx.settings.timezone).date()
    for number, row in enumerate(due[: len(due) // 2 + 1], 1):
        award_money.prepare(
            _as(ctx, first),
            row.id,
            amount=row.due_amount,
            reference=REFERENCE % {"number": number},
            version=row.version,
        )
        ctx.session.flush()
        needs_second = award_money.needs_second(ctx, row)
        signer = second if needs_second else first
        if number <= len(due) // 2 and signer is not None:
            award_money.pay(_as(ctx, signer), row.id, paid_on=today, version=row.version)
            ctx.session.flush()


def _second_officer(ctx: Context) -> User | None:
    officers = sa.select(RoleGrant.user_id).where(RoleGrant.role == Role.OFFICER)
    first = officer(ctx.session)
    statement = sa.select(User).where(User.id.in_(officers), User.id != first.id)
    return ctx.session.scalars(statement.order_by(User.id)).first()
