"""Referrals as tables for a spreadsheet: an association's members, the office's figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from matchmaker.competency import load_taxonomy
from matchmaker.i18n import N_, language_of, translate
from matchmaker.models import Organization
from matchmaker.queries.referral import OUTCOMES, Figures, Line
from matchmaker.tabular import protect
from matchmaker.workflows.problem import PROBLEM_WORKFLOW
from matchmaker.workflows.referral import REFERRAL_WORKFLOW

BOM = "\ufeff"  # Without it Excel takes UTF-8 for the local code page.
MEMBER_COLUMNS = (
    N_("Member"),
    N_("Referral"),
    N_("Referred on"),
    N_("Consent"),
    N_("Problem number"),
    N_("Title"),
    N_("State"),
    N_("Received"),
    N_("Published"),
)


def member_name(line: Line, language: str) -> str:
    """The member's name once it is known to the association, until then what it typed."""
    referral = line.referral
    if referral.organization is not None:
        return referral.organization.name(language)
    return referral.email or referral.registration_number or ""


def members_csv(lines: Iterable[Line], locale: str, zone: ZoneInfo) -> str:
    """The association's members, a row for each problem they let it follow."""
    return _table(
        MEMBER_COLUMNS, (row for line in lines for row in _rows(line, locale, zone)), locale
    )


def _rows(line: Line, locale: str, zone: ZoneInfo) -> Iterable[list[Any]]:
    referral, language = line.referral, language_of(locale)
    consent = translate(N_("Given"), locale) if referral.consented_at else ""
    head = [
        member_name(line, language),
        translate(REFERRAL_WORKFLOW.labels[line.state].staff, locale),
        _day(referral.created_at, zone),
        consent,
    ]
    for one in line.standings:
        title = (
            (one.title_zh or one.title_en) if language == "zh" else (one.title_en or one.title_zh)
        )
        label = translate(PROBLEM_WORKFLOW.labels[one.state].public, locale)
        days = [_day(one.submitted_at, zone), _day(one.published_at, zone)]
        yield [*head, one.number, title, label, *days]
    if not line.standings:
        yield [*head, *[""] * 5]


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).date().isoformat() if moment else ""


def figures_csv(associations: Sequence[Figures], sectors: Sequence[Figures], locale: str) -> str:
    """The office's figures: by association, then by sector."""
    labels = [REFERRAL_WORKFLOW.labels[state].staff for state in OUTCOMES]
    columns = (N_("Grouped by"), N_("Group"), N_("Referrals"), *labels, N_("Consent given"))
    groups = [(N_("Industry association"), associations), (N_("Sector"), sectors)]
    rows = (
        [
            translate(title, locale),
            group_name(line, locale),
            line.total,
            *(line.by_state[state] for state in OUTCOMES),
            line.consenting,
        ]
        for title, lines in groups
        for line in lines
    )
    return _table(columns, rows, locale)


def group_name(line: Figures, locale: str) -> str:
    """The association's name, or the sector's."""
    language = language_of(locale)
    if isinstance(line.key, Organization):
        return line.key.name(language)
    if not line.key:
        return translate(N_("Not known yet"), locale)
    return load_taxonomy().label(line.key, language)


def _table(columns: Iterable[str], rows: Iterable[list[Any]], locale: str) -> str:
    buffer = io.StringIO()
    buffer.write(BOM)
    writer = csv.writer(buffer)
    writer.writerow([translate(column, locale) for column in columns])
    for row in rows:
        writer.writerow([protect(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue()
