"""How well the grade that the rules suggest agrees with two ratings of the same problems.

    python -m benchmarks.grading [--vectors] [--list]

The cases are in ``grading_cases.jsonl``: what an owner said, and the points of two ratings that
were made apart. The rules were tuned on the half marked ``tuned``; ``held`` was kept back. With
``--vectors`` the learned grader also sees the embedding that ships with the program.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from matchmaker.assessment.agreement import (
    Agreement,
    criterion_agreement,
    effects,
    grade_agreement,
)
from matchmaker.assessment.grading import GradeSuggestion, facts_of, grade_of, suggest_grade
from matchmaker.assessment.intake import TEXT_FIELDS, Intake
from matchmaker.assessment.learned import Example, verdict
from matchmaker.assessment.shipped import shipped_rubric
from matchmaker.competency import gloss
from matchmaker.matching.encoders import make_encoder

CASES = Path(__file__).with_name("grading_cases.jsonl")
RUBRIC = shipped_rubric("grading")
UNANSWERED = {f.name: f.default for f in fields(Intake) if f.name not in TEXT_FIELDS}


@dataclass(frozen=True)
class Case:
    """A problem with two ratings and what the rules suggest, with and without the answers."""

    id: str
    half: str
    intake: Intake
    first: Mapping[str, int]
    second: Mapping[str, int]

    @property
    def suggestion(self) -> GradeSuggestion:
        return suggest_grade(self.intake, RUBRIC)

    @property
    def from_text(self) -> GradeSuggestion:
        """What is suggested if the owner had only written the text."""
        return self._without(UNANSWERED)

    @property
    def from_half(self) -> GradeSuggestion:
        """What is suggested if every second answer were missing: other ones in other cases."""
        answered = [name for name in UNANSWERED if getattr(self.intake, name) not in (None, ())]
        dropped = answered[len(self.id) % 2 :: 2]
        return self._without({name: UNANSWERED[name] for name in dropped})

    def _without(self, answers: Mapping[str, Any]) -> GradeSuggestion:
        return suggest_grade(replace(self.intake, **answers), RUBRIC)

    @property
    def is_chinese(self) -> bool:
        return any("\u4e00" <= sign <= "\u9fff" for sign in self.intake.title)

    def grade(self, points: Mapping[str, int]) -> str:
        return grade_of(points, facts_of(self.intake, RUBRIC), RUBRIC).grade


def load() -> list[Case]:
    """Read the cases."""
    rows = (json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines())
    return [Case(**{**row, "intake": Intake.from_data(row["intake"])}) for row in rows]


def compared(cases: Sequence[Case]) -> dict[str, Any]:
    """The agreement between the ratings, and of the suggestion with each."""
    first, second = ([c.grade(getattr(c, who)) for c in cases] for who in ("first", "second"))
    rules = [case.suggestion.grade for case in cases]
    half = [case.from_half.grade for case in cases]
    text = [case.from_text.grade for case in cases]
    return {
        "cases": len(cases),
        "first_second": rounded(grade_agreement(first, second)),
        "rules_first": rounded(grade_agreement(first, rules)),
        "rules_second": rounded(grade_agreement(second, rules)),
        "half_answered_first": rounded(grade_agreement(first, half)),
        "half_answered_second": rounded(grade_agreement(second, half)),
        "text_only_first": rounded(grade_agreement(first, text)),
        "text_only_second": rounded(grade_agreement(second, text)),
        "in_range": share(
            c.suggestion.low <= g <= c.suggestion.high for c, g in zip(cases, first, strict=True)
        ),
        "in_range_text_only": share(
            c.from_text.low <= g <= c.from_text.high for c, g in zip(cases, first, strict=True)
        ),
    }


def rounded(found: Agreement) -> dict[str, float]:
    """The figures as they are printed."""
    return {name: round(value, 3) for name, value in asdict(found).items()}


def share(hits: Iterable[bool]) -> float:
    """How many of *hits* are true, 0 to 1."""
    listed = list(hits)
    return round(sum(listed) / len(listed), 3)


def by_criterion(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Quadratic weighted kappa on each criterion."""
    first, second = [c.first for c in cases], [c.second for c in cases]
    rules = [c.suggestion.plain_points for c in cases]
    pairs = {
        "first_second": criterion_agreement(first, second),
        "rules_first": criterion_agreement(first, rules),
        "rules_second": criterion_agreement(second, rules),
    }
    return {
        name: {criterion: round(a.kappa, 2) for criterion, a in found.items()}
        for name, found in pairs.items()
    }


def learned(cases: Sequence[Case], vectors: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Leave-one-out of the learned grader beside the rules, on the mean of both ratings."""
    examples = [
        Example(case.suggestion.plain_points, step(case.suggestion.grade), agreed(case), vector)
        for case, vector in zip(cases, vectors, strict=True)
    ]
    return asdict(verdict(examples, minimum=0))


def agreed(case: Case) -> int:
    """The grade, 1 to 4, of the mean of both ratings, halves rounded up."""
    mean = {c: (case.first[c] + case.second[c] + 1) // 2 for c in case.first}
    return step(case.grade(mean))


def step(grade: str) -> int:
    """``G1`` to ``G4`` as a number."""
    return int(grade[1:])


def embedded(cases: Sequence[Case]) -> list[list[float]]:
    """The embedding of each case's text by the model that ships."""
    encoder = make_encoder()
    texts = [f"{case.intake.title}. {case.intake.text}" for case in cases]
    found: list[list[float]] = encoder.encode([gloss(text) for text in texts]).tolist()
    return found


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--vectors", action="store_true", help="let the learned grader see texts")
    parser.add_argument(
        "--list", action="store_true", help="also print every case of the tuned half"
    )
    options = parser.parse_args()
    cases = load()
    vectors = embedded(cases) if options.vectors else [[] for _ in cases]
    groups = {
        "all": cases,
        "tuned": [c for c in cases if c.half == "tuned"],
        "held": [c for c in cases if c.half == "held"],
        "zh": [c for c in cases if c.is_chinese],
        "en": [c for c in cases if not c.is_chinese],
    }
    print(
        json.dumps(
            {
                "agreement": {name: compared(group) for name, group in groups.items()},
                "kappa_by_criterion": by_criterion(cases),
                "effects": [asdict(e) for e in effects([c.first for c in cases], weights())],
                "learned": learned(cases, vectors),
            },
            indent=1,
        )
    )
    if options.list:
        for case in groups["tuned"]:
            print(line(case))


def weights() -> dict[str, int]:
    """The weight of each criterion."""
    return {criterion.id: criterion.weight for criterion in RUBRIC.criteria.values()}


def line(case: Case) -> str:
    """One case in a line: both ratings, the suggestion, the suggestion from the text alone."""
    first, second = case.grade(case.first), case.grade(case.second)
    rules, text = case.suggestion, case.from_text
    shown = (case.first, case.second, rules.plain_points, text.plain_points)
    points = " ".join("".join(str(p[c]) for c in RUBRIC.criteria) for p in shown)
    return (
        f"{case.id:18} {first} {second} {rules.grade} {text.grade} {points} {text.low}-{text.high}"
    )


if __name__ == "__main__":
    main()
