"""Case studies: written by the owner or the office, agreed to by both sides, published by the office.

A consent is for one version, word for word. Whoever takes it back takes that version off the public
page in the same moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    CaseStudy,
    CaseStudyConsent,
    CaseStudySide,
    CaseStudyVersion,
    Engagement,
)
from matchmaker.policies.case_study import (
    consenting_side,
    may_agree_case_study,
    may_publish_case_study,
    may_write_case_study,
)
from matchmaker.queries import case_study as queries
from matchmaker.queries import case_study_figure as figures
from matchmaker.queries.engagement import get_engagement
from matchmaker.services import case_study_letters as letters
from matchmaker.services.context import Context
from matchmaker.services.reasons import needed
from matchmaker.texts import clean, clean_line
from matchmaker.workflows.case_study_version import (
    CaseStudyVersionAction,
    CaseStudyVersionState,
)
from matchmaker.workflows.engagement import EngagementState

MAX_TITLE, MAX_TEXT, MAX_REASON = 200, 6_000, 600
#: What a case study consists of; each is written in one language at least.
PARTS = ("title", "problem", "approach", "results")
LANGUAGES = ("zh", "en")

_STATES = CaseStudyVersionState


@dataclass(frozen=True)
class CaseStudyTexts:
    """What somebody wrote."""

    title_zh: str = ""
    title_en: str = ""
    problem_zh: str = ""
    problem_en: str = ""
    approach_zh: str = ""
    approach_en: str = ""
    results_zh: str = ""
    results_en: str = ""
    #: The figures chosen, by key.
    figures: Sequence[str] = field(default=())

    def cleaned(self) -> dict[str, Any]:
        """The texts as they are kept, and the figures."""
        written: dict[str, Any] = asdict(self)
        chosen = list(dict.fromkeys(written.pop("figures")))
        tidy = {
            name: clean_line(text) if name.startswith("title") else clean(text)
            for name, text in written.items()
        }
        return {**tidy, "figures": chosen}


def save(ctx: Context, engagement_id: int, texts: CaseStudyTexts, *, version: int) -> CaseStudy:
    """Keep what was written; *version* 0 begins the case study."""
    engagement = _engagement(ctx, engagement_id)
    ctx.require(may_write_case_study, engagement)
    _require_completed(engagement)
    values = texts.cleaned()
    _check_lengths(values)
    study = queries.case_study_of(ctx.session, engagement, lock=True)
    if study is not None and all(getattr(study, name) == values[name] for name in values):
        return study  # A second click.
    if (study.version if study else 0) != version:
        raise StaleVersion
    if study is None:
        study = CaseStudy(engagement_id=engagement.id)
        ctx.session.add(study)
    for name, value in values.items():
        setattr(study, name, value)
    study.updated_at, study.updater_id = utcnow(), ctx.actor.id if ctx.actor else None
    ctx.record("case_study:save", study, engagement=engagement.id)
    return study


def _engagement(ctx: Context, engagement_id: int, *, lock: bool = False) -> Engagement:
    return get_engagement(ctx.session, ctx.actor, engagement_id, lock=lock, trusted=ctx.trusted)


def _require_completed(engagement: Engagement) -> None:
    if engagement.state is not EngagementState.COMPLETED:
        raise InvalidTransition(N_("A case study is written once the work is completed."))


def _check_lengths(values: Mapping[str, Any]) -> None:
    faults = {}
    for name in (f"{part}_{language}" for part in PARTS for language in LANGUAGES):
        maximum = MAX_TITLE if name.startswith("title") else MAX_TEXT
        if len(values[name]) > maximum:
            faults[name] = [Message(N_("Please use at most %(max)d characters."), {"max": maximum})]
    if faults:
        raise InvalidInput(fields=faults)


def propose(ctx: Context, engagement_id: int, *, version: int) -> CaseStudyVersion:
    """Show both sides what was written, and ask for their consent; a second click changes nothing."""
    engagement = _engagement(ctx, engagement_id, lock=True)
    ctx.require(may_write_case_study, engagement)
    study = queries.case_study_of(ctx.session, engagement, lock=True)
    if study is None:
        raise InvalidTransition(N_("Nothing is written yet."))
    if study.version != version:
        raise StaleVersion
    _require_whole(study)
    content = content_of(ctx, study)
    before = queries.latest(study)
    if before and before.state is _STATES.PROPOSED and before.content_hash == hash_of(content):
        return before
    _drop_waiting(ctx, study)
    row = CaseStudyVersion(
        number=before.number + 1 if before else 1,
        content=content,
        content_hash=hash_of(content),
        user_id=ctx.actor.id if ctx.actor else None,
    )
    study.versions.append(row)
    ctx.record("case_study:propose", row, engagement=engagement.id, number=row.number)
    letters.to_sides(ctx, engagement, "case_study.proposed")
    return row


def _require_whole(study: CaseStudy) -> None:
    missing = [
        part for part in PARTS if not any(getattr(study, f"{part}_{name}") for name in LANGUAGES)
    ]
    if missing:
        text = N_("Write this in one language at least before you show it to both sides.")
        raise InvalidInput(text, fields={f"{part}_zh": [Message(text)] for part in missing})


def _drop_waiting(ctx: Context, study: CaseStudy) -> None:
    for version in study.versions:
        if version.state is _STATES.PROPOSED:
            version.apply(CaseStudyVersionAction.DROP)
            version.ended_at = utcnow()
    ctx.session.flush()  # Only one version may wait at a time.


def content_of(ctx: Context, study: CaseStudy) -> dict[str, Any]:
    """Everything that the public page would show."""
    engagement = study.engagement
    named = {
        "problem": engagement.problem.title,
        "owner": engagement.problem.organization.name,
        "team": engagement.team.name,
        "call": engagement.call.name,
    }
    known = {one.key: one for one in figures.available(ctx.session, engagement)}
    return {
        **{part: {name: getattr(study, f"{part}_{name}") for name in LANGUAGES} for part in PARTS},
        "names": {key: {name: say(name) for name in LANGUAGES} for key, say in named.items()},
        "figures": [asdict(known[key]) for key in study.figures if key in known],
    }


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content: what a consent is for."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def agree(ctx: Context, engagement_id: int, number: int, *, content_hash: str) -> CaseStudyVersion:
    """One side agrees to a version as it read it; the office hears when both have."""
    engagement, version = _version(ctx, engagement_id, number)
    ctx.require(may_agree_case_study, engagement)
    side = _side(ctx, engagement)
    if version.content_hash != content_hash:
        raise StaleVersion
    if version.consent_of(side) is not None:
        return version  # A second click.
    if version.state is not _STATES.PROPOSED:
        raise InvalidTransition(N_("This version does not wait for consent any more."))
    consent = CaseStudyConsent(
        side=side, content_hash=content_hash, user_id=ctx.actor.id if ctx.actor else None
    )
    version.consents.append(consent)
    ctx.record("case_study:agree", version, engagement=engagement.id, side=side.value)
    return version


def _version(ctx: Context, engagement_id: int, number: int) -> tuple[Engagement, CaseStudyVersion]:
    engagement = _engagement(ctx, engagement_id, lock=True)
    study = queries.case_study_of(ctx.session, engagement, lock=True)
    return engagement, queries.get_version(study, number)


def _side(ctx: Context, engagement: Engagement) -> CaseStudySide:
    side = consenting_side(ctx.actor, engagement) if ctx.actor else None
    if side is None:
        raise InvalidTransition(N_("Nobody agrees in the name of a side they are not on."))
    return side


def withdraw_consent(ctx: Context, engagement_id: int, number: int) -> CaseStudyVersion:
    """One side takes its consent back: what is public comes down at once."""
    engagement, version = _version(ctx, engagement_id, number)
    ctx.require(may_agree_case_study, engagement)
    side = _side(ctx, engagement)
    consent = version.consent_of(side)
    if consent is None:
        return version
    consent.withdrawn_at, consent.withdrawer_id = utcnow(), ctx.actor.id if ctx.actor else None
    ctx.record("case_study:withdraw_consent", version, engagement=engagement.id, side=side.value)
    if version.state is _STATES.PUBLISHED:
        _take_down(version, "")
        letters.to_sides(ctx, engagement, "case_study.consent_withdrawn")
        letters.to_publisher(ctx, engagement, version, "case_study.consent_withdrawn")
    return version


def _take_down(version: CaseStudyVersion, reason: str) -> None:
    version.apply(CaseStudyVersionAction.TAKE_DOWN)
    version.ended_at, version.reason = utcnow(), reason


def publish(ctx: Context, engagement_id: int, number: int) -> CaseStudyVersion:
    """Put a version on the public page that both sides agreed to; it replaces the one before."""
    engagement, version = _version(ctx, engagement_id, number)
    ctx.require(may_publish_case_study, engagement)
    if version.state is _STATES.PUBLISHED:
        return version
    if not version.is_agreed:
        raise InvalidTransition(N_("Both sides have to agree to this version first."))
    before = queries.published(version.case_study)
    if before is not None:
        before.apply(CaseStudyVersionAction.SUPERSEDE)
        before.ended_at = utcnow()
        ctx.session.flush()  # Only one version is public at a time.
    version.apply(CaseStudyVersionAction.PUBLISH)
    version.published_at, version.publisher_id = utcnow(), ctx.actor.id if ctx.actor else None
    ctx.record("case_study:publish", version, engagement=engagement.id, number=number)
    letters.to_sides(ctx, engagement, "case_study.published", study_id=version.case_study_id)
    return version


def take_down(ctx: Context, engagement_id: int, number: int, *, reason: str) -> CaseStudyVersion:
    """The office takes a version off the public page; both sides read why."""
    engagement, version = _version(ctx, engagement_id, number)
    ctx.require(may_publish_case_study, engagement)
    reason = needed(reason, maximum=MAX_REASON)
    if version.state is _STATES.TAKEN_DOWN and version.reason == reason:
        return version
    _take_down(version, reason)
    ctx.record("case_study:take_down", version, engagement=engagement.id, reason=reason)
    letters.to_sides(ctx, engagement, "case_study.taken_down", note=reason)
    return version
