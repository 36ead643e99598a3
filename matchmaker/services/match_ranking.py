"""Carry out a match run: read problems and teams, let the matcher rank them, store what it found.

Only workers load this: it needs the matching library, which no web process has to hold. Nothing is
written until everything is known, then all of it in one transaction, so a run that was killed
leaves nothing behind and simply starts afresh.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.errors import JobCancelled, MatchmakerError
from matchmaker.matching import (
    FEATURES,
    MatchedPair,
    MatchPipeline,
    MatchResult,
    ProblemDocument,
    TeamDocument,
)
from matchmaker.models import (
    Match,
    MatchExclusion,
    MatchRun,
    PairRule,
    PairRuleKind,
    Problem,
    Team,
)
from matchmaker.queries import match_run as queries
from matchmaker.queries.level_estimate import team_levels
from matchmaker.services.match_basis import Basis, Report
from matchmaker.services.match_documents import matcher_id, read_problem, read_team
from matchmaker.services.match_run import STAGES, dump_failure
from matchmaker.workflows.match import MATCH_WORKFLOW
from matchmaker.workflows.match_run import MatchRunAction, MatchRunState

# Of ten thousands of pairs people look at the upper ends. Fifty teams a problem are many times what
# any problem asks for; twenty problems a team make sure that a team which is nowhere near the top
# still sees where it fits best. Everything pinned stays whatever its place.
KEEP_PER_PROBLEM = 50
KEEP_PER_TEAM = 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Inputs:
    """What one run reads."""

    problems: Sequence[Problem]
    teams: Sequence[Team]
    conflicts: Mapping[tuple[int, int], str]
    rules: Sequence[PairRule]
    #: The moment that decides which problems still take teams.
    at: datetime
    #: What the members of each team can together: see `queries.level_estimate.team_levels`.
    levels: Mapping[int, Mapping[str, Sequence[float]]] = field(default_factory=dict)

    @cached_property
    def problem_documents(self) -> dict[str, ProblemDocument]:
        return {matcher_id(problem.id): read_problem(problem, self.at) for problem in self.problems}

    @cached_property
    def team_documents(self) -> dict[str, TeamDocument]:
        return {
            matcher_id(team.id): read_team(team, self.levels.get(team.id)) for team in self.teams
        }


def carry_out(
    sessions: sessionmaker[Session],
    run_id: int,
    *,
    find_basis: Callable[[Report], Basis],
    progress: Progress,
) -> dict[str, Any]:
    """Do the whole run; what a person can mend is noted on it in words before the error goes on."""
    try:
        inputs = _begin(sessions, run_id)
        if inputs is None:
            return {}
        report = _staged(progress)
        basis = find_basis(report)
        result = _rank(basis, inputs, report)
        rows = _match_rows(run_id, inputs, result, basis.pipeline, report)
        report("store", 0, 1)
        _store(sessions, run_id, inputs, result, rows, basis.notes)
        progress(100, 100)
    except JobCancelled:
        raise
    except MatchmakerError as error:
        _note_failure(sessions, run_id, error)
        raise
    encoder = basis.pipeline.encoder
    return {"encoded": encoder.n_encoded, "reused": encoder.n_reused}


def _staged(progress: Progress) -> Report:
    """Turn progress within a stage into per cent of the whole."""
    starts = {stage.name: stage.start for stage in STAGES}
    ends = dict(zip(starts, [*list(starts.values())[1:], 100], strict=True))
    furthest = 0

    def report(stage: str, done: int, total: int) -> None:
        # Counting terms goes through some stages before the run does: never back.
        nonlocal furthest
        start = starts[stage]
        furthest = max(furthest, int(start + (ends[stage] - start) * done / max(total, 1)))
        progress(furthest, 100)

    return report


def _begin(sessions: sessionmaker[Session], run_id: int) -> Inputs | None:
    """Mark the run as under way and read its inputs; None if another worker has ended it."""
    with unit_of_work(sessions) as session:
        run = session.get_one(MatchRun, run_id, with_for_update=True)
        if run.state is MatchRunState.CANCELLED:
            raise JobCancelled
        if run.state not in queries.ACTIVE_STATES:
            return None
        run.apply(MatchRunAction.START)
        problems = queries.published_problems(session, run.call_id)
        teams = queries.all_teams(session, run.call_id)
        clashes = queries.conflicts(session, [p.id for p in problems], [t.id for t in teams])
        rules = queries.pair_rules(session, run.call_id)
        levels = team_levels(session, [team.id for team in teams])
        return Inputs(problems, teams, clashes, rules, utcnow(), levels)


def _rank(basis: Basis, inputs: Inputs, report: Report) -> MatchResult:
    return basis.pipeline.run(
        inputs.problem_documents.values(),
        inputs.team_documents.values(),
        conflicts=_named(inputs.conflicts),
        bans=_named(queries.ruled(inputs.rules, PairRuleKind.BAN)),
        pins=_named(queries.ruled(inputs.rules, PairRuleKind.PIN)),
        explain_top=KEEP_PER_PROBLEM,
        reference=basis.reference,
        progress=report,
    )


def _named(pairs: Iterable[tuple[int, int]]) -> list[tuple[str, str]]:
    return sorted((matcher_id(problem_id), matcher_id(team_id)) for problem_id, team_id in pairs)


def _store(
    sessions: sessionmaker[Session],
    run_id: int,
    inputs: Inputs,
    result: MatchResult,
    rows: list[dict[str, Any]],
    notes: Mapping[str, Any],
) -> None:
    """Write everything in one transaction, unless somebody cancelled or another worker was faster."""
    with unit_of_work(sessions) as session:
        run = session.get_one(MatchRun, run_id, with_for_update=True)
        if run.state is MatchRunState.CANCELLED:
            raise JobCancelled
        if run.state is not MatchRunState.RUNNING:
            return
        for table in (Match, MatchExclusion):
            session.execute(sa.delete(table).where(table.run_id == run_id))
        for table, found in (
            (Match, rows),
            (MatchExclusion, _exclusion_rows(run_id, inputs, result)),
        ):
            if found:
                session.execute(sa.insert(table), found)
        _finish(run, inputs, result, notes)


def _finish(run: MatchRun, inputs: Inputs, result: MatchResult, notes: Mapping[str, Any]) -> None:
    run.apply(MatchRunAction.FINISH)
    run.finished_at = utcnow()
    run.n_problems, run.n_teams = len(inputs.problems), len(inputs.teams)
    kept = {"per_problem": KEEP_PER_PROBLEM, "per_team": KEEP_PER_TEAM}
    found = {"kept": kept, "n_pairs": len(result), "fullest": fullest_fit(result)}
    run.config = {**result.config, **found, **notes}
    run.fingerprint = hashlib.sha256(result.to_json()).hexdigest()


def fullest_fit(result: MatchResult) -> float:
    """The best fit of any pair, counted from no likeness at all: what a full bar stands for."""
    settings = result.config["settings"]
    ground = [
        settings["weights"][name] * scale["mean"] / scale["deviation"]
        for name, scale in settings["scales"].items()
    ]
    likeness = [name != "must_have" for name in FEATURES]
    parts = result.table.contributions[:, likeness].sum(axis=1)
    return round(float(max(parts, default=0.0)) + float(sum(ground)), 6)


def _match_rows(
    run_id: int,
    inputs: Inputs,
    result: MatchResult,
    pipeline: MatchPipeline,
    report: Report,
) -> list[dict[str, Any]]:
    explain = _explainer(inputs, result, pipeline)
    rows = []
    kept = _kept(result)
    for number, (pair, team_rank) in enumerate(kept):
        report("complete", number, len(kept))
        explanation = explain(pair)
        must = [need for need in explanation["requirements"] if need["is_must"]]
        rows.append(
            {
                "run_id": run_id,
                "problem_id": int(pair.problem_id),
                "team_id": int(pair.team_id),
                "state": MATCH_WORKFLOW.initial,
                "score": pair.score,
                "band": str(pair.band),
                "confidence": str(pair.confidence),
                "problem_rank": pair.rank,
                "team_rank": team_rank,
                "must_met": sum(need["status"] == "met" for need in must),
                "must_total": len(must),
                "pinned": pair.is_pinned,
                "explanation": explanation,
                "reason": "",
                "reason_code": "",
                "version": 1,
            }
        )
    return rows


def _kept(result: MatchResult) -> list[tuple[MatchedPair, int]]:
    """The pairs worth keeping, each with the problem's place among the team's problems."""
    of_team: dict[str, list[MatchedPair]] = defaultdict(list)
    for pair in result:
        of_team[pair.team_id].append(pair)
    kept = []
    for pairs in of_team.values():
        ordered = sorted(pairs, key=lambda pair: (-pair.score, int(pair.problem_id)))
        for place, pair in enumerate(ordered, start=1):
            if pair.rank <= KEEP_PER_PROBLEM or place <= KEEP_PER_TEAM or pair.is_pinned:
                kept.append((pair, place))
    return sorted(kept, key=lambda item: (int(item[0].problem_id), item[0].rank))


def _explainer(
    inputs: Inputs, result: MatchResult, pipeline: MatchPipeline
) -> Callable[[MatchedPair], dict[str, Any]]:
    """Look explanations up, and make those of pairs that only the team's side of the list keeps."""
    problems = {matcher_id(problem.id): problem for problem in inputs.problems}
    teams = {matcher_id(team.id): team for team in inputs.teams}

    def explain(pair: MatchedPair) -> dict[str, Any]:
        problem, team = problems[pair.problem_id], teams[pair.team_id]
        found = result.explanations.get((pair.problem_id, pair.team_id))
        if found is None:
            found = pipeline.explain(
                inputs.problem_documents[pair.problem_id],
                inputs.team_documents[pair.team_id],
                pair,
                result.reference,
            )
        return slim(found, {"、".join(problem.techniques), "、".join(team.techniques)})

    return explain


