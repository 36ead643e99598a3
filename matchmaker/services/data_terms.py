"""Keep a problem's data room: its terms, who accepts them, who is admitted, who opens what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, BinaryIO

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, PermissionDenied, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    Attachment,
    AttachmentDownload,
    DataAcceptance,
    DataAdmission,
    DataTerms,
    Problem,
    User,
)
from matchmaker.models.data_terms import fingerprint
from matchmaker.policies.attachment import may_read_all_files
from matchmaker.policies.data_terms import may_admit, may_edit_terms, may_enter_room, may_revoke
from matchmaker.queries import account as accounts
from matchmaker.queries import attachment as attachments
from matchmaker.queries import data_terms as queries
from matchmaker.services.account import normalize_email
from matchmaker.services.attachment import find_problem, open_content
from matchmaker.services.context import Context
from matchmaker.services.data_terms_text import template

MAX_TERMS = 20_000
LEAST_TERMS = 50
MAX_NOTE = 500
MAX_NAME = 120
MAX_ADMISSIONS = 200
MIN_DAYS, MAX_DAYS = 1, 3650


class TermsNotAccepted(PermissionDenied):
    """The file is there for the actor once they accept the terms in force."""

    code = "terms_not_accepted"
    default = N_("Read and accept the terms of the data room first; then the file opens.")


def first_terms(problem: Problem) -> tuple[str, str]:
    """The terms an owner starts from, in Chinese and in English."""
    owner = problem.organization
    return template(problem.title_zh, problem.title_en, owner.name_zh, owner.name_en)


def put_in_force(
    ctx: Context,
    problem_id: int,
    *,
    number: int,
    text_zh: str,
    text_en: str,
    valid_days: int = 180,
    note: str = "",
) -> DataTerms:
    """Write the next version; *number* is the one that was in force when it was written (0: none)."""
    problem = find_problem(ctx, problem_id)
    ctx.require(may_edit_terms, problem)
    current = queries.current_terms(ctx.session, problem.id)
    in_force = current.number if current else 0
    if current and (current.text_zh, current.text_en, current.valid_days) == (
        text_zh,
        text_en,
        valid_days,
    ):
        return current  # Nothing new, or a second click.
    if in_force != number:
        raise StaleVersion
    _check_terms(text_zh, text_en, valid_days, note, is_first=current is None)
    terms = DataTerms(
        problem=problem,
        number=number + 1,
        author_id=ctx.actor.id if ctx.actor else None,
        text_zh=text_zh,
        text_en=text_en,
        valid_days=valid_days,
        note=note,
        sha256=DataTerms.content_hash(problem.id, number + 1, text_zh, text_en, valid_days),
    )
    ctx.session.add(terms)
    facts = {"number": terms.number, "sha256": terms.sha256}
    ctx.record("data_terms:edit", terms, problem_id=problem.id, **facts)
    _tell_of_change(ctx, problem, terms)
    return terms


def _check_terms(zh: str, en: str, valid_days: int, note: str, *, is_first: bool) -> None:
    found: dict[str, list[Message]] = {}
    for name, text in (("text_zh", zh), ("text_en", en)):
        if len(text.strip()) < LEAST_TERMS:
            words = N_("Write the terms in this language too: people accept what they can read.")
            found[name] = [Message(words)]
        elif len(text) > MAX_TERMS:
            found[name] = [_too_long(MAX_TERMS)]
    if not MIN_DAYS <= valid_days <= MAX_DAYS:
        words = N_("Choose a number of days from %(least)s to %(most)s.")
        found["valid_days"] = [Message(words, {"least": MIN_DAYS, "most": MAX_DAYS})]
    if not is_first and not note.strip():
        words = N_("Say what changed: everybody who accepted the version before reads it.")
        found["note"] = [Message(words)]
    if len(note) > MAX_NOTE:
        found["note"] = [_too_long(MAX_NOTE)]
    if found:
        raise InvalidInput(fields=found)


def _too_long(limit: int) -> Message:
    return Message(N_("Please use at most %(max)d characters."), {"max": limit})


def _tell_of_change(ctx: Context, problem: Problem, terms: DataTerms) -> None:
    """Whoever could open files until now reads that they are asked again, and why."""
    before = [item.id for item in queries.versions(ctx.session, problem.id) if item is not terms]
    told: set[int] = set()
    for acceptance in queries.still_valid(ctx.session, before):
        if acceptance.user_id not in told:
            told.add(acceptance.user_id)
            title = problem.title(language_of(acceptance.user.locale))
            ctx.send_mail(
                "data_terms.changed",
                acceptance.user,
                about=problem,
                title=title,
                note=terms.note,
                url=_room(ctx, problem),
            )


def _room(ctx: Context, problem: Problem) -> str:
    return f"{ctx.settings.base_url}/problems/{problem.id}/data-room"


def accept(ctx: Context, problem_id: int, *, number: int, locale: str) -> DataAcceptance:
    """The actor gives their word to keep the version *number*, which must be the one in force."""
    problem = find_problem(ctx, problem_id)
    ctx.require(may_enter_room, problem)
    actor, terms = _actor(ctx), queries.current_terms(ctx.session, problem.id)
    if terms is None:
        raise Conflict(N_("The owner has not written the terms of this data room yet."))
    if terms.number != number:
        raise StaleVersion(
            N_("The terms changed while you were reading. Below is the version in force now.")
        )
    ctx.lock_actor()
    known = queries.valid_acceptance(ctx.session, actor, terms)
    if known is not None:
        return known  # A second click.
    now, team = utcnow(), queries.entitling_team(ctx.session, actor, problem)
    acceptance = DataAcceptance(
        terms=terms,
        user=actor,
        team_id=team.id if team else None,
        name=actor.name,
        locale=locale,
        content_sha256=terms.sha256,
        accepted_at=now,
        expires_at=now + timedelta(days=terms.valid_days),
    )
    ctx.session.add(acceptance)
    facts = {"problem_id": problem.id, "number": terms.number, "sha256": terms.sha256}
    ctx.record("data_terms:accept", acceptance, **facts)
    return acceptance


def _actor(ctx: Context) -> User:
    if ctx.actor is None:
        raise PermissionDenied
    return ctx.actor


def revoke(ctx: Context, acceptance_id: int, *, reason: str = "") -> DataAcceptance:
    """End an acceptance; the person may without a reason, owner and office say why."""
    actor = _actor(ctx)
    acceptance = queries.get_acceptance(ctx.session, actor, acceptance_id, lock=True)
    ctx.require(may_revoke, acceptance)
    if acceptance.revoked_at is not None:
        return acceptance  # A second click.
    reason, is_own = reason.strip(), acceptance.user_id == actor.id
    if not is_own and not reason:
        message = Message(N_("Say why: the person reads it, and it is kept on record."))
        raise InvalidInput(fields={"reason": [message]})
    if len(reason) > MAX_NOTE:
        raise InvalidInput(fields={"reason": [_too_long(MAX_NOTE)]})
    acceptance.revoked_at, acceptance.revoker_id = utcnow(), actor.id
    acceptance.revoke_reason = reason
    problem = acceptance.terms.problem
    ctx.record("data_terms:revoke", acceptance, problem_id=problem.id, reason=reason)
    if not is_own:
        title = problem.title(language_of(acceptance.user.locale))
        facts = {"title": title, "note": reason, "url": _room(ctx, problem)}
        ctx.send_mail("data_terms.revoked", acceptance.user, about=problem, **facts)
    return acceptance


def admit(ctx: Context, problem_id: int, *, name: str, email: str) -> DataAdmission:
    """The owner admits somebody by name; they still have to accept the terms."""
    problem = find_problem(ctx, problem_id)
    ctx.require(may_admit, problem)
    address = _checked_person(name, email)
    _check_inside(ctx, problem, address)
    known = _admission(ctx, problem, address)
    if known is not None:
        return known  # A second click.
    if len(queries.admissions(ctx.session, _actor(ctx), problem)) >= MAX_ADMISSIONS:
        text = N_("At most %(max)s people can be admitted by name.")
        raise InvalidInput(fields={"email": [Message(text, {"max": MAX_ADMISSIONS})]})
    admission = DataAdmission(
        problem=problem,
        name=name,
        email=address,
        admitter_id=ctx.actor.id if ctx.actor else None,
    )
    ctx.session.add(admission)
    ctx.record("data_terms:admit", admission, problem_id=problem.id)
    title = problem.title(language_of(ctx.locale))
    facts = {"title": title, "url": _room(ctx, problem)}
    ctx.send_mail("data_terms.admitted", address, about=problem, **facts)
    return admission


def _check_inside(ctx: Context, problem: Problem, address: str) -> None:
    """Into a data room of an in-house call come only people of its organization."""
    private, user = problem.call.private_call, accounts.find(ctx.session, address)
    if private is None or (user is not None and private.organization_id in user.organization_ids):
        return
    text = N_("Only the organization’s own people take part in its in-house call.")
    raise InvalidInput(text, fields={"email": [Message(text)]})


def _checked_person(name: str, email: str) -> str:
    """The address as it is kept; raises with what is wrong."""
    found: dict[str, list[Message]] = {}
    if not name.strip():
        found["name"] = [Message(N_("Write the person's name."))]
    elif len(name) > MAX_NAME:
        found["name"] = [_too_long(MAX_NAME)]
    if found:
        raise InvalidInput(fields=found)
    return normalize_email(email)


def _admission(ctx: Context, problem: Problem, email: str) -> DataAdmission | None:
    statement = sa.select(DataAdmission).where(
        DataAdmission.problem_id == problem.id, DataAdmission.email == email
    )
    return ctx.session.scalar(statement)


def withdraw_admission(ctx: Context, problem_id: int, admission_id: int) -> None:
    """The owner no longer admits somebody; from now on no file opens for them."""
    problem = find_problem(ctx, problem_id)
    ctx.require(may_admit, problem)
    admission = queries.get_admission(ctx.session, _actor(ctx), problem, admission_id)
    ctx.record("data_terms:withdraw_admission", admission, problem_id=problem.id)
    ctx.session.delete(admission)


def open_file(ctx: Context, problem_id: int, attachment_id: int) -> tuple[Attachment, BinaryIO]:
    """Open a file of the data room and write down who did: what is returned can be read to its end.

    Whatever happens to terms, acceptance or file meanwhile, a download that has begun finishes;
    the next one is asked anew.
    """
    problem = find_problem(ctx, problem_id)
    ctx.require(may_enter_room, problem)
    actor = _actor(ctx)
    attachment = attachments.get_room_file(ctx.session, actor, problem, attachment_id)
    terms = queries.current_terms(ctx.session, problem.id)
    acceptance = queries.valid_acceptance(ctx.session, actor, terms) if terms else None
    if acceptance is None and not may_read_all_files.allows(actor, problem):
        raise TermsNotAccepted
    content = open_content(ctx.settings, attachment)
    ctx.session.add(
        AttachmentDownload(
            attachment=attachment,
            user_id=actor.id,
            acceptance_id=acceptance.id if acceptance else None,
            terms_number=terms.number if terms else 0,
            sha256=attachment.sha256,
            at=utcnow(),
        )
    )
    return attachment, content


def proof(acceptance: DataAcceptance) -> dict[str, Any]:
    """An acceptance as a record that can be checked: its own hash is over everything else in it."""
    terms, problem = acceptance.terms, acceptance.terms.problem
    facts: dict[str, Any] = {
        "acceptance": acceptance.id,
        "problem": {"id": problem.id, "title_zh": problem.title_zh, "title_en": problem.title_en},
        "person": {"account": acceptance.user_id, "name": acceptance.name},
        "team": acceptance.team_id,
        "terms": {
            "number": terms.number,
            "text_zh": terms.text_zh,
            "text_en": terms.text_en,
            "valid_days": terms.valid_days,
            "sha256": terms.sha256,
        },
        "accepted_sha256": acceptance.content_sha256,
        "read_in": acceptance.locale,
        "accepted_at": acceptance.accepted_at.isoformat(),
        "expires_at": acceptance.expires_at.isoformat(),
        "revoked_at": acceptance.revoked_at.isoformat() if acceptance.revoked_at else None,
    }
    return {**facts, "sha256": fingerprint(facts)}
