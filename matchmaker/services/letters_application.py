"""The letters about applications."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "application.received": Letter(
        N_("Handed in: %(number)s, version %(version)s, for “%(title)s”"),
        N_(
            "We have received the application of %(team)s for “%(title)s”.\n\n"
            "Number: %(number)s, version %(version)s\nReceived: %(when)s\n"
            "Fingerprint (SHA-256): %(sha256)s\n\n"
            "Keep this letter: with the receipt and the file behind it anybody can check what you "
            "handed in.\n\n%(url)s\n\n"
            "Until the deadline you can change the text and hand in again; the last version counts."
        ),
    ),
    "application.withdrawn": Letter(
        N_("Withdrawn: %(number)s for “%(title)s”"),
        N_(
            "The application of %(team)s for “%(title)s” was withdrawn. What was handed in stays on "
            "record and is not reviewed any more. Until the deadline you can apply anew.\n\n%(url)s"
        ),
    ),
    "application.closed": Letter(
        N_("Closed: your application %(number)s for “%(title)s”"),
        N_(
            "What you applied for is no more: the problem “%(title)s” or its call was withdrawn. The "
            "application of %(team)s is closed. This is no judgement of it, and it does not count "
            "towards the number of applications you may have: you can apply elsewhere at once. The "
            "reason:\n\n%(note)s\n\nWhat you handed in stays readable for you:\n\n%(url)s"
        ),
    ),
    "application.due": Letter(
        N_("Not handed in yet: your application for “%(title)s”"),
        N_(
            "Your team %(team)s has begun an application for “%(title)s” that is not handed in. "
            "The deadline is %(when)s. A lead of the team hands it in here:\n\n%(url)s"
        ),
    ),
    "application.refused": Letter(
        N_("Your application cannot be taken: %(number)s"),
        N_(
            "The application of %(team)s for “%(title)s” does not meet the rules of the call and is "
            "not reviewed. The reason:\n\n%(note)s\n\nIf you think this is a mistake, answer the "
            "programme office and name the number.\n\n%(url)s"
        ),
    ),
    "application.reversed": Letter(
        N_("A decision on your application was taken back: %(number)s"),
        N_(
            "The programme office has taken back what it decided on the application of %(team)s for "
            "“%(title)s”. The reason:\n\n%(note)s\n\nWhere it stands now:\n\n%(url)s"
        ),
    ),
    "application.rules_changed": Letter(
        N_("The rules for applications have changed: %(call)s"),
        N_(
            "The programme office has changed the deadline, the parts or the rules of the call "
            "“%(call)s”, for which your team has begun an application. Look at what is asked for "
            "now:\n\n%(url)s"
        ),
    ),
}
