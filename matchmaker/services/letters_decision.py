"""The letters about decisions on applications."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "decision.offer": Letter(
        N_("Your team is selected: “%(title)s”"),
        N_(
            "The programme offers %(team)s a place on “%(title)s” (%(number)s).\n\n%(note)s\n\n"
            "Please confirm or turn it down by %(until)s. After that the place goes to the next "
            "team in line.\n\n%(url)s"
        ),
    ),
    "decision.waitlist": Letter(
        N_("Your team is on the waiting list: “%(title)s”"),
        N_(
            "%(team)s is number %(turn)s on the waiting list for “%(title)s” (%(number)s).\n\n"
            "%(note)s\n\nIf a place becomes free you get an offer at once. You need do nothing until "
            "then; if you do not want to wait, withdraw the application.\n\n%(url)s"
        ),
    ),
    "decision.decline": Letter(
        N_("About your application for “%(title)s”"),
        N_(
            "%(team)s is not selected for “%(title)s” (%(number)s). The reason:\n\n%(note)s\n\n"
            "What we recommend as the next step: %(step)s\n\n%(step_url)s\n\nYour application and "
            "what was said of it:\n\n%(url)s"
        ),
    ),
    "decision.moved_up": Letter(
        N_("A place has become free: “%(title)s”"),
        N_(
            "%(team)s was next in line for “%(title)s” (%(number)s): the place is yours if you "
            "confirm by %(until)s.\n\n%(url)s"
        ),
    ),
    "decision.due": Letter(
        N_("Please answer the offer: “%(title)s”"),
        N_(
            "The offer to %(team)s for “%(title)s” (%(number)s) ends on %(until)s. Then the place "
            "goes to the next team in line. Confirm or turn it down:\n\n%(url)s"
        ),
    ),
    "decision.expired": Letter(
        N_("The offer has ended: “%(title)s”"),
        N_(
            "%(team)s did not answer the offer for “%(title)s” (%(number)s) in time. The place goes "
            "to the next team in line.\n\n%(url)s"
        ),
    ),
    "decision.owner": Letter(
        N_("Teams are selected for your problem: %(title)s"),
        N_(
            "Decisions on the applications for “%(title)s” are announced. Places offered: "
            "%(count)s. You see which teams confirm here:\n\n%(url)s"
        ),
    ),
}
