"""Files with anything at all in any place: taken whole, or refused with the row and the field named."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matchmaker import sample
from matchmaker.models import Base
from matchmaker.records import BadRecords
from matchmaker.services.context import Context
from matchmaker.services.importing import import_file
from matchmaker.services.nouns import NOUNS
from matchmaker.texts import UNWANTED
from tests.site import Site

pytestmark = pytest.mark.xdist_group("sample")

DATA = Path(sample.__file__).parent / "data"
HOSTILE: list[Any] = [
    None,
    "",
    -1,
    2**31,
    10**30,
    1e308,
    True,
    [],
    {},
    [[]],
    {"a": {"a": {}}},
    ["x"] * 1000,
    "\x00",
    "a\x00\x07\x85\u202e\u2066\ufeffb",
    "\ud800",
    "字" * 400_000,
    "0001-01-01T00:00:00",
    "9999-12-31T23:59:59-23:59",
    "2026-02-30",
    "<script>alert(1)</script>",
    "=1+1",
    "PER-XXX",
]
TRIED_IN_ALL = 150


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a row, and the first of each list."""
    yield path
    if isinstance(value, list):
        value = dict(enumerate(value[:1]))
    for key, part in value.items() if isinstance(value, dict) else ():
        yield from places(part, (*path, key))


def replaced(row: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    row = copy.deepcopy(row)
    part: Any = row
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return row


@pytest.mark.parametrize("noun", list(NOUNS))
def test_anything_in_any_place(sample_site: Site, tmp_path: Path, noun: str) -> None:
    lines = (DATA / f"{noun}.jsonl").read_text("utf-8").splitlines()
    richest = json.loads(max(lines, key=len))
    new = {"id": "new"} if "id" in richest else {"email": "new.person@example.com"}
    hostile, outcomes = itertools.cycle(HOSTILE), []
    paths = list(places(richest))[1:]
    for path in paths:
        for value in itertools.islice(hostile, max(4, TRIED_IN_ALL // len(paths))):
            file = tmp_path / "rows.jsonl"
            file.write_text(json.dumps(replaced({**richest, **new}, path, value)), "utf-8")
            outcomes.append(outcome(sample_site, noun, file))
    assert outcomes.count("taken") > 5
    assert sum(text.startswith("line 1: ") for text in outcomes) > 20
    assert set(outcomes) <= {"taken", *(text for text in outcomes if text.startswith("line 1: "))}


def outcome(site: Site, noun: str, file: Path) -> str:
    """What became of *file*: taken, or the first fault of its only row."""
    with site.undone(), site.app.sessions() as session:
        context = Context(session, site.app.settings, trusted=True)
        try:
            import_file(context, file, NOUNS[noun].record, NOUNS[noun].take)
        except BadRecords as error:
            return str(error.errors[0])
        session.flush()
        assert_clean(list(session.identity_map.values()))
        return "taken"


def assert_clean(rows: list[Base]) -> None:
    for row in rows:
        for value in vars(row).values():
            assert not (isinstance(value, str) and UNWANTED.search(value)), row
