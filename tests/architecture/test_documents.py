"""What is generated or translated is in step with the code."""

from __future__ import annotations

from tools import catalogue, generated_docs


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
