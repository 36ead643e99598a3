"""What waits while a team solves a problem, and after: kick-off, milestones, outcomes, awards."""

from __future__ import annotations

from matchmaker.queries.waiting_kind import Kind

KINDS: tuple[Kind, ...] = ()
