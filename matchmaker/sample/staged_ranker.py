"""What the sample's matcher has learned: an attempt from the decisions so far, which are too few."""

from __future__ import annotations

from matchmaker.reports.ranker_effect import effects
from matchmaker.services import ranker_learning
from matchmaker.services.context import Context


def learn(ctx: Context) -> None:
    """Learn from what officers and teams have said; the card says that it is too little."""
    ranker = ranker_learning.learn(ctx.session)
    ranker.card = {**ranker.card, "effects": effects(ctx.session, ranker)}
