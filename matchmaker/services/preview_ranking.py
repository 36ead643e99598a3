"""Rank one team or one problem again when it has changed, and keep what would fit now.

Only workers load this. Both sides stay prepared in the worker's memory between two jobs; what has
changed meanwhile is put in its place, so a job reads and encodes no more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.clock import utcnow
from matchmaker.db import unit_of_work
from matchmaker.matching import (
    LiveRanking,
    MatchedPair,
    ProblemDocument,
    TeamDocument,
)
from matchmaker.models import Preview
from matchmaker.queries import preview as queries
from matchmaker.queries.level_estimate import team_levels
from matchmaker.queries.match_run import conflicts
from matchmaker.services import ranking_change
from matchmaker.services.match_basis import Basis
from matchmaker.services.match_documents import matcher_id, read_problem, read_team
from matchmaker.services.match_ranking import slim

#: Teams further down the list of a problem see it when their own list is worked out.
PER_PROBLEM = 200
_BATCH = 500

Progress = Callable[[int, int], None]


class LiveMatching:
    """Both sides of the programme as they stand, prepared to be ranked."""

    def __init__(self, sessions: sessionmaker[Session], basis: Basis) -> None:
        self.sessions, self.basis = sessions, basis
        self.problems: dict[int, tuple[int, ProblemDocument]] = {}
        self.teams: dict[int, tuple[tuple[Any, ...], TeamDocument]] = {}
        self.live: LiveRanking | None = None

    def sync(self, session: Session, now: datetime) -> LiveRanking:
        """Bring both sides up to date and return them, ready to be asked."""
        problems, teams = queries.problem_versions(session, now), queries.team_versions(session)
        gone_problems = [id_ for id_ in self.problems if id_ not in problems]
        gone_teams = [id_ for id_ in self.teams if id_ not in teams]
        new_problems = list(self._changed_problems(session, problems, now))
        new_teams = list(self._changed_teams(session, teams))
        for id_ in gone_problems:
            del self.problems[id_]
        for id_ in gone_teams:
            del self.teams[id_]
        if self.live is None:
            self.live = LiveRanking(
                self.basis.pipeline, new_problems, new_teams, reference=self.basis.reference
            )
            return self.live
        for problem in new_problems:
            self.live.put_problem(problem)
        for team in new_teams:
            self.live.put_team(team)
        for id_ in gone_problems:
            self.live.remove_problem(matcher_id(id_))
        for id_ in gone_teams:
            self.live.remove_team(matcher_id(id_))
        return self.live

    def _changed_problems(
        self, session: Session, versions: dict[int, int], now: datetime
    ) -> Iterator[ProblemDocument]:
        known = {id_: version for id_, (version, _) in self.problems.items()}
        for batch in _batches(_changed(versions, known)):
            for row in queries.problems_by_id(session, batch):
                document = read_problem(row, now)
                self.problems[row.id] = versions[row.id], document
                yield document

    def _changed_teams(
        self, session: Session, versions: dict[int, tuple[Any, ...]]
    ) -> Iterator[TeamDocument]:
        known = {id_: version for id_, (version, _) in self.teams.items()}
        for batch in _batches(_changed(versions, known)):
            levels = team_levels(session, batch)
            for row in queries.teams_by_id(session, batch):
                document = read_team(row, levels.get(row.id))
                self.teams[row.id] = versions[row.id], document
                yield document

    def refresh_team(self, team_id: int) -> int:
        """Work out anew what fits one team; the number of pairs kept."""
        with self.sessions() as session:
            live, barred = self.sync(session, utcnow()), self._barred(session, team_ids=[team_id])
        found = self._for_team(live, team_id, barred)
        self._replace(found, Preview.team_id == team_id, team_id)
        return len(found)

    def refresh_problem(self, problem_id: int) -> int:
        """Work out anew which teams one problem fits; the number of pairs kept."""
        with self.sessions() as session:
            live = self.sync(session, utcnow())
            barred = self._barred(session, problem_ids=[problem_id])
        found: list[dict[str, Any]] = []
        if problem_id in self.problems:
            pairs = live.teams_for(self.problems[problem_id][1])
            found = self._rows(_allowed(pairs, barred)[:PER_PROBLEM])
        self._replace(found, Preview.problem_id == problem_id)
        return len(found)

    def refresh_all(self, progress: Progress) -> int:
        """Work out every team's anew, and forget those of teams that are gone."""
        with self.sessions() as session:
            live = self.sync(session, utcnow())
            kept_for = set(session.scalars(sa.select(Preview.team_id).distinct()))
        kept = done = 0
        for batch in _batches([*self.teams, *(kept_for - self.teams.keys())]):
            with self.sessions() as session:
                barred = self._barred(session, team_ids=batch)
            for team_id in batch:
                progress(done, len(self.teams))
                found = self._for_team(live, team_id, barred)
                self._replace(found, Preview.team_id == team_id, team_id)
                kept, done = kept + len(found), done + 1
        return kept

    def _barred(
        self,
        session: Session,
        *,
        problem_ids: Collection[int] | None = None,
        team_ids: Collection[int] | None = None,
    ) -> set[tuple[int, int]]:
        """The pairs that must not be shown: conflicts of interest as things stand, and bans."""
        problems = list(self.problems) if problem_ids is None else problem_ids
        teams = list(self.teams) if team_ids is None else team_ids
        return queries.banned(session) | conflicts(session, problems, teams).keys()

    def _for_team(
        self, live: LiveRanking, team_id: int, barred: Collection[tuple[int, int]]
    ) -> list[dict[str, Any]]:
        if team_id not in self.teams:
            return []
        pairs = live.problems_for(self.teams[team_id][1])
        return self._rows(_allowed(pairs, barred)[: queries.KEPT])

    def _rows(self, pairs: Iterable[MatchedPair]) -> list[dict[str, Any]]:
        now = utcnow()
        return [
            {
                "team_id": int(pair.team_id),
                "problem_id": int(pair.problem_id),
                "score": pair.score,
                "band": str(pair.band),
                "confidence": str(pair.confidence),
                "explanation": self._sketch(pair),
                "config": self.basis.notes,
                "made_at": now,
            }
            for pair in pairs
        ]

    def _sketch(self, pair: MatchedPair) -> dict[str, Any]:
        problem = self.problems[int(pair.problem_id)][1]
        team = self.teams[int(pair.team_id)][1]
        return slim(self.basis.pipeline.sketch(problem, team, pair), set())

    def _replace(
        self, rows: list[dict[str, Any]], what: sa.ColumnElement[bool], team_id: int | None = None
    ) -> None:
        """Put *rows* in the place of *what*; of one team, note how its ranking moved."""
        with unit_of_work(self.sessions) as session:
            if team_id is not None:
                ranking_change.note(session, team_id, rows)
            session.execute(sa.delete(Preview).where(what))
            if rows:
                session.execute(sa.insert(Preview), rows)


def _changed(versions: Mapping[int, Any], known: Mapping[int, Any]) -> list[int]:
    return [id_ for id_, version in versions.items() if known.get(id_) != version]


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _allowed(
    pairs: Iterable[MatchedPair], barred: Collection[tuple[int, int]]
) -> list[MatchedPair]:
    return [pair for pair in pairs if (int(pair.problem_id), int(pair.team_id)) not in barred]
