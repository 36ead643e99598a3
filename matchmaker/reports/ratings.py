"""How far people's own ratings can be believed, and how strict those are who look at evidence.

Both compare one piece of evidence with what all the other pieces of the same person say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.competency import load_taxonomy
from matchmaker.competency.diagnosis import Case, estimate_all
from matchmaker.competency.evidence import Rating
from matchmaker.competency.parameters import parameters
from matchmaker.i18n import N_, Message
from matchmaker.models import Evidence, EvidenceKind, User
from matchmaker.policies.evidence import visible_evidence
from matchmaker.queries.level_piece import Piece
from matchmaker.reports.load import ERASED
from matchmaker.reports.table import Cell, Column, Table, Words
from matchmaker.services.level_estimate import half_life, rows_of
from matchmaker.workflows.evidence import EvidenceState

#: Fewer people than these tell nothing about ratings, and might be recognised.
SMALLEST = 10
#: Fewer decisions than these tell nothing about one reviewer.
SMALLEST_EACH = 5
SELF = "self_anchored"
QUIZ = "quiz"
#: What is looked at, decided and compared.
_JUDGED = (EvidenceKind.ARTEFACT, EvidenceKind.CERTIFICATE, EvidenceKind.MENTOR)
_AGREED = (EvidenceState.CHECKED, EvidenceState.VERIFIED)

_SELF_RULE = Message(
    N_(
        "People with an own rating and at least one piece that somebody else has checked, by "
        "competency, added up by domain. Difference: own rating less the level that all other "
        "evidence says, in levels. Correlation: between the two. The model assumes a correlation of "
        "%(rho)s with the true level and ratings %(bias)s levels too high. Domains with fewer than "
        "%(least)s people show no figures."
    ),
    {
        "rho": parameters().source(SELF).rho,
        "bias": parameters().source(SELF).bias,
        "least": SMALLEST,
    },
)
_QUIZ_RULE = Message(
    N_(
        "The same, compared with the answers of the check alone. Domains with fewer than %(least)s "
        "people show no figures."
    ),
    {"least": SMALLEST},
)
_REVIEWER_RULE = Message(
    N_(
        "Pieces of work and certificates agreed to, and mentors’ words. Difference: the level given "
        "less the level that all other evidence of the person says; above 0 is lenient. Likely to "
        "remain: the same, drawn towards 0 the more the fewer decisions there are. Reviewers with "
        "fewer than %(least)s decisions show no figures. Names are for the programme office: leave "
        "them out when you pass the table on."
    ),
    {"least": SMALLEST_EACH},
)


@dataclass(frozen=True)
class Pair:
    """What one piece says, beside what everything else says."""

    user_id: int
    competency: str
    said: float
    others: float

    @property
    def difference(self) -> float:
        """By how much the piece is higher."""
        return self.said - self.others


def rating_tables(session: Session, actor: User | None) -> list[Table]:
    """The report on all people of the programme."""
    people = _people(session)
    rows = rows_of(session, people) if people else {}
    return [
        self_table("self", N_("Own ratings beside other evidence"), _SELF_RULE, own_pairs(rows)),
        self_table(
            "quiz",
            N_("Own ratings beside the check"),
            _QUIZ_RULE,
            own_pairs(rows, only=QUIZ),
        ),
        reviewer_table(session, actor, rows),
    ]


def _people(session: Session) -> list[int]:
    """Everybody of whom more may be known than their own word."""
    rated = sa.select(Evidence.user_id).where(Evidence.kind == EvidenceKind.SELF_ANCHORED)
    judged = sa.select(Evidence.user_id).where(Evidence.state.in_(_AGREED))
    statement = sa.select(User.id).where(sa.or_(User.id.in_(rated), User.id.in_(judged)))
    return list(session.scalars(statement.order_by(User.id)))


Rows = Mapping[int, Mapping[str, Sequence[Piece]]]


def own_pairs(rows: Rows, *, only: str = "") -> list[Pair]:
    """Everybody's own rating beside what others say, or beside pieces of one kind."""
    found: list[tuple[Piece, list[Piece]]] = []
    for by_competency in rows.values():
        for pieces in by_competency.values():
            own = next((piece for piece in pieces if piece.kind == SELF), None)
            others = [p for p in pieces if p.kind == only or (not only and p.kind != SELF)]
            if own is not None and any(p.said.is_reviewed(parameters()) for p in others):
                found.append((own, others))
    return _pairs(found)


def _pairs(found: Sequence[tuple[Piece, Sequence[Piece]]]) -> list[Pair]:
    """Each piece beside the level that the others say, all worked out at once."""
    cases = [
        Case([other.said for other in others], half_life(piece.competency))
        for piece, others in found
    ]
    levels = estimate_all(cases) if cases else []
    return [
        Pair(piece.user_id, piece.competency, piece.said.level, known.mean)
        for (piece, _others), known in zip(found, levels, strict=True)
        if isinstance(piece.said, Rating)
    ]


