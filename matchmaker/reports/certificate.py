"""What a certificate says, in either language: the same words in the file and on the printed page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date

from matchmaker.i18n import N_, Message, language_of, translate
from matchmaker.models import CERTIFICATE_KIND_LABELS, Certificate, CertificateKind

ISSUER = N_("Matchmaker programme office")
LOCALES = ("zh_Hant_TW", "en")
#: The first year of the calendar that official papers in Taiwan are dated by.
_BEFORE_MINGUO = 1911

# Plain quotation marks: in fonts for Chinese the curly ones are as wide as a character.
_AWARD = N_(
    'has received the award "%(tier)s" for solving "%(problem)s", set by %(owner)s, in %(call)s.'
)
_COMPLETION = N_(
    'has completed the work on "%(problem)s", set by %(owner)s, in %(call)s. Stages: %(stages)s.'
)


@dataclass(frozen=True)
class Wording:
    """The lines of a certificate in one language, from the top."""

    title: str
    intro: str
    holder: str
    #: In which team and as what; empty on the team's own.
    part: str
    sentence: str
    given: str
    issuer: str

    @property
    def text(self) -> str:
        """All of it, for whoever asks which characters are needed."""
        return "".join((self.title, self.intro, self.holder, self.part, self.sentence, self.given))


def wording(certificate: Certificate, locale: str) -> Wording:
    """What *certificate* says in the language of *locale*."""
    facts, language = certificate.facts, language_of(locale)
    team = said(facts, "team", language)
    is_award = certificate.kind is CertificateKind.AWARD
    params = {name: said(facts, name, language) for name in ("problem", "owner", "call", "tier")}
    params["stages"] = ("、" if language == "zh" else ", ").join(facts.get("stages", []))
    return Wording(
        title=translate(CERTIFICATE_KIND_LABELS[certificate.kind], locale),
        intro=translate(N_("This is to certify that"), locale),
        holder=_holder(certificate, team, locale),
        part=_part(certificate, team, locale),
        sentence=translate(Message(_AWARD if is_award else _COMPLETION, params), locale),
        given=day_in_words(date.fromisoformat(facts["given"]), language),
        issuer=said(facts, "issuer", language) or translate(ISSUER, locale),
    )


def said(facts: dict[str, Any], name: str, language: str) -> str:
    """One of the two-language facts in *language*; empty if there is none."""
    both: dict[str, str] = facts.get(name) or {}
    return both.get(language, "")


def _holder(certificate: Certificate, team: str, locale: str) -> str:
    if certificate.user_id is None:
        return team
    return certificate.name or translate(N_("A former member"), locale)


def _part(certificate: Certificate, team: str, locale: str) -> str:
    if certificate.user_id is None:
        return ""
    if certificate.role:
        params = {"team": team, "role": certificate.role}
        return translate(Message(N_("as a member of %(team)s (%(role)s)"), params), locale)
    return translate(Message(N_("as a member of %(team)s"), {"team": team}), locale)


def day_in_words(day: date, language: str) -> str:
    """A day as certificates have it: in Chinese by the official calendar."""
    if language == "zh" and day.year > _BEFORE_MINGUO:
        return f"中華民國 {day.year - _BEFORE_MINGUO} 年 {day.month} 月 {day.day} 日"
    return str(format_date(day, "long", locale="zh_Hant_TW" if language == "zh" else "en"))
