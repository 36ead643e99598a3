"""A person's own evidence: rate oneself, show work and certificates, hand them in, take them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import MAX_LEVEL, load_taxonomy
from matchmaker.errors import InvalidInput, NotSignedIn, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    ASKED_KINDS,
    SHOWN_KINDS,
    Evidence,
    EvidenceAttachment,
    EvidenceKind,
    LevelChange,
    LevelEstimate,
    User,
)
from matchmaker.policies.evidence import may_ask_review, may_keep_evidence, may_withdraw
from matchmaker.queries import evidence as queries
from matchmaker.queries.level_piece import today
from matchmaker.services import evidence_file
from matchmaker.services.context import Context
from matchmaker.services.file_cleaning import Prepared
from matchmaker.services.level_estimate import refresh
from matchmaker.workflows.evidence import EvidenceAction, EvidenceState

MAX_TITLE, MAX_URL, MAX_ROLE = 200, 500, 500
#: How many competencies one piece may speak of.
MAX_ABOUT = 3
#: How many pieces, own ratings apart, one person may keep.
MAX_PIECES = 200
#: Work that cannot be shown has to be told in this many characters.
LEAST_TOLD = 40
FIRST_YEAR = 1950
#: A clock that runs ahead, or a calendar further east, may already be at tomorrow.
SKEW = dt.timedelta(days=1)
#: Saying the same again within this time is a second click, not a new rating.
SAME = dt.timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a person shows: one piece of work, certificate or course, and the levels it speaks of."""

    kind: EvidenceKind
    #: Competency -> the level it shows, in the person's view.
    levels: Mapping[str, int]
    obtained_on: dt.date | None
    title: str = ""
    url: str = ""
    role: str = ""
    #: Of a course: whether it ended with an assessment that was passed.
    is_assessed: bool = True


def rate(ctx: Context, levels: Mapping[str, int], *, seen: int | None = None) -> list[Evidence]:
    """Keep what the actor says of themselves; what they said before stays on record.

    *seen* is the newest rating of these competencies that was on the page (see `newest_rating`);
    if there is a newer one that says something else, `StaleVersion`.
    """
    actor = _actor(ctx)
    _check_levels(levels, least=0, field="levels")
    ctx.lock_actor()
    before = queries.own_ratings(ctx.session, actor.id)
    changed = [name for name, level in levels.items() if _is_new(before.get(name), level)]
    if seen is not None and changed and newest_rating(before, levels) > seen:
        raise StaleVersion
    added = [_rated(ctx, actor, name, levels[name], before.get(name)) for name in changed]
    if added:
        ctx.record("evidence:rate", actor, competencies=sorted(changed))
        refresh(ctx.session, [actor.id], cause="evidence:rate", cause_id=added[-1].id)
    return added


def newest_rating(rated: Mapping[str, Evidence], names: Collection[str]) -> int:
    """The newest rating among those of *names*; 0 if there is none."""
    return max((rated[name].id for name in names if name in rated), default=0)


def _is_new(before: Evidence | None, level: int) -> bool:
    return before is None or before.level != level or utcnow() - before.created_at > SAME


def _rated(
    ctx: Context, actor: User, competency: str, level: int, before: Evidence | None
) -> Evidence:
    if before is not None:
        before.apply(EvidenceAction.WITHDRAW)
    row = Evidence(
        user_id=actor.id,
        competency=competency,
        kind=EvidenceKind.SELF_ANCHORED,
        level=level,
        obtained_on=today(),
    )
    ctx.session.add(row)
    return row


