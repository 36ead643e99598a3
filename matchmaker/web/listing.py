"""What the filter bar and the pages of a list need: controls with counts, and links that keep the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from matchmaker.texts import clean_line
from matchmaker.web.forms.base import number_or_none

MAX_VALUE = 200
MAX_PAGE = 10_000


def chosen(name: str) -> str:
    """The value of a filter in the address, cleaned; never longer than any honest one."""
    return (clean_line(request.args.get(name, "")) or "")[:MAX_VALUE]


def page_number() -> int:
    """The page asked for; the first if the address names none."""
    return min(number_or_none(request.args.get("page")) or 1, MAX_PAGE)


def page_url(number: int) -> str:
    """The address of another page of the same list."""
    return _address({**_kept(), "page": number})


def with_value(name: str, value: str) -> str:
    """The address of the same list with another value for one filter, from its first page."""
    args = {k: v for k, v in _kept().items() if k not in (name, "page")}
    return _address({**args, name: value} if value else args)


def search(name: str, label: str) -> dict[str, Any]:
    """A text field of the filter bar."""
    return {"name": name, "label": label, "kind": "search", "value": chosen(name)}


def select(
    name: str,
    label: str,
    values: Iterable[tuple[str, str]],
    *,
    every: str = "",
    counts: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """A choice of the filter bar; *every* is the entry that filters nothing, none if empty."""
    options: list[dict[str, Any]] = [{"value": "", "label": every}] if every else []
    for value, text in values:
        option = {"value": value, "label": text, "selected": value == chosen(name)}
        options.append(option if counts is None else {**option, "count": counts.get(value, 0)})
    return {"name": name, "label": label, "kind": "select", "options": options}


def active(filters: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What the list is filtered by, each with the address without it; sorting does not count."""
    found = []
    for item in filters:
        value = chosen(item["name"])
        label = _said(item, value)
        if value and label and item["name"] != "sort":
            remove_url = with_value(item["name"], "")
            found.append({"label": f"{item['label']} · {label}", "remove_url": remove_url})
    return found


def _said(item: Mapping[str, Any], value: str) -> str:
    if item["kind"] == "search":
        return value
    return next((str(o["label"]) for o in item["options"] if o["value"] == value), value)


def _kept() -> dict[str, str]:
    """What the address says of the list; where somebody came from is not part of it."""
    return {k: v for k, v in request.args.to_dict().items() if k not in ("next", "resume_path")}


def _address(args: Mapping[str, Any]) -> str:
    # Built by hand: `url_for` takes some names of a query for options of its own.
    path = request.script_root + request.path
    return f"{path}?{urlencode(args)}" if args else path
