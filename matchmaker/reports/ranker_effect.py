"""What learned weights would change, and for whom: the part of a model card that the learner cannot see.

The latest run of every call is ordered twice, by the office's weights and by the learned ones. Who
stands among the first ten is compared by language, region, kind of team and declared gender, and
by the problem's grade. Nothing of it goes back into a weight: the learner knows none of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.competency import detect_language
from matchmaker.models import GenderDeclaration, Match, Ranker
from matchmaker.queries import ranker as queries
from matchmaker.reference import REGIONS
from matchmaker.reports.exposure import profile_language, taken_together

#: How far down people read.
DEPTH = 10
#: So many problems are named, those that change most.
NAMED = 5
#: A problem with all its pairs.
Lists = Mapping[int, Sequence[Match]]
Pairs = set[tuple[int, int]]


def effects(session: Session, ranker: Ranker) -> dict[str, Any]:
    """What *ranker* would change in the latest runs, for its model card."""
    lists = _lists(queries.latest_pairs(session), ranker)
    before = _first_ten(lists, _prior(ranker))
    after = _first_ten(lists, ranker.weights)
    genders = {
        user_id: gender.value
        for user_id, gender in session.execute(
            sa.select(GenderDeclaration.user_id, GenderDeclaration.gender)
        )
    }
    every = {(row.problem_id, row.team_id): row for rows in lists.values() for row in rows}
    return {
        "depth": DEPTH,
        "problems": len(lists),
        "changed": sum(_of(before, key) != _of(after, key) for key in lists),
        "places": len(before),
        "kept": len(before & after),
        "groups": {
            name: _groups(every, before, after, code_of) for name, code_of in _GROUPINGS.items()
        },
        "gender": _people(every, before, after, genders),
        "grades": _grades(lists, before, after),
        "most": _most(lists, before, after, ranker),
    }


def _prior(ranker: Ranker) -> dict[str, float]:
    return dict(zip(ranker.card["features"], ranker.card["prior"], strict=True))


def _lists(pairs: Iterable[Match], ranker: Ranker) -> dict[int, list[Match]]:
    """The pairs of each problem whose parts are those that were weighed."""
    found: dict[int, list[Match]] = defaultdict(list)
    for row in pairs:
        if set(ranker.weights) <= {part["feature"] for part in row.explanation.get("parts", [])}:
            found[row.problem_id].append(row)
    return found


def features(row: Match) -> dict[str, float]:
    """The parts of a pair on their common scale; a part that weighs nothing as it counts."""
    weights = row.run.config["settings"]["weights"]
    return {
        part["feature"]: part["contribution"] / (weights.get(part["feature"]) or 1.0)
        for part in row.explanation["parts"]
    }


def _score(row: Match, weights: Mapping[str, float]) -> float:
    """The score under *weights*; what is not weighed anew, such as the gate, counts as it did."""
    parts = {part["feature"]: part["contribution"] for part in row.explanation["parts"]}
    scale = features(row)
    return sum(
        scale[name] * weights[name] if name in weights else part for name, part in parts.items()
    )


def _first_ten(lists: Lists, weights: Mapping[str, float]) -> Pairs:
    return {
        (row.problem_id, row.team_id)
        for rows in lists.values()
        for row in sorted(rows, key=lambda row: (-_score(row, weights), row.team_id))[:DEPTH]
    }


def _of(pairs: Pairs, problem_id: int) -> Pairs:
    return {key for key in pairs if key[0] == problem_id}


def _direction(row: Match) -> str:
    texts = (row.problem.title_zh, row.problem.text_zh, row.problem.title_en, row.problem.text_en)
    asked = " ".join(sorted({found for text in texts if (found := detect_language(text))}))
    return f"{asked}>{profile_language(row.team)}"


def _region(row: Match) -> str:
    return row.team.region if row.team.region in REGIONS else ""


def _kind(row: Match) -> str:
    return row.team.kind.value


_GROUPINGS: dict[str, Callable[[Match], str]] = {
    "language": _direction,
    "region": _region,
    "kind": _kind,
}


def _groups(
    every: Mapping[tuple[int, int], Match],
    before: Pairs,
    after: Pairs,
    code_of: Callable[[Match], str],
) -> list[dict[str, Any]]:
    """Each group's share of candidates and of the first ten; groups of few teams taken together."""
    codes = {key: code_of(row) for key, row in every.items()}
    teams: dict[str, set[int]] = defaultdict(set)
    for (_problem, team_id), code in codes.items():
        teams[code].add(team_id)
    hidden = taken_together({code: len(found) for code, found in teams.items()})
    rows = [[code] for code in sorted(teams) if code not in hidden]
    rows += [sorted(hidden)] if hidden else []
    return [
        {
            "codes": row,
            "teams": len(set().union(*(teams[code] for code in row))),
            "candidates": _share(codes, set(every), row),
            "before": _share(codes, before, row),
            "after": _share(codes, after, row),
        }
        for row in rows
        if len(set().union(*(teams[code] for code in row))) >= SMALLEST
    ]


