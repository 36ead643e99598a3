"""Learn weights from what officers decided and teams answered. Only workers and the operator load this."""

from __future__ import annotations

import math
from collections.abc import Iterable
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
from matchmaker.workflows.match import MatchState

#: How well a pair went, by the last thing that was said of it. What the office endorsed and the team
#: has not answered, or turned down for reasons that have nothing to do with fit, counts as endorsed.
WORTH = {
    MatchState.DECLINED: 0.0,
    MatchState.ENDORSED: 0.7,
    MatchState.INVITED: 0.7,
    MatchState.REFUSED: 0.7,
    MatchState.EXPIRED: 0.7,
    MatchState.ACCEPTED: 1.0,
}
#: Reasons of a team that do speak of fit.
MISFIT, MISFIT_CODES = 0.3, ("field", "too_hard", "too_easy")
#: What can be learned: a missing must-have stays a gate, whatever was decided.
LEARNED = tuple(name for name in FEATURES if name != "must_have")


def learn(session: Session, *, user_id: int | None = None) -> Ranker:
    """Learn, judge on held-out calls, and keep the attempt with its card; nothing is switched on."""
    shipped = MatchConfig().weights
    prior = np.array([shipped[name] for name in LEARNED])
    verdict = judge(collect(queries.decided(session)), prior)
    weights = rescaled(verdict.weights, prior)
    card = {
        **verdict.card,
        "features": list(LEARNED),
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


def collect(matches: Iterable[Match]) -> Outcomes:
    """What became of decided pairs, with the features that their run had of them."""
    rows = [(found, match) for match in matches if (found := _features(match)) is not None]
    return Outcomes(
        X=np.array([found for found, _ in rows]).reshape(len(rows), len(LEARNED)),
        y=np.array([worth(match) for _, match in rows]),
        problems=np.array([match.problem_id for _, match in rows], dtype=np.intp),
        calls=np.array([match.run.call_id for _, match in rows], dtype=np.intp),
    )


def worth(match: Match) -> float:
    """How well a pair went, in [0, 1]."""
    if match.state is MatchState.REFUSED and match.reason_code in MISFIT_CODES:
        return MISFIT
    return WORTH[match.state]


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
