"""Files that name pairs of a problem and a team: lists, labels and scores."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_, Message

if TYPE_CHECKING:
    from matchmaker.matching import ProblemDocument, TeamDocument
    from matchmaker.matching.evaluation import Judgements
    from matchmaker.matching.types import Matrix, Pair


class BadPairs(MatchmakerError):
    """A file of pairs, labels or scores that cannot be used."""

    code = "bad_pairs"
    default = N_("%(path)s cannot be used: %(reason)s")


PAIR_COLUMNS = ("problem_id", "team_id")


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file that has at least *columns*, with their line numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                reason = Message(N_("it has no column %(name)s"), {"name": missing[0]})
                raise BadPairs(path=str(path), reason=reason)
            for row in reader:
                if any(row[name] is None for name in columns):
                    reason = Message(N_("line %(line)s is too short"), {"line": reader.line_num})
                    raise BadPairs(path=str(path), reason=reason)
                yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadPairs(path=str(path), reason=str(error)) from error


def read_pairs(path: Path) -> list[Pair]:
    """The pairs a file lists, each once."""
    found = [(row["problem_id"], row["team_id"]) for _, row in _rows(path, PAIR_COLUMNS)]
    return list(dict.fromkeys(found))


def read_scores(path: Path) -> dict[Pair, float]:
    """The score a file gives each pair."""
    return {
        (row["problem_id"], row["team_id"]): _number(path, line, row["score"])
        for line, row in _rows(path, (*PAIR_COLUMNS, "score"))
    }


def _number(path: Path, line: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value):
        reason = Message(
            N_("line %(line)s: %(text)s is not a number"), {"line": line, "text": text}
        )
        raise BadPairs(path=str(path), reason=reason)
    return value


def check_known(
    path: Path,
    pairs: Sequence[Pair],
    problems: Sequence[ProblemDocument],
    teams: Sequence[TeamDocument],
) -> None:
    """Refuse pairs of *path* that name a problem or team without a record."""
    known = ({problem.id for problem in problems}, {team.id for team in teams})
    for pair in pairs:
        for side, ids in zip(pair, known, strict=True):
            if side not in ids:
                reason = Message(N_("there is no record with the id %(id)s"), {"id": side})
                raise BadPairs(path=str(path), reason=reason)


def read_judgements(
    path: Path,
    problems: Sequence[ProblemDocument],
    teams: Sequence[TeamDocument],
    drop_documented: bool,
) -> Judgements:
    """The graded labels of a file, for documents in the order given."""
    import numpy as np

    from matchmaker.matching.evaluation import Judgements

    row = {problem.id: number for number, problem in enumerate(problems)}
    column = {team.id: number for number, team in enumerate(teams)}
    grades = np.zeros((len(row), len(column)), dtype=int)
    ignored = np.zeros_like(grades, dtype=bool)
    labels = list(_rows(path, (*PAIR_COLUMNS, "rel")))
    pairs = [(label["problem_id"], label["team_id"]) for _, label in labels]
    check_known(path, pairs, problems, teams)
    for (line, label), (problem_id, team_id) in zip(labels, pairs, strict=True):
        cell = row[problem_id], column[team_id]
        grades[cell] = round(_number(path, line, label["rel"]))
        ignored[cell] = drop_documented and label.get("documented") == "1"
    return Judgements(
        grades,
        [_lang([problem.document]) for problem in problems],
        [_lang(team.documents) for team in teams],
        ignored,
    )


def _lang(documents: Sequence[Any]) -> str:
    langs = [form.lang for document in documents for form in document.forms if form.lang]
    return max(langs, key=langs.count, default="en")


def score_matrix(
    scores: dict[Pair, float],
    problems: Sequence[ProblemDocument],
    teams: Sequence[TeamDocument],
) -> Matrix:
    """*scores* as a table of problems and teams, minus infinity where there is none."""
    import numpy as np

    return np.array(
        [[scores.get((p.id, t.id), -math.inf) for t in teams] for p in problems], dtype=float
    ).reshape(len(problems), len(teams))
