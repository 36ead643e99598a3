"""What learned weights would change, and for whom, in words and rows: from the model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from matchmaker.i18n import N_
from matchmaker.models import DECLARED_GENDER_LABELS, Problem, Ranker, Team
from matchmaker.reports.exposure import KIND_LABELS, LANGUAGE_LABELS, REGION_LABELS
from matchmaker.reports.groups import NOT_SAID
from matchmaker.services.ranker_worth import SOURCES
from matchmaker.web.explanations import FEATURES
from matchmaker.web.i18n import current_language, say

GENDER_LABELS = {
    **{gender.value: label for gender, label in DECLARED_GENDER_LABELS.items()},
    "": NOT_SAID,
}
TITLES = {
    "language": N_("By language: of the problem, and of the team’s profile"),
    "region": N_("By region of the team"),
    "kind": N_("By kind of team"),
    "gender": N_("By declared gender of the members"),
}
_LABELS = {"region": REGION_LABELS, "kind": KIND_LABELS, "gender": GENDER_LABELS}
#: A share of places that moves by less is not worth a sentence, in percentage points.
WORTH_SAYING = 1.0


def source_rows(ranker: Ranker) -> list[dict[str, str]]:
    """How many pairs the last word on came from where."""
    found = ranker.card.get("sources", {})
    return [{"label": say(SOURCES[key]), "n": str(number)} for key, number in found.items()]


def summary(ranker: Ranker) -> list[str]:
    """What would change, in sentences; nothing for an attempt that changes no weight."""
    found = ranker.card.get("effects")
    if not found or not found["places"] or not ranker.is_better:
        return []
    told = _(
        "With these weights the first ten would be made up differently for %(changed)s of "
        "%(problems)s problems; %(kept)s of %(places)s places stay with the same teams.",
        changed=found["changed"],
        problems=found["problems"],
        kept=found["kept"],
        places=found["places"],
    )
    return [told, *_moved(ranker)]


def _moved(ranker: Ranker) -> list[str]:
    """Which groups would gain or lose places, those that move most first."""
    rows = [row for name in TITLES for row in group_rows(ranker, name)]
    rows.sort(key=lambda row: -abs(row["change"]))
    return [
        str(
            _(
                "%(group)s: %(before)s of the places now, %(after)s then.",
                group=row["label"],
                before=row["before"],
                after=row["after"],
            )
        )
        for row in rows[:4]
        if abs(row["change"]) >= WORTH_SAYING
    ]


def group_rows(ranker: Ranker, name: str) -> list[dict[str, Any]]:
    """Each group's share of candidates and of the first ten, before and after."""
    found = ranker.card.get("effects") or {}
    rows = found.get("gender", []) if name == "gender" else found.get("groups", {}).get(name, [])
    return [
        {
            "label": "、".join(parts) if current_language() == "zh" else ", ".join(parts),
            "size": row["people"] if name == "gender" else row["teams"],
            "candidates": _percent(row["candidates"]),
            "before": _percent(row["before"]),
            "after": _percent(row["after"]),
            "change": 100 * (row["after"] - row["before"]),
        }
        for row in rows
        for parts in [[_label(name, code) for code in row["codes"]]]
    ]


def _label(name: str, code: str) -> str:
    if name != "language":
        return say(_LABELS[name].get(code, code))
    asked, _arrow, answers = code.partition(">")
    return f"{say(LANGUAGE_LABELS[asked])} → {say(LANGUAGE_LABELS[answers])}"


def grade_rows(ranker: Ranker) -> list[dict[str, str]]:
    """For each grade how many places of the first ten stay."""
    found = ranker.card.get("effects") or {}
    return [
        {
            "label": row["grade"] or say(NOT_SAID),
            "problems": str(row["problems"]),
            "kept": f"{row['kept']} / {row['places']}",
        }
        for row in found.get("grades", [])
    ]


def problem_rows(
    ranker: Ranker, problems: Mapping[int, Problem], teams: Mapping[int, Team]
) -> list[dict[str, str]]:
    """The problems whose first ten change most: who comes in, who goes out, and why."""
    language = current_language()
    comma = "、" if language == "zh" else ", "
    found = ranker.card.get("effects") or {}
    return [
        {
            "label": problems[row["problem"]].title(language),
            "in": comma.join(teams[key].name(language) for key in row["in"] if key in teams),
            "out": comma.join(teams[key].name(language) for key in row["out"] if key in teams),
            "feature": say(FEATURES[row["feature"]]),
        }
        for row in found.get("most", [])
        if row["problem"] in problems
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