def add(ctx: Context, shown: Shown, prepared: Prepared | None = None) -> list[Evidence]:
    """Keep what the actor shows, one piece for each competency it speaks of."""
    actor = _actor(ctx)
    _check(shown, prepared)
    ctx.lock_actor()
    key = evidence_file.store(ctx.settings, prepared) if prepared else ""
    kept = queries.shown_by(ctx.session, actor.id)
    added: list[Evidence] = []
    found: list[Evidence] = []
    for competency, level in shown.levels.items():
        twin = queries.find_twin(kept, _columns(shown, competency), key)
        if twin is None:
            if len(kept) + len(added) >= MAX_PIECES:
                _refuse(
                    "title",
                    N_("You keep %(max)s pieces already. Take old ones back first."),
                    max=MAX_PIECES,
                )
            twin = _add(ctx, actor, shown, competency, level, prepared, key)
            added.append(twin)
        found.append(twin)
    if added:
        refresh(ctx.session, [actor.id], cause="evidence:add", cause_id=added[-1].id)
    return found


def _columns(shown: Shown, competency: str) -> dict[str, Any]:
    return {
        "kind": shown.kind,
        "competency": competency,
        "title": shown.title,
        "url": shown.url,
        "role": shown.role,
        "obtained_on": shown.obtained_on,
        "relevance": 1.0 if shown.is_assessed else 0.0,
    }


def _add(
    ctx: Context,
    actor: User,
    shown: Shown,
    competency: str,
    level: int,
    prepared: Prepared | None,
    key: str,
) -> Evidence:
    row = Evidence(
        user_id=actor.id,
        level=level,
        facts={"claimed_level": level},
        **_columns(shown, competency),
    )
    ctx.session.add(row)
    ctx.record("evidence:add", row, competency=competency, kind=shown.kind)
    if prepared is not None:
        evidence_file.attach(ctx, row, prepared, key)
    return row


def hand_in(ctx: Context, evidence_id: int, *, version: int | None = None) -> Evidence:
    """Ask the programme to look at a piece."""
    row = queries.get_evidence(ctx.session, ctx.actor, evidence_id, lock=True)
    ctx.require(may_ask_review, row)
    if row.state is EvidenceState.ASKED:
        return row  # A second click.
    _check_version(row, version)
    before = row.apply(EvidenceAction.ASK)
    row.reviewer_id = row.taken_at = row.decided_at = None
    ctx.record("evidence:ask", row, before=before, after=row.state)
    refresh(ctx.session, [row.user_id], cause="evidence:ask", cause_id=row.id)
    return row


def withdraw(ctx: Context, evidence_id: int, *, version: int | None = None) -> Evidence:
    """Take a piece back: it counts no more, and its file goes."""
    row = queries.get_evidence(ctx.session, ctx.actor, evidence_id, lock=True)
    ctx.require(may_withdraw, row)
    if row.state is EvidenceState.WITHDRAWN:
        return row
    _check_version(row, version)
    before = row.apply(EvidenceAction.WITHDRAW)
    row.attachment = None
    ctx.record("evidence:withdraw", row, before=before, after=row.state)
    refresh(ctx.session, [row.user_id], cause="evidence:withdraw", cause_id=row.id)
    return row


