"""`matchmaker allocate`: place teams on problems on files, without a database."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import say, tell_json
from matchmaker.cli.matcher import EXISTING, show_progress
from matchmaker.cli.pairs import read_scores
from matchmaker.cli.ranking import CannotWrite
from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_, Message

if TYPE_CHECKING:
    from matchmaker.matching.allocation import AllocationResult, Limits, NoAllocation, Objective
    from matchmaker.matching.allocation_limits import Candidates
    from matchmaker.matching.types import Pair

_OUTPUT = click.Path(dir_okay=False, path_type=Path)


class BadConstraints(MatchmakerError):
    """A file of constraints that cannot be used."""

    code = "bad_constraints"
    default = N_("%(path)s cannot be used: %(reason)s")


@click.command("allocate")
@click.option("--scores", required=True, type=EXISTING, help="CSV: problem_id,team_id,score.")
@click.option("--constraints", required=True, type=EXISTING, help="JSON: limits and aims.")
@click.option("--output", required=True, type=_OUTPUT, help="CSV file to write.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary for a program to read.")
def allocate_command(scores: Path, constraints: Path, output: Path, as_json: bool) -> None:
    """Place teams on problems, from a file of scores to a file of placed pairs.

    CONSTRAINTS is a JSON object; docs/allocation.md lists its keys. The output has the header
    problem_id,team_id,score. If no allocation keeps all limits, nothing is written, the smallest
    sets of limits to relax are told, and the exit status is 1.
    """
    from matchmaker.matching.allocation import Candidates, NoAllocation, allocate

    options = read_constraints(constraints)
    candidates = Candidates.from_scores(read_scores(scores), options.problems)
    try:
        with show_progress() as bars:
            result = allocate(
                candidates,
                options.limits,
                objective=options.objective,
                rounds=options.rounds,
                time_limit=options.time_limit,
                progress=bars,
            )
    except NoAllocation as error:
        _tell_remedies(error, as_json)
        sys.exit(1)
    _write(output, result)
    _report(output, result, candidates, options.limits, as_json)


class Constraints:
    """The keys of a constraints file, checked one by one."""

    def __init__(self, path: Path, values: dict[str, Any]) -> None:
        from matchmaker.matching.allocation import Limits, Objective
        from matchmaker.matching.allocation_program import DEFAULT_TIME_LIMIT

        self.path, self.values = path, values
        self.objective: Objective = Objective(self._one_of("objective", [*Objective], "total"))
        self.rounds = self._number("rounds", 1, least=1)
        self.time_limit = float(self._number("time_limit", int(DEFAULT_TIME_LIMIT), least=1))
        self.problems = self._texts("problems", values.pop("problems", []))
        self.limits: Limits = Limits(
            demand=self._numbers("demand"),
            at_least=self._numbers("at_least"),
            capacity=self._numbers("capacity"),
            default_demand=self._number("default_demand", 1),
            default_at_least=self._number("default_at_least", 0),
            default_capacity=self._number("default_capacity", 1),
            bans=frozenset(self._pairs("bans")),
            pins=frozenset(self._pairs("pins")),
            minimum=self._minimum(),
            floors=tuple(self._floors()),
        )
        if values:
            raise self._wrong(N_("%(key)s is not a key of a constraints file"), min(values))

    def _wrong(self, text: str, key: str) -> BadConstraints:
        return BadConstraints(path=str(self.path), reason=Message(text, {"key": key}))

    def _take(self, key: str, default: Any, fits: Callable[[Any], bool], text: str) -> Any:
        value = self.values.pop(key, default)
        if not fits(value):
            raise self._wrong(text, key)
        return value

    def _one_of(self, key: str, known: list[Any], default: str) -> str:
        value = str(self.values.pop(key, default))
        if value not in known:
            params = {"key": key, "known": ", ".join(known)}
            reason = Message(N_("%(key)s must be one of: %(known)s"), params)
            raise BadConstraints(path=str(self.path), reason=reason)
        return value

    def _number(self, key: str, default: int, *, least: int = 0) -> int:
        def fits(value: Any) -> bool:
            return _is_count(value) and value >= least

        text = N_("%(key)s must be a whole number that is not negative")
        return int(self._take(key, default, fits, text))

    def _numbers(self, key: str) -> dict[str, int]:
        def fits(value: Any) -> bool:
            return isinstance(value, dict) and all(_is_count(number) for number in value.values())

        return dict(self._take(key, {}, fits, N_("%(key)s must give a whole number for each id")))

    def _minimum(self) -> float | None:
        def fits(value: Any) -> bool:
            return value is None or (_is_number(value) and math.isfinite(value))

        value = self._take("minimum", None, fits, N_("%(key)s must be a number"))
        return None if value is None else float(value)

    def _pairs(self, key: str) -> list[Pair]:
        text = N_("%(key)s must be a list of [problem, team]")
        found = self._take(key, [], lambda value: isinstance(value, list), text)
        pairs: list[Pair] = []
        for item in found:
            if isinstance(item, dict) and item.keys() == {"problem_id", "team_id"}:
                item = [item["problem_id"], item["team_id"]]
            if not _are_texts(item) or len(item) != 2:
                raise self._wrong(text, key)
            pairs.append((item[0], item[1]))
        return pairs

    def _texts(self, key: str, value: Any) -> list[str]:
        if not _are_texts(value):
            raise self._wrong(N_("%(key)s must be a list of ids"), key)
        return list(value)

    def _floors(self) -> list[Any]:
        from matchmaker.matching.allocation import Floor

        text = N_("%(key)s must be a list of {name, problems, at_least}")
        floors = self._take("floors", [], lambda value: isinstance(value, list), text)
        for floor in floors:
            if not isinstance(floor, dict) or floor.keys() != {"name", "problems", "at_least"}:
                raise self._wrong(text, "floors")
            if not _are_texts(floor["problems"]) or not _is_count(floor["at_least"]):
                raise self._wrong(text, "floors")
        return [
            Floor(str(floor["name"]), frozenset(floor["problems"]), floor["at_least"])
            for floor in floors
        ]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def read_constraints(path: Path) -> Constraints:
    """Read a constraints file; what it has wrong is told with its key."""
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadConstraints(path=str(path), reason=str(error)) from error
    if not isinstance(values, dict):
        raise BadConstraints(path=str(path), reason=Message(N_("it is not a JSON object")))
    return Constraints(path, values)


def _write(output: Path, result: AllocationResult) -> None:
    try:
        with output.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["problem_id", "team_id", "score"])
            for place in result.places:
                writer.writerow([place.problem_id, place.team_id, f"{place.fit:.12g}"])
    except OSError as error:
        raise CannotWrite(path=str(output), reason=error.strerror or str(error)) from error


def _report(
    output: Path, result: AllocationResult, candidates: Candidates, limits: Limits, as_json: bool
) -> None:
    """Say how many places were filled, what the total is, and how well that is proven."""
    wanted = int(limits.of_problems(candidates)[1].sum())
    worst = min(result.places, key=lambda place: place.fit, default=None)
    served = {place.problem_id for place in result.places}
    without = [problem_id for problem_id in candidates.problem_ids if problem_id not in served]
    if as_json:
        tell_json(
            {
                "feasible": True,
                "file": str(output),
                "pairs": len(result.places),
                "places_wanted": wanted,
                "total": result.total,
                "is_optimal": result.is_optimal,
                "stages": [stage.to_dict() for stage in result.stages],
                "worst_fit": worst.fit if worst else None,
                "problems_without_team": without,
            }
        )
        return
    for text, params in (
        (
            N_("%(count)s of %(wanted)s places filled, written to %(path)s."),
            {"count": len(result.places), "wanted": wanted, "path": str(output)},
        ),
        (
            N_("Total fit %(total)s; %(proof)s."),
            {"total": f"{result.total:g}", "proof": _proof(result)},
        ),
        (N_("Problems without a team: %(count)s."), {"count": len(without)}),
    ):
        click.echo(say(Message(text, params)), err=True)


def _proof(result: AllocationResult) -> Message:
    if result.is_optimal:
        return Message(N_("proven: nothing better keeps the limits"))
    gap = max(stage.gap for stage in result.stages)
    return Message(N_("at most %(gap)s %% below the best possible"), {"gap": f"{100 * gap:.2f}"})


def _tell_remedies(error: NoAllocation, as_json: bool) -> None:
    """Tell the smallest sets of limits to relax."""
    from matchmaker.matching.allocation_words import AND_MORE, SHOWN_CHANGES

    if as_json:
        tell_json(
            {
                "feasible": False,
                "remedies": [
                    {
                        "is_smallest": remedy.is_smallest,
                        "changes": [
                            {
                                "limit": str(change.limit),
                                "problem_id": change.problem_id,
                                "team_id": change.team_id,
                                "group": change.group,
                                "now": change.now,
                                "needed": change.needed,
                                "text": say(change.message()),
                            }
                            for change in remedy.changes
                        ],
                    }
                    for remedy in error.remedies
                ],
            }
        )
    click.echo(
        "matchmaker: " + say(N_("No allocation keeps all limits. Enough to relax:")), err=True
    )
    for number, remedy in enumerate(error.remedies, start=1):
        words = [say(change.message()) for change in remedy.changes[:SHOWN_CHANGES]]
        if len(remedy.changes) > SHOWN_CHANGES:
            words.append(say(AND_MORE, count=len(remedy.changes) - SHOWN_CHANGES))
        click.echo(f"  {number}. {' '.join(words)}", err=True)
