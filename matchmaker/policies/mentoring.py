"""Who writes hours of mentoring down, and who says that they were so."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.models import Engagement, MentoringSession, User
from matchmaker.policies.base import Reason, permission
from matchmaker.policies.engagement import side_of
from matchmaker.policies.site import may_enter_office


@permission("mentoring:add")
def may_add_mentoring(actor: User, engagement: Engagement) -> Reason:
    """The mentor and the team, while there is a mentor."""
    if side_of(actor, engagement) not in ("mentor", "team"):
        return N_("The mentor and the team write meetings down.")
    if engagement.mentor_id is None:
        return N_("This work has no mentor yet.")
    return None


@permission("mentoring:confirm")
def may_confirm_mentoring(actor: User, session: MentoringSession) -> Reason:
    """The mentor of the meeting."""
    if session.mentor_id == actor.id:
        return None
    return N_("Only the mentor says that a meeting took place.")


@permission("mentoring:strike")
def may_strike_mentoring(actor: User, session: MentoringSession) -> Reason:
    """The mentor, whoever wrote it down, and the office."""
    if actor.id in (session.mentor_id, session.user_id):
        return None
    if side_of(actor, session.engagement) == "office":
        return None
    return N_("Only the mentor, whoever wrote it down and the office strike a meeting out.")


@permission("mentoring:figures")
def may_read_mentoring(actor: User) -> Reason:
    """Programme officers and administrators."""
    if may_enter_office.allows(actor):
        return None
    return N_("The figures are the programme office's.")
