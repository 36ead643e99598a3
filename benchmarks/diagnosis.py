"""How well levels are estimated from each kind of evidence, and what an estimate costs.

    python -m benchmarks.diagnosis [--people 300] [--seed 0]

People with known levels rate themselves (correlation about 0.42 with the truth, half a level too
high), hand in work, answer adaptive checks, are rated by a mentor and pass or fail milestones, each
with the errors that published studies give. What comes out is compared with the truth. Then
10,000 people times 47 competencies are estimated at once.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Sequence

import numpy as np

from matchmaker.competency.diagnosis import Case, Estimate, estimate_all
from matchmaker.competency.evidence import Answer, Curve, Evidence, Outcome, Rating, Result
from matchmaker.competency.parameters import parameters
from matchmaker.competency.quiz import Item, Words, next_item

COMPETENCIES = 8
SELF_CORRELATION, SELF_BIAS = 0.42, 0.5


class Person:
    """Somebody whose true level in one competency is known, and what they do."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.level = -1.0
        while not 0 <= self.level <= 5:
            self.level = rng.gauss(1.4, 1.2)

    def rating(self, spread: float, bias: float = 0.0) -> float:
        """A rating with this error, as a whole level on the scale."""
        return float(min(5, max(0, round(self.level + bias + self.rng.gauss(0, spread)))))

    def rate_themselves(self) -> Rating:
        """A self-rating by anchors."""
        spread = 0.98 * math.sqrt(1 / SELF_CORRELATION**2 - 1)
        return Rating("self_anchored", self.rating(spread, SELF_BIAS))

    def be_rated(self, source: str) -> Rating:
        """A rating by somebody else, as valid as the model takes it to be."""
        rho = parameters().sources[source].rho
        spread = parameters().tau * math.sqrt(1 / rho**2 - 1)
        return Rating(source, self.rating(spread, parameters().sources[source].bias))

    def succeeds(self, curve: Curve) -> bool:
        """Whether they do, by a curve."""
        return self.rng.random() < float(curve.success(np.array([self.level]))[0])

    def answer(self, evidence: Sequence[Evidence], items: Sequence[Item], n: int) -> list[Answer]:
        """Answer *n* questions, each chosen in the light of what is known."""
        answers: list[Answer] = []
        asked: list[str] = []
        while len(asked) < n:
            item = next_item([*evidence, *answers], items, asked=asked, rng=self.rng)
            if item is None:
                break
            asked.append(item.id)
            answers.append(Answer(item.curve, self.succeeds(item.curve)))
        return answers

    def solve(self) -> Outcome:
        """Lead a proof of concept at a level that suits them."""
        rules, level = parameters().milestone, int(min(4, max(2, round(self.level))))
        curve = Curve(rules.slope, level + rules.offset["PoC"], rules.floor, rules.ceiling)
        return Outcome(
            "PoC", level, Result.PASSED if self.succeeds(curve) else Result.FAILED, "led"
        )


def bank(rng: random.Random) -> list[Item]:
    """Forty questions, ten for each of the levels 1 to 4."""
    text = Words("?", "？")
    return [
        Item(
            id=f"Q{level}-{number}",
            competency="FND-ML",
            level=level,
            curve=Curve(rng.uniform(1.2, 1.8), level - 0.25, 0.25, 0.97),
            stem=text,
            options=(text,) * 4,
            key=0,
            rationale=text,
        )
        for level in (1, 2, 3, 4)
        for number in range(10)
    ]


Gather = Callable[[Person, Sequence[Item]], list[Evidence]]


def _said(person: Person, items: Sequence[Item]) -> list[Evidence]:
    return [person.rate_themselves()]


def _artefacts(person: Person, items: Sequence[Item]) -> list[Evidence]:
    return [person.be_rated("artefact_e2") for _ in range(person.rng.randint(0, 2))]


def _checked(n: int) -> Gather:
    def gather(person: Person, items: Sequence[Item]) -> list[Evidence]:
        said = _said(person, items)
        return [*said, *person.answer(said, items, n)]

    return gather


def _mentored(person: Person, items: Sequence[Item]) -> list[Evidence]:
    found = [*_checked(5)(person, items), *_artefacts(person, items)]
    return [*found, person.be_rated("mentor")]


KINDS: dict[str, Gather] = {
    "self-rating": _said,
    "+ 0-2 artefacts": lambda p, items: [*_said(p, items), *_artefacts(p, items)],
    "+ 5 questions": _checked(5),
    "+ 8 questions": _checked(8),
    "+ artefacts + 5 questions": lambda p, items: [*_checked(5)(p, items), *_artefacts(p, items)],
    "+ mentor": _mentored,
    "+ one milestone": lambda p, items: [*_mentored(p, items), p.solve()],
}


def errors(people: Sequence[Person], found: Sequence[Estimate]) -> dict[str, float]:
    """Compare estimates with the truth."""
    truth = np.array([person.level for person in people])
    mean = np.array([estimate.mean for estimate in found])
    confirmed = np.array([estimate.confirmed for estimate in found])
    inside = [e.low <= person.level <= e.high for e, person in zip(found, people, strict=True)]
    return {
        "rmse": round(float(np.sqrt(np.mean((mean - truth) ** 2))), 3),
        "within_one": round(float(np.mean(np.abs(mean - truth) <= 1)), 3),
        "confirmed_above_truth": round(float(np.mean(confirmed - 0.5 > truth)), 3),
        "inside_the_range": round(float(np.mean(inside)), 3),
    }


def simulate(n_people: int, seed: int) -> dict[str, dict[str, float]]:
    """Return the errors for each kind of evidence."""
    rng = random.Random(seed)
    items = bank(rng)
    table = {}
    for kind, gather in KINDS.items():
        people = [Person(rng) for _ in range(n_people * COMPETENCIES)]
        evidence = [gather(person, items) for person in people]
        table[kind] = errors(people, estimate_all([Case(pieces) for pieces in evidence]))
        if kind == "self-rating":
            raw = np.array([piece.level for (piece,) in evidence if isinstance(piece, Rating)])
            truth = np.array([person.level for person in people])
            table["raw self-rating"] = {
                "rmse": round(float(np.sqrt(np.mean((raw - truth) ** 2))), 3),
                "within_one": round(float(np.mean(np.abs(raw - truth) <= 1)), 3),
                "correlation": round(float(np.corrcoef(raw, truth)[0, 1]), 3),
            }
    return table


def cost(n_people: int, n_competencies: int, seed: int) -> dict[str, float]:
    """Return the seconds that estimating everybody takes, and microseconds an estimate."""
    rng = random.Random(seed)
    pool = [gather(Person(rng), bank(rng)) for gather in KINDS.values() for _ in range(30)]
    cases = [Case(pool[n % len(pool)]) for n in range(n_people * n_competencies)]
    start = time.perf_counter()
    estimate_all(cases)
    seconds = time.perf_counter() - start
    return {"seconds": round(seconds, 2), "each_us": round(seconds / len(cases) * 1e6, 1)}


def main() -> None:
    """Print both as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = {"errors": simulate(options.people, options.seed), "cost": cost(10_000, 47, 0)}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