def slim(explanation: Mapping[str, Any], lists: Collection[str]) -> dict[str, Any]:
    """Leave out the full texts, which stay with their owners, and quotes that are no sentences.

    *lists* are the techniques as the matcher reads them, behind the text: they are never quoted.
    """
    document = explanation["document"]
    if document is not None:
        document = {k: v for k, v in document.items() if k not in ("text", "problem_text")}
    quotes = {
        (pair["problem"], pair["team"]): pair
        for pair in reversed(explanation["sentences"])
        if pair["problem"] not in lists and pair["team"] not in lists
    }
    kept = {k: v for k, v in explanation.items() if k not in ("problem_id", "team_id")}
    return {**kept, "document": document, "sentences": list(quotes.values())[::-1]}


def _exclusion_rows(run_id: int, inputs: Inputs, result: MatchResult) -> list[dict[str, Any]]:
    bans = {(r.problem_id, r.team_id): r.reason for r in inputs.rules}
    rows = []
    for found in result.exclusions:
        problem_id = None if found.problem_id is None else int(found.problem_id)
        team_id = None if found.team_id is None else int(found.team_id)
        params: dict[str, Any] = {}
        if problem_id is not None and team_id is not None:
            pair = problem_id, team_id
            if str(found.reason) == "conflict":
                params = {"because": inputs.conflicts[pair]}
            elif str(found.reason) == "banned":
                params = {"note": bans[pair]}
        row = {"run_id": run_id, "problem_id": problem_id, "team_id": team_id}
        rows.append({**row, "reason": str(found.reason), "params": params})
    return rows


def _note_failure(sessions: sessionmaker[Session], run_id: int, error: MatchmakerError) -> None:
    with unit_of_work(sessions) as session:
        run = session.get_one(MatchRun, run_id, with_for_update=True)
        if run.state in queries.ACTIVE_STATES:
            run.apply(MatchRunAction.FAIL)
            run.failure = dump_failure(error.message)
            run.finished_at = utcnow()
