"""Compare applications with each other, and let the office say what a near copy is."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from matchmaker.assessment import near_copies
from matchmaker.assessment.near_copies import Hashes, NearCopy
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import (
    Application,
    ApplicationRevision,
    ApplicationTwin,
    Job,
    Problem,
)
from matchmaker.policies.application import may_judge_twin
from matchmaker.queries import application_twin as queries
from matchmaker.queries.application import latest_revisions
from matchmaker.services.context import Context
from matchmaker.workflows.job import JobState

KIND = "application.compare"
MAX_NOTE = 1_000


def request_comparison(ctx: Context) -> None:
    """Have what is new compared; a job that still waits will find this too."""
    waiting = sa.exists().where(Job.kind == KIND, Job.state == JobState.QUEUED)
    if not ctx.session.scalar(sa.select(waiting)):
        ctx.enqueue(KIND)


def compare_new(ctx: Context) -> int:
    """Compare every version that stands and was not compared yet; how many pairs were noted."""
    return sum(_compare(ctx, revision) for revision in queries.uncompared(ctx.session))


def _compare(ctx: Context, revision: ApplicationRevision) -> int:
    application = revision.application
    runs = _runs(revision, application.problem)
    sketch = near_copies.sketch_of(runs)
    others = queries.sketches(ctx.session, application.call_id, but=application.id)
    found = _count_out(ctx, runs, near_copies.worth_counting(sketch, others))
    for copy in found:
        _note(ctx, revision, copy)
    _forget(ctx, application, {copy.id for copy in found})
    revision.sketch = sketch
    ctx.session.flush()
    return len(found)


def _runs(revision: ApplicationRevision, problem: Problem) -> Hashes:
    """The wording of a version, but for what it quotes from the problem itself."""
    text = "\n".join(str(part) for part in revision.parts.values())
    quoted = [near_copies.runs_of(quote) for quote in (problem.text_zh, problem.text_en)]
    return near_copies.without(near_copies.runs_of(text), *quoted)


def _count_out(ctx: Context, runs: Hashes, ids: Sequence[int]) -> list[NearCopy]:
    standing = latest_revisions(ctx.session, ids)
    texts = {id_: _runs(row, row.application.problem) for id_, row in standing.items()}
    return near_copies.near_copies(runs, texts)


def _note(ctx: Context, revision: ApplicationRevision, copy: NearCopy) -> None:
    """Write the pair down; what the office found of it stands unless the likeness has grown."""
    own, other = revision.application_id, copy.id
    row = queries.pair(ctx.session, own, other)
    if row is None:
        row = ApplicationTwin(application_id=max(own, other), other_id=min(own, other))
        ctx.session.add(row)
    elif copy.likeness > row.likeness:
        row.is_harmless = row.judge_id = row.judged_at = None
    row.likeness = copy.likeness
    standing = latest_revisions(ctx.session, [other])[other]
    row.parts = near_copies.alike_parts(_texts(revision), _texts(standing))


def _texts(revision: ApplicationRevision) -> dict[str, str]:
    return {name: str(text) for name, text in revision.parts.items()}


def _forget(ctx: Context, application: Application, kept: set[int]) -> None:
    """A new version that is no copy any more clears what nobody has judged."""
    statement = sa.select(ApplicationTwin).where(
        ApplicationTwin.judged_at.is_(None),
        sa.or_(
            ApplicationTwin.application_id == application.id,
            ApplicationTwin.other_id == application.id,
        ),
    )
    for row in ctx.session.scalars(statement).all():
        other = row.other_id if row.application_id == application.id else row.application_id
        if other not in kept:
            ctx.session.delete(row)


def judge(
    ctx: Context, twin_id: int, *, is_harmless: bool, note: str, version: int
) -> ApplicationTwin:
    """An officer says what a pair is: nothing to it, or the same work twice; kept on record."""
    twin = queries.get_twin(ctx.session, ctx.actor, twin_id, lock=True)
    ctx.require(may_judge_twin, twin)
    note = note.strip()
    if not note:
        raise InvalidInput(fields={"note": [Message(N_("Say what you found: it is kept."))]})
    if len(note) > MAX_NOTE:
        message = Message(N_("Please use at most %(max)d characters."), {"max": MAX_NOTE})
        raise InvalidInput(fields={"note": [message]})
    if (twin.is_harmless, twin.note) == (is_harmless, note):
        return twin  # A second click.
    if twin.version != version:
        raise StaleVersion
    twin.is_harmless, twin.note = is_harmless, note
    twin.judge, twin.judged_at = ctx.actor, utcnow()
    pair = {"application_id": twin.application_id, "other_id": twin.other_id}
    ctx.record("application:judge_twin", twin.application, harmless=is_harmless, **pair)
    return twin
