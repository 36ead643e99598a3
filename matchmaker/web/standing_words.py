"""How pages put standing into words: levels, ranges, what changed and why, how far a team covers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.competency.diagnosis import Estimate
from matchmaker.competency.gaps import Cover, TeamNeed
from matchmaker.competency.overview import DomainProfile, SectorReadiness, effects_together
from matchmaker.i18n import N_
from matchmaker.models import Evidence, LevelChange, QuizAnswer, User
from matchmaker.queries.level_piece import TAIPEI, Piece
from matchmaker.services.level_estimate import half_life
from matchmaker.web import evidence_words
from matchmaker.web.evidence_words import day_text, level_name, name_of
from matchmaker.web.i18n import current_language, say
from matchmaker.web.quiz_words import offers_check

__all__ = ["day_text", "level_name", "name_of"]

#: So many sectors are shown, the others are far behind; and so many changes.
SECTORS, CHANGES = 6, 12

COVERS = {
    Cover.COVERED: (N_("Covered"), "good"),
    Cover.OPEN: (N_("Not known"), "waiting"),
    Cover.GAP: (N_("Gap"), "stop"),
}
CAUSES = {
    "evidence:rate": N_("Own rating"),
    "evidence:add": N_("Something was shown"),
    "evidence:ask": N_("Something was handed in"),
    "evidence:withdraw": N_("Evidence was taken back"),
    "evidence:answer": N_("Somebody said what they think"),
    "evidence:check": N_("Evidence was accepted"),
    "evidence:verify": N_("Evidence was verified"),
    "evidence:reject": N_("Evidence was not accepted"),
    "evidence:course": N_("A course was passed"),
    "quiz:check": N_("A check was taken"),
    "quiz:strike": N_("A question no longer counts"),
    "level_estimate:age": N_("Evidence grew older"),
}
IMPORTANCE = {1: N_("Nice to have"), 2: N_("Important"), 3: N_("Must have")}


def figure(value: float | None) -> str:
    """A level with one decimal; a dash where nothing is known."""
    return "–" if value is None else f"{value:.1f}"


def range_text(low: float | None, high: float | None) -> str:
    """A likely range; a dash where nothing is known."""
    return "–" if low is None or high is None else f"{low:.1f}–{high:.1f}"


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{share:.0%}"


def importance(number: int) -> str:
    """How much something asked for matters."""
    return say(IMPORTANCE[number])


def axes(profiles: Iterable[DomainProfile]) -> list[dict[str, Any]]:
    """The domains as the radar draws them."""
    domains, language = load_taxonomy().domains, current_language()
    return [
        {
            "label": domains[found.domain].label(language),
            "value": None if found.mean is None else round(found.mean, 1),
            "low": found.low,
            "high": found.high,
            "target": None if found.target is None else round(found.target, 1),
        }
        for found in profiles
    ]


def by_domain(estimates: dict[str, Estimate]) -> list[tuple[str, list[tuple[str, Estimate]]]]:
    """What is known, by domain in the order of the framework; domains without anything left out."""
    parts = [
        (part.label, [(name, estimates[name]) for name in part.names if name in estimates])
        for part in evidence_words.parts()
    ]
    return [(label, rows) for label, rows in parts if rows]


def find_out_url(competency: str) -> str:
    """Where one finds out one's level: the check; for an industry, which has none, evidence."""
    if offers_check(competency):
        return url_for("quiz.start", competency=competency)
    return url_for("evidence.create", competency=competency)


def find_out_label(competency: str) -> str:
    """What the button says."""
    return str(_("Five-minute check") if offers_check(competency) else _("Show something"))


def cover_label(cover: Cover) -> str:
    """How a team stands to something asked for."""
    return say(COVERS[cover][0])


def cover_tone(cover: Cover) -> str:
    """The tone it is shown in."""
    return COVERS[cover][1]


def carriers(found: TeamNeed, members: Sequence[User]) -> str:
    """Who on the team likely can, the likeliest first."""
    names = [members[position].name for position in found.carriers]
    return say(N_(", ")).join(names) if names else "–"


