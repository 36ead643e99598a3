"""The letters between alumni, and the office's invitations to them."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "alumni.message": Letter(
        N_("A message from %(sender)s"),
        N_(
            "%(sender)s of the alumni of the programme writes to you:\n\n%(text)s\n\nYour e-mail "
            "address was not shown. Answer or turn it down here:\n\n%(url)s"
        ),
    ),
    "alumni.invited": Letter(
        N_("The programme invites you: %(purpose)s"),
        N_(
            "You said among the alumni that you would help. The programme office writes:\n\n"
            "%(text)s\n\n%(purpose)s. Say yes or no here:\n\n%(url)s"
        ),
    ),
    "alumni.answered": Letter(
        N_("%(sender)s answered you"),
        N_("%(sender)s answers your message:\n\n%(text)s\n\n%(url)s"),
    ),
    "alumni.declined": Letter(
        N_("%(sender)s cannot take up your message"),
        N_("%(sender)s read your message and does not want to go further.\n\n%(text)s\n\n%(url)s"),
    ),
}
