"""What people decide about new members: say whom the team looks for, offer to join, invite."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.competency import MAX_LEVEL, load_taxonomy
from matchmaker.errors import InvalidInput, NotFound, RateLimited, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    Invitation,
    MemberOffer,
    MemberRole,
    MemberWish,
    User,
)
from matchmaker.policies.member_wish import may_keep, may_offer, may_take_back_offer
from matchmaker.queries import member_wish as queries
from matchmaker.queries import problem as problems
from matchmaker.queries import team as teams
from matchmaker.queries.membership import GroupKind
from matchmaker.services import invitation as invitations
from matchmaker.services.context import Context

#: A team that looks for everything finds nobody.
MOST_WISHES = 10
#: Offers one person may have standing at once.
MOST_OFFERS = 20
MAX_TEXT = 500


def add(
    ctx: Context,
    team_id: int,
    *,
    competency: str,
    level: int,
    text: str = "",
    problem_id: int | None = None,
) -> MemberWish:
    """Say that the team looks for somebody; a second click finds the wish that is there."""
    actor = ctx.signed_in
    team = teams.get_team(ctx.session, actor, team_id, lock=True)
    ctx.require(may_keep, team)
    _check(competency, level, text)
    waiting = queries.open_wishes(ctx.session, team)
    same = next((wish for wish in waiting if wish.competency == competency), None)
    if same is not None:
        return _again(same, level, text)
    if len(waiting) >= MOST_WISHES:
        _refuse("competency", N_("A team looks for at most %(n)s things at once."), n=MOST_WISHES)
    if problem_id is not None:
        problems.get_problem(ctx.session, actor, problem_id)  # Known to the actor, or not found.
    wish = MemberWish(
        team=team, competency=competency, level=level, text=text, problem_id=problem_id
    )
    ctx.session.add(wish)
    ctx.record("member_wish:add", wish, team=team.id, competency=competency, level=level)
    return wish


def _again(wish: MemberWish, level: int, text: str) -> MemberWish:
    if (wish.level, wish.text) != (level, text):
        _refuse("competency", N_("You look for this already. Close that wish first."))
    return wish


def close(ctx: Context, wish_id: int, version: int) -> MemberWish:
    """No longer look."""
    wish = _own(ctx, wish_id)
    if not wish.is_open:
        return wish  # A second click.
    if wish.version != version:
        raise StaleVersion
    wish.closed_at = utcnow()
    ctx.record("member_wish:close", wish, team=wish.team_id)
    return wish


def invite(ctx: Context, wish_id: int, user_id: int) -> Invitation:
    """Invite somebody who was found or who offered; they join only if they accept."""
    wish = _own(ctx, wish_id)
    person = _candidate(ctx, wish, user_id)
    ctx.record("member_wish:invite", wish, team=wish.team_id, user_id=person.id)
    return invitations.send(
        ctx, GroupKind.TEAMS, wish.team_id, email=person.email or "", role=MemberRole.MEMBER
    )


def _candidate(ctx: Context, wish: MemberWish, user_id: int) -> User:
    """Somebody who agreed to be found, or offered; nobody else can be invited by number."""
    found = [item.user for item in queries.found_for(ctx.session, ctx.signed_in, wish)]
    offered = [offer.user for offer in wish.offers]
    person = next((user for user in [*offered, *found] if user.id == user_id), None)
    if person is None or not person.email:
        raise NotFound
    return person


def offer(ctx: Context, wish_id: int, text: str = "") -> MemberOffer:
    """Offer to join; the team's leads read the name, the text and confirmed level, and may invite."""
    actor = ctx.signed_in
    ctx.lock_actor()
    wish = queries.get_wish(ctx.session, actor, wish_id)
    ctx.require(may_offer, wish)
    _check_text(text)
    made = queries.own_offers(ctx.session, actor)
    if wish.id in made:
        return made[wish.id]  # A second click.
    if len(made) >= MOST_OFFERS:
        raise RateLimited(N_("You have offered to join many teams. Take some offers back first."))
    row = MemberOffer(wish=wish, user=actor, text=text)
    ctx.session.add(row)
    ctx.record("member_wish:offer", wish, team=wish.team_id)
    _tell_leads(ctx, wish, actor)
    return row


def _tell_leads(ctx: Context, wish: MemberWish, person: User) -> None:
    for place in wish.team.members:
        if place.role is MemberRole.LEAD:
            language = language_of(place.user.locale)
            ctx.send_mail(
                "member_wish.offered",
                place.user,
                about=wish,
                who=person.name,
                what=_name(wish, language),
                team=wish.team.name(language),
                url=f"{ctx.settings.base_url}/teams/{wish.team_id}/wishes",
            )


def _name(wish: MemberWish, language: str) -> str:
    """What is looked for, as it is called today; its code if the framework dropped it."""
    names = queries.names_of(wish)
    return load_taxonomy().label(names[0], language) if names else wish.competency


def take_back_offer(ctx: Context, wish_id: int) -> None:
    """No longer offer to join; nothing happens if nothing was offered."""
    row = queries.own_offers(ctx.session, ctx.signed_in).get(wish_id)
    if row is None:
        return
    ctx.require(may_take_back_offer, row)
    ctx.record("member_wish:take_back_offer", row.wish, team=row.wish.team_id)
    ctx.session.delete(row)


def _own(ctx: Context, wish_id: int) -> MemberWish:
    """The wish, locked, if the actor leads its team."""
    wish = queries.get_wish(ctx.session, ctx.actor, wish_id, lock=True)
    ctx.require(may_keep, wish.team)
    return wish


def _check(competency: str, level: int, text: str) -> None:
    if not load_taxonomy().has_concept(competency):
        _refuse("competency", N_("Please choose what you look for."))
    if not 1 <= level <= MAX_LEVEL:
        _refuse("level", N_("Please choose a level."))
    _check_text(text)


def _check_text(text: str) -> None:
    if len(text) > MAX_TEXT:
        _refuse("text", N_("Please use at most %(max)s characters."), max=MAX_TEXT)


def _refuse(field: str, text: str, **params: object) -> None:
    raise InvalidInput(fields={field: [Message(text, params)]})
