"""The letters about certificates and case studies."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.services.letter import Letter

LETTERS = {
    "certificate.issued": Letter(
        N_("Your certificate: “%(title)s”"),
        N_(
            "Your certificate for “%(title)s” is ready, in Chinese and English, as a file and for "
            "printing. Whoever you give its code can check it:\n\n%(url)s"
        ),
    ),
    "certificate.revoked": Letter(
        N_("A certificate was revoked: “%(title)s”"),
        N_(
            "The programme office revoked your certificate for “%(title)s”. The reason:\n\n"
            "%(note)s\n\nWhoever checks its code is told that it is no longer good.\n\n%(url)s"
        ),
    ),
    "certificate.corrected": Letter(
        N_("Your corrected certificate: “%(title)s”"),
        N_(
            "Your certificate for “%(title)s” was issued anew with a correction. It has a new code; "
            "whoever checks the old one is told that it was replaced.\n\n%(url)s"
        ),
    ),
    "case_study.proposed": Letter(
        N_("Please read the case study: “%(title)s”"),
        N_(
            "The case study about “%(title)s” and %(team)s is written. It goes public only if owner "
            "and team both agree to exactly this text. Please read it and say whether you agree:"
            "\n\n%(url)s"
        ),
    ),
    "case_study.published": Letter(
        N_("The case study is public: “%(title)s”"),
        N_(
            "The case study about “%(title)s” and %(team)s is on the public page:\n\n%(url)s\n\n"
            "You can take your consent back at any time; the page then comes down at once."
        ),
    ),
    "case_study.taken_down": Letter(
        N_("The case study was taken down: “%(title)s”"),
        N_(
            "The programme office took the case study about “%(title)s” and %(team)s off the public "
            "page. The reason:\n\n%(note)s\n\n%(url)s"
        ),
    ),
    "case_study.consent_withdrawn": Letter(
        N_("Consent taken back, case study down: “%(title)s”"),
        N_(
            "One side took back its consent to the case study about “%(title)s” and %(team)s, so it "
            "is no longer public. It can be changed and shown to both sides again:\n\n%(url)s"
        ),
    ),
}
