"""Ask a colleague or a mentor what they think of one's level, and answer when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.competency import MAX_LEVEL, load_taxonomy
from matchmaker.errors import InvalidInput, InvalidTransition, NotFound, RateLimited
from matchmaker.i18n import N_, Message
from matchmaker.models import Evidence, EvidenceKind, User
from matchmaker.policies.evidence import may_answer, may_ask_person
from matchmaker.queries import evidence as queries
from matchmaker.queries.level_piece import today
from matchmaker.services.context import Context
from matchmaker.services.level_estimate import refresh
from matchmaker.workflows.evidence import EvidenceAction, EvidenceState

MAX_NOTE = 500
MAX_REASON = 600
LEAST_REASON = 10
#: About how many competencies one may ask at once: more makes answers careless.
MAX_ASKED = 5
#: How many requests may wait for answers at a time.
MAX_WAITING = 30


@dataclass(frozen=True)
class Word:
    """What somebody who was asked says: a level with what they saw, or no level: they cannot say."""

    level: int | None
    reason: str = ""


def ask(
    ctx: Context, kind: EvidenceKind, person_id: int, competencies: Sequence[str], *, note: str = ""
) -> list[Evidence]:
    """Ask a colleague or a mentor; one who was asked the same already is not asked twice."""
    actor = ctx.signed_in
    person = queries.get_askable(ctx.session, actor, kind, person_id)
    ctx.require(may_ask_person, kind, person)
    _check(competencies, note)
    ctx.lock_actor()
    waiting = [row for row in queries.words_about(ctx.session, actor.id) if _waits(row)]
    asked = {row.competency for row in waiting if row.reviewer_id == person.id}
    new = [name for name in dict.fromkeys(competencies) if name not in asked]
    if len(waiting) + len(new) > MAX_WAITING:
        raise RateLimited(
            N_("%(count)s of your requests wait for an answer. Ask more once some are answered."),
            count=len(waiting),
        )
    added = [_asked(ctx, actor, person, kind, name, note) for name in new]
    if added:
        url = f"{ctx.settings.base_url}/me/asked/{actor.id}"
        ctx.send_mail(
            "evidence.asked", person, who=actor.name, note=note, count=len(added), url=url
        )
    return added


def _waits(row: Evidence) -> bool:
    return row.state is EvidenceState.ASKED


def _asked(
    ctx: Context, actor: User, person: User, kind: EvidenceKind, competency: str, note: str
) -> Evidence:
    row = Evidence(
        user_id=actor.id,
        competency=competency,
        kind=kind,
        level=None,
        obtained_on=today(),
        role=note,
        reviewer_id=person.id,
    )
    row.apply(EvidenceAction.ASK)
    ctx.session.add(row)
    ctx.record("evidence:ask", row, competency=competency, kind=kind, person_id=person.id)
    return row


def answer(ctx: Context, asker_id: int, words: Mapping[int, Word]) -> list[Evidence]:
    """Say what one thinks, of each piece one was asked for; `Word` by the piece's id."""
    actor = ctx.signed_in
    rows = queries.asked_of(ctx.session, actor.id, asker_id=asker_id, lock=True)
    if not rows:
        raise NotFound
    by_id = {row.id: row for row in rows}
    if words.keys() - by_id.keys():
        raise InvalidTransition(
            N_("Some of this was answered or taken back meanwhile. Here is what still waits.")
        )
    _check_words(words)
    for row_id, word in words.items():
        ctx.require(may_answer, by_id[row_id])
        _take(ctx, by_id[row_id], word)
    answered = [by_id[row_id] for row_id in words]
    if answered:
        refresh(ctx.session, [asker_id], cause="evidence:answer", cause_id=answered[-1].id)
        asker, url = answered[0].user, f"{ctx.settings.base_url}/me/evidence"
        ctx.send_mail("evidence.answered", asker, who=actor.name, count=len(answered), url=url)
    return answered


def _take(ctx: Context, row: Evidence, word: Word) -> None:
    said = word.level is not None
    before = row.apply(EvidenceAction.CHECK if said else EvidenceAction.REJECT)
    row.level, row.reason = word.level, word.reason
    row.obtained_on, row.decided_at = today(), utcnow()
    ctx.record("evidence:answer", row, before=before, after=row.state)


def _check(competencies: Sequence[str], note: str) -> None:
    taxonomy = load_taxonomy()
    problems: dict[str, list[Message]] = {}
    if not 1 <= len(set(competencies)) <= MAX_ASKED:
        text = N_("Choose one to %(max)s competencies: more makes answers careless.")
        problems["competencies"] = [Message(text, {"max": MAX_ASKED})]
    unknown = [name for name in competencies if not taxonomy.has_concept(name)]
    if unknown:
        text = N_("There is no competency called %(name)s.")
        problems["competencies"] = [Message(text, {"name": unknown[0]})]
    if len(note) > MAX_NOTE:
        text = N_("Please use at most %(max)d characters.")
        problems["note"] = [Message(text, {"max": MAX_NOTE})]
    if problems:
        raise InvalidInput(fields=problems)


def _check_words(words: Mapping[int, Word]) -> None:
    problems: dict[str, list[Message]] = {}

    def refuse(row_id: int, text: str, **params: Any) -> None:
        problems.setdefault(f"reason-{row_id}", []).append(Message(text, params))

    for row_id, word in words.items():
        if word.level is not None and not 0 <= word.level <= MAX_LEVEL:
            refuse(row_id, N_("A level is a number from %(least)s to 5."), least=0)
        if word.level is not None and len(word.reason) < LEAST_REASON:
            refuse(row_id, N_("Say in a line what you have seen them do."))
        if len(word.reason) > MAX_REASON:
            refuse(row_id, N_("Please use at most %(max)d characters."), max=MAX_REASON)
    if problems:
        raise InvalidInput(fields=problems)
