"""The letters about work under way: from the confirmed place to its end."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "engagement.opened": Letter(
        N_("The work begins: “%(title)s”"),
        N_(
            "%(team)s has a place on “%(title)s” (%(number)s). First comes the kick-off: terms, "
            "access to the data, a contact, a mentor and the calendar. It is to be done by %(due)s. "
            "The checklist says who does what:\n\n%(url)s"
        ),
    ),
    "engagement.contact": Letter(
        N_("You are the contact for “%(title)s”"),
        N_(
            "You answer for your organization while %(team)s works on “%(title)s” (%(number)s): "
            "questions, milestones and signatures come to you. If it should be somebody else, name "
            "them here:\n\n%(url)s"
        ),
    ),
    "engagement.mentor": Letter(
        N_("You are the mentor of %(team)s"),
        N_(
            "The programme office asks you to accompany %(team)s in its work on “%(title)s” "
            "(%(number)s). If you stand near to one of the sides, tell the office at once.\n\n%(url)s"
        ),
    ),
    "engagement.mentor_named": Letter(
        N_("The mentor for “%(title)s” is named"),
        N_("%(name)s accompanies %(team)s in its work on “%(title)s” (%(number)s).\n\n%(url)s"),
    ),
    "engagement.calendar": Letter(
        N_("Please agree on the calendar: “%(title)s”"),
        N_(
            "The other side says that the dates for “%(title)s” (%(number)s, %(team)s) suit. Look at "
            "them, take them into your calendar, and agree:\n\n%(url)s"
        ),
    ),
    "engagement.begun": Letter(
        N_("The kick-off is done: “%(title)s”"),
        N_(
            "%(team)s begins the first stage of “%(title)s” (%(number)s). It is due on "
            "%(due)s.\n\n%(url)s"
        ),
    ),
    "engagement.extended": Letter(
        N_("New dates: “%(title)s”"),
        N_(
            "The office has moved every date of “%(title)s” (%(number)s, %(team)s) that is still to "
            "come by %(days)s days. The last stage is now due on %(due)s. The "
            "reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.proposed": Letter(
        N_("Your signature is missing: “%(title)s”"),
        N_(
            "The other side proposes for the present stage of “%(title)s” (%(number)s, %(team)s): "
            "%(outcome)s. It counts once you have signed, too. The reason "
            "given:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.not_signed": Letter(
        N_("Not signed: “%(title)s”"),
        N_(
            "The proposal on the present stage of “%(title)s” (%(number)s, %(team)s) is dropped. The "
            "reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.next_stage": Letter(
        N_("On to the next stage: “%(title)s”"),
        N_(
            "Owner and office have signed: %(team)s goes on with “%(title)s” (%(number)s). The next "
            "stage is due on %(due)s.\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.completed": Letter(
        N_("The work is complete: “%(title)s”"),
        N_(
            "Owner and office have signed the last stage: %(team)s has completed “%(title)s” "
            "(%(number)s).\n\n%(note)s\n\nEverything stays readable here:\n\n%(url)s"
        ),
    ),
    "engagement.stop_asked": Letter(
        N_("Asked to stop: “%(title)s”"),
        N_(
            "Somebody asks to end the work of %(team)s on “%(title)s” (%(number)s) early. The office "
            "decides; until then the work goes on. The reason given:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.goes_on": Letter(
        N_("The work goes on: “%(title)s”"),
        N_(
            "The work of %(team)s on “%(title)s” (%(number)s) is not "
            "stopped.\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.stopped": Letter(
        N_("The work was stopped: “%(title)s”"),
        N_(
            "The work of %(team)s on “%(title)s” (%(number)s) has ended early. %(cause)s. "
            "The reason:\n\n%(note)s\n\nWhat was done is kept and stays readable "
            "here:\n\n%(url)s"
        ),
    ),
    "engagement.call_stopped": Letter(
        N_("The work in “%(call)s” was stopped"),
        N_(
            "The office has stopped all work in the call “%(call)s”. Yours "
            "was:\n\n%(works)s\n\nThe reason:\n\n%(note)s\n\nWhat was done is kept and stays "
            "readable here:\n\n%(url)s"
        ),
    ),
    "engagement.resumed": Letter(
        N_("The work goes on after all: “%(title)s”"),
        N_(
            "The office has taken the end of the work of %(team)s on “%(title)s” (%(number)s) back. "
            "It goes on where it was.\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "engagement.silent_contact": Letter(
        N_("%(team)s has not heard from you: “%(title)s”"),
        N_(
            "For %(days)s days nobody on your side has answered, signed or written anything about "
            "“%(title)s” (%(number)s). Please look in today: a word is enough. If it should be "
            "somebody else’s task, name them.\n\n%(url)s"
        ),
    ),
    "engagement.silent_leads": Letter(
        N_("Your contact does not answer: “%(title)s”"),
        N_(
            "For %(days)s days nobody at your organization has answered %(team)s, which works on "
            "“%(title)s” (%(number)s). Please answer, or name another contact. Otherwise the office "
            "moves the dates or stops the work, with the cause on your side.\n\n%(url)s"
        ),
    ),
    "engagement.silent_office": Letter(
        N_("The owner is silent: “%(title)s”"),
        N_(
            "For %(days)s days nobody at the owner has answered %(team)s on “%(title)s” (%(number)s); "
            "contact and leads were asked. Name another contact, move the dates, or stop the "
            "work:\n\n%(url)s"
        ),
    ),
}
