"""The letters that remind people of what waits, and say what has lapsed."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "waiting.one": Letter(
        N_("Reminder: %(task)s"),
        N_("%(news)s\n\nHow you want to hear of what waits is for you to choose:\n\n%(choices)s"),
    ),
    "waiting.gathered": Letter(
        N_("What waits for you: %(count)s"),
        N_(
            "%(news)s\n\nAll of it, with the time that is left:\n\n%(url)s\n\n"
            "How you want to hear of what waits is for you to choose:\n\n%(choices)s"
        ),
    ),
    "match.expired": Letter(
        N_("A recommendation has ended: %(title)s"),
        N_(
            "%(team)s was told of “%(title)s” and did not say whether it is interested. The "
            "recommendation ended on %(until)s.\n\nYou can still apply on your own while the "
            "problem is open:\n\n%(url)s"
        ),
    ),
    "match.lapsed": Letter(
        N_("Recommendations that ended without an answer: %(count)s"),
        N_(
            "These teams were told of a problem and did not answer in time:\n\n%(news)s\n\n"
            "The problems can be offered to other teams:\n\n%(url)s"
        ),
    ),
    "invitation.expired": Letter(
        N_("Your invitation to join %(target)s has expired"),
        N_(
            "%(email)s did not answer the invitation to join %(target)s by %(until)s. If you "
            "still want to win the person, send a new one:\n\n%(url)s"
        ),
    ),
    "referral.expired": Letter(
        N_("Your referral has expired"),
        N_(
            "The referral you sent for %(association)s was not answered by %(until)s. You can "
            "send a new one:\n\n%(url)s"
        ),
    ),
}
