"""Say of one's own accord which gender one is counted under in statistics, or take it back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotSignedIn
from matchmaker.i18n import N_, Message
from matchmaker.models import DeclaredGender, GenderDeclaration
from matchmaker.policies.gender_declaration import may_declare_gender
from matchmaker.queries import gender_declaration as queries
from matchmaker.services.context import Context


def declare(ctx: Context, gender: str) -> bool:
    """Keep what the actor says, an empty word for nothing; whether it changed.

    What people say of their gender is no fact of the trail: only that they changed it.
    """
    if ctx.actor is None:
        raise NotSignedIn
    ctx.require(may_declare_gender)
    if gender and gender not in list(DeclaredGender):
        raise InvalidInput(fields={"gender": [Message(N_("Choose one of those offered."))]})
    ctx.lock_actor()
    found = queries.own_declaration(ctx.session, ctx.actor.id)
    if (found.gender if found else "") == gender:
        return False
    _keep(ctx, found, ctx.actor.id, gender)
    ctx.record("gender_declaration:change", ctx.actor)
    return True


def _keep(ctx: Context, found: GenderDeclaration | None, user_id: int, gender: str) -> None:
    if not gender:
        ctx.session.delete(found)
    elif found is None:
        ctx.session.add(GenderDeclaration(user_id=user_id, gender=DeclaredGender(gender)))
    else:
        found.gender, found.created_at = DeclaredGender(gender), utcnow()


def forget(session: Session, user_id: int) -> None:
    """Delete what a person said."""
    session.execute(sa.delete(GenderDeclaration).where(GenderDeclaration.user_id == user_id))
