"""The panel: who is asked, what each member gives and why, and who steps aside."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.assessment.review_rubric import ReviewRubric
from matchmaker.assessment.rubric import MAX_POINTS
from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, NotFound, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Award, AwardScheme, AwardVote, User
from matchmaker.policies.award import (
    may_decide_award,
    may_judge_award,
    reasons_against,
    why_not_on_panel,
)
from matchmaker.queries import award as awards
from matchmaker.queries import award_vote as queries
from matchmaker.queries.award_scheme import rules_of
from matchmaker.services import award_scheme
from matchmaker.services.application_letters import said
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited, needed
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.award_scheme import AwardSchemeState
from matchmaker.workflows.award_vote import SEATED_STATES, AwardVoteAction, AwardVoteState

A, S = AwardVoteAction, AwardVoteState
MAX_REASON = 1000


def seat(ctx: Context, call_id: int, user_id: int) -> int:
    """Ask one person to judge everything nominated in a call that nothing ties them to; how much."""
    scheme = _judging(award_scheme.find(ctx, call_id))
    person = _candidate(ctx, scheme, user_id)
    nominated = awards.all_of_call(ctx.session, call_id, (AwardState.NOMINATED,), lock=True)
    against = reasons_against(ctx.session, [person], [row.engagement for row in nominated])
    free = [row for row in nominated if against[person.id, row.engagement_id] is None]
    asked = [row for row in free if _ask(ctx, row, person)]
    if not free:
        raise Conflict(N_("Something ties this person to all work that is nominated."))
    if asked:
        _tell(ctx, asked[0], person, len(asked))
    return len(asked)


def assign(ctx: Context, award_id: int, user_id: int) -> AwardVote:
    """Ask one person to judge one award."""
    award = _award(ctx, award_id)
    scheme = _judging(award_scheme.find(ctx, award.call_id, lock=False))
    person = _candidate(ctx, scheme, user_id)
    why = why_not_on_panel(ctx.session, person, award.engagement)
    if why is not None:
        raise Conflict(N_("This person cannot judge it: %(why)s"), why=why)
    if award.state is not AwardState.NOMINATED:
        raise InvalidTransition(N_("Only what is nominated is judged."))
    if _ask(ctx, award, person):
        _tell(ctx, award, person, 1)
    return _vote_of(award, person)


def _candidate(ctx: Context, scheme: AwardScheme, user_id: int) -> User:
    found = next((p for p in queries.candidates(ctx.session, scheme) if p.id == user_id), None)
    if found is None:
        raise NotFound
    return found


def _vote_of(award: Award, person: User) -> AwardVote:
    return next(vote for vote in award.votes if vote.reviewer_id == person.id)


def _ask(ctx: Context, award: Award, person: User) -> bool:
    """Ask, unless the person is asked already or stepped aside; whether it is new."""
    found = next((vote for vote in award.votes if vote.reviewer_id == person.id), None)
    if found is not None and found.state is not S.RELEASED:
        return False
    if found is None:
        found = AwardVote(award=award, reviewer=person)
        ctx.session.add(found)
    else:
        found.apply(A.ASK)
        found.end_reason = ""
    found.assigner_id = ctx.actor.id if ctx.actor else None
    found.scheme_number = award.scheme.number
    ctx.record("award_vote:ask", found, award_id=award.id, reviewer=person.id)
    return True


def _tell(ctx: Context, award: Award, person: User, count: int) -> None:
    params = {"count": count, "until": award.scheme.panel_until or "–"}
    texts = said(ctx, award.engagement.application, person, params, "/my-panel")
    ctx.send_mail("award.panel", person, about=award.engagement, **texts)


def release(ctx: Context, vote_id: int, *, reason: str, version: int) -> AwardVote:
    """Take somebody off one award who has not handed in; nothing of theirs counts."""
    vote = ctx.session.get(AwardVote, vote_id)
    if vote is None:
        raise NotFound
    _award(ctx, vote.award_id)
    ctx.session.refresh(vote, with_for_update=True)
    kept = needed(reason)
    if vote.state is S.RELEASED:
        return vote  # A second click.
    if vote.version != version:
        raise StaleVersion
    vote.apply(A.RELEASE)
    vote.end_reason = kept
    ctx.record("award_vote:release", vote, award_id=vote.award_id, reason=kept)
    return vote


def _award(ctx: Context, award_id: int) -> Award:
    award = awards.get_award(ctx.session, ctx.actor, award_id, lock=True, trusted=ctx.trusted)
    ctx.require(may_decide_award, award)
    return award


def _judging(scheme: AwardScheme) -> AwardScheme:
    if scheme.state is not AwardSchemeState.JUDGING:
        raise InvalidTransition(N_("The panel of this call is not at work."))
    return scheme


# What a member does


def submit(
    ctx: Context,
    vote_id: int,
    *,
    scores: Mapping[str, int | None],
    reasons: Mapping[str, str],
    version: int,
) -> AwardVote:
    """Hand in points on every criterion, each with its reason; open to change until settled."""
    vote = queries.get_vote(ctx.session, ctx.actor, vote_id, lock=True)
    ctx.require(may_judge_award, vote)
    rubric = rules_of(vote.award.scheme).rubric
    points, words = _checked(rubric, scores, reasons)
    if vote.state is S.SUBMITTED and (vote.scores, vote.reasons) == (points, words):
        return vote  # A second click.
    if vote.award.state is not AwardState.NOMINATED:
        raise InvalidTransition(N_("Only what is nominated is judged."))
    if vote.version != version:
        raise StaleVersion
    before = vote.apply(A.REVISE if vote.state is S.SUBMITTED else A.SUBMIT)
    vote.scores, vote.reasons, vote.total = points, words, rubric.total(points)
    vote.submitted_at, vote.scheme_number = utcnow(), vote.award.scheme.number
    ctx.record("award_vote:submit", vote, before=before, after=vote.state, total=vote.total)
    return vote


def _checked(
    rubric: ReviewRubric, scores: Mapping[str, int | None], reasons: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, str]]:
    points: dict[str, int] = {}
    words: dict[str, str] = {}
    faults: dict[str, list[Message]] = {}
    for name in rubric.criteria:
        value = scores.get(name)
        if value is None:
            faults[name] = [Message(N_("Choose the sentence that fits best."))]
        elif not 0 <= value <= MAX_POINTS:
            faults[name] = [Message(N_("Choose 0 to 4 points."))]
        else:
            points[name] = value
        try:
            words[name] = limited(reasons.get(name, ""), f"{name}_why", maximum=MAX_REASON)
        except InvalidInput as error:
            faults |= error.fields
            continue
        if not words[name]:
            faults[f"{name}_why"] = [Message(N_("Say what you saw that leads to these points."))]
    if faults:
        raise InvalidInput(fields=faults)
    return points, words


def recuse(ctx: Context, vote_id: int, *, reason: str) -> AwardVote:
    """Step aside: the case is hidden at once and nothing of it counts."""
    done = ctx.session.get(AwardVote, vote_id)
    own = done is not None and ctx.actor is not None and done.reviewer_id == ctx.actor.id
    if done is not None and own and done.state is S.RECUSED:
        return done  # A second click.
    vote = queries.get_vote(ctx.session, ctx.actor, vote_id, lock=True)
    kept = needed(reason)
    if vote.state not in SEATED_STATES:
        raise NotFound
    before = vote.apply(A.RECUSE)
    vote.end_reason = kept
    ctx.record("award_vote:recuse", vote, award_id=vote.award_id, before=before, after=vote.state)
    return vote
