"""The owner of a problem says which team it would like; a line of its own, never part of a score."""

from __future__ import annotations

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotSignedIn, StaleVersion
from matchmaker.i18n import N_, Message
from matchmaker.models import ApplicationPreference, Preference
from matchmaker.policies.application_preference import may_prefer
from matchmaker.queries import application_preference as queries
from matchmaker.services.context import Context
from matchmaker.services.reasons import limited

MAX_WORDS = 2000


def prefer(
    ctx: Context, application_id: int, preference: str, words: str, *, version: int
) -> ApplicationPreference:
    """Say how gladly the owner would work with a team; *version* is 0 before the first time."""
    if ctx.actor is None:
        raise NotSignedIn
    application = queries.get_asked(ctx.session, ctx.actor, application_id)
    ctx.require(may_prefer, application.problem)
    if preference not in list(Preference):
        raise InvalidInput(fields={"preference": [Message(N_("Choose what fits best."))]})
    wanted = Preference(preference), limited(words, "words", maximum=MAX_WORDS)
    row = queries.said_of(ctx.session, [application.id]).get(application.id)
    if row is not None and (row.preference, row.words) == wanted:
        return row  # A second click.
    if (row.version if row else 0) != version:
        raise StaleVersion
    if row is None:
        row = ApplicationPreference(application=application)
        ctx.session.add(row)
    row.preference, row.words = wanted
    row.user_id, row.updated_at = ctx.actor.id, utcnow()
    ctx.record("application_preference:give", row, preference=preference)
    return row
