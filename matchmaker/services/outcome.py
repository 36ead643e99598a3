"""What became of work: both sides are asked once at its end and 3, 6 and 12 months later.

Whoever says nothing until the time is over counts as "no answer". Work that ended before its
kick-off did is not asked about: there was nothing that could come of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from matchmaker.assessment.outcomes import MAX_TEXT, QUESTIONS, Kind, is_answer
from matchmaker.assessment.progress import months_later
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Engagement, OutcomeSurvey, OutcomeVersion, User
from matchmaker.models.outcome import MONTHS, SIDES
from matchmaker.policies.outcome import may_answer
from matchmaker.queries import outcome as queries
from matchmaker.queries.office_setting import value as setting_value
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import leads_of, people_of, write_to
from matchmaker.services.engagement_plan import end_of_day
from matchmaker.texts import clean
from matchmaker.workflows.outcome_survey import OutcomeSurveyAction, OutcomeSurveyState


def follow(ctx: Context) -> dict[str, int]:
    """Ask what is due and close what nobody answered; done twice it changes nothing more."""
    return {"asked": ask_due(ctx), "lapsed": lapse(ctx)}


def ask_due(ctx: Context) -> int:
    """Ask both sides of ended work whose time has come; how many were asked."""
    today, asked = utcnow().astimezone(ctx.settings.timezone).date(), 0
    known = queries.asked_months(ctx.session)
    for engagement in queries.to_ask(ctx.session):
        months = due_months(_ended_on(ctx, engagement), today)
        # What was missed while nobody looked is not asked late: the latest time stands for it.
        if months is not None and months not in known.get(engagement.id, set()):
            _ask(ctx, engagement, months)
            asked += len(SIDES)
    return asked


def _ended_on(ctx: Context, engagement: Engagement) -> date:
    moment = engagement.ended_at or engagement.opened_at
    return moment.astimezone(ctx.settings.timezone).date()


def due_months(ended_on: date, today: date) -> int | None:
    """The latest time at which work that ended then is asked about by *today*; None before its end."""
    return max((m for m in MONTHS if months_later(ended_on, m) <= today), default=None)


def _ask(ctx: Context, engagement: Engagement, months: int) -> None:
    now = utcnow()
    days = setting_value(ctx.session, "outcome_days")
    due_at = end_of_day(now + timedelta(days=days), ctx.settings.timezone)
    before = queries.asked_before(ctx.session, engagement, months)
    for side in SIDES:
        row = before.get(side) or OutcomeSurvey(engagement=engagement, months=months, side=side)
        if side in before:
            row.apply(OutcomeSurveyAction.ASK_AGAIN)
            row.answers, row.answered_at, row.user = {}, None, None
        row.asked_at, row.due_at = now, due_at
        ctx.session.add(row)
        ctx.record("outcome:ask", row, engagement=engagement.id, months=months, side=side)
        for user in _people(ctx, engagement, side):
            write_to(ctx, engagement, user, "outcome.asked", path=path_of(row), due=due_at)


def _people(ctx: Context, engagement: Engagement, side: str) -> list[User]:
    """Of the owner the contact and the leads, of a team everybody."""
    found = people_of(ctx, engagement, (side,))
    leads = leads_of(ctx, engagement) if side == "owner" else []
    return [*found, *(user for user in leads if user.is_usable and user not in found)]


def path_of(survey: OutcomeSurvey) -> str:
    """Where the survey is answered."""
    return f"/outcomes/{survey.id}"


def lapse(ctx: Context) -> int:
    """Close what nobody answered in time; how many."""
    rows = queries.lapsed(ctx.session, utcnow())
    for row in rows:
        row.apply(OutcomeSurveyAction.LAPSE)
        ctx.record("outcome:lapse", row, engagement=row.engagement_id, months=row.months)
    return len(rows)


def answer(
    ctx: Context, survey_id: int, answers: Mapping[str, Any], *, version: int
) -> OutcomeSurvey:
    """Keep what a side says; until the time is over anybody of it may correct it.

    Raises
    ------
    StaleVersion
        If a colleague has answered since.
    InvalidTransition
        If the time is over.
    """
    row = queries.get_survey(ctx.session, ctx.actor, survey_id, lock=True)
    ctx.require(may_answer, row)
    if row.engagement.is_live:
        raise InvalidTransition(N_("The work goes on again: you are asked anew at its end."))
    if row.due_at <= utcnow() or row.state is OutcomeSurveyState.LAPSED:
        raise InvalidTransition(N_("The time for this answer is over."))
    kept = _checked(answers)
    if row.state is OutcomeSurveyState.ANSWERED and row.answers == kept:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    row.apply(OutcomeSurveyAction.ANSWER)
    row.answers, row.user, row.answered_at = kept, ctx.signed_in, utcnow()
    number = len(row.versions) + 1
    row.versions.append(OutcomeVersion(number=number, user=ctx.signed_in, answers=kept))
    ctx.record(
        "outcome:answer", row, engagement=row.engagement_id, months=row.months, number=number
    )
    return row


def _checked(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the known questions; refused beside those that make no sense."""
    kept: dict[str, Any] = {}
    errors: dict[str, list[Message]] = {}
    for question in QUESTIONS:
        value = answers.get(question.key)
        if isinstance(value, str):
            value = (clean(value) or "").strip()
        if value is None or value == "":
            continue
        if is_answer(question, value):
            kept[question.key] = value
        else:
            errors[question.key] = [_refusal(question.kind)]
    if errors:
        raise InvalidInput(fields=errors)
    if not kept:
        raise InvalidInput(N_("Answer at least one question; leave out what you do not know."))
    return kept


def _refusal(kind: Kind) -> Message:
    if kind is Kind.CHOICE:
        return Message(N_("Choose one of the answers."))
    if kind is Kind.TEXT:
        return Message(N_("Please use at most %(max)d characters."), {"max": MAX_TEXT})
    return Message(N_("Please enter a number that makes sense here."))
