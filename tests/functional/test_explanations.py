"""Each reader of a pair sees what is meant for them, in both languages."""

from __future__ import annotations

from typing import Any, cast

import pytest
from flask import Flask

from matchmaker.models import Match
from matchmaker.models.match import Band
from matchmaker.web import explanations
from matchmaker.web.explanations import Reader


def need(competency: str, status: str, shown: float | None, confirmed: bool) -> dict[str, Any]:
    return {
        "competency": competency,
        "needed": 3,
        "shown": shown,
        "importance": 3,
        "status": status,
        "is_confirmed": confirmed,
    }


def pair() -> Match:
    advice = [
        {"message": "", "params": {"competency": "FND-DL", "needed": 3}, "band": "good"},
        {"message": "", "params": {"competency": "DEC-SRC", "needed": 3}, "band": "possible"},
    ]
    needs = [
        need("PER-CV", "met", 4, confirmed=False),
        need("FND-DL", "below", 2, confirmed=False),
        need("LNG-NLP", "met", 3, confirmed=True),
        need("DEC-SRC", "missing", None, confirmed=False),
    ]
    found = {"requirements": needs, "advice": advice}
    return cast(Match, Match(explanation=found, confidence="thin", band=Band.POSSIBLE))


@pytest.mark.parametrize("locale", ["en", "zh_Hant_TW"])
def test_an_owner_never_sees_a_self_rated_level(app: Flask, locale: str) -> None:
    with app.test_request_context(headers={"Accept-Language": locale.replace("_Hant_", "-")}):
        rows = {
            reader: {
                row["competency"]: row for row in explanations.requirement_rows(pair(), reader)
            }
            for reader in (Reader.OFFICE, Reader.OWNER)
        }
        told = " ".join(gap["body"] for gap in explanations.gaps(pair(), Reader.OWNER))
        two = explanations._level(2)

    office, owner = rows[Reader.OFFICE], rows[Reader.OWNER]
    assert [row["shown"] for row in office.values()] == [4, 2, 3, None]
    assert [row["shown"] for row in owner.values()] == [None, None, 3, None]
    assert {row["shown_label"] for row in list(owner.values())[:2]} == {
        "Stated by the team, not confirmed" if locale == "en" else "團隊自填，尚未確認"
    }
    assert two not in told


@pytest.mark.parametrize("reader", [Reader.TEAM, Reader.OFFICE])
def test_advice_says_what_it_would_give(app: Flask, reader: Reader) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        told = {gap["title"]: gap["body"] for gap in explanations.gaps(pair(), reader)}

    assert "With that level stated, the fit would be: Good fit." in told["Deep learning"]
    assert any("would rise inside its band" in body for body in told.values())


def test_an_owner_is_told_no_advice_meant_for_the_team(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        told = " ".join(gap["body"] for gap in explanations.gaps(pair(), Reader.OWNER))

    assert "With that level stated" not in told
