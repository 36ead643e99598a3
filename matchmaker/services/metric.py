"""What work is measured by: proposed by one side, agreed by the other; then readings on the way."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import Engagement, Metric, MetricReading
from matchmaker.policies.engagement import side_of
from matchmaker.policies.metric import may_add_reading, may_set_metric, may_strike_reading
from matchmaker.queries import metric as queries
from matchmaker.queries.engagement import get_engagement
from matchmaker.services.check_in import MAX_TEXT
from matchmaker.services.context import Context
from matchmaker.services.engagement_letters import write
from matchmaker.services.reasons import limited, needed
from matchmaker.texts import clean_line

MAX_NAME, MAX_UNIT = 200, 40
#: What a figure may be at most; more is a slip of the keyboard.
MAX_VALUE = 1e12
#: What one engagement is measured by at most.
MOST = 10


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a measure is: what is measured, in which unit, from where to where."""

    name: str
    unit: str
    baseline: float | None
    target: float | None


def propose(ctx: Context, engagement_id: int, figures: Figures) -> Metric:
    """Propose a measure; it counts once the other side has agreed."""
    engagement = get_engagement(ctx.session, ctx.actor, engagement_id, lock=True)
    ctx.require(may_set_metric, engagement)
    kept = _checked(figures)
    known = queries.metrics_of(ctx.session, engagement)
    same = next((one for one in known if _facts(one) == kept and one.retired_at is None), None)
    if same is not None:
        return same  # A second click.
    if len(known) >= MOST:
        raise Conflict(N_("There are enough measures: give one up first."))
    row = Metric(engagement=engagement, **kept)
    ctx.session.add(row)
    _agreed_by_one(ctx, row)
    ctx.record("metric:propose", row, engagement=engagement.id, **kept)
    return row


def change(
    ctx: Context, engagement_id: int, metric_id: int, figures: Figures, *, version: int
) -> Metric:
    """Propose other figures for a measure; the other side has to agree anew."""
    row = _find(ctx, engagement_id, metric_id)
    kept, before = _checked(figures), _facts(row)
    if kept == before:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    for name, value in kept.items():
        setattr(row, name, value)
    _agreed_by_one(ctx, row)
    ctx.record("metric:change", row, engagement=engagement_id, before=before, after=kept)
    return row


def _find(ctx: Context, engagement_id: int, metric_id: int) -> Metric:
    row = queries.get_metric(ctx.session, ctx.actor, engagement_id, metric_id)
    ctx.require(may_set_metric, row.engagement)
    if row.retired_at is not None:
        raise InvalidTransition(N_("This measure was given up."))
    return row


def _facts(row: Metric) -> dict[str, str | float]:
    return {"name": row.name, "unit": row.unit, "baseline": row.baseline, "target": row.target}


def _checked(figures: Figures) -> dict[str, str | float]:
    name, unit = clean_line(figures.name) or "", clean_line(figures.unit) or ""
    errors: dict[str, list[Message]] = {}
    if not 1 <= len(name) <= MAX_NAME:
        text = N_("Say in a line of at most %(max)d characters what is measured.")
        errors["name"] = [Message(text, {"max": MAX_NAME})]
    if len(unit) > MAX_UNIT:
        text = N_("Please use at most %(max)d characters.")
        errors["unit"] = [Message(text, {"max": MAX_UNIT})]
    for field in ("baseline", "target"):
        if not is_figure(getattr(figures, field)):
            errors[field] = [Message(N_("Please enter a number."))]
    if not errors and figures.baseline == figures.target:
        errors["target"] = [Message(N_("The target is the same as the baseline."))]
    if errors or figures.baseline is None or figures.target is None:
        raise InvalidInput(fields=errors)
    return {"name": name, "unit": unit, "baseline": figures.baseline, "target": figures.target}


def is_figure(value: float | None) -> bool:
    """Whether *value* is a number that makes sense."""
    return value is not None and math.isfinite(value) and abs(value) <= MAX_VALUE


