"""How pages put evidence into words: levels as sentences, states, who looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matchmaker.competency import Domain, load_taxonomy
from matchmaker.i18n import N_
from matchmaker.models import ASKED_KINDS, EVIDENCE_KIND_LABELS, Evidence, EvidenceKind
from matchmaker.queries.level_piece import Piece
from matchmaker.web.i18n import current_language, current_locale, say, show_left, show_moment
from matchmaker.workflows.evidence import EVIDENCE_WORKFLOW, EvidenceState

#: Sectors are rated like a domain of their own.
SECTORS = "IND"

ANCHORS = (
    N_("Not yet, or I do not know what this is"),
    N_("I can explain what it is for and where it fails, and follow a worked example with help"),
    N_("I have done a set piece of it while somebody else planned and reviewed the work"),
    N_("I have delivered it on real, imperfect data without supervision, and can show it"),
    N_("I have set the approach for others, handled risky cases and answered for it in service"),
    N_("I have made methods, standards or products in it that others have adopted"),
)
SECTOR_ANCHORS = (
    N_("I do not know this industry"),
    N_("I know its words and what matters in it"),
    N_("I have worked with its people on site"),
    N_("I can plan a trial there"),
    N_("I have answered for a system in service there"),
    N_("People in the industry turn to me as an authority"),
)


@dataclass(frozen=True)
class Part:
    """One page of the self-rating: a domain, or the industries."""

    id: str
    label: str
    #: The competencies or sectors on it.
    names: tuple[str, ...]
    #: How many of them the person has rated.
    rated: int = 0

    @property
    def is_optional(self) -> bool:
        """Whether it may be left: nobody knows every industry."""
        return self.id == SECTORS

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to rate."""
        return self.rated >= len(self.names) or (self.is_optional and self.rated > 0)


def parts(rated: Iterable[str] = ()) -> list[Part]:
    """The pages of the self-rating in order, with how far each is."""
    taxonomy, known, language = load_taxonomy(), set(rated), current_language()
    found = []
    for domain in taxonomy.domains.values():
        names = tuple(item.id for item in taxonomy.competencies_of(domain.id))
        found.append(Part(domain.id, domain.label(language), names, len(known & set(names))))
    sectors = tuple(taxonomy.sectors)
    label = str(_("Industries you know"))
    return [*found, Part(SECTORS, label, sectors, len(known & set(sectors)))]


def part(part_id: str, rated: Iterable[str] = ()) -> Part | None:
    """One page of the self-rating, by its id."""
    return next((item for item in parts(rated) if item.id == part_id), None)


def anchor(name: str, level: int) -> str:
    """What *level* means in the first person."""
    anchors = SECTOR_ANCHORS if name in load_taxonomy().sectors else ANCHORS
    return say(anchors[level])


def level_name(level: int | None) -> str:
    """A level with its name, such as ``L3 Independent``."""
    if level is None:
        return str(_("Not said yet"))
    found = load_taxonomy().levels[level]
    return f"{found.code} {found.label(current_language())}"


def level_of(row: Evidence) -> str:
    """The level of a piece; of a result in a problem, the level that was asked for."""
    if row.kind is EvidenceKind.MILESTONE:
        return level_name(int(row.facts["needed"]))
    return level_name(row.level)


def level_sentence(level: int) -> str:
    """A level with what it takes, as a reviewer reads it."""
    found = load_taxonomy().levels[level]
    colon = _(": ")
    return f"{level_name(level)}{colon}{found.definition(current_language())}"


def name_of(competency: str) -> str:
    """A competency or sector in the reader's language; its old name's code if it is gone."""
    taxonomy = load_taxonomy()
    if not taxonomy.has_concept(competency):
        return competency
    return taxonomy.concept(competency).label(current_language())


def grouped() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every competency and sector by domain: what choices offer."""
    return [(item.label, [(name, name_of(name)) for name in item.names]) for item in parts()]


def kind_label(kind: EvidenceKind | str) -> str:
    """What a kind of evidence is called; answers of the check have a table of their own."""
    if kind in tuple(EvidenceKind):
        return say(EVIDENCE_KIND_LABELS[EvidenceKind(kind)])
    return str(_("Answer in a check"))


def state_label(row: Evidence, *, staff: bool = False) -> str:
    """The state in words; of a colleague's or mentor's word, whether it was given."""
    if row.kind in ASKED_KINDS:
        if row.state is EvidenceState.ASKED:
            return str(_("Waiting for an answer"))
        if row.state is EvidenceState.REJECTED:
            return str(_("Could not say"))
        if row.state is EvidenceState.CHECKED:
            return str(_("Has answered"))
    label = EVIDENCE_WORKFLOW.labels[row.state]
    return say(label.staff if staff else label.public)


def state_tone(row: Evidence) -> str:
    """The tone the state is shown in."""
    if row.kind in ASKED_KINDS and row.state is EvidenceState.REJECTED:
        return "neutral"
    return EVIDENCE_WORKFLOW.labels[row.state].tone


def day_text(day: dt.date) -> str:
    """A day in the reader's language."""
    from babel.dates import format_date

    pattern = "y年M月d日" if current_locale().startswith("zh") else "d MMM y"
    return format_date(day, pattern, locale=current_locale())


def clash_text(pieces: Sequence[Piece], low: int, high: int) -> str:
    """Which two pieces contradict each other, in words."""
    return str(
        _(
            "%(one)s says level %(low)s, %(other)s says level %(high)s.",
            one=kind_label(pieces[low].kind),
            low=int(getattr(pieces[low].said, "level", 0)),
            other=kind_label(pieces[high].kind),
            high=int(getattr(pieces[high].said, "level", 0)),
        )
    )


def domain_choices() -> list[tuple[str, str]]:
    """The domains, for a filter."""
    language = current_language()
    domains: Iterable[Domain] = load_taxonomy().domains.values()
    return [(domain.id, domain.label(language)) for domain in domains]


def tasks(asked: Sequence[Evidence], queue: int) -> Iterator[dict[str, Any]]:
    """What the desk says of evidence: who asks for the reader's word, what waits for a look."""
    people = {row.user_id: row for row in reversed(asked)}
    for row in people.values():
        yield {
            "title": str(_("%(name)s asks for your view", name=row.user.name)),
            "url": url_for("evidence_word.answer", asker_id=row.user_id),
            "context": str(_("What can they do? Two minutes.")),
            "owner": str(_("You")),
            "due_text": show_moment(row.created_at),
            "left_text": show_left(row.created_at),
            "tone": "waiting",
            "action_label": str(_("Answer")),
            "key": f"evidence.word:{row.id}",
        }
    if queue:
        yield {
            "title": str(_("Evidence that waits for a look: %(count)s", count=queue)),
            "url": url_for("evidence_review.queue"),
            "owner": str(_("Officers and mentors")),
            "tone": "waiting",
            "action_label": str(_("Look")),
            "key": "evidence.review",
        }