def record_course(
    ctx: Context,
    user_id: int,
    *,
    competency: str,
    level: int,
    obtained_on: dt.date,
    title: str,
    url: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Evidence:
    """A course of the programme was passed: its instructor's judgement. Attendance alone is none."""
    _check_levels({competency: level}, least=1, field="level")
    about = {"competency": competency, "title": title[:MAX_TITLE], "obtained_on": obtained_on}
    twin = queries.find_course(ctx.session, user_id, **about)
    if twin is not None:
        return twin
    row = Evidence(
        user_id=user_id,
        kind=EvidenceKind.COURSE,
        level=level,
        url=url,
        facts=dict(facts or {}),
        decided_at=utcnow(),
        **about,
    )
    row.apply(EvidenceAction.ASK)
    row.apply(EvidenceAction.VERIFY)
    ctx.session.add(row)
    ctx.record("evidence:add", row, competency=competency, kind=row.kind)
    refresh(ctx.session, [user_id], cause="evidence:course", cause_id=row.id)
    return row


def _actor(ctx: Context) -> User:
    if ctx.actor is None:
        raise NotSignedIn
    ctx.require(may_keep_evidence)
    return ctx.actor


def _check_version(row: Evidence, version: int | None) -> None:
    if version is not None and row.version != version:
        raise StaleVersion


def _refuse(field: str, text: str, **params: Any) -> None:
    raise InvalidInput(fields={field: [Message(text, params)]})


def _check_levels(levels: Mapping[str, int], *, least: int, field: str) -> None:
    taxonomy = load_taxonomy()
    for name, level in levels.items():
        if not taxonomy.has_concept(name):
            _refuse(field, N_("There is no competency called %(name)s."), name=name)
        if not least <= level <= MAX_LEVEL:
            _refuse(field, N_("A level is a number from %(least)s to 5."), least=least)


def _check(shown: Shown, prepared: Prepared | None) -> None:
    problems: dict[str, list[Message]] = {}

    def refuse(field: str, text: str, **params: Any) -> None:
        problems.setdefault(field, []).append(Message(text, params))

    if shown.kind not in SHOWN_KINDS:
        refuse("kind", N_("Choose what you want to show."))
    if not shown.title:
        refuse("title", N_("Give it a title."))
    for name, limit in (("title", MAX_TITLE), ("url", MAX_URL), ("role", MAX_ROLE)):
        if len(getattr(shown, name)) > limit:
            refuse(name, N_("Please use at most %(max)d characters."), max=limit)
    if not 1 <= len(shown.levels) <= MAX_ABOUT:
        refuse("levels", N_("Choose one to %(max)s competencies it shows."), max=MAX_ABOUT)
    if shown.url and not is_address(shown.url):
        refuse("url", N_("Give the whole address, beginning with https://."))
    _check_day(shown.obtained_on, refuse)
    _check_something(shown, prepared, refuse)
    if problems:
        raise InvalidInput(fields=problems)
    _check_levels(shown.levels, least=1, field="levels")
    if prepared is not None:
        evidence_file.check_kind(shown.kind, prepared)


def is_address(url: str) -> bool:
    """Whether *url* is a whole web address."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
    except ValueError:
        return False


def _check_day(day: dt.date | None, refuse: Any) -> None:
    if day is None:
        refuse("obtained_on", N_("Say when: the day, or the last day of the work."))
    elif day > today() + SKEW:
        refuse(
            "obtained_on",
            N_("This day is in the future. Give the day when it was done, or add it then."),
        )
    elif day.year < FIRST_YEAR:
        refuse("obtained_on", N_("Give a day from %(first)s on."), first=FIRST_YEAR)


def _check_something(shown: Shown, prepared: Prepared | None, refuse: Any) -> None:
    """There has to be something to look at; work under a secrecy agreement can be told."""
    if shown.url or prepared is not None:
        return
    if shown.kind is EvidenceKind.CERTIFICATE:
        refuse("url", N_("Attach the certificate, or give the address where it can be verified."))
    elif shown.kind is EvidenceKind.ARTEFACT and len(shown.role) < LEAST_TOLD:
        text = N_(
            "Give a link or a file. If you may not show the work, describe what you did in at "
            "least %(least)s characters."
        )
        refuse("role", text, least=LEAST_TOLD)


def forget(session: Session, user_id: int) -> None:
    """Delete all that is known of a person's levels, with what they asked others and were asked."""
    mine = sa.select(Evidence.id).where(Evidence.user_id == user_id)
    unanswered = Evidence.reviewer_id == user_id, Evidence.state == EvidenceState.ASKED
    session.execute(sa.delete(EvidenceAttachment).where(EvidenceAttachment.evidence_id.in_(mine)))
    session.execute(sa.delete(Evidence).where(Evidence.user_id == user_id))
    session.execute(sa.delete(Evidence).where(Evidence.kind.in_(ASKED_KINDS), *unanswered))
    for table in (LevelEstimate, LevelChange):
        session.execute(sa.delete(table).where(table.user_id == user_id))
