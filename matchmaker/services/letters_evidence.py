"""The letters about evidence."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "evidence.asked": Letter(
        N_("%(who)s asks for your view of what they can do"),
        N_(
            "%(who)s asks what you think of their level (competencies: %(count)s).\n\n%(note)s\n\n"
            "Answering takes about two minutes, and “I cannot say” is an answer too:\n\n%(url)s"
        ),
    ),
    "evidence.answered": Letter(
        N_("%(who)s has answered"),
        N_("%(who)s has said what they think of your level (answers: %(count)s):\n\n%(url)s"),
    ),
    "evidence.agreed": Letter(
        N_("Your evidence was accepted: %(title)s"),
        N_(
            "“%(title)s” was looked at and shows level %(level)s. The reason:\n\n%(note)s\n\n"
            "What changed in your levels:\n\n%(url)s"
        ),
    ),
    "evidence.refused": Letter(
        N_("Your evidence was not accepted: %(title)s"),
        N_(
            "“%(title)s” was looked at and not accepted. The reason:\n\n%(note)s\n\n"
            "You can add what is missing and hand it in again:\n\n%(url)s"
        ),
    ),
}
