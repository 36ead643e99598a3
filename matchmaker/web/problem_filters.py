"""The filters of the lists of problems: from the address, and as the filter bar shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.models import Call, User
from matchmaker.queries.problem import (
    ANY_STATE,
    LATE,
    LISTED,
    MINE,
    NOBODY,
    SOON,
    WAITING_STATES,
    Counts,
    Filters,
)
from matchmaker.reference import REGIONS
from matchmaker.web.grades import grades
from matchmaker.web.i18n import current_language, say
from matchmaker.web.listing import chosen, search, select, with_value
from matchmaker.workflows.problem import PROBLEM_WORKFLOW, PUBLIC_STATES, ProblemState

Control = dict[str, Any]


def read_filters(**defaults: str) -> Filters:
    """The filters in the address."""
    values = {item.name: chosen(item.name) for item in fields(Filters)}
    return Filters(**{name: value or defaults.get(name, "") for name, value in values.items()})


def gallery_filters(counts: Counts) -> list[Control]:
    """The controls of the public gallery."""
    states = [(s.value, say(PROBLEM_WORKFLOW.labels[s].public)) for s in PUBLIC_STATES]
    techniques = [(name, name) for name in counts["technique"]]
    if (own := chosen("technique")) and own not in counts["technique"]:
        techniques.append((own, own))
    languages = [("zh", _("Chinese")), ("en", _("English")), ("both", _("Both languages"))]
    deadlines = [
        ("week", _("within 7 days")),
        ("month", _("within 30 days")),
        ("quarter", _("within 90 days")),
    ]
    data = [("public", _("Files open to everybody")), ("room", _("Data room"))]
    orders = [
        ("newest", _("Newest first")),
        ("deadline", _("Deadline first")),
        ("grade", _("Easiest first")),
    ]
    return [
        search("q", _("Search")),
        _sectors(counts),
        select("technique", _("Technique"), techniques, every=_("All"), counts=counts["technique"]),
        _grades(counts),
        _regions(counts),
        select("language", _("Written in"), languages, every=_("All"), counts=counts["language"]),
        select("deadline", _("Deadline"), deadlines, every=_("All"), counts=counts["deadline"]),
        select("data", _("Data"), data, every=_("All"), counts=counts["data"]),
        select("state", _("State"), states, every=_("All"), counts=counts["state"]),
        select("sort", _("Order"), orders),
    ]


def queue_filters(
    counts: Counts, calls: Iterable[Call], brokers: Iterable[User], reader: User
) -> list[Control]:
    """The controls of the office's queue."""
    states = [
        (s.value, say(PROBLEM_WORKFLOW.labels[s].staff))
        for s in ProblemState
        if s is not ProblemState.DRAFT
    ]
    named = [(str(c.id), c.name(current_language())) for c in calls]
    people = [(MINE, _("Mine")), (NOBODY, _("No broker yet"))]
    people += [(str(person.id), person.name) for person in brokers if person.id != reader.id]
    dues = [(LATE, _("Late")), (SOON, _("Due within three days"))]
    orders = [("due", _("Late first, then the longest waiting")), ("newest", _("Newest first"))]
    return [
        search("q", _("Search")),
        select(
            "state",
            _("State"),
            [(ANY_STATE, _("All")), (LISTED, _("Listed, waits for its grade")), *states],
            every=_("Waiting for the office"),
            counts=None,
        ),
        select("due", _("Screening due"), dues, every=_("All")),
        select("broker", _("Broker"), people, every=_("All")),
        select("call", _("Call"), named, every=_("All"), counts=counts["call"]),
        _sectors(counts),
        _regions(counts),
        select("sort", _("Order"), orders),
    ]


def _sectors(counts: Counts) -> Control:
    values = [(s.id, s.label(current_language())) for s in load_taxonomy().sectors.values()]
    return select("sector", _("Sector"), values, every=_("All"), counts=counts["sector"])


def _grades(counts: Counts) -> Control:
    values = [(g.id, f"{g.id} {g.label(current_language())}") for g in grades().values()]
    return select("grade", _("Grade"), values, every=_("All"), counts=counts["grade"])


def _regions(counts: Counts) -> Control:
    values = [(r.code, say(r.label)) for r in REGIONS.values()]
    return select("region", _("Region"), values, every=_("All"), counts=counts["region"])


def queue_tabs(counts: Counts) -> list[Control]:
    """How many problems each state has, those that wait for the office first; the other filters stay."""
    number = counts["state"]
    waiting = sum(number.get(state, 0) for state in WAITING_STATES)
    tabs = [
        {"label": _("Waiting for the office"), "value": waiting, "url": with_value("state", "")}
    ]
    for state in ProblemState:
        if number.get(state):
            label = say(PROBLEM_WORKFLOW.labels[state].staff)
            tabs.append(
                {"label": label, "value": number[state], "url": with_value("state", state.value)}
            )
    return tabs
