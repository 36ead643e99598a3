"""Learn weights from reviews, selections and results. Only workers and the operator load this."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from matchmaker.errors import Unavailable
from matchmaker.i18n import N_
from matchmaker.matching import FEATURES, MatchConfig
from matchmaker.matching.learning import Outcomes, judge, rescaled
from matchmaker.models import Match, Ranker
from matchmaker.queries import ranker as queries
from matchmaker.queries.ranker_history import Fate, Key, fates
from matchmaker.services.ranker_worth import SOURCES, worth

#: What can be learned: a missing must-have stays a gate, whatever was decided.
LEARNED = tuple(name for name in FEATURES if name != "must_have")


def learn(session: Session, *, user_id: int | None = None) -> Ranker:
    """Learn, judge on held-out calls, and keep the attempt with its card; nothing is switched on."""
    shipped = MatchConfig().weights
    prior = np.array([shipped[name] for name in LEARNED])
    matches, known = list(queries.decided(session)), fates(session)
    verdict = judge(collect(matches, known), prior)
    weights = rescaled(verdict.weights, prior)
    card = {
        **verdict.card,
        "features": list(LEARNED),
        "sources": _sources(matches, known),
        "prior": prior.tolist(),
        "weights": weights.round(6).tolist(),
    }
    ranker = Ranker(
        user_id=user_id,
        weights=dict(zip(LEARNED, weights.round(6).tolist(), strict=True)),
        card=_finite(card),
        is_better=verdict.is_learned,
    )
    session.add(ranker)
    session.flush()
    return ranker


def collect(matches: Iterable[Match], fates: Mapping[Key, Fate] | None = None) -> Outcomes:
    """What became of past pairs, with the features that their run had of them."""
    rows = [(found, match) for match in matches if (found := _features(match)) is not None]
    known = fates or {}
    return Outcomes(
        X=np.array([found for found, _ in rows]).reshape(len(rows), len(LEARNED)),
        y=np.array([_worth(match, known)[0] for _, match in rows]),
        problems=np.array([match.problem_id for _, match in rows], dtype=np.intp),
        calls=np.array([match.run.call_id for _, match in rows], dtype=np.intp),
    )


def _worth(match: Match, fates: Mapping[Key, Fate]) -> tuple[float, str]:
    return worth(match, fates.get((match.problem_id, match.team_id)))


def _sources(matches: Iterable[Match], fates: Mapping[Key, Fate]) -> dict[str, int]:
    """How many pairs the last word on came from where."""
    found = Counter(_worth(match, fates)[1] for match in matches if _features(match) is not None)
    return {source: found[source] for source in SOURCES}


def _features(match: Match) -> list[float] | None:
    """The features of a pair on their common scale; None if a missing must-have decided."""
    parts = {p["feature"]: p["contribution"] for p in match.explanation.get("parts", [])}
    if set(parts) != set(FEATURES) or parts["must_have"]:
        return None
    weights = match.run.config["settings"]["weights"]
    return [parts[name] / weights[name] if weights[name] else 0.0 for name in LEARNED]


def _finite(value: Any) -> Any:
    """The same without what JSON has no word for."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def weighted_by(config: MatchConfig, ranker: Ranker | None) -> MatchConfig:
    """The settings with the learned weights in use, if any are.

    Raises
    ------
    Unavailable
        If they were learned for other parts of the score than there are now.
    """
    if ranker is None:
        return config
    if set(ranker.weights) != set(LEARNED):
        raise Unavailable(
            N_(
                "The learned weights in use belong to an earlier version of the matcher. "
                "Switch back to the office's weights, then start again."
            )
        )
    return replace(config, weights={**config.weights, **ranker.weights})
