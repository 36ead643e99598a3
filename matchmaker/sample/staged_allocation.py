"""How the sample's officer allocates the running call: an impossible wish, a first try, a lock, the one in use."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.models import Allocation, AllocationPlace, LockKind, PlaceOutcome
from matchmaker.queries.allocation_place import all_places
from matchmaker.sample.staging import officer, running_call
from matchmaker.services import allocation as service
from matchmaker.services.allocation_config import Aim, AllocationConfig, GroupFloor, GroupKind
from matchmaker.services.allocation_solving import begin, finish, propose
from matchmaker.services.context import Context

FIRST = AllocationConfig(aim=Aim.TOTAL)
FAIR = AllocationConfig(aim=Aim.FAIR, rounds=2, minimum=65.0, capacity_at_most=1)
#: More than there are problems in the south.
IMPOSSIBLE = replace(FAIR, minimum=80.0, floors=(GroupFloor(GroupKind.REGION, "south", 15),))
REASON = "團隊與廠商已經合作過，資料也談妥了。"


def stage(ctx: Context) -> None:
    """One allocation in each state a person can find it in."""
    acting = replace(ctx, actor=officer(ctx.session), trusted=False)
    cancelled = _start(acting, FIRST, "條件設錯，先取消")
    service.cancel_allocation(acting, cancelled.id)
    _carry_out(acting, IMPOSSIBLE, "南部至少十五件")
    first = _carry_out(acting, FIRST, "只看整體相符程度")
    service.deploy_allocation(acting, first.id, version=first.version)
    ctx.session.flush()
    service.undo_allocation(
        acting, first.id, version=first.version, reason="先與業師討論過再決定。"
    )
    reserve = _first_reserve(ctx, first)
    if reserve is not None:
        pair = reserve.problem_id, reserve.team_id
        service.lock_place(acting, *pair, LockKind.PIN, reason=REASON)
    _carry_out(acting, FAIR, "兼顧最弱勢的命題")
    chosen = _carry_out(
        acting, replace(FAIR, minimum=None, capacity_at_most=None), "不設最低相符程度"
    )
    service.deploy_allocation(acting, chosen.id, version=chosen.version)


def _start(ctx: Context, config: AllocationConfig, note: str) -> Allocation:
    found = service.start_allocation(ctx, running_call(ctx.session).id, config, note=note)
    ctx.session.flush()
    return found


def _carry_out(ctx: Context, config: AllocationConfig, note: str) -> Allocation:
    """Do at once what a worker would do; its job will find nothing left."""
    found = _start(ctx, config, note)
    asked = begin(ctx.session, found.id)
    if asked is not None:
        finish(ctx.session, found.id, propose(*asked))
    ctx.session.flush()
    return found


def _first_reserve(ctx: Context, allocation: Allocation) -> AllocationPlace | None:
    """The best reserve of a problem whose place went to another."""
    places = all_places(ctx.session, allocation)
    return next((place for place in places if place.outcome is PlaceOutcome.RESERVE), None)
