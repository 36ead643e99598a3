"""The team's part: write together, hand in, hand in again. What was handed in is kept for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import Milestone, MilestoneVersion
from matchmaker.policies.milestone import may_write
from matchmaker.services import milestone_receipt as receipts
from matchmaker.services.context import Context
from matchmaker.services.evidence import is_address
from matchmaker.services.milestone import check_live, check_version, find, review_due
from matchmaker.services.milestone_letters import tell
from matchmaker.services.reasons import limited
from matchmaker.texts import clean_line
from matchmaker.workflows.milestone import MILESTONE_WORKFLOW, MilestoneAction, MilestoneState

MAX_TEXT = 20_000
MAX_LINKS = 20
MAX_LINK = 500


def find_writable(ctx: Context, engagement_id: int, milestone_id: int) -> Milestone:
    """The milestone, locked, if the actor may write it as it stands."""
    row = find(ctx, engagement_id, milestone_id)
    ctx.require(may_write, row)
    check_live(row.engagement)
    if not row.is_open:
        label = Message(MILESTONE_WORKFLOW.labels[row.state].public)
        text = N_("This milestone is in the state “%(state)s”: it cannot be changed any more.")
        raise InvalidTransition(text, state=label)
    return row


def save(
    ctx: Context,
    engagement_id: int,
    milestone_id: int,
    *,
    text: str,
    links: Sequence[str],
    version: int,
) -> Milestone:
    """Keep what the team has written; nobody but the team reads it before it is handed in.

    Raises
    ------
    StaleVersion
        If a colleague has saved since; nothing of theirs is lost.
    """
    row = find_writable(ctx, engagement_id, milestone_id)
    kept, addresses = limited(text, "text", maximum=MAX_TEXT), _checked(links)
    if (row.text, row.links) == (kept, addresses):
        return row  # A second click, or nothing changed.
    check_version(row, version)
    row.text, row.links = kept, addresses
    row.updated_at, row.updater = utcnow(), ctx.actor
    ctx.session.flush()
    return row


def _checked(links: Sequence[str]) -> list[str]:
    """The addresses as they are kept, each once."""
    found = list(dict.fromkeys(filter(None, ((clean_line(link) or "").strip() for link in links))))
    if len(found) > MAX_LINKS:
        raise _refused(N_("At most %(most)s links, please."), most=MAX_LINKS)
    for number, link in enumerate(found, 1):
        if len(link) > MAX_LINK or not is_address(link):
            raise _refused(
                N_("Link %(number)s: give the whole address, beginning with https://."),
                number=number,
            )
    return found


def _refused(text: str, **params: object) -> InvalidInput:
    return InvalidInput(fields={"links": [Message(text, params)]})


def submit(
    ctx: Context,
    engagement_id: int,
    milestone_id: int,
    *,
    version: int,
    received_at: datetime | None = None,
) -> Milestone:
    """Hand in what is written: a version that is never changed, with a receipt for both sides.

    It may be late; then it says by how much. What counts is when the request reached the server.
    """
    now = (received_at or utcnow()).replace(microsecond=0)
    row = find_writable(ctx, engagement_id, milestone_id)
    is_in = receipts.says_the_same(row)
    if is_in and row.state is MilestoneState.SUBMITTED:
        return row  # A second click.
    check_version(row, version)
    files = receipts.files_of(row)
    if not (row.text or row.links or files):
        text = N_("There is nothing to hand in yet: write a text, add a link or attach a file.")
        raise InvalidInput(text)
    if is_in:
        raise InvalidInput(
            N_("Nothing has changed since the last version: there is nothing to hand in.")
        )
    handed_in = _hand_in(ctx, row, now)
    before = row.apply(MilestoneAction.SUBMIT)
    ctx.record(
        "milestone:submit",
        row,
        before=before,
        after=row.state,
        number=handed_in.number,
        sha256=handed_in.content_hash,
        late_seconds=int(handed_in.late.total_seconds()),
    )
    _tell(ctx, row, handed_in)
    return row


def _hand_in(ctx: Context, row: Milestone, now: datetime) -> MilestoneVersion:
    standing = row.standing
    handed_in = MilestoneVersion(
        number=standing.number + 1 if standing else 1,
        text=row.text,
        links=list(row.links),
        files=receipts.files_of(row),
        user_id=ctx.actor.id if ctx.actor else None,
        submitted_at=now,
        # What was asked to be changed has a time of its own.
        due_at=row.changes_due_at or row.due_at,
    )
    handed_in.content_hash = receipts.content_hash(row, handed_in)
    row.versions.append(handed_in)
    row.submitted_at, row.review_due_at = now, review_due(ctx, now)
    return handed_in


def _tell(ctx: Context, row: Milestone, handed_in: MilestoneVersion) -> None:
    said = {"version": handed_in.number, "when": handed_in.submitted_at}
    tell(ctx, row, "milestone.received", ("team",), sha256=handed_in.content_hash, **said)
    tell(ctx, row, "milestone.submitted", ("owner", "mentor"), due=row.review_due_at, **said)
