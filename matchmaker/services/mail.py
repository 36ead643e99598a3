"""The letters the program writes, by kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from matchmaker.i18n import N_, Message, translate
from matchmaker.services import (
    letters_alumni,
    letters_application,
    letters_award,
    letters_certificate,
    letters_decision,
    letters_engagement,
    letters_evidence,
    letters_follow,
    letters_learning,
    letters_member_wish,
    letters_milestone,
    letters_review,
    letters_talent,
    letters_waiting,
)
from matchmaker.services.letter import Letter

LETTERS = {
    "account.confirm": Letter(
        N_("Confirm your e-mail address"),
        N_(
            "Somebody registered at Matchmaker with this address. If it was you, confirm it by opening:\n\n"
            "%(url)s\n\nThe link works until %(until)s. If it was not you, there is nothing to do."
        ),
    ),
    "account.exists": Letter(
        N_("You already have an account"),
        N_(
            "Somebody tried to register at Matchmaker with this address, which already has an account. "
            "If it was you, sign in here:\n\n%(url)s\n\nIf you have forgotten the password, ask for a new one there."
        ),
    ),
    "account.reset": Letter(
        N_("Choose a new password"),
        N_(
            "To choose a new password at Matchmaker, open:\n\n%(url)s\n\nThe link works once, until %(until)s. "
            "If you did not ask for it, there is nothing to do; your password stays as it is."
        ),
    ),
    "account.password_changed": Letter(
        N_("Your password was changed"),
        N_(
            "The password of your account at Matchmaker was changed on %(when)s. "
            "If it was not you, ask for a new one at once:\n\n%(url)s"
        ),
    ),
    "delivery.digest": Letter(
        N_("Your news of the day: %(count)s"),
        N_(
            "Since the last digest:\n\n%(news)s\n\nAll of it, and how you want to be told:\n\n%(url)s"
        ),
    ),
    "invitation.sent": Letter(
        N_("%(inviter)s invites you to join %(target)s"),
        N_(
            "%(inviter)s invites you to join %(target)s at Matchmaker. To accept or turn it down, open:\n\n%(url)s\n\n"
            "The invitation is open until %(until)s. You join only if you accept."
        ),
    ),
    "problem.returned": Letter(
        N_("Your problem needs changes: %(title)s"),
        N_(
            "The programme office returned “%(title)s” to you:\n\n%(note)s\n\n"
            "Change it and submit it again here:\n\n%(url)s"
        ),
    ),
    "problem.declined": Letter(
        N_("About your problem: %(title)s"),
        N_("The programme office cannot take up “%(title)s”:\n\n%(note)s\n\n%(url)s"),
    ),
    "problem.published": Letter(
        N_("Your problem is published: %(title)s"),
        N_(
            "“%(title)s” is now open to teams:\n\n%(url)s\n\n"
            "You will hear from the office when teams have been matched."
        ),
    ),
    "broker.introduced": Letter(
        N_("Your broker for: %(title)s"),
        N_(
            "%(broker)s helps you from now on to make “%(title)s” precise. Comments stand beside the "
            "fields they concern; answer them here:\n\n%(url)s"
        ),
    ),
    "broker.assigned": Letter(
        N_("You are the broker of: %(title)s"),
        N_(
            "The programme office asks you to coach the owner of “%(title)s”. Read the problem, and "
            "comment beside its fields:\n\n%(url)s"
        ),
    ),
    "broker.released": Letter(
        N_("You are no longer the broker of: %(title)s"),
        N_("“%(title)s” is out of your hands; thank you for your help.\n\n%(url)s"),
    ),
    "problem_comment.digest": Letter(
        N_("New comments on: %(title)s"),
        N_(
            "Since the last letter this was said about “%(title)s”:\n\n%(news)s\n\nAnswer here:\n\n%(url)s"
        ),
    ),
    "screening.due_soon": Letter(
        N_("Screening due soon: %(title)s"),
        N_("The screening of “%(title)s” is due on %(due)s:\n\n%(url)s"),
    ),
    "screening.late": Letter(
        N_("Screening is late: %(title)s"),
        N_("The screening of “%(title)s” was due on %(due)s and is still open:\n\n%(url)s"),
    ),
    "amendment.accepted": Letter(
        N_("Your change is accepted: %(title)s"),
        N_("What you changed in “%(title)s” is public now:\n\n%(url)s"),
    ),
    "amendment.returned": Letter(
        N_("Your change needs more work: %(title)s"),
        N_(
            "The published text of “%(title)s” stays as it is for now. The programme office asks:\n\n"
            "%(note)s\n\nChange it and submit it again here:\n\n%(url)s"
        ),
    ),
    "amendment.declined": Letter(
        N_("Your change was not accepted: %(title)s"),
        N_("The published text of “%(title)s” stays as it is:\n\n%(note)s\n\n%(url)s"),
    ),
    "amendment.told": Letter(
        N_("A problem you answered has changed: %(title)s"),
        N_(
            "“%(title)s”, which %(team)s answered, has changed: %(fields)s. Your answer stands unless "
            "you change it. See what changed:\n\n%(url)s"
        ),
    ),
    "grade_review.assigned": Letter(
        N_("Please score a problem: %(title)s"),
        N_(
            "The programme office asks you to score how hard “%(title)s” is, without knowing the "
            "other reviewer’s points. It takes about half an hour; please hand in by %(until)s.\n\n"
            "%(url)s\n\nIf you stand too near to the organization, say so there: somebody else is "
            "asked."
        ),
    ),
    "grade_review.due": Letter(
        N_("Points due soon: %(title)s"),
        N_("Please hand in your points for “%(title)s” by %(until)s:\n\n%(url)s"),
    ),
    "grade_review.late": Letter(
        N_("Points are late: %(title)s"),
        N_(
            "Your points for “%(title)s” were due on %(until)s. Please hand them in, or step aside "
            "so that somebody else can be asked:\n\n%(url)s"
        ),
    ),
    "grade_review.discuss": Letter(
        N_("Please discuss your points: %(title)s"),
        N_(
            "Both reviewers of “%(title)s” have handed in, and their points differ. See where, say "
            "how you came to yours, and revise them if you are convinced:\n\n%(url)s"
        ),
    ),
    "grade_review.replaced": Letter(
        N_("Somebody else scores: %(title)s"),
        N_(
            "The programme office has asked somebody else to score “%(title)s”. You need do nothing. "
            "Thank you."
        ),
    ),
    "grade_review.stopped": Letter(
        N_("Nothing to score any more: %(title)s"),
        N_("“%(title)s” need not be scored now. You need do nothing. Thank you."),
    ),
    "grading_panel.vacant": Letter(
        N_("A reviewer stepped aside: %(title)s"),
        N_("A reviewer of “%(title)s” has stepped aside. Please name somebody else:\n\n%(url)s"),
    ),
    "grade_decision.signed": Letter(
        N_("Your problem is graded: %(title)s"),
        N_(
            "“%(title)s” has the grade %(grade)s:\n\n%(note)s\n\n%(url)s\n\nIf you do not agree you "
            "can ask once for a review of the grade, until %(until)s."
        ),
    ),
    "grade_appeal.requested": Letter(
        N_("An owner asks for a review of the grade: %(title)s"),
        N_(
            "The owner of “%(title)s” does not agree with its grade:\n\n%(note)s\n\nPlease take it on "
            "and answer by %(until)s:\n\n%(url)s"
        ),
    ),
    "grade_appeal.upheld": Letter(
        N_("The grade stands: %(title)s"),
        N_(
            "Other people have looked at the grade of “%(title)s” again. It stays %(grade)s:\n\n"
            "%(note)s\n\n%(url)s"
        ),
    ),
    "grade_appeal.changed": Letter(
        N_("The grade was changed: %(title)s"),
        N_(
            "Other people have looked at the grade of “%(title)s” again. It is now %(grade)s:\n\n"
            "%(note)s\n\n%(url)s"
        ),
    ),
    "match.invited": Letter(
        N_("A problem that fits your team: %(title)s"),
        N_(
            "The programme office recommends “%(title)s” to %(team)s. See why, and say whether you are interested:"
            "\n\n%(url)s"
        ),
    ),
    "private_call.opened": Letter(
        N_("Your in-house call is open: %(call)s"),
        N_(
            "The programme office has opened “%(call)s” for your organization.\n\n%(note)s\n\n"
            "Only people of your organization see what happens in it. Begin here:\n\n%(url)s"
        ),
    ),
    "private_call.declined": Letter(
        N_("About the in-house call you asked for: %(call)s"),
        N_("The programme office cannot open “%(call)s”:\n\n%(note)s\n\n%(url)s"),
    ),
    "referral.sent": Letter(
        N_("%(association)s refers you to the AI matching programme"),
        N_(
            "%(association)s thinks the programme is of use to you: you describe a problem, teams that "
            "fit are found for it, and the office accompanies the work.\n\n%(message)s\n\n"
            "Whether you accept, and whether the association may see where your problems stand, is for "
            "you to decide, each by itself:\n\n%(url)s\n\nThe referral is open until %(until)s."
        ),
    ),
    "match.candidates": Letter(
        N_("Teams for your problem: %(title)s"),
        N_(
            "The programme office has matched teams to “%(title)s”. See who they are and why:\n\n%(url)s"
        ),
    ),
    "data_terms.changed": Letter(
        N_("New terms of the data room: %(title)s"),
        N_(
            "The terms of the data room of “%(title)s” have changed:\n\n%(note)s\n\n"
            "Files open again once you have read and accepted the new version:\n\n%(url)s"
        ),
    ),
    "data_terms.revoked": Letter(
        N_("Your access to the data room has ended: %(title)s"),
        N_(
            "Your acceptance of the terms for “%(title)s” was ended:\n\n%(note)s\n\n"
            "Please delete the files as the terms say. Your record is here:\n\n%(url)s"
        ),
    ),
    "data_terms.admitted": Letter(
        N_("You are admitted to a data room: %(title)s"),
        N_(
            "The owner of “%(title)s” admits you to its data room. Sign in with this address, "
            "read the terms and decide:\n\n%(url)s\n\nIf you do not want to, there is nothing to do."
        ),
    ),
    "question.asked": Letter(
        N_("A team asks about your problem: %(title)s"),
        N_(
            "A team asks about “%(title)s”:\n\n%(text)s\n\n"
            "Everybody who may read the problem reads question and answer. Answer here:\n\n%(url)s"
        ),
    ),
    "question.due": Letter(
        N_("An answer is due soon: %(title)s"),
        N_(
            "A team waits for your answer about “%(title)s”:\n\n%(text)s\n\nAnswer here:\n\n%(url)s"
        ),
    ),
    "question.late": Letter(
        N_("An answer is late: %(title)s"),
        N_(
            "A team still waits for your answer about “%(title)s”. The programme office sees it as "
            "late:\n\n%(text)s\n\nAnswer here:\n\n%(url)s"
        ),
    ),
    "question.answered": Letter(
        N_("A question was answered: %(title)s"),
        N_(
            "About “%(title)s” was asked:\n\n%(question)s\n\nThe answer:\n\n%(answer)s\n\n%(url)s\n\n"
            "You can stop these letters on that page."
        ),
    ),
    "question.corrected": Letter(
        N_("An answer was corrected: %(title)s"),
        N_(
            "About “%(title)s” was asked:\n\n%(question)s\n\nThe answer now reads:\n\n%(answer)s\n\n%(url)s\n\n"
            "You can stop these letters on that page."
        ),
    ),
    "question.hidden": Letter(
        N_("Your question was hidden: %(title)s"),
        N_(
            "The programme office has hidden your question about “%(title)s”:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    **letters_application.LETTERS,
    **letters_alumni.LETTERS,
    **letters_certificate.LETTERS,
    **letters_award.LETTERS,
    **letters_decision.LETTERS,
    **letters_engagement.LETTERS,
    **letters_evidence.LETTERS,
    **letters_follow.LETTERS,
    **letters_review.LETTERS,
    **letters_learning.LETTERS,
    **letters_member_wish.LETTERS,
    **letters_milestone.LETTERS,
    **letters_talent.LETTERS,
    **letters_waiting.LETTERS,
}


def compose(kind: str, locale: str, **params: Any) -> tuple[str, str]:
    """Subject and body of the letter *kind* in *locale*."""
    letter = LETTERS[kind]
    signature = translate(N_("Matchmaker programme office"), locale)
    subject = " ".join(translate(Message(letter.subject, params), locale).split())
    body = translate(Message(letter.body, params), locale)
    return subject[:300], f"{body}\n\n--\n{signature}\n"


def in_words(moment: datetime, locale: str, zone: ZoneInfo) -> str:
    """*moment* for a letter in *locale*, with its zone: a mailbox may be anywhere."""
    pattern = (
        "y年M月d日 HH:mm（'UTC'xxx）" if locale.startswith("zh") else "d MMM y, HH:mm ('UTC'xxx)"
    )
    return format_datetime(moment.astimezone(zone), pattern, locale=locale)
