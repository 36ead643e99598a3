"""Every action that services record has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matchmaker.i18n import catalogue
from matchmaker.web import create_app
from matchmaker.web.audit_actions import ACTIONS, action_words

SERVICES = Path(__file__).parents[2] / "matchmaker" / "services"


def recorded() -> set[str]:
    """The action names written out in calls of ``ctx.record`` and in permissions' names beside them."""
    found = set()
    for path in SERVICES.glob("*.py"):
        found |= set(
            re.findall(r'record\(\s*"([a-z_]+:[a-z_]+)"', path.read_text(encoding="utf-8"))
        )
    return found


def test_every_recorded_action_has_words():
    assert recorded() - ACTIONS.keys() == set()


def test_words_are_translated():
    chinese = catalogue("zh_Hant_TW")

    assert [text for text in ACTIONS.values() if chinese.gettext(text) == text] == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("problem:grade", "Grade"),
        ("match:endorse", "Endorse"),
        ("account:sign_in", "signed in"),
        ("unheard:of", "unheard:of"),
    ],
)
def test_workflow_actions_use_the_workflows_words(settings, name, words):
    with create_app(settings).test_request_context(headers={"Accept-Language": "en"}):
        assert action_words(name) == words
