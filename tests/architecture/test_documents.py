"""What is generated or translated is in step with the code."""

from __future__ import annotations

import re
from pathlib import Path

from tools import catalogue, generated_docs

ROOT = Path(__file__).parents[2]


def test_every_message_is_translated_and_the_catalogue_is_in_step() -> None:
    assert catalogue.problems() == []


def test_generated_documents_are_in_step() -> None:
    assert generated_docs.out_of_step() == []


def test_settings_page_names_every_setting_once() -> None:
    text = generated_docs.configuration()

    assert text.count("| `MATCHMAKER_SECRET_KEY` |") == 1
    assert "`Asia/Taipei`" in text


def test_events_are_read_from_the_source() -> None:
    text = generated_docs.events()

    assert "| `problem:create` | `organization`, `call` |" in text
    assert "| `problem:<action>` |" in text


def test_commands_page_has_options() -> None:
    text = generated_docs.commands()

    assert "## matchmaker import" in text
    assert "| `--dry-run` | Check everything, change nothing. |" in text


def test_every_fault_has_an_end_that_a_test_proves() -> None:
    rows = [
        line
        for line in (ROOT / "docs/faults.md").read_text().splitlines()
        if line.count("|") == 4 and not line.startswith(("| ---", "| Fault |"))
    ]
    named = [re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row) for row in rows]
    assert len(named) > 15
    assert [row for row, found in zip(rows, named, strict=True) if not found] == []
    for path, test in (one for found in named for one in found):
        assert f"def {test}(" in (ROOT / path).read_text(), test
