"""Lights in words and tones, and the row of them over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matchmaker.models import LIGHT_LABELS, CheckIn, Light
from matchmaker.web.i18n import say, show_day

TONES = {Light.GREEN: "good", Light.AMBER: "waiting", Light.RED: "stop"}
#: The row shows so many of the latest.
MOST = 12


def light_words(light: Light) -> tuple[str, str]:
    """A light in words, and its tone."""
    return say(LIGHT_LABELS[light]), TONES[light]


def lights_of(check_ins: Sequence[CheckIn]) -> list[dict[str, Any]]:
    """The lights over time, the oldest first; *check_ins* begin with the latest."""
    return [
        {"label": say(LIGHT_LABELS[one.light]), "tone": TONES[one.light], "day": day}
        for one in reversed(check_ins[:MOST])
        for day in [show_day(one.created_at)]
    ]
