"""The letters about looking for members."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "member_wish.offered": Letter(
        N_("%(who)s would like to join %(team)s"),
        N_(
            "%(team)s looks for somebody for “%(what)s”, and %(who)s offers to join. Read the offer, "
            "and send an invitation if it suits you:\n\n%(url)s\n\nNobody becomes a member before "
            "they have accepted an invitation."
        ),
    ),
}
