"""The integer programme behind an allocation, solved by HiGHS, with a bound checked by ourselves.

Without two kinds of floors that cut across each other the limits form a flow through a network.
Its corner solutions are whole numbers, so the linear programme alone gives the exact answer; branch
and bound is tried only if a solution comes out broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from matchmaker.errors import MatchmakerError
from matchmaker.i18n import N_
from matchmaker.matching.allocation_limits import Candidates, Limits, Mask, Positions
from matchmaker.matching.types import Matrix

# How far from a whole number a value may be: HiGHS works to a tenth of this.
WHOLE = 1e-6
# Seconds that a solve may take unless told otherwise.
DEFAULT_TIME_LIMIT = 60.0


class SolverFailure(MatchmakerError):
    """The solver ended without an answer, or with one that breaks a limit."""

    code = "solver_failure"
    default = N_("The solver ended without a usable answer (%(reason)s). Try a longer time limit.")


@dataclass(frozen=True)
class Solution:
    """A solution and what it is worth.

    Parameters
    ----------
    values : ndarray of float
        One whole number a column.
    objective : float
        What it is worth.
    bound : float
        What no solution can exceed.
    """

    values: Matrix
    objective: float
    bound: float


@dataclass(frozen=True)
class Program:
    """Maximise something over columns in [lower, upper] with ``matrix @ columns <= limit``.

    The first columns are the candidates, 1 if placed. If `has_served`, one column a problem
    follows, which can be 1 only if the problem gets a team.
    """

    matrix: sp.csr_array
    limit: Matrix
    lower: Matrix
    upper: Matrix
    n_pairs: int

    @property
    def has_served(self) -> bool:
        """Return whether there is a column for each problem."""
        return len(self.lower) > self.n_pairs

    def without(self, pairs: Mask) -> Program:
        """Return the programme in which the candidates *pairs* cannot be placed."""
        upper = self.upper.copy()
        upper[: self.n_pairs][pairs & (self.lower[: self.n_pairs] == 0)] = 0
        return Program(self.matrix, self.limit, self.lower, upper, self.n_pairs)

    def with_at_most(self, pairs: Mask, number: int) -> Program:
        """Return the programme in which at most *number* of the candidates *pairs* are placed."""
        row = np.zeros((1, len(self.lower)))
        row[0, : self.n_pairs][pairs] = 1
        matrix = sp.vstack([self.matrix, sp.csr_array(row)], format="csr")
        limit = np.append(self.limit, float(number))
        return Program(matrix, limit, self.lower, self.upper, self.n_pairs)


def build(candidates: Candidates, limits: Limits, *, with_served: bool) -> Program:
    """Write the limits down as a programme.

    Parameters
    ----------
    candidates : Candidates
        The pairs.
    limits : Limits
        What to keep to; checked before.
    with_served : bool
        Whether a column tells for each problem if it gets a team.

    Returns
    -------
    Program
        Rows: demand, capacity, then what must be reached.
    """
    least, most = limits.of_problems(candidates)
    by_problem = incidence(candidates.problem, len(candidates.problem_ids))
    by_team = incidence(candidates.team, len(candidates.team_ids))
    rows, limit = [by_problem, by_team], [most, limits.of_teams(candidates)]
    if must := np.flatnonzero(least).tolist():
        rows.append(-by_problem[must])
        limit.append(-least[must])
    served = len(candidates.problem_ids) if with_served else 0
    matrix = sp.vstack(rows, format="csr")
    if served:
        matrix, limit = _with_served(matrix, limit, by_problem, candidates, limits)
    shut = candidates.marked(limits.bans) | limits.is_too_weak(candidates)
    return Program(
        sp.csr_array(matrix),
        np.concatenate(limit).astype(float),
        np.concatenate([candidates.marked(limits.pins), np.zeros(served)]).astype(float),
        np.concatenate([~shut, np.ones(served)]).astype(float),
        len(candidates),
    )


def incidence(side: Positions, n_rows: int) -> sp.csr_array:
    """Return the matrix that adds up the candidates of each row of one side."""
    n = len(side)
    return sp.csr_array((np.ones(n), (side, np.arange(n))), shape=(n_rows, n))


def _with_served(
    matrix: sp.csr_array,
    limit: list[Any],
    by_problem: sp.csr_array,
    candidates: Candidates,
    limits: Limits,
) -> tuple[sp.csr_array, list[Any]]:
    """Add a column for each problem, its rule, and the floors."""
    n = len(candidates.problem_ids)
    empty = sp.csr_array((matrix.shape[0], n))
    blocks = [
        sp.hstack([matrix, empty], format="csr"),
        sp.hstack([-by_problem, sp.eye_array(n)], format="csr"),
    ]
    limit = [*limit, np.zeros(n)]
    groups = floor_rows(candidates, limits)
    if groups.shape[0]:
        nothing = sp.csr_array((groups.shape[0], len(candidates)))
        blocks.append(sp.hstack([nothing, -groups], format="csr"))
        limit.append(-np.array([floor.at_least for floor in limits.floors]))
    return sp.vstack(blocks, format="csr"), limit


def floor_rows(candidates: Candidates, limits: Limits) -> sp.csr_array:
    """Return which problems (columns) are in the group of each floor (rows)."""
    rows = [[i in floor.problem_ids for i in candidates.problem_ids] for floor in limits.floors]
    shape = (len(rows), len(candidates.problem_ids))
    return sp.csr_array(np.array(rows, dtype=float).reshape(shape))


def solve(program: Program, worth: Matrix, *, time_limit: float) -> Solution | None:
    """Find the whole-number solution that is worth most.

    Parameters
    ----------
    program : Program
        What must hold.
    worth : ndarray of float
        What each column adds.
    time_limit : float
        Seconds that branch and bound may take, if it comes to that.

    Returns
    -------
    Solution or None
        None if no solution keeps all limits.
    """
    if not len(worth):
        return Solution(worth, 0.0, 0.0) if (program.limit >= 0).all() else None
    found = linprog(
        -worth,
        A_ub=program.matrix,
        b_ub=program.limit,
        bounds=np.column_stack([program.lower, program.upper]),
        method="highs-ds",
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise SolverFailure(reason=found.message)
    values = np.round(found.x)
    if np.abs(found.x - values).max(initial=0) > WHOLE:
        return branch_and_bound(program, worth, time_limit=time_limit)
    prices = -np.minimum(found.ineqlin.marginals, 0)
    return _checked(program, worth, values, _bound(program, worth, prices))


def _bound(program: Program, worth: Matrix, prices: Matrix) -> float:
    """Return what no solution exceeds: any prices of the limits, none negative, prove a bound."""
    left = worth - program.matrix.T @ prices
    return float(
        program.limit @ prices + np.maximum(left * program.lower, left * program.upper).sum()
    )


def branch_and_bound(program: Program, worth: Matrix, *, time_limit: float) -> Solution | None:
    """Solve with whole numbers demanded, as well as the time allows; None if nothing keeps the limits."""
    found = milp(
        -worth,
        constraints=LinearConstraint(program.matrix, -np.inf, program.limit),
        bounds=Bounds(program.lower, program.upper),
        integrality=np.ones(len(worth)),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    if found.status == 2:
        return None
    if found.x is None:
        raise SolverFailure(reason=found.message)
    return _checked(program, worth, np.round(found.x), -float(found.mip_dual_bound))


def _checked(program: Program, worth: Matrix, values: Matrix, bound: float) -> Solution:
    """Return the solution after making sure that it keeps every limit exactly."""
    keeps = (program.matrix @ values <= program.limit).all()
    if not (keeps and (values >= program.lower).all() and (values <= program.upper).all()):
        raise SolverFailure(reason="a limit is broken")
    return Solution(values, float(worth @ values), bound)