#: Fewer than these, teams or people, have no figures of their own.
SMALLEST = 3


def _share(codes: Mapping[tuple[int, int], str], pairs: Pairs, wanted: Sequence[str]) -> float:
    return round(sum(codes[key] in wanted for key in pairs) / len(pairs), 4) if pairs else 0.0


def _people(
    every: Mapping[tuple[int, int], Match],
    before: Pairs,
    after: Pairs,
    genders: Mapping[int, str],
) -> list[dict[str, Any]]:
    """The same by declared gender: every member of a team counts with each of its places."""
    people: dict[str, set[int]] = defaultdict(set)
    sums = [dict.fromkeys(("all",), 0) for _ in range(3)]
    for key, row in every.items():
        for member in row.team.members:
            gender = genders.get(member.user_id, "")
            people[gender].add(member.user_id)
            for counted, is_in in zip(sums, (True, key in before, key in after), strict=True):
                counted[gender] = counted.get(gender, 0) + is_in
                counted["all"] += is_in
    hidden = taken_together({gender: len(found) for gender, found in people.items()})
    rows = [[gender] for gender in sorted(people) if gender not in hidden]
    rows += [sorted(hidden)] if hidden else []
    return [
        {
            "codes": row,
            "people": sum(len(people[gender]) for gender in row),
            **{
                name: round(sum(counted.get(g, 0) for g in row) / (counted["all"] or 1), 4)
                for name, counted in zip(("candidates", "before", "after"), sums, strict=True)
            },
        }
        for row in rows
        if sum(len(people[gender]) for gender in row) >= SMALLEST
    ]


def _grades(lists: Lists, before: Pairs, after: Pairs) -> list[dict[str, Any]]:
    """For each grade how many of the first ten stay."""
    by_grade: dict[str, list[int]] = defaultdict(list)
    for key, rows in lists.items():
        by_grade[rows[0].problem.grade or ""].append(key)
    return [
        {
            "grade": grade,
            "problems": len(keys),
            "places": sum(len(_of(before, key)) for key in keys),
            "kept": sum(len(_of(before, key) & _of(after, key)) for key in keys),
        }
        for grade, keys in sorted(by_grade.items())
    ]


def _most(lists: Lists, before: Pairs, after: Pairs, ranker: Ranker) -> list[dict[str, Any]]:
    """The problems whose first ten change most: who comes in, who goes out, and what weighs most."""
    changes: list[dict[str, Any]] = []
    for key, rows in lists.items():
        entered = _of(after, key) - before
        if entered:
            left = _of(before, key) - after
            by_team = {row.team_id: row for row in rows}
            changes.append(
                {
                    "problem": key,
                    "in": sorted(team for _, team in entered),
                    "out": sorted(team for _, team in left),
                    "feature": _reason(
                        [by_team[team] for _, team in entered],
                        [by_team[team] for _, team in left],
                        ranker,
                    ),
                }
            )
    return sorted(changes, key=lambda one: (-len(one["in"]), one["problem"]))[:NAMED]


def _reason(entered: Sequence[Match], left: Sequence[Match], ranker: Ranker) -> str:
    """The part of the score whose new weight does most for those who come in against the others."""
    prior = _prior(ranker)

    def gain(name: str) -> float:
        gap = _mean(entered, name) - _mean(left, name)
        return float(gap * (ranker.weights[name] - prior[name]))

    return max(ranker.weights, key=gain)


def _mean(rows: Sequence[Match], name: str) -> float:
    return sum(features(row)[name] for row in rows) / len(rows) if rows else 0.0
