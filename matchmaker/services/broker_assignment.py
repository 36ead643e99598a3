"""Give a problem a broker, another one, or none."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import BrokerAssignment, Problem, User
from matchmaker.policies.broker_assignment import may_assign, may_release
from matchmaker.policies.problem import why_not_broker
from matchmaker.queries.problem import get_problem
from matchmaker.services.context import Context
from matchmaker.services.owner import write_to_owner


def assign(ctx: Context, problem_id: int, broker_id: int, *, version: int = 0) -> BrokerAssignment:
    """Make somebody the broker; *version* is that of the assignment one saw, 0 if there was none."""
    problem = get_problem(ctx.session, ctx.actor, problem_id)
    ctx.require(may_assign, problem)
    broker = ctx.session.get(User, broker_id)
    if broker is None:
        raise InvalidInput(fields={"broker_id": [Message(N_("Choose a person from the list."))]})
    reason = why_not_broker(broker, problem)
    if reason is not None:
        message = reason if isinstance(reason, Message) else Message(reason)
        raise InvalidInput(fields={"broker_id": [message]})
    place = _place(ctx, problem)
    if place.broker_id == broker.id:
        return place  # A second click, or two officers of one mind.
    _check_version(place, version)
    before = place.broker
    place.broker, place.assigned_at = broker, utcnow()
    ctx.record("broker_assignment:assign", problem, to_id=broker.id, from_id=_id(before))
    _tell(ctx, problem, before, broker)
    write_to_owner(ctx, problem, "broker.introduced", path=_path(problem), broker=broker.name)
    return place


def release(ctx: Context, problem_id: int, *, version: int, reason: str = "") -> BrokerAssignment:
    """The problem has no broker any more."""
    problem = get_problem(ctx.session, ctx.actor, problem_id)
    ctx.require(may_release, problem)
    place = _place(ctx, problem)
    if place.broker_id is None:
        return place
    _check_version(place, version)
    before = place.broker
    place.broker, place.assigned_at = None, utcnow()
    facts = {"reason": reason.strip()[:500]} if reason.strip() else {}
    ctx.record("broker_assignment:release", problem, from_id=_id(before), **facts)
    _tell(ctx, problem, before, None)
    return place


def _place(ctx: Context, problem: Problem) -> BrokerAssignment:
    """The row of the problem, locked together with it; a new one if it never had a broker."""
    ctx.session.refresh(problem, with_for_update={"of": Problem})
    place = problem.broker_assignment
    if place is None:
        place = BrokerAssignment(problem=problem, assigned_at=utcnow())
        ctx.session.add(place)
    else:
        ctx.session.refresh(place)
    return place


def _check_version(place: BrokerAssignment, version: int) -> None:
    if (place.version or 0) != version:
        name = place.broker.name if place.broker else "–"
        raise StaleVersion(
            N_("Somebody else changed the broker meanwhile. It is now: %(name)s."), name=name
        )


def _tell(ctx: Context, problem: Problem, before: User | None, after: User | None) -> None:
    """Write to the one who had it and to the one who has it, but not to whoever did it."""
    for kind, person in (("broker.released", before), ("broker.assigned", after)):
        if person is not None and person is not ctx.actor and person.is_usable:
            title = problem.title(language_of(person.locale))
            url = f"{ctx.settings.base_url}{_path(problem)}"
            ctx.send_mail(kind, person, about=problem, title=title, url=url)


def _path(problem: Problem) -> str:
    return f"/problems/{problem.id}/coaching"


def _id(person: User | None) -> int | None:
    return person.id if person else None
