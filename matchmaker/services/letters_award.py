"""The letters about awards and their money."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "award.proposed": Letter(
        N_("Work proposed for an award: “%(title)s”"),
        N_(
            "What %(team)s did for “%(title)s” (%(number)s) is proposed for an award. Accept the "
            "proposal or turn it down:\n\n%(url)s"
        ),
    ),
    "award.turned_down": Letter(
        N_("About your proposal for an award: “%(title)s”"),
        N_(
            "You proposed “%(title)s” (%(number)s) for an award. The office did not take it up. The "
            "reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "award.nominated": Letter(
        N_("Nominated for an award: “%(title)s”"),
        N_(
            "What %(team)s did for “%(title)s” (%(number)s) is nominated for an award. A panel "
            "judges it now; you need do nothing.\n\n%(url)s"
        ),
    ),
    "award.taken_back": Letter(
        N_("The nomination was taken back: “%(title)s”"),
        N_(
            "“%(title)s” (%(number)s) is no longer nominated for an award. The reason:\n\n%(note)s"
            "\n\n%(url)s"
        ),
    ),
    "award.panel": Letter(
        N_("Please judge results for the awards"),
        N_(
            "You are asked to judge results of teams for an award: %(count)s. Please hand in by "
            "%(until)s, and step aside where something ties you to the team or the problem.\n\n"
            "%(url)s"
        ),
    ),
    "award.offer": Letter(
        N_("An award for your team: please answer"),
        N_(
            "The panel has chosen %(team)s for the award “%(tier)s” (NT$%(amount)s) for “%(title)s” "
            "(%(number)s). Please accept or refuse it by %(until)s. Until the announcement keep it "
            "to yourselves.\n\n%(url)s"
        ),
    ),
    "award.moved_up": Letter(
        N_("A place has become free: an award for your team"),
        N_(
            "%(team)s was next in line: the award “%(tier)s” (NT$%(amount)s) for “%(title)s” "
            "(%(number)s) is yours if you accept it by %(until)s.\n\n%(url)s"
        ),
    ),
    "award.answer_soon": Letter(
        N_("Please answer: your award waits"),
        N_(
            "The time to accept the award “%(tier)s” for “%(title)s” (%(number)s) ends on "
            "%(until)s. Accept or refuse it:\n\n%(url)s"
        ),
    ),
    "award.lapsed": Letter(
        N_("The time to accept your award is over: “%(title)s”"),
        N_(
            "%(team)s did not answer in time whether it takes the award “%(tier)s” for “%(title)s” "
            "(%(number)s). It goes to the next in line. If something kept you from answering, write "
            "to the programme office.\n\n%(url)s"
        ),
    ),
    "award.confirmed": Letter(
        N_("Award accepted: “%(title)s”"),
        N_("%(team)s accepts the award “%(tier)s” for “%(title)s” (%(number)s).\n\n%(url)s"),
    ),
    "award.refused": Letter(
        N_("Award refused: “%(title)s”"),
        N_(
            "%(team)s does not take the award “%(tier)s” for “%(title)s” (%(number)s). The reason:"
            "\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "award.announced": Letter(
        N_("Congratulations: an award for “%(title)s”"),
        N_(
            "%(team)s receives the award “%(tier)s” for “%(title)s” (%(number)s).%(aside)s\n\n"
            "The award pays NT$%(amount)s. Certificates and what is paid when are here:\n\n%(url)s"
        ),
    ),
    "award.not_awarded": Letter(
        N_("About the awards: “%(title)s”"),
        N_(
            "The awards are announced. %(team)s was nominated for “%(title)s” (%(number)s) and "
            "does not receive one this time.%(aside)s\n\nWhat you finished stays on your record, "
            "and what your stages earned is not affected.\n\n%(url)s"
        ),
    ),
    "award.owner": Letter(
        N_("An award for your problem: “%(title)s”"),
        N_(
            "%(team)s receives the award “%(tier)s” for its work on your problem “%(title)s” "
            "(%(number)s).\n\n%(url)s"
        ),
    ),
    "award.revoked": Letter(
        N_("An award was revoked: “%(title)s”"),
        N_(
            "The award “%(tier)s” of %(team)s for “%(title)s” (%(number)s) was revoked. The reason:"
            "\n\n%(note)s\n\nCertificates of it are no longer valid. If you think that this is "
            "wrong, write to the programme office.\n\n%(url)s"
        ),
    ),
    "award.due": Letter(
        N_("A payment is due: “%(title)s”"),
        N_(
            "%(team)s has reached the stage %(stage)s of “%(title)s” (%(number)s). NT$%(amount)s is "
            "due; the programme office pays it.\n\n%(url)s"
        ),
    ),
    "award.paid": Letter(
        N_("A payment was made: “%(title)s”"),
        N_("NT$%(amount)s was paid to %(team)s for “%(title)s” (%(number)s).\n\n%(url)s"),
    ),
    "award.cancelled": Letter(
        N_("A payment was cancelled: “%(title)s”"),
        N_(
            "A payment to %(team)s for “%(title)s” (%(number)s) was cancelled. The reason:\n\n"
            "%(note)s\n\n%(url)s"
        ),
    ),
    "award.reclaim": Letter(
        N_("A payment has to be paid back: “%(title)s”"),
        N_(
            "NT$%(amount)s that was paid to %(team)s for “%(title)s” (%(number)s) has to be paid "
            "back. The programme office writes to you about how and until when.\n\n%(url)s"
        ),
    ),
    "award.short": Letter(
        N_("The budget does not cover: “%(title)s”"),
        N_(
            "%(team)s begins its work on “%(title)s” (%(number)s), and what is left of the budget "
            "does not cover its stages. The work goes on. Raise the budget, and the money is set "
            "aside:\n\n%(url)s"
        ),
    ),
}
