"""How pages put applications into words: state, deadline, rules, what to do next, what waits."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from matchmaker.assessment.application_eligibility import Verdict
from matchmaker.assessment.application_parts import Part
from matchmaker.clock import utcnow
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    TEAM_KIND_LABELS,
    Application,
    ApplicationRevision,
    ApplicationTwin,
    CallRules,
    Problem,
    TeamKind,
    User,
)
from matchmaker.policies.application import may_start
from matchmaker.queries import application as queries
from matchmaker.queries import application_twin as twins
from matchmaker.queries.call_rules import deadline, is_open, rules_in, rules_of
from matchmaker.web.auth import actor
from matchmaker.web.i18n import current_language, say, show_left, show_moment
from matchmaker.web.transaction import db_session
from matchmaker.workflows.application import APPLICATION_WORKFLOW, ApplicationState
from matchmaker.workflows.problem import PUBLIC_STATES, ProblemState

SOON = timedelta(days=3)
#: For how long the office reads on its desk that somebody has left.
SHOWN_DAYS = timedelta(days=14)
NEXT_STEPS = {
    ApplicationState.DRAFT: N_(
        "Write every part, say who works in it, and let a lead of the team hand it in before the "
        "deadline. Nobody but your team reads it until then."
    ),
    ApplicationState.SUBMITTED: N_(
        "It is in. Until the deadline you can change the text and hand in again; the last version "
        "counts. After the deadline the review begins."
    ),
    ApplicationState.UNDER_REVIEW: N_(
        "Reviewers are reading. You hear the result by letter when all decisions are announced "
        "together; there is nothing to do until then."
    ),
    ApplicationState.SHORTLISTED: N_(
        "Reviewers are reading. You hear the result by letter when all decisions are announced "
        "together; there is nothing to do until then."
    ),
    ApplicationState.WAITLISTED: N_(
        "If a team before you does not take its place, you get an offer. You can withdraw if you "
        "do not want to wait."
    ),
    ApplicationState.OFFERED: N_(
        "A lead of the team takes the place, or withdraws so that the next team can have it."
    ),
    ApplicationState.CONFIRMED: N_("The place is yours. The programme office writes to you."),
    ApplicationState.DECLINED: N_(
        "This application goes no further; the reason stands below. Look at the other problems "
        "that fit you."
    ),
    ApplicationState.EXPIRED: N_("The offer was not answered in time and went to another team."),
    ApplicationState.WITHDRAWN: N_(
        "You have withdrawn. Until the deadline you can begin a new application for this problem."
    ),
}


def state_chip_of(application: Application, *, staff: bool = False) -> tuple[str, str]:
    """The state in the reader's words, and its tone."""
    label = APPLICATION_WORKFLOW.labels[application.state]
    return say(label.staff if staff else label.public), label.tone


def next_step(application: Application) -> str:
    """What the team does now."""
    return say(NEXT_STEPS[application.state])


@dataclass(frozen=True)
class Clock:
    """A deadline as pages show it: with the zone it is meant in."""

    due: datetime
    is_open: bool
    text: str
    left: str
    tone: str


def clock(rules: CallRules, problem: Problem) -> Clock:
    """The deadline of *problem* in words."""
    due, now = deadline(rules, problem), utcnow()
    takes = is_open(rules, problem, now) and problem.state is ProblemState.PUBLISHED
    late = "neutral" if now <= due else "stop"
    tone = "waiting" if takes and due - now < SOON else late
    text = _("%(when)s, UTC+8", when=show_moment(due))
    return Clock(due, takes, text, show_left(due), tone)


@dataclass(frozen=True)
class Applying:
    """What the page of a problem says of applications."""

    clock: Clock
    opens: datetime
    is_over: bool
    begun: Sequence[Application]
    can_start: bool
    words: Any


def applying(problem: Problem) -> Applying | None:
    """What the reader learns of applications for *problem*; None where there are none."""
    user, rules = actor(), rules_of(db_session(), problem.call_id)
    if rules is None or problem.state not in PUBLIC_STATES:
        return None
    found = clock(rules, problem)
    begun = queries.applications_for(db_session(), user, problem) if user else ()
    return Applying(
        clock=found,
        opens=rules.applications_open_at,
        is_over=utcnow() > found.due,
        begun=begun,
        can_start=found.is_open and may_start.allows(user, problem) and _has_another(user, begun),
        words=sys.modules[__name__],
    )


def _has_another(user: User | None, begun: Sequence[Application]) -> bool:
    """Whether *user* has a team that has not begun to apply."""
    teams = {place.team_id for place in user.team_memberships} if user else set()
    return bool(teams - {application.team_id for application in begun})


