"""Keep the record of a screening in step with what is decided about its problem or amendment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.clock import utcnow
from matchmaker.errors import Conflict
from matchmaker.i18n import N_
from matchmaker.models import Problem, ProblemRevision, Screening, ScreeningOutcome
from matchmaker.queries import office_setting as settings
from matchmaker.queries import screening as screenings
from matchmaker.services.context import Context


@dataclass(frozen=True, slots=True)
class MissingItem:
    """One thing the owner is asked for: the field it concerns and what to do, in both languages."""

    field: str
    zh: str
    en: str

    def to_data(self) -> dict[str, str]:
        """The item as the screening keeps it."""
        return {"field": self.field, "zh": self.zh, "en": self.en}

    @property
    def line(self) -> str:
        """The item for readers of either language."""
        return self.zh if self.zh == self.en else f"{self.zh} / {self.en}"


def end(
    ctx: Context,
    problem: Problem,
    outcome: ScreeningOutcome,
    *,
    note: str,
    missing: Sequence[MissingItem] = (),
    revision: ProblemRevision | None = None,
) -> Screening | None:
    """Note how the open round ended; nothing if there is none, as with records from elsewhere."""
    revision_id = revision.id if revision else None
    row = screenings.under_way(ctx.session, problem.id, revision_id, lock=True)
    if row is None:
        return None
    row.outcome, row.note, row.decided_at = outcome, note, utcnow()
    row.decided_by_id = ctx.actor.id if ctx.actor else None
    row.missing = [item.to_data() for item in missing]
    return row


def rounds_left(ctx: Context, problem: Problem, revision: ProblemRevision | None = None) -> int:
    """How many more rounds of coaching there may be."""
    most = settings.value(ctx.session, "coaching_rounds")
    revision_id = revision.id if revision else None
    return max(0, most - screenings.rounds_of_coaching(ctx.session, problem.id, revision_id))


def check_rounds(ctx: Context, problem: Problem, revision: ProblemRevision | None = None) -> None:
    """Refuse another round of coaching after the last one."""
    if ctx.trusted or rounds_left(ctx, problem, revision):
        return
    raise Conflict(
        N_(
            "All %(most)s rounds of coaching have been used. "
            "Decide now: list the problem or decline it."
        ),
        most=settings.value(ctx.session, "coaching_rounds"),
    )
