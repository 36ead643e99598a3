"""The form of a call's scheme: days, budget, tiers, criteria and money by stage."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, FormField, HiddenField
from wtforms.validators import Optional

from matchmaker.assessment.award_scheme import MAX_LABEL, MOST_TIERS, PATHS
from matchmaker.assessment.review_rubric import MAX_ANCHOR, MOST_CRITERIA
from matchmaker.assessment.review_rubric import MAX_LABEL as MAX_CRITERION
from matchmaker.errors import InvalidInput
from matchmaker.models import AwardScheme
from matchmaker.services.award_scheme import SchemeValues
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, LocalMoment, Version, WholeNumber, line, text
from matchmaker.web.forms.call_rules import RowForm
from matchmaker.web.i18n import say

POINTS = ("0", "2", "4")


def short_name(typed: str | None) -> str:
    """What a hidden field says that a row is called; nothing for what no page of ours wrote."""
    return typed if typed and re.fullmatch(r"[A-Za-z0-9_-]{1,16}", typed) else ""


class TierForm(RowForm):
    """One tier."""

    code = HiddenField()
    zh = line(_l("Name in Chinese"), maximum=MAX_LABEL)
    en = line(_l("Name in English"), maximum=MAX_LABEL)
    minimum = WholeNumber(_l("Score of the panel at least (0 to 100)"), [Optional()])
    limit = WholeNumber(_l("How many at most"), [Optional()])
    amount = WholeNumber(_l("Amount (NT$)"), [Optional()])
    share = WholeNumber(_l("Or: per cent of what the grade pays"), [Optional()])

    @property
    def is_blank(self) -> bool:
        return not (self.zh.data or self.en.data)

    def data_of(self, number: int) -> dict[str, Any]:
        """The tier as plain data; a new one gets its place as its code."""
        names = ("zh", "en", "minimum", "limit", "amount", "share")
        code = short_name(self.code.data) or f"tier{number}"
        row = {name: self[name].data for name in names}
        return {"code": code, **row, "zh": row["zh"] or "", "en": row["en"] or ""}


class CriterionForm(RowForm):
    """One criterion with its anchors."""

    id = HiddenField()
    zh = line(_l("Name in Chinese"), maximum=MAX_CRITERION)
    en = line(_l("Name in English"), maximum=MAX_CRITERION)
    weight = WholeNumber(_l("Weight"), [Optional()])
    zh_0 = text(_l("0 points, in Chinese"), maximum=MAX_ANCHOR)
    en_0 = text(_l("0 points, in English"), maximum=MAX_ANCHOR)
    zh_2 = text(_l("2 points, in Chinese"), maximum=MAX_ANCHOR)
    en_2 = text(_l("2 points, in English"), maximum=MAX_ANCHOR)
    zh_4 = text(_l("4 points, in Chinese"), maximum=MAX_ANCHOR)
    en_4 = text(_l("4 points, in English"), maximum=MAX_ANCHOR)

    @property
    def is_blank(self) -> bool:
        return not (self.zh.data or self.en.data)

    def data_of(self, number: int) -> dict[str, Any]:
        """The criterion as plain data."""
        anchors = {
            points: {lang: self[f"{lang}_{points}"].data or "" for lang in ("zh", "en")}
            for points in POINTS
        }
        return {
            "id": short_name(self["id"].data) or f"AW{number}",
            "zh": self.zh.data or "",
            "en": self.en.data or "",
            "weight": self.weight.data,
            "anchors": anchors,
        }


class SchemeForm(BaseForm):
    """Everything a call sets about its awards."""

    version = Version()
    budget = WholeNumber(_l("Budget of public money (NT$)"), [Optional()])
    nominate_until = LocalMoment(_l("Nominations until"), [Optional()])
    panel_until = LocalMoment(_l("The panel hands in until"), [Optional()])
    confirm_days = WholeNumber(_l("Days for a team to answer"), [Optional()])
    announce_on = DateField(_l("Announcement on"), [Optional()])
    pays_stages = BooleanField(_l("Stages that pass are paid"))
    highest = BooleanField(_l("Pay the upper end where a grade has a range"))
    partly = WholeNumber(_l("Per cent paid for a stage reached in part"), [Optional()])
    two_poc = WholeNumber("PoC", [Optional()])
    two_pos = WholeNumber("PoS", [Optional()])
    three_poc = WholeNumber("PoC", [Optional()])
    three_pos = WholeNumber("PoS", [Optional()])
    three_pob = WholeNumber("PoB", [Optional()])
    tiers = FieldList(FormField(TierForm), label=_l("Tiers"), max_entries=2 * MOST_TIERS)
    criteria = FieldList(
        FormField(CriterionForm), label=_l("Criteria"), max_entries=2 * MOST_CRITERIA
    )
    reason = text(_l("Why the scheme changes"), maximum=MAX_REASON)

    def add_blank_rows(self) -> None:
        """Offer one more row of each."""
        for rows, most in ((self.tiers, MOST_TIERS), (self.criteria, MOST_CRITERIA)):
            if len(rows) < most and not any(row.form.is_blank for row in rows):
                rows.append_entry()

    def values(self) -> SchemeValues:
        """What was typed, as the service takes it."""
        return SchemeValues(
            content={
                "tiers": _rows(self.tiers),
                "criteria": _rows(self.criteria),
                "money": self._money(),
            },
            budget=self.budget.data,
            nominate_until=self.nominate_until.data,
            panel_until=self.panel_until.data,
            confirm_days=self.confirm_days.data,
            announce_on=self.announce_on.data,
        )

    def _money(self) -> dict[str, Any]:
        shares = {}
        for name, path in zip(("two", "three"), PATHS, strict=True):
            given = {stage: self[f"{name}_{stage.lower()}"].data for stage in path}
            if any(value is not None for value in given.values()):
                shares["/".join(path)] = {stage: value or 0 for stage, value in given.items()}
        return {
            "pays_stages": bool(self.pays_stages.data),
            "highest": bool(self.highest.data),
            "partly": self.partly.data,
            "shares": shares,
        }

    def show_refusal(self, error: InvalidInput) -> None:
        """Put messages about a row beside the field of that row."""
        rest = {}
        for path, messages in error.fields.items():
            field = self._field_at(path)
            if field is None:
                rest[path] = messages
            else:
                field.errors = [*field.errors, *(say(message) for message in messages)]
        if rest or not error.fields:
            super().show_refusal(InvalidInput(fields=rest))

    def _field_at(self, path: str) -> Any:
        """The field that a place such as ``tiers.0.minimum`` or ``AW1.2.zh`` stands for."""
        first, _dot, rest = path.partition(".")
        if first == "money":
            return (
                self[rest]
                if rest in self
                else self["two_poc" if "PoB" not in rest else "three_poc"]
            )
        if first == "tiers" and rest:
            place, _dot, name = rest.partition(".")
            filled = [row.form for row in self.tiers if not row.form.is_blank]
            return filled[int(place)][name] if int(place) < len(filled) else None
        filled = [row.form for row in self.criteria if not row.form.is_blank]
        for number, row in enumerate(filled, 1):
            if row.data_of(number)["id"] == first:
                return row["_".join(reversed(rest.split(".")))]
        return None


def _rows(rows: Any) -> list[dict[str, Any]]:
    filled = [row.form for row in rows if not row.form.is_blank]
    return [row.data_of(number) for number, row in enumerate(filled, 1)]


def saved(row: AwardScheme) -> dict[str, Any]:
    """A scheme as the form's starting data."""
    names = ("budget", "nominate_until", "panel_until", "confirm_days", "announce_on", "version")
    money = row.money
    shares = {
        f"{name}_{stage.lower()}": share
        for name, path in zip(("two", "three"), PATHS, strict=True)
        for stage, share in money.get("shares", {}).get("/".join(path), {}).items()
    }
    return {
        **{name: getattr(row, name) for name in names},
        **{name: money.get(name) for name in ("pays_stages", "highest", "partly")},
        **shares,
        "tiers": row.tiers,
        "criteria": [_criterion(one) for one in row.criteria],
    }


def _criterion(row: dict[str, Any]) -> dict[str, Any]:
    anchors = {
        f"{language}_{points}": row["anchors"][points][language]
        for points in POINTS
        for language in ("zh", "en")
    }
    return {name: row[name] for name in ("id", "zh", "en", "weight")} | anchors
