"""What work is measured by: measures, readings, and how far they have come."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.models import Engagement
from matchmaker.policies.engagement import may_read_engagement
from matchmaker.policies.metric import may_add_reading, may_set_metric, may_strike_reading
from matchmaker.queries import metric as queries
from matchmaker.queries.engagement import get_engagement
from matchmaker.services import metric as service
from matchmaker.web import metric_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.engagement_page import act_on
from matchmaker.web.forms.base import one_for_each, set_apart
from matchmaker.web.forms.check_in import StrikeForm
from matchmaker.web.forms.metric import MetricForm, ReadingForm, VersionForm
from matchmaker.web.transaction import context, db_session
from matchmaker.web.views.engagement import ENGAGEMENT

blueprint = Blueprint("metric", __name__)

METRIC = ENGAGEMENT + "/metrics/<int:metric_id>"


@blueprint.get(ENGAGEMENT + "/metrics")
@guard(may_read_engagement)
def index(engagement_id: int) -> ResponseReturnValue:
    """The measures with their readings."""
    return _page(engagement_id)


@blueprint.post(ENGAGEMENT + "/metrics")
@guard(may_set_metric)
def propose(engagement_id: int) -> ResponseReturnValue:
    """Propose a measure."""
    form = MetricForm()
    return _act(
        engagement_id,
        {"form": form},
        lambda: service.propose(context(), engagement_id, form.figures),
        _("Proposed. The other side has a letter; it counts once both have agreed."),
    )


@blueprint.post(METRIC)
@guard(may_set_metric)
def change(engagement_id: int, metric_id: int) -> ResponseReturnValue:
    """Propose other figures."""
    form = MetricForm()
    return _act(
        engagement_id,
        {"change_form": form, "changed": metric_id},
        lambda: service.change(
            context(), engagement_id, metric_id, form.figures, version=form.version.data
        ),
        _("Changed. The other side has to agree anew."),
    )


@blueprint.post(METRIC + "/agree")
@guard(may_set_metric)
def agree(engagement_id: int, metric_id: int) -> ResponseReturnValue:
    """Stand by the figures."""
    form = VersionForm()
    return _act(
        engagement_id,
        {"click": form},
        lambda: service.agree(context(), engagement_id, metric_id, version=form.version.data),
        _("Agreed."),
    )


@blueprint.post(METRIC + "/retire")
@guard(may_set_metric)
def retire(engagement_id: int, metric_id: int) -> ResponseReturnValue:
    """Give a measure up."""
    form = VersionForm()
    return _act(
        engagement_id,
        {"click": form},
        lambda: service.retire(context(), engagement_id, metric_id, version=form.version.data),
        _("Given up: its readings stay on record."),
    )


@blueprint.post(METRIC + "/readings")
@guard(may_add_reading)
def read_off(engagement_id: int, metric_id: int) -> ResponseReturnValue:
    """Enter what was measured."""
    form = ReadingForm()
    return _act(
        engagement_id,
        {"reading_form": form, "read": metric_id},
        lambda: service.read_off(
            context(),
            engagement_id,
            metric_id,
            value=form.value.data,
            measured_on=form.measured_on.data,
            note=form.note.data or "",
        ),
        _("Entered."),
    )


@blueprint.post(ENGAGEMENT + "/readings/<int:reading_id>/strike")
@guard(may_strike_reading)
def strike(engagement_id: int, reading_id: int) -> ResponseReturnValue:
    """Take a wrong reading out of the figures."""
    form = StrikeForm()
    return _act(
        engagement_id,
        {"strike_form": form, "struck": reading_id},
        lambda: service.strike(context(), engagement_id, reading_id, reason=form.reason.data or ""),
        _("Struck out: it stays on record and counts no more."),
    )


def _act(
    engagement_id: int, shown: dict[str, Any], decide: Callable[[], Any], done: str
) -> ResponseReturnValue:
    """Take a decision; refused, the page shows what was typed again."""
    back = url_for("metric.index", engagement_id=engagement_id)
    return act_on(partial(_page, engagement_id), shown, decide, done, back)


def _page(engagement_id: int, **shown: Any) -> str:
    engagement = get_engagement(db_session(), actor(), engagement_id)
    given = {"form": MetricForm(formdata=None), "click": None, **shown}
    set_apart(given["form"], "new")
    typed = {name: given.pop(name, None) for name in ("change_form", "reading_form", "strike_form")}
    ids = {name: given.pop(name, None) for name in ("changed", "read", "struck")}
    metrics = queries.metrics_of(db_session(), engagement)
    return render_template(
        "engagement/metrics.html",
        engagement=engagement,
        metrics=metrics,
        turns=queries.turns_of(db_session(), metrics),
        goal=_goal(engagement),
        words=metric_words,
        change_form=one_for_each(MetricForm, "change", typed["change_form"], ids["changed"]),
        reading_form=one_for_each(ReadingForm, "reading", typed["reading_form"], ids["read"]),
        strike_form=one_for_each(StrikeForm, "strike", typed["strike_form"], ids["struck"]),
        **ids,
        **given,
    )


def _goal(engagement: Engagement) -> dict[str, str]:
    """What the owner wrote of the goal, to start from."""
    intake = engagement.problem.intake
    return {key: str(intake.get(key) or "") for key in ("metric", "baseline", "target")}
