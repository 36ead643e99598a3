"""Keep what a person has typed into a form, as typed, until they save the form or throw it away."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, NotSignedIn
from matchmaker.i18n import N_
from matchmaker.models import FormDraft
from matchmaker.services.context import Context

#: The nouns whose forms may be kept; a key is such a noun with an id, or with ``new``.
NOUNS = ("problem", "team", "organization", "application", "case_study", "milestone")
#: The guide has a form for every step of a problem: ``guide:17:today``.
_GUIDE = r"guide:[1-9][0-9]{0,17}(?::[a-z]{1,20})?"
KEY = re.compile(rf"(?:{'|'.join(NOUNS)}):(?:new|[1-9][0-9]{{0,17}})|{_GUIDE}")
MAX_FIELDS = 1000
MAX_CHARACTERS = 400_000

Values = Mapping[str, Sequence[str]]


def save(ctx: Context, key: str, values: Values) -> FormDraft:
    """Keep *values* under *key* in place of what was kept there before."""
    _check(values)
    draft = load(ctx, key)
    if draft is None:
        draft = FormDraft(user_id=_actor_id(ctx), form=key)
        ctx.session.add(draft)
    draft.values = {name: list(typed) for name, typed in values.items()}
    draft.saved_at = utcnow()
    return draft


def load(ctx: Context, key: str) -> FormDraft | None:
    """What the actor's form *key* last held, or None. Nobody reads another person's drafts."""
    if not KEY.fullmatch(key):
        raise NotFound
    return ctx.session.scalar(
        sa.select(FormDraft).where(FormDraft.user_id == _actor_id(ctx), FormDraft.form == key)
    )


def kept(ctx: Context, prefix: str) -> list[tuple[str, datetime]]:
    """The keys beginning with *prefix* under which the actor's typing is kept, and since when."""
    rows = ctx.session.execute(
        sa.select(FormDraft.form, FormDraft.saved_at)
        .where(FormDraft.user_id == _actor_id(ctx), FormDraft.form.startswith(prefix))
        .order_by(FormDraft.saved_at.desc())
    )
    return [(row[0], row[1]) for row in rows]


def discard(ctx: Context, key: str) -> None:
    """Forget what was kept under *key*; nothing happens if nothing was."""
    draft = load(ctx, key)
    if draft is not None:
        ctx.session.delete(draft)


def _actor_id(ctx: Context) -> int:
    if ctx.actor is None:
        raise NotSignedIn
    return ctx.actor.id


def _check(values: Values) -> None:
    size = sum(len(name) + sum(map(len, typed)) for name, typed in values.items())
    if len(values) > MAX_FIELDS or size > MAX_CHARACTERS:
        raise InvalidInput(
            N_("This is more text than can be kept: at most %(limit)s characters in one form."),
            limit=MAX_CHARACTERS,
        )
