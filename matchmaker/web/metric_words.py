"""A measure for its page: how far it has come, and where its readings stand in the drawing."""

from __future__ import annotations

from typing import Any

from matchmaker.assessment.progress import share_of_way
from matchmaker.models import Metric
from matchmaker.queries.metric import Turn

#: The drawing's height, and the room for words above and below.
HEIGHT, TOP, BOTTOM = 180, 24, 132


def number(value: float) -> str:
    """A figure without digits that say nothing."""
    return f"{value:,.10g}"


def progress_of(metric: Metric) -> float | None:
    """Which share of the way the latest reading has come; None without one."""
    readings = metric.counted
    if not readings:
        return None
    return share_of_way(metric.baseline, metric.target, readings[-1].value)


def in_percent(share: float) -> str:
    """A share in per cent."""
    return f"{100 * share:.0f} %"


def figures_of(turn: Turn) -> str:
    """What was proposed, such as ``8 → 2 %``; empty where nobody proposed anything."""
    facts = turn.event.data.get("after") or turn.event.data
    if "baseline" not in facts:
        return ""
    unit = f" {facts['unit']}" if facts.get("unit") else ""
    return f"{number(facts['baseline'])} → {number(facts['target'])}{unit}"


def drawing(metric: Metric) -> dict[str, Any]:
    """Where baseline, target and readings stand; x in per cent of the width, y in pixels."""
    readings = metric.counted
    values = [metric.baseline, metric.target, *(one.value for one in readings)]
    low, high = min(values), max(values)
    days = [one.measured_on.toordinal() for one in readings]
    first, span = (days[0], max(days[-1] - days[0], 1)) if days else (0, 1)

    def at(value: float) -> float:
        # Halved, so that the difference of two huge numbers stays finite.
        share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return round(BOTTOM - (BOTTOM - TOP) * share, 1)

    return {
        "baseline": {"y": at(metric.baseline), "text": number(metric.baseline)},
        "target": {"y": at(metric.target), "text": number(metric.target)},
        "points": [
            {
                "x": round(2 + 96 * (day - first) / span, 2),
                "y": at(one.value),
                "value": number(one.value),
                "day": one.measured_on.isoformat(),
            }
            for day, one in zip(days, readings, strict=True)
        ],
    }
