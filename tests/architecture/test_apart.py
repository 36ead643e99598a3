"""What must never reach a decision: points, and what people declare of their gender."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "matchmaker"
#: What is kept apart, by any name it is read under, and the only modules that may name it.
APART = {
    "points": (
        re.compile(r"point_?entr(y|ies)|point_?board|point_?source|PointKind|POINT_RULES", re.I),
        {
            "models/__init__.py",
            "models/point_entry.py",
            "policies/point_entry.py",
            "queries/point_entry.py",
            "queries/point_source.py",
            "services/point_entry.py",
            "services/erasure.py",  # Forgets them with the account.
            "reports/point_entry.py",
            "tasks/point_entry.py",
            "sample/staged_talent.py",
            "web/views/point_entry.py",
        },
    ),
    "gender": (
        re.compile(r"gender_?declaration", re.I),
        {
            "models/__init__.py",
            "queries/gender_declaration.py",
            "queries/reach.py",  # Counts them.
            "queries/talent.py",  # And so does this.
            "reports/ranker_effect.py",  # Compares lists after they were made.
            "services/gender_declaration.py",
            "services/erasure.py",
            "sample/staged_talent.py",
            "web/views/gender_declaration.py",
        },
    ),
}


def names(tree: ast.Module) -> set[str]:
    """Every name a module imports or uses; words in texts and comments do not count."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


@pytest.mark.parametrize("what", APART)
def test_nothing_that_decides_reads_it(what: str) -> None:
    pattern, allowed = APART[what]
    readers = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        if any(pattern.search(name) for name in names(ast.parse(path.read_text("utf-8")))):
            readers.add(path.relative_to(PACKAGE).as_posix())

    assert readers == allowed


@pytest.mark.parametrize("what", APART)
def test_no_table_leads_to_it(what: str) -> None:
    """Nobody gets at it along with a person, a team or a match by following a relationship."""
    from matchmaker.models import Base

    pattern, _allowed = APART[what]
    leading = [
        f"{mapper.class_.__name__}.{relationship.key}"
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
        if pattern.search(relationship.mapper.class_.__name__)
    ]

    assert leading == []


def test_the_rule_would_find_a_reader() -> None:
    pattern, _allowed = APART["points"]
    reader = "from matchmaker.queries import point_entry\n"

    assert any(pattern.search(name) for name in names(ast.parse(reader)))
    assert not any(pattern.search(name) for name in names(ast.parse("'point_entry.collect'")))
