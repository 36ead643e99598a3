"""What the pages of the talent report share: what was chosen, the filters, the drawing, the files."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from flask import url_for
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.competency.shortage import pool
from matchmaker.models import User
from matchmaker.queries import talent as queries
from matchmaker.reference import REGIONS
from matchmaker.reports.participation import participation_tables
from matchmaker.reports.shortage import LEVELS, USUAL_LEVEL, Market, drawn, shortage_tables
from matchmaker.reports.table import Table, said
from matchmaker.web import figures, listing
from matchmaker.web.auth import actor
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language, current_locale
from matchmaker.web.transaction import db_session

#: Sectors in the drawing: those that ask for most; the tables have all.
MOST = 8
NAMES = ("level", "domain", "sector", "region", "call")


def chosen_level() -> int:
    """The level that counts."""
    level = number_or_none(listing.chosen("level")) or USUAL_LEVEL
    return level if level in LEVELS else USUAL_LEVEL


def market() -> Market:
    """What the filters leave of what is asked for and what people can."""
    taxonomy, session, me = load_taxonomy(), db_session(), cast(User, actor())
    call = figures.chosen_call()
    whole = Market(
        queries.needs(session, me, call.id if call else None),
        pool(queries.people(session, me)),
        queries.courses(session),
    )
    known = (*taxonomy.sectors, *REGIONS)
    groups = [g for g in (listing.chosen("sector"), listing.chosen("region")) if g in known]
    domain = listing.chosen("domain")
    return whole.within(groups, domain if domain in taxonomy.domains else "")


def filters() -> list[dict[str, Any]]:
    """The controls of the filter bar."""
    taxonomy, language = load_taxonomy(), current_language()
    levels = [(str(n), f"L{n} {taxonomy.levels[n].label(language)}") for n in LEVELS]
    domains = [(key, one.label(language)) for key, one in taxonomy.domains.items()]
    level = listing.select("level", _("Level and above"), levels)
    for option in level["options"]:
        option["selected"] = option["value"] == str(chosen_level())
    return [
        level,
        listing.select("domain", _("Domain"), domains, every=_("All")),
        *(one for one in figures.all_filters() if one["name"] in ("sector", "region", "call")),
    ]


def tables(found: Market) -> list[Table]:
    """The shortage map and its parts."""
    return shortage_tables(found, chosen_level())


def participation() -> list[Table]:
    """Who takes part."""
    return participation_tables(queries.participants(db_session(), cast(User, actor())))


def chart(found: Market) -> dict[str, Any]:
    """The scarcest competencies against the sectors that ask for them, for the drawing."""
    taxonomy, locale = load_taxonomy(), current_locale()
    asking = Counter(group for need in found.needs for group in need.groups)
    sectors = sorted(taxonomy.sectors.keys() & asking.keys(), key=lambda g: (-asking[g], g))[:MOST]
    rows = [
        {
            "label": said(row.label, locale),
            "cells": [
                {"value": value, "text": None if text is None else said(text, locale)}
                for value, text in row.cells
            ],
        }
        for row in drawn(found, chosen_level(), sectors)
    ]
    return {"columns": [taxonomy.label(code, current_language()) for code in sectors], "rows": rows}


def file_url(kind: str) -> str:
    """The address of the map as a file, limited as the page is."""
    given: dict[str, Any] = {n: listing.chosen(n) for n in NAMES if listing.chosen(n)}
    return url_for("talent.export", name="shortage", kind=kind, **given)