def self_table(name: str, title: str, rule: Message, pairs: Sequence[Pair]) -> Table:
    """Own ratings against something else, by domain and altogether."""
    rows: list[tuple[Cell, ...]] = []
    for domain in load_taxonomy().domains.values():
        inside = [pair for pair in pairs if pair.competency.startswith(f"{domain.id}-")]
        rows.append((Words(domain.label("zh"), domain.label("en")), *_self_cells(inside)))
    rows.append((N_("All"), *_self_cells(pairs)))
    columns = (
        Column(N_("Domain")),
        Column(N_("People"), is_number=True),
        Column(N_("Ratings"), is_number=True),
        Column(N_("Difference, levels"), is_number=True),
        Column(N_("Standard deviation"), is_number=True),
        Column(N_("Correlation"), is_number=True),
    )
    return Table(name, title, rule, columns, rows)


def _self_cells(pairs: Sequence[Pair]) -> tuple[Cell, ...]:
    people = len({pair.user_id for pair in pairs})
    if people < SMALLEST:
        return (None, None, None, None, None) if pairs else (0, 0, None, None, None)
    apart = np.array([pair.difference for pair in pairs])
    return (
        people,
        len(pairs),
        round(float(apart.mean()), 2),
        round(float(apart.std(ddof=1)), 2),
        correlation(pairs),
    )


def correlation(pairs: Sequence[Pair]) -> float | None:
    """How far the pieces go with what others say; None where either does not vary."""
    said, others = np.array([[pair.said, pair.others] for pair in pairs]).T
    if said.std() == 0 or others.std() == 0:
        return None
    return round(float(np.corrcoef(said, others)[0, 1]), 2)


def reviewer_table(session: Session, actor: User | None, rows: Rows) -> Table:
    """Who gives higher or lower levels than everything else says."""
    judged = _judged(session, actor)
    names = {row.id: row.reviewer.name or ERASED for row in judged.values() if row.reviewer}
    found: dict[int, tuple[Cell, list[Pair]]] = {}
    beside = [
        (piece, [other for other in pieces if other is not piece])
        for by_competency in rows.values()
        for pieces in by_competency.values()
        for piece in pieces
        if isinstance(piece.row, Evidence) and piece.row.id in judged
    ]
    kept = [(piece, others) for piece, others in beside if others]
    for (piece, _others), pair in zip(kept, _pairs(kept), strict=True):
        reviewer = judged[piece.row.id].reviewer_id or 0
        found.setdefault(reviewer, (names.get(piece.row.id, ERASED), []))[1].append(pair)
    rows_shown = [_reviewer_row(name, pairs) for name, pairs in found.values()]
    rows_shown.sort(key=_fullest)
    columns = (
        Column(N_("Reviewer")),
        Column(N_("Pieces decided"), is_number=True),
        Column(N_("Difference, levels"), is_number=True),
        Column(N_("Likely to remain"), is_number=True),
    )
    return Table("reviewers", N_("How strict reviewers are"), _REVIEWER_RULE, columns, rows_shown)


def _fullest(row: tuple[Cell, ...]) -> int:
    return -row[1] if isinstance(row[1], int) else 0


def _judged(session: Session, actor: User | None) -> dict[int, Evidence]:
    statement = (
        sa.select(Evidence)
        .where(
            Evidence.kind.in_(_JUDGED),
            Evidence.state.in_(_AGREED),
            Evidence.reviewer_id.is_not(None),
            sa.or_(visible_evidence(actor), Evidence.kind == EvidenceKind.MENTOR),
        )
        .options(joinedload(Evidence.reviewer))
        .order_by(Evidence.id)
    )
    return {row.id: row for row in session.scalars(statement)}


def _reviewer_row(name: Cell, pairs: Sequence[Pair]) -> tuple[Cell, ...]:
    if len(pairs) < SMALLEST_EACH:
        return (name, len(pairs), None, None)
    apart = [pair.difference for pair in pairs]
    mean = sum(apart) / len(apart)
    return (name, len(pairs), round(mean, 2), round(shrunk(apart), 2))


def shrunk(apart: Iterable[float], between: float = 0.3) -> float:
    """The mean of *apart*, drawn towards 0 as far as chance alone explains it.

    Parameters
    ----------
    apart : iterable of float
        One person's differences, two or more.
    between : float
        Standard deviation of leniency between reviewers, in levels.

    Returns
    -------
    float
        The best guess under a normal model of leniency around 0.
    """
    values = np.array(list(apart))
    chance = max(float(values.var(ddof=1)), 0.25) / len(values)
    return float(values.mean() * between**2 / (between**2 + chance))
