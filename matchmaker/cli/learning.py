"""`matchmaker learn`: learn weights from past decisions, and say whether they are better."""

from __future__ import annotations

from typing import Any

import click

from matchmaker.cli.common import open_database, tell, tell_json
from matchmaker.i18n import N_
from matchmaker.settings import Settings

REASONS = {
    "too_little_data": N_("Too little was decided so far; the office's own weights stay."),
    "not_better_on_held_out_calls": N_(
        "Not better on held-out calls; the office's own weights stay."
    ),
    "better_on_held_out_calls": N_(
        "Better on held-out calls. An officer may switch them on: %(url)s"
    ),
}


@click.command("learn")
@click.option("--json", "as_json", is_flag=True, help="Print the model card for a program to read.")
def learn_command(as_json: bool) -> None:
    """Learn weights from reviews, selections and results, and keep them with their card.

    Nothing is switched on: an officer does that on the page of learned weights.
    """
    from matchmaker.db import unit_of_work
    from matchmaker.reports.ranker_effect import effects
    from matchmaker.services.context import Context
    from matchmaker.services.ranker_learning import learn

    settings = Settings.from_environ()
    with open_database(settings) as sessions, unit_of_work(sessions) as session:
        ranker = learn(session)
        ranker.card = {**ranker.card, "effects": effects(session, ranker)}
        Context(session, settings, trusted=True).record("ranker:learn", ranker)
        kept = {"id": ranker.id, "is_better": ranker.is_better, **ranker.card}
    if as_json:
        tell_json(kept)
    else:
        _tell(kept, f"{settings.base_url}/office/rankers")


def _tell(kept: dict[str, Any], url: str) -> None:
    """Say what was learned from, what it gained and what follows."""
    tell(
        N_(
            "Attempt %(number)s. Decided pairs: %(pairs)s, problems: %(problems)s, calls: %(calls)s."
        ),
        number=kept["id"],
        pairs=kept["n_pairs"],
        problems=kept["n_problems"],
        calls=kept["n_calls"],
    )
    if kept.get("gain") is not None:
        tell(
            N_("Gain in rightly ordered pairs of held-out calls: %(gain)s [%(low)s, %(high)s]"),
            **{name: f"{kept[name]:+.3f}" for name in ("gain", "low", "high")},
        )
    tell(REASONS[kept["reason"]], url=url)
