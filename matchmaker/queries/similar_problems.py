"""Reading problems like a problem: those the reader may know of, with what came of them.

Each process keeps one reading of all problems in memory and reads again only what changed since.
No encoder is needed: vectors that a job has made join in where they are there.
"""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.matching import Document, Text, problem_document
from matchmaker.matching.lookalikes import Lookalike, Lookalikes
from matchmaker.models import Problem, ProblemVector, User
from matchmaker.policies.problem import visible_problems

SHOWN = 5
_TEXTS = (Problem.title_zh, Problem.text_zh, Problem.title_en, Problem.text_en)
_BATCH = 500

#: A problem's version, when it was written (a version that was rolled back comes again), and
#: when its vector was made.
_Stamp = tuple[int, datetime | None, datetime | None]


@dataclass(frozen=True)
class Similar:
    """A problem like the one asked about."""

    problem: Problem
    likeness: Lookalike


@dataclass(frozen=True)
class SimilarProblems:
    """What is like a problem, and whether its meaning was compared besides its words."""

    found: list[Similar]
    is_encoded: bool


@dataclass
class _Memory:
    """What one process remembers of one database."""

    known: Lookalikes = field(default_factory=Lookalikes)
    stamps: dict[int, _Stamp] = field(default_factory=dict)
    model: str | None = None
    sign: tuple[Any, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self, session: Session) -> None:
        """Read what is new, changed or gone since the last time."""
        sign = _sign(session)
        if sign == self.sign:
            return
        model = session.scalar(
            sa.select(ProblemVector.model).order_by(ProblemVector.encoded_at.desc()).limit(1)
        )
        if model != self.model:
            self.model, self.stamps = model, {}
        stamps = _stamps(session, model)
        self.known.remove(self.stamps.keys() - stamps.keys())
        changed = [id_ for id_, stamp in stamps.items() if self.stamps.get(id_) != stamp]
        for start in range(0, len(changed), _BATCH):
            self._read(session, changed[start : start + _BATCH])
        self.stamps, self.sign = stamps, sign

    def _read(self, session: Session, ids: list[int]) -> None:
        rows = session.execute(sa.select(Problem.id, *_TEXTS).where(Problem.id.in_(ids))).all()
        contents = {row[0]: content_of(*row[1:]) for row in rows}
        documents = {row[0]: document_of(*row[1:]) for row in rows}
        self.known.put(documents, _vectors(session, self.model, contents))


_MEMORIES: weakref.WeakKeyDictionary[Any, _Memory] = weakref.WeakKeyDictionary()
_NEW = threading.Lock()


def similar_to(
    session: Session,
    actor: User | None,
    problem: Problem,
    *,
    among: sa.ColumnElement[bool] | None = None,
) -> SimilarProblems:
    """The problems most like *problem* among those *actor* may know of, the most alike first.

    *among* narrows them further, such as to those that are graded.
    """
    texts = (problem.title_zh, problem.text_zh, problem.title_en, problem.text_en)
    document = document_of(*texts)
    with _NEW:
        memory = _MEMORIES.setdefault(session.get_bind().engine, _Memory())
    with memory.lock:
        memory.refresh(session)
        own = _vectors(session, memory.model, {problem.id: content_of(*texts)})
        vector = own.get(problem.id)
        ranked = memory.known.search(document, len(memory.known), vector=vector, only_similar=True)
    if not document.forms:
        return SimilarProblems([], is_encoded=False)
    alike = [one for one in ranked if one.id != problem.id]
    known = visible_problems(actor) if among is None else sa.and_(visible_problems(actor), among)
    return SimilarProblems(_first_known(session, known, alike), is_encoded=vector is not None)


def document_of(title_zh: str, text_zh: str, title_en: str, text_en: str) -> Document:
    """The texts of a problem as they are compared: nothing of who sets it or where."""
    texts = [Text(title_zh, text_zh, "zh"), Text(title_en, text_en, "en")]
    return problem_document("", [text for text in texts if text.full.strip()]).document


def content_of(*texts: str) -> str:
    """The hash of a problem's texts, by which a vector is known to stand for them."""
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()


def _sign(session: Session) -> tuple[Any, ...]:
    """What differs as soon as any problem or vector was added, changed or removed."""
    version, written = sa.func.sum(Problem.version), sa.func.max(Problem.updated_at)
    problems = session.execute(sa.select(sa.func.count(Problem.id), version, written)).one()
    newest = sa.func.max(ProblemVector.encoded_at)
    vectors = session.execute(sa.select(sa.func.count(ProblemVector.id), newest)).one()
    return (*problems, *vectors)


def _stamps(session: Session, model: str | None) -> dict[int, _Stamp]:
    of_model = sa.and_(ProblemVector.problem_id == Problem.id, ProblemVector.model == model)
    statement = (
        sa.select(Problem.id, Problem.version, Problem.updated_at, ProblemVector.encoded_at)
        .outerjoin(ProblemVector, of_model)
        .where(sa.or_(*(column != "" for column in _TEXTS)))
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(statement)}


def _vectors(
    session: Session, model: str | None, contents: Mapping[int, str]
) -> dict[int, np.ndarray]:
    """The vectors of those problems whose texts are still what was encoded."""
    statement = sa.select(
        ProblemVector.problem_id, ProblemVector.content, ProblemVector.vector
    ).where(ProblemVector.model == model, ProblemVector.problem_id.in_(contents))
    return {
        id_: np.frombuffer(vector, dtype="<f4")
        for id_, content, vector in session.execute(statement)
        if contents[id_] == content
    }


def _first_known(
    session: Session, known: sa.ColumnElement[bool], ranked: Sequence[Lookalike]
) -> list[Similar]:
    """The first of *ranked* that are *known* to the reader, asked for a batch at a time."""
    found: list[Lookalike] = []
    for start in range(0, len(ranked), _BATCH):
        batch = ranked[start : start + _BATCH]
        ids = sa.select(Problem.id).where(known, Problem.id.in_([one.id for one in batch]))
        allowed = set(session.scalars(ids))
        found += [one for one in batch if one.id in allowed]
        if len(found) >= SHOWN:
            break
    return _with_problems(session, found[:SHOWN])


def _with_problems(session: Session, found: Iterable[Lookalike]) -> list[Similar]:
    ranked = {one.id: one for one in found}
    statement = (
        sa.select(Problem)
        .where(Problem.id.in_(ranked))
        .options(joinedload(Problem.organization), joinedload(Problem.call))
    )
    rows = {row.id: row for row in session.scalars(statement)}
    return [Similar(rows[id_], one) for id_, one in ranked.items() if id_ in rows]