def _agreed_by_one(ctx: Context, row: Metric) -> None:
    """Whoever proposes agrees; the other side is asked."""
    side = side_of(ctx.actor, row.engagement)
    row.owner_agreed_at = utcnow() if side == "owner" else None
    row.team_agreed_at = utcnow() if side == "team" else None
    ctx.session.flush()
    other = "owner" if side == "team" else "team"
    path = path_of(row.engagement)
    write(ctx, row.engagement, "metric.changed", (other,), path=path, metric=in_a_line(row))


def in_a_line(row: Metric) -> str:
    """A measure in a line, the same in every language."""
    unit = f" {row.unit}" if row.unit else ""
    return f"{row.name}: {row.baseline:g} → {row.target:g}{unit}"


def path_of(engagement: Engagement) -> str:
    """Where the measures of *engagement* are."""
    return f"/engagements/{engagement.id}/metrics"


def agree(ctx: Context, engagement_id: int, metric_id: int, *, version: int) -> Metric:
    """The other side stands by the figures, too."""
    row = _find(ctx, engagement_id, metric_id)
    name = f"{side_of(ctx.actor, row.engagement)}_agreed_at"
    if getattr(row, name) is not None:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    setattr(row, name, utcnow())
    ctx.record("metric:agree", row, engagement=engagement_id)
    return row


def retire(ctx: Context, engagement_id: int, metric_id: int, *, version: int) -> Metric:
    """Give a measure up: its readings stay on record."""
    row = queries.get_metric(ctx.session, ctx.actor, engagement_id, metric_id)
    ctx.require(may_set_metric, row.engagement)
    if row.retired_at is not None:
        return row  # A second click.
    if row.version != version:
        raise StaleVersion
    row.retired_at = utcnow()
    ctx.record("metric:retire", row, engagement=engagement_id)
    return row


def read_off(
    ctx: Context,
    engagement_id: int,
    metric_id: int,
    *,
    value: float | None,
    measured_on: dt.date | None,
    note: str = "",
) -> MetricReading:
    """Enter what was measured."""
    metric = queries.get_metric(ctx.session, ctx.actor, engagement_id, metric_id)
    ctx.require(may_add_reading, metric.engagement)
    if metric.retired_at is not None:
        raise InvalidTransition(N_("This measure was given up."))
    today = utcnow().astimezone(ctx.settings.timezone).date()
    errors: dict[str, list[Message]] = {}
    if not is_figure(value):
        errors["value"] = [Message(N_("Please enter a number."))]
    if measured_on is None or measured_on > today or measured_on.year < EARLIEST:
        errors["measured_on"] = [Message(N_("A day up to today."))]
    if errors or value is None or measured_on is None:
        raise InvalidInput(fields=errors)
    kept = limited(note, "note", maximum=MAX_TEXT)
    for one in metric.counted:
        if (one.value, one.measured_on, one.note) == (value, measured_on, kept):
            return one  # A second click.
    row = MetricReading(
        metric=metric, value=value, measured_on=measured_on, note=kept, user=ctx.signed_in
    )
    ctx.session.add(row)
    ctx.record("metric:read_off", row, engagement=engagement_id, metric=metric.id, value=value)
    return row


#: No reading is older.
EARLIEST = 2000


def strike(ctx: Context, engagement_id: int, reading_id: int, *, reason: str) -> MetricReading:
    """Take a wrong reading out of the figures; it stays on record with the reason."""
    row = queries.get_reading(ctx.session, ctx.actor, engagement_id, reading_id)
    ctx.require(may_strike_reading, row)
    if row.struck_at is None:
        row.strike_reason = needed(reason, maximum=MAX_TEXT)
        row.struck_at, row.striker_id = utcnow(), ctx.signed_in.id
        ctx.record("metric:strike", row, engagement=engagement_id, reason=row.strike_reason)
    return row