def verdict_words(verdict: Verdict | Mapping[str, Any]) -> str:
    """What a rule says, with codes in words; as checked now, or as kept with a version."""
    if isinstance(verdict, Verdict):
        kind, text, params = verdict.kind, verdict.message.text, verdict.message.params
    else:
        kind, text, params = verdict["kind"], verdict["text"], verdict["params"]
    values = params.get("values")
    if values is not None:
        params = {**params, "values": _(", ").join(_named(kind, value) for value in values)}
    return say(Message(text, params))


def _named(kind: str, value: str) -> str:
    if kind == "team_kind" and value in set(TeamKind):
        return say(TEAM_KIND_LABELS[TeamKind(value)])
    return country_name(value)


def country_name(code: str) -> str:
    """A country in the reader's language."""
    locale = get_locale() or Locale("en")
    return str(locale.territories.get(code, code))


def person_names(application: Application) -> dict[int, str]:
    """Everybody who is or was named, by id; an erased account has no name any more."""
    people = {person.user_id: person.user.name for person in application.people}
    members = {place.user_id: place.user.name for place in application.team.members}
    return {id_: name or _("Erased account") for id_, name in {**members, **people}.items()}


@dataclass(frozen=True)
class Change:
    """One part that differs between two versions."""

    label: str
    before: str
    after: str


def changes(
    parts: Sequence[Part], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Change]:
    """What differs between two texts of a proposal, part by part."""
    language = current_language()
    found = ((part, before.get(part.id, ""), after.get(part.id, "")) for part in parts)
    return [Change(part.name(language), old, new) for part, old, new in found if old != new]


def people_text(people: Iterable[Mapping[str, Any]], names: Mapping[int, str]) -> str:
    """Who works in it, one a line."""
    lines = (
        f"{names.get(person['user_id'], _('Erased account'))} · {person['share']}% · {person['role']}"
        for person in people
    )
    return "\n".join(lines)


def version_title(revision: ApplicationRevision) -> str:
    """Which version, and when it came in."""
    when = show_moment(revision.submitted_at)
    return str(_("Version %(number)s, handed in on %(when)s", number=revision.number, when=when))


def likeness_text(value: float) -> str:
    """How much of the wording two texts share."""
    return f"{100 * value:.0f}%"


def tasks(user: User) -> Iterator[dict[str, Any]]:
    """What waits for *user* as a member of teams, and as the office."""
    session = db_session()
    for application in queries.offers_of(session, user):
        yield _offer(application)
    rules = _rules_by_call(queries.drafts_of(session, user))
    for application, found in rules:
        if is_open(found, application.problem):
            yield _draft(application, found)
    for twin in twins.to_judge(session, user):
        yield _twin(twin)
    for application in queries.withdrawn_since(session, user, utcnow() - SHOWN_DAYS):
        yield _left(application)


def _rules_by_call(drafts: Sequence[Application]) -> list[tuple[Application, CallRules]]:
    rules = rules_in(db_session(), {application.call_id for application in drafts})
    return [(row, rules[row.call_id]) for row in drafts if row.call_id in rules]


def _title(application: Application) -> str:
    return application.problem.title(current_language()) or _("Untitled problem")


def _offer(application: Application) -> dict[str, Any]:
    return {
        "title": _("Answer the offer: %(title)s", title=_title(application)),
        "url": url_for("application.show", application_id=application.id),
        "context": application.team.name(current_language()),
        "owner": _("Your team’s lead"),
        "tone": "waiting",
        "action_label": _("Answer"),
        "key": f"application.offer:{application.id}",
    }


def _draft(application: Application, rules: CallRules) -> dict[str, Any]:
    found = clock(rules, application.problem)
    return {
        "title": _("Hand in: %(title)s", title=_title(application)),
        "url": url_for("application.show", application_id=application.id),
        "context": application.team.name(current_language()),
        "owner": _("Your team"),
        "due_text": show_moment(found.due),
        "left_text": found.left,
        "tone": found.tone,
        "action_label": _("Continue writing"),
        "key": f"application.draft:{application.id}",
    }


def _twin(twin: ApplicationTwin) -> dict[str, Any]:
    return {
        "title": _(
            "Two applications say nearly the same: %(one)s and %(other)s",
            one=twin.application.number,
            other=twin.other.number,
        ),
        "url": url_for("application_queue.twin", twin_id=twin.id),
        "context": likeness_text(twin.likeness),
        "owner": _("Programme office"),
        "left_text": show_left(twin.created_at),
        "tone": "waiting",
        "action_label": _("Compare"),
        "key": f"application_twin.judge:{twin.id}",
    }


def _left(application: Application) -> dict[str, Any]:
    return {
        "title": _("Withdrawn during the selection: %(title)s", title=_title(application)),
        "url": url_for("application_queue.show", application_id=application.id),
        "context": application.team.name(current_language()),
        "owner": _("Programme office"),
        "left_text": show_left(application.withdrawn_at),
        "tone": "waiting",
        "action_label": _("See why"),
    }
