"""The letters about milestones: the plan, what is handed in, what is said and decided, more time."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "milestone.added": Letter(
        N_("A milestone was added: “%(milestone)s”"),
        N_(
            "The plan of “%(title)s” (%(number)s, %(team)s) has a new milestone, “%(milestone)s”, "
            "due on %(due)s. What is to be delivered stands here:\n\n%(url)s"
        ),
    ),
    "milestone.changed": Letter(
        N_("A milestone was changed: “%(milestone)s”"),
        N_(
            "The milestone “%(milestone)s” of “%(title)s” (%(number)s, %(team)s) was changed. It is "
            "due on %(due)s. Read what is asked for now:\n\n%(url)s"
        ),
    ),
    "milestone.dropped": Letter(
        N_("A milestone was taken out: “%(milestone)s”"),
        N_(
            "The milestone “%(milestone)s” is no longer part of the plan of “%(title)s” (%(number)s, "
            "%(team)s). The reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "milestone.proposed": Letter(
        N_("The team proposes a change of the plan: “%(title)s”"),
        N_(
            "%(team)s proposes a change of the milestones of “%(title)s” (%(number)s), "
            "because:\n\n%(note)s\n\nThe plan stays as it is until the owner or the programme office "
            "agrees:\n\n%(url)s"
        ),
    ),
    "milestone.plan_stays": Letter(
        N_("The plan stays as it was: “%(title)s”"),
        N_(
            "The change of the milestones of “%(title)s” (%(number)s) that your team proposed was "
            "not agreed to. The reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "milestone.received": Letter(
        N_("Received: “%(milestone)s”, version %(version)s"),
        N_(
            "Version %(version)s of “%(milestone)s” (%(title)s, %(number)s) was received on "
            "%(when)s. Its fingerprint (SHA-256) is\n\n%(sha256)s\n\nThe owner and the programme "
            "office look at it now:\n\n%(url)s"
        ),
    ),
    "milestone.submitted": Letter(
        N_("Please look at “%(milestone)s” of %(team)s"),
        N_(
            "%(team)s handed in version %(version)s of “%(milestone)s” (%(title)s, %(number)s) on "
            "%(when)s. Please say by %(due)s what you think: comment, request changes, or give your "
            "opinion on the result. After that the office may decide alone.\n\n%(url)s"
        ),
    ),
    "milestone.comment": Letter(
        N_("A comment on “%(milestone)s”"),
        N_(
            "Somebody commented on “%(milestone)s” of “%(title)s” (%(number)s, "
            "%(team)s):\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "milestone.changes": Letter(
        N_("Changes requested: “%(milestone)s”"),
        N_(
            "Changes are requested in “%(milestone)s” of “%(title)s” (%(number)s, %(team)s), to be "
            "handed in by %(due)s:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "milestone.opinion": Letter(
        N_("The owner’s opinion on “%(milestone)s”"),
        N_(
            "The owner has said what it thinks of “%(milestone)s” of “%(title)s” (%(number)s, "
            "%(team)s). The programme office decides:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "milestone.decided": Letter(
        N_("%(outcome)s: “%(milestone)s”"),
        N_(
            "The programme office has decided on “%(milestone)s” of “%(title)s” (%(number)s, "
            "%(team)s): %(outcome)s.\n\n%(note)s\n\nThe cause, if there is one, and what follows "
            "stand here:\n\n%(url)s"
        ),
    ),
    "milestone.reopened": Letter(
        N_("A decision was reopened: “%(milestone)s”"),
        N_(
            "The decision on “%(milestone)s” of “%(title)s” (%(number)s, %(team)s) does not stand "
            "any more, and what followed from it is taken back. The reason:\n\n%(note)s\n\nThe "
            "office decides anew; everything said and handed in is kept.\n\n%(url)s"
        ),
    ),
    "milestone.extension_asked": Letter(
        N_("More time asked for: “%(milestone)s”"),
        N_(
            "More time, until %(until)s, was asked for “%(milestone)s” of “%(title)s” (%(number)s, "
            "%(team)s), because:\n\n%(note)s\n\nThe programme office answers:\n\n%(url)s"
        ),
    ),
    "milestone.extension_granted": Letter(
        N_("More time for “%(milestone)s”"),
        N_(
            "“%(milestone)s” of “%(title)s” (%(number)s, %(team)s) is now due on %(due)s. Please "
            "change it in your calendar.\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "milestone.extension_refused": Letter(
        N_("No more time for “%(milestone)s”"),
        N_(
            "The programme office does not give more time for “%(milestone)s” of “%(title)s” "
            "(%(number)s, %(team)s): it stays due on %(due)s. The reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
}
