"""The tabs of an engagement's page: one line each, shown to whom its permission lets in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from matchmaker.i18n import N_
from matchmaker.models import Engagement
from matchmaker.policies.award import may_read_award
from matchmaker.policies.base import Permission
from matchmaker.policies.case_study import may_read_case_study
from matchmaker.policies.engagement import may_read_engagement
from matchmaker.web.auth import actor
from matchmaker.web.i18n import say


@dataclass(frozen=True)
class Tab:
    """A page about an engagement: its endpoint takes ``engagement_id``."""

    endpoint: str
    label: str
    permission: Permission = may_read_engagement


TABS = (
    Tab("engagement.show", N_("Overview")),
    Tab("milestone.index", N_("Milestones")),
    Tab("check_in.index", N_("How it goes")),
    Tab("metric.index", N_("Measures")),
    Tab("outcome.index", N_("Outcomes")),
    Tab("award_answer.show", N_("Award and payments"), may_read_award),
    Tab("case_study.tab", N_("The case study"), may_read_case_study),
)


@dataclass(frozen=True)
class Link:
    """A tab as it stands on the page."""

    label: str
    url: str
    is_current: bool


def tabs(engagement: Engagement) -> list[Link]:
    """The tabs of *engagement* for the reader."""
    return [
        Link(
            say(tab.label),
            url_for(tab.endpoint, engagement_id=engagement.id),
            _is_current(tab),
        )
        for tab in TABS
        if tab.endpoint in current_app.view_functions and tab.permission.allows(actor(), engagement)
    ]


def _is_current(tab: Tab) -> bool:
    """Whether the page belongs to *tab*: decisions that lead back to it count as well."""
    noun = tab.endpoint.partition(".")[0]
    return request.blueprint in (noun, f"{noun}_decision", f"{noun}_submission")
