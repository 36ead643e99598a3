"""The letters about how work goes and what became of it: check-ins, mentoring, measures, outcomes."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "check_in.red": Letter(
        N_("Red light: “%(title)s”"),
        N_(
            "The work of %(team)s on “%(title)s” (%(number)s) is blocked. To be cleared by: "
            "%(side)s.\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "check_in.blocked": Letter(
        N_("Something is in the way: “%(title)s”"),
        N_(
            "In the work of %(team)s on “%(title)s” (%(number)s) something has to be cleared by: "
            "%(side)s.\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "check_in.resolved": Letter(
        N_("Cleared: “%(title)s”"),
        N_(
            "What you said stood in the way of “%(title)s” (%(number)s, %(team)s) is "
            "cleared:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "mentoring.confirm": Letter(
        N_("Please confirm a meeting: %(team)s"),
        N_(
            "%(team)s has written down a meeting with you on %(day)s about “%(topic)s” (%(number)s). "
            "It counts once you have confirmed it:\n\n%(url)s"
        ),
    ),
    "metric.changed": Letter(
        N_("Please agree: how “%(title)s” is measured"),
        N_(
            "For the work of %(team)s on “%(title)s” (%(number)s) the other side proposes: "
            "%(metric)s.\n\nIt counts once both sides have agreed:\n\n%(url)s"
        ),
    ),
    "outcome.asked": Letter(
        N_("What became of “%(title)s”?"),
        N_(
            "The work of %(team)s on “%(title)s” (%(number)s) has ended. We ask each side once at its "
            "end and 3, 6 and 12 months later. A few short questions; leave out what you do not know. "
            "Please answer by %(due)s:\n\n%(url)s"
        ),
    ),
}
