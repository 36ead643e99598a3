"""A learned ranker's model card in words and rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.i18n import N_, Message
from matchmaker.models import Ranker
from matchmaker.web.explanations import FEATURES
from matchmaker.web.i18n import say

TOO_LITTLE = N_(
    "There is too little to learn from yet: decided pairs of at least %(calls)s calls and "
    "%(problems)s problems are needed. The office's own weights stay."
)
NOT_BETTER = N_(
    "On calls that were held out, the learned weights were not better by the margin that is asked "
    "for. The office's own weights stay."
)
BETTER = N_(
    "On calls that were held out, the learned weights put more pairs in the right order than the "
    "office's own. They may be switched on."
)
GAIN = N_(
    "Of two differently judged teams of one problem, the better one came first in %(gain)s "
    "percentage points more cases (95 %% interval: %(low)s to %(high)s; asked for: at least %(margin)s)."
)
CALIBRATION = N_(
    "Chances of success that the scores stand for were off by %(error)s percentage points on average."
)
#: What an attempt needs at the least, as the library has it.
MIN_CALLS, MIN_PROBLEMS = 3, 10


def verdict(ranker: Ranker) -> str:
    """What came of the attempt, in a sentence."""
    if ranker.card["reason"] == "too_little_data":
        return say(Message(TOO_LITTLE, {"calls": MIN_CALLS, "problems": MIN_PROBLEMS}))
    return say(BETTER if ranker.is_better else NOT_BETTER)


def figures(ranker: Ranker) -> list[str]:
    """How much was gained on held-out calls and how well scores tell the chance, in sentences."""
    card = ranker.card
    if card.get("gain") is None:
        return []
    parts = {name: _points(card[name]) for name in ("gain", "low", "high", "margin")}
    error = _points(card["calibration"]["expected_calibration_error"])
    return [say(Message(GAIN, parts)), say(Message(CALIBRATION, {"error": error}))]


def _points(share: float) -> str:
    """A share as percentage points."""
    return f"{100 * share:.1f}"


def weight_rows(ranker: Ranker) -> list[dict[str, str]]:
    """The weight of each part of the score, beside the office's own."""
    card = ranker.card
    rows = zip(card["features"], card["prior"], card["weights"], strict=True)
    return [
        {"label": say(FEATURES[name]), "prior": f"{prior:.2f}", "learned": f"{weight:.2f}"}
        for name, prior, weight in rows
    ]


def call_rows(ranker: Ranker, names: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """For each call, held out in turn, how many pairs either put in the right order."""
    return [
        {
            "name": names[call_id].name(language) if call_id in names else call_id,
            "prior": _percent(shares["prior"]),
            "learned": _percent(shares["learned"]),
        }
        for call_id, shares in ranker.card.get("by_call", {}).items()
    ]


def chance_rows(ranker: Ranker) -> list[dict[str, str]]:
    """What scores promised and what came, in groups of equal size."""
    table = ranker.card.get("calibration", {}).get("table", [])
    return [
        {
            "n": str(row["n"]),
            "predicted": _percent(row["predicted"]),
            "observed": _percent(row["observed"]),
        }
        for row in table
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
