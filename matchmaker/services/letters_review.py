"""The letters about the review of applications. None of them tells a reader who applies."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "application_review.asked": Letter(
        N_("The programme office asks you to judge applications"),
        N_(
            "The programme office asks you to judge applications (number: %(count)s), by %(until)s. "
            "Look first whether anything ties you to them; if so, step aside there:\n\n%(url)s"
        ),
    ),
    "application_review.discuss": Letter(
        N_("The discussion of applications is open"),
        N_(
            "You now see what the other readers gave to the applications you have judged "
            "(number: %(count)s). Say how you came to your points; revise them if you are "
            "convinced:\n\n%(url)s"
        ),
    ),
    "application_review.due": Letter(
        N_("Reviews are due by %(until)s"),
        N_("Some of your reviews are not handed in yet. They are due by %(until)s:\n\n%(url)s"),
    ),
    "application_review.late": Letter(
        N_("Reviews are late"),
        N_(
            "Some of your reviews were due by %(until)s. Hand them in, or step aside, so that "
            "somebody else can be asked:\n\n%(url)s"
        ),
    ),
    "application_review.expired": Letter(
        N_("A review has lapsed: %(number)s"),
        N_(
            "The review %(number)s was due by %(until)s and has lapsed. The office asks somebody "
            "else; there is nothing to do."
        ),
    ),
    "application_review.released": Letter(
        N_("A review is no longer needed: %(number)s"),
        N_(
            "The programme office no longer needs the review %(number)s from you. Thank you; "
            "there is nothing to do."
        ),
    ),
    "application_review.withdrawn": Letter(
        N_("A review is no longer needed: %(number)s"),
        N_(
            "The application of the review %(number)s was withdrawn. Thank you; there is nothing "
            "to do."
        ),
    ),
    "application_review.vacant": Letter(
        N_("A reader is missing: application %(number)s"),
        N_(
            "Somebody who was to judge the application %(number)s cannot, or has not. Name "
            "somebody else:\n\n%(url)s"
        ),
    ),
    "application_review.third_needed": Letter(
        N_("A further reader is needed: application %(number)s"),
        N_(
            "The readers of the application %(number)s contradict each other, and nobody who could "
            "be asked is free. Name somebody:\n\n%(url)s"
        ),
    ),
}
