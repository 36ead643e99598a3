"""The letters about points and badges."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "point.taken_back": Letter(
        N_("Points were taken back"),
        N_(
            "The programme office has taken %(points)s points back (%(what)s, %(day)s). The "
            "reason:\n\n%(note)s\n\nPoints have no effect on matching or selection. If you do not "
            "agree, answer to the office. Your points:\n\n%(url)s"
        ),
    ),
    "point.given_back": Letter(
        N_("Points count again"),
        N_(
            "The programme office has given %(points)s points back to you (%(what)s, %(day)s).\n\n"
            "Your points:\n\n%(url)s"
        ),
    ),
    "badge.revoked": Letter(
        N_("A badge was revoked: %(title)s"),
        N_(
            "The programme office has revoked your badge “%(title)s”. The reason:\n\n%(note)s\n\n"
            "Whoever checks it is told so from now on. Your badges:\n\n%(url)s"
        ),
    ),
}
