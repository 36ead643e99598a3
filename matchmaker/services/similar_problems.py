"""Have problems encoded, so that their meaning can be compared and not only their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.matching import MatchPipeline, ProblemDocument
from matchmaker.matching.types import Vectors
from matchmaker.models import Job, Problem, ProblemVector
from matchmaker.queries.similar_problems import content_of, document_of
from matchmaker.services.context import Context
from matchmaker.workflows.job import JobState

KIND = "problem.encode"
_BATCH = 64

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class _Texts:
    """A problem to encode, and the hash of the texts it was read with."""

    id: int
    content: str
    problem: ProblemDocument


def request_encoding(ctx: Context) -> None:
    """Ask for vectors of what is new; a job that still waits will find this too."""
    waiting = sa.exists().where(Job.kind == KIND, Job.state == JobState.QUEUED)
    if not ctx.session.scalar(sa.select(waiting)):
        ctx.enqueue(KIND)


def encode_new(
    sessions: sessionmaker[Session],
    pipeline: MatchPipeline,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Encode every problem whose texts have no vector of *pipeline*'s model yet; how many."""
    with sessions() as session:
        new = _not_encoded(session, pipeline.encoder.model_id)
    for start in range(0, len(new), _BATCH):
        progress(start, len(new))
        batch = new[start : start + _BATCH]
        vectors = _encode(pipeline, [texts.problem for texts in batch])
        with unit_of_work(sessions) as session:
            for texts, vector in zip(batch, vectors, strict=True):
                if vector is not None:
                    _keep(session, texts, pipeline.encoder.model_id, vector)
    return {"encoded": len(new)}


def _not_encoded(session: Session, model: str) -> list[_Texts]:
    rows = session.execute(
        sa.select(
            Problem.id,
            Problem.title_zh,
            Problem.text_zh,
            Problem.title_en,
            Problem.text_en,
            sa.case((ProblemVector.model == model, ProblemVector.content), else_=""),
        ).outerjoin(ProblemVector, ProblemVector.problem_id == Problem.id)
    )
    found = []
    for id_, *texts, encoded in rows.all():
        document, content = document_of(*texts), content_of(*texts)
        if document.forms and content != encoded:
            found.append(_Texts(id_, content, ProblemDocument(str(id_), document)))
    return found


def _encode(pipeline: MatchPipeline, problems: Sequence[ProblemDocument]) -> list[Vectors | None]:
    """One unit vector for each problem: the middle of its passages; None if it has none to read."""
    passages = [analysis.passages for analysis in pipeline.read_problems(problems)]
    encoded = pipeline.encode(text for texts in passages for text in texts)
    middles = [encoded.of(texts).mean(axis=0) if texts else None for texts in passages]
    return [None if m is None else m / (np.linalg.norm(m) or 1.0) for m in middles]


def _keep(session: Session, texts: _Texts, model: str, vector: Vectors) -> None:
    row = session.scalar(sa.select(ProblemVector).where(ProblemVector.problem_id == texts.id))
    if row is None:
        row = ProblemVector(problem_id=texts.id)
        session.add(row)
    row.model, row.content = model, texts.content
    row.vector, row.encoded_at = np.asarray(vector, dtype="<f4").tobytes(), utcnow()
