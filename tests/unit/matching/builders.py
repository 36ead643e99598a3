"""Problems and teams in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matchmaker.competency import Lexicon, Requirement
from matchmaker.matching import (
    Document,
    HashingEncoder,
    MatchConfig,
    MatchPipeline,
    ProblemDocument,
    TeamDocument,
    Text,
    problem_document,
    team_document,
)

FABRIC = "Find weaving defects on fabric rolls with cameras above the line"
SALES = "Forecast weekly sales of fresh bread for each store"


def text(body: str, lang: str | None = None, title: str = "") -> Text:
    return Text(title, body, lang)


def work(body: str, title: str = "", year: int | None = None) -> Document:
    return Document((text(body, title=title),), "work", year)


def problem(problem_id: str = "P1", body: str = FABRIC, **options: Any) -> ProblemDocument:
    return problem_document(problem_id, [text(body)], **options)


def team(
    team_id: str = "T1", body: str = "", works: Sequence[str] = (), **options: Any
) -> TeamDocument:
    profile = [text(body)] if body else []
    return team_document(team_id, profile, [work(item) for item in works], **options)


def pipeline(**options: Any) -> MatchPipeline:
    lexicon: Lexicon | None = options.pop("lexicon", None)
    encoder = options.pop("encoder", None) or HashingEncoder()
    return MatchPipeline(MatchConfig(**options), encoder=encoder, lexicon=lexicon)


def must(*competencies: str, level: int = 3) -> list[Requirement]:
    return [Requirement(competency, level, 3) for competency in competencies]


def scores(result: Any) -> Mapping[str, float]:
    return {pair.team_id: pair.score for pair in result}
