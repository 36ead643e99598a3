"""The letters about what people learn."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "enrolment.passed": Letter(
        N_("You passed: %(title)s"),
        N_(
            "What you handed in for “%(title)s” was assessed, and you passed. The assessor writes:\n\n"
            "%(note)s\n\nIt counts from now on in what is known of your levels, and the problems "
            "recommended to your team are ranked anew:\n\n%(url)s"
        ),
    ),
    "enrolment.not_passed": Letter(
        N_("Not passed yet: %(title)s"),
        N_(
            "What you handed in for “%(title)s” was assessed and does not pass yet. The assessor "
            "writes:\n\n%(note)s\n\nNothing is lost: improve it and hand it in again:\n\n%(url)s"
        ),
    ),
    "enrolment.revoked": Letter(
        N_("A result was taken back: %(title)s"),
        N_(
            "The result of “%(title)s” was taken back, and what you handed in is looked at again. "
            "The reason:\n\n%(note)s\n\nUntil then it does not count:\n\n%(url)s"
        ),
    ),
}