def known_sectors(found: Sequence[SectorReadiness]) -> list[SectorReadiness]:
    """The sectors of which anything is known, the readiest first."""
    return [item for item in found if item.is_known][:SECTORS]


def pattern_name(pattern: str) -> str:
    """A kind of problem in the reader's language."""
    return load_taxonomy().label(pattern, current_language())


def role_name(role: str) -> str:
    """A role of the framework in the reader's language."""
    return load_taxonomy().roles[role].label(current_language())


@dataclass(frozen=True)
class Behind:
    """What one piece of evidence, or the answers of one check, does to a level."""

    label: str
    note: str
    day: str
    effect: float
    url: str = ""

    @property
    def effect_text(self) -> str:
        """By how many levels it raises or lowers the estimate."""
        return f"{self.effect:+.1f}".replace("-", "−") if abs(self.effect) >= 0.05 else "±0"


def behind(competency: str, pieces: Sequence[Piece]) -> list[Behind]:
    """What a level rests on, each with its effect; the answers of one check belong together."""
    groups: dict[tuple[str, int], list[Piece]] = {}
    for piece in pieces:
        row = piece.row
        key = ("check", row.check_id) if isinstance(row, QuizAnswer) else ("piece", row.id)
        groups.setdefault(key, []).append(piece)
    said = [[piece.said for piece in group] for group in groups.values()]
    moved = effects_together(said, half_life_months=half_life(competency))
    return [_behind(group, effect) for group, effect in zip(groups.values(), moved, strict=True)]


def _behind(group: Sequence[Piece], effect: float) -> Behind:
    row, day = group[0].row, day_text(group[0].on)
    if isinstance(row, QuizAnswer):
        note, url = (
            _("Answers: %(count)s", count=len(group)),
            url_for("quiz.show", check_id=row.check_id),
        )
        return Behind(_("Answers in a check"), note, day, effect, url)
    label = evidence_words.kind_label(group[0].kind)
    if not isinstance(row, Evidence):
        return Behind(label, "", day, effect)
    url = url_for("evidence.show", evidence_id=row.id)
    return Behind(row.title or label, evidence_words.state_label(row), day, effect, url)


@dataclass(frozen=True)
class Change:
    """How one level changed on one day, and all that caused it."""

    name: str
    day: str
    title: str
    confirmed: str
    causes: str
    tone: str


def told(rows: Sequence[LevelChange], n: int = CHANGES) -> list[Change]:
    """Newest-first *rows* as people read them: of one day and competency one change."""
    groups: dict[tuple[str, str], list[LevelChange]] = {}
    for row in rows:
        day = day_text(row.at.astimezone(TAIPEI).date())
        groups.setdefault((day, row.competency), []).append(row)
    found = [_change(day, name, group) for (day, name), group in groups.items()]
    return [change for change in found if change.title or change.confirmed][:n]


def _change(day: str, competency: str, group: Sequence[LevelChange]) -> Change:
    last, first = group[0], group[-1]
    causes = dict.fromkeys(say(CAUSES.get(row.cause, N_("New evidence"))) for row in group)
    is_up = (last.mean_after or 0.0) > (first.mean_before or 0.0)
    return Change(
        name_of(competency),
        day,
        _step(first.mean_before, last.mean_after),
        _confirmed(first.confirmed_before, last.confirmed_after),
        say(N_(", ")).join(causes),
        "good" if is_up else "neutral",
    )


def _step(before: float | None, after: float | None) -> str:
    """From where to where a level went; nothing if no figure that is shown changed."""
    if figure(before) == figure(after):
        return ""
    if before is None:
        return str(_("known for the first time: %(after)s", after=figure(after)))
    if after is None:
        return str(_("no longer known, was %(before)s", before=figure(before)))
    return str(_("from %(before)s to %(after)s", before=figure(before), after=figure(after)))


def _confirmed(before: int, after: int) -> str:
    """What became of the confirmed level, if anything did."""
    if before == after:
        return ""
    if after > before:
        return str(_("Now confirmed: %(level)s", level=level_name(after)))
    return str(_("Confirmed until now: %(level)s", level=level_name(before)))
