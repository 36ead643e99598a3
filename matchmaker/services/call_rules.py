"""The office sets the rules of a call: when and by whom applications are taken, and what they say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from babel import Locale

from matchmaker.assessment import application_eligibility as eligibility
from matchmaker.assessment import application_parts as proposal
from matchmaker.assessment.application_eligibility import DEFAULT_RULES, Rule
from matchmaker.assessment.application_parts import DEFAULT_PARTS, Part
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message, language_of
from matchmaker.models import (
    GRADES,
    Application,
    Call,
    CallRules,
    TeamKind,
    TeamMember,
    User,
)
from matchmaker.policies.call_rules import may_edit_rules
from matchmaker.queries.call import get_call
from matchmaker.queries.call_rules import rules_of
from matchmaker.services.context import Context
from matchmaker.workflows.application import REVISABLE_STATES, ApplicationState

MAX_PER_TEAM = 20
MAX_FILES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesValues:
    """Everything the office sets but the phases of the review."""

    applications_open_at: datetime | None
    applications_close_at: datetime | None
    parts: tuple[Part, ...] = DEFAULT_PARTS
    eligibility: tuple[Rule, ...] = DEFAULT_RULES
    one_team_per_call: bool = True
    max_applications_per_team: int | None = 3
    max_files: int = 5
    blind: bool = False


def values_of(rules: CallRules) -> RulesValues:
    """The values as saved."""
    same = ("applications_open_at", "applications_close_at", "one_team_per_call", "blind")
    return RulesValues(
        **{name: getattr(rules, name) for name in (*same, "max_files")},
        max_applications_per_team=rules.max_applications_per_team,
        parts=proposal.read_parts(rules.parts),
        eligibility=eligibility.read_rules(rules.eligibility),
    )


def proposed(call: Call) -> RulesValues:
    """What the form begins with where a call has no rules yet."""
    return RulesValues(
        applications_open_at=max(call.opens_at, utcnow()), applications_close_at=call.closes_at
    )


@cache
def countries() -> dict[str, str]:
    """The codes of countries and regions there are, with their English names."""
    names = Locale("en").territories
    return {code: names[code] for code in sorted(names) if len(code) == 2 and code.isalpha()}


def set_rules(ctx: Context, call_id: int, values: RulesValues, *, version: int) -> CallRules:
    """Set or change the rules; *version* is 0 for a call without any. Teams that write are told.

    Raises
    ------
    StaleVersion
        If somebody has set them since.
    InvalidInput
        If they make no sense, or take back what teams were promised.
    """
    call = get_call(ctx.session, ctx.actor, call_id, lock=True)
    ctx.require(may_edit_rules, call)
    rules = rules_of(ctx.session, call_id)
    if (rules.version if rules else 0) != version:
        if rules is not None and values_of(rules) == values:
            return rules  # A second click on the same form.
        raise StaleVersion
    _check(ctx, values, rules)
    if rules is None:
        return _create(ctx, call, values)
    before = _columns(values_of(rules))
    changed = [name for name, value in _columns(values).items() if before[name] != value]
    for name in changed:
        setattr(rules, name, _columns(values)[name])
    if changed:
        rules.updated_at = utcnow()
        ctx.record("call_rules:change", rules, call_id=call_id, fields=changed, **_days(rules))
        _tell_teams(ctx, rules, changed)
    return rules


def _create(ctx: Context, call: Call, values: RulesValues) -> CallRules:
    rules = CallRules(call=call, updated_at=utcnow(), **_columns(values))
    ctx.session.add(rules)
    ctx.record("call_rules:set", rules, call_id=call.id, **_days(rules))
    return rules


def _columns(values: RulesValues) -> dict[str, Any]:
    written: dict[str, Any] = {name: getattr(values, name) for name in asdict(values)}
    written["parts"] = proposal.write_parts(values.parts)
    written["eligibility"] = eligibility.write_rules(values.eligibility)
    return written


def _days(rules: CallRules) -> dict[str, str]:
    opens, closes = rules.applications_open_at, rules.applications_close_at
    return {"opens_at": opens.isoformat(), "closes_at": closes.isoformat()}


def known_codes() -> dict[str, list[str]]:
    """The codes that rules about who may apply can name."""
    return {
        "grades": list(GRADES),
        "team_kinds": [kind.value for kind in TeamKind],
        "countries": list(countries()),
    }


def _check(ctx: Context, values: RulesValues, rules: CallRules | None) -> None:
    faults: defaultdict[str, list[Message]] = defaultdict(list)
    opens, closes = values.applications_open_at, values.applications_close_at
    for name, moment in (("applications_open_at", opens), ("applications_close_at", closes)):
        if moment is None:
            faults[name].append(Message(N_("Say the day and the hour.")))
    if opens and closes and closes <= opens:
        text = N_("The deadline has to come after applications open.")
        faults["applications_close_at"].append(Message(text))
    limit = values.max_applications_per_team
    if limit is not None and not 1 <= limit <= MAX_PER_TEAM:
        text = N_("A number from 1 to %(limit)s, please.")
        faults["max_applications_per_team"].append(Message(text, {"limit": MAX_PER_TEAM}))
    if not 0 <= values.max_files <= MAX_FILES:
        text = N_("A number from 0 to %(limit)s, please.")
        faults["max_files"].append(Message(text, {"limit": MAX_FILES}))
    faults["parts"] += proposal.rule_faults(values.parts)
    faults["eligibility"] += eligibility.rule_faults(values.eligibility, known_codes())
    if rules is not None and closes is not None:
        faults["applications_close_at"] += _promised(ctx, rules, closes)
    found = {name: messages for name, messages in faults.items() if messages}
    if found:
        raise InvalidInput(fields=found)


def _promised(ctx: Context, rules: CallRules, closes: datetime) -> list[Message]:
    """Why the deadline cannot move to *closes*: what teams were promised is kept."""
    if closes == rules.applications_close_at:
        return []
    if _in_review(ctx, rules.call_id):
        text = N_("The review has begun: the deadline cannot move any more.")
        return [Message(text)]
    if utcnow() >= rules.applications_open_at and closes < rules.applications_close_at:
        text = N_("Teams are writing already: the deadline can be put off, not brought forward.")
        return [Message(text)]
    return []


def _in_review(ctx: Context, call_id: int) -> bool:
    found = sa.exists().where(
        Application.call_id == call_id,
        Application.state.not_in((*REVISABLE_STATES, ApplicationState.WITHDRAWN)),
    )
    return bool(ctx.session.scalar(sa.select(found)))


def _tell_teams(ctx: Context, rules: CallRules, changed: list[str]) -> None:
    """Whoever has begun to write hears of a change that concerns their text."""
    if not {"applications_close_at", "parts", "eligibility"} & set(changed):
        return
    teams = sa.select(Application.team_id).where(
        Application.call_id == rules.call_id, Application.state.in_(REVISABLE_STATES)
    )
    readers = sa.select(User).where(
        User.id.in_(sa.select(TeamMember.user_id).where(TeamMember.team_id.in_(teams))),
        User.email.is_not(None),
        User.disabled_at.is_(None),
    )
    for user in ctx.session.scalars(readers.order_by(User.id)).all():
        ctx.send_mail(
            "application.rules_changed",
            user,
            about=rules,
            call=rules.call.name(language_of(user.locale)),
            url=f"{ctx.settings.base_url}/applications",
        )
