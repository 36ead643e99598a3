"""The adaptive check: a few questions, each chosen for what it would tell.

Expected-a-posteriori estimation on the same grid as all other evidence: the next question is drawn
among those that would lower the variance most.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np

from matchmaker.competency.diagnosis import HALF_LIFE_MONTHS, Case, densities
from matchmaker.competency.evidence import Answer, Curve, Evidence
from matchmaker.competency.parameters import Grid, Parameters, parameters

#: Questions with fewer answers are tried out: they are asked, but do not count yet.
TRIAL_ANSWERS = 30


class ItemStatus(StrEnum):
    """Where a question is in its life."""

    DRAFT = "draft"
    TRIAL = "trial"
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    en: str
    zh: str

    def label(self, lang: str) -> str:
        """Return the text in *lang*: Chinese for any tag that starts with zh, else English."""
        return self.zh if lang.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question with one best answer.

    Attributes
    ----------
    id : str
        ``QZ-<competency>-<level>-<nn>``.
    competency : str
        What it asks about.
    level : int
        At which level somebody should know the answer, 1 to 4.
    curve : Curve
        How probable a right answer is at each level.
    stem : Words
        The question.
    options : tuple of Words
        What can be chosen; they are shuffled when shown.
    key : int
        Position of the best one.
    rationale : Words
        Why it is best.
    """

    id: str
    competency: str
    level: int
    curve: Curve
    stem: Words
    options: tuple[Words, ...]
    key: int
    rationale: Words

    def answer(self, chosen: int, age_months: float = 0.0) -> Answer:
        """Return the evidence that choosing option *chosen* is."""
        return Answer(self.curve, chosen == self.key, age_months)

    def order(self, seed: str) -> tuple[int, ...]:
        """Return the positions of the options as *seed* shuffles them, always the same way."""
        positions = list(range(len(self.options)))
        random.Random(f"{seed}/{self.id}").shuffle(positions)  # noqa: S311 (no secret)
        return tuple(positions)


@cache
def quiz_bank() -> Mapping[str, Item]:
    """Return the questions that ship, by id."""
    folder = files(__package__) / "data" / "quiz"
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".json"):
            rows += json.loads(path.read_text(encoding="utf-8"))
    return MappingProxyType({row["id"]: read_item(row) for row in rows})


def read_item(row: Mapping[str, Any]) -> Item:
    """Read a question from plain data.

    Parameters
    ----------
    row : mapping
        With ``id, competency, level, a, beta, c, d, stem, options, key, rationale``; texts are
        mappings with ``en`` and ``zh``.

    Returns
    -------
    Item

    Raises
    ------
    ValueError
        If a text is missing, two options are the same or the key is none of them.
    """
    options = tuple(_words(option) for option in row["options"])
    if not 0 <= row["key"] < len(options) or len(options) < 3:
        raise ValueError(f"{row['id']}: the key has to be one of at least three options")
    for lang in ("en", "zh"):
        if len({option.label(lang) for option in options}) < len(options):
            raise ValueError(f"{row['id']}: two options say the same ({lang})")
    return Item(
        id=row["id"],
        competency=row["competency"],
        level=row["level"],
        curve=Curve(row["a"], row["beta"], row["c"], row["d"]),
        stem=_words(row["stem"]),
        options=options,
        key=row["key"],
        rationale=_words(row["rationale"]),
    )


def _words(row: Mapping[str, str]) -> Words:
    if not row.get("en", "").strip() or not row.get("zh", "").strip():
        raise ValueError(f"a text is missing in one language: {row!r}")
    return Words(row["en"], row["zh"])


def expected_gains(
    density: Grid, items: Sequence[Item], *, using: Parameters | None = None
) -> list[float]:
    """Say by how much each question would lower the variance of the level, on average.

    Parameters
    ----------
    density : ndarray of shape (n_points,)
        What is known now; adds up to 1.
    items : sequence of Item
        The questions that could come next.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    list of float
        In levels squared, 0 or more up to rounding: an answer never makes less known on average.
    """
    grid = (using or parameters()).grid
    now = _variance(density, grid)
    gains = []
    for item in items:
        success = item.curve.success(grid)
        right = float(density @ success)
        after = right * _variance(density * success / right, grid)
        after += (1 - right) * _variance(density * (1 - success) / (1 - right), grid)
        gains.append(now - after)
    return gains


def _variance(density: Grid, grid: Grid) -> float:
    mean = float(density @ grid)
    return float(density @ (grid - mean) ** 2)


def next_item(
    evidence: Sequence[Evidence],
    items: Sequence[Item],
    *,
    asked: Collection[str] = (),
    exposures: Mapping[str, int] | None = None,
    rng: random.Random,
    half_life_months: float = HALF_LIFE_MONTHS,
    using: Parameters | None = None,
) -> Item | None:
    """Choose the next question of a check, or None if the check is over.

    Parameters
    ----------
    evidence : sequence of Evidence
        All there is of the person in the competency, the answers so far among it.
    items : sequence of Item
        The questions of the competency that may be asked: none the person has seen lately.
    asked : collection of str
        Ids of the questions of this check.
    exposures : mapping of str to int, optional
        How often each question has been asked of anybody; those asked less are drawn more often.
    rng : random.Random
        Draws among the best, so that nobody can learn the order by heart.
    half_life_months : float
        After how many months evidence of the competency counts half, above 0.
    using : Parameters, optional
        Of another version than the one that ships.

    Returns
    -------
    Item or None
        None once the level is known well enough, the longest check is over, nothing new would be
        learned or no question is left.
    """
    used = using or parameters()
    rules = used.quiz
    left = [item for item in items if item.id not in asked]
    density = densities([Case(evidence, half_life_months)], using=used)[0]
    is_known = _variance(density, used.grid) < rules.stop_sd**2
    if not left or len(asked) >= rules.most or (len(asked) >= rules.length and is_known):
        return None
    gains = expected_gains(density, left, using=used)
    ranked = sorted(zip(gains, left, strict=True), key=lambda pair: (-pair[0], pair[1].id))
    if len(asked) >= rules.length and ranked[0][0] < rules.stop_gain:
        return None
    best = [item for _, item in ranked[: rules.top]]
    seen = exposures or {}
    return rng.choices(best, [1 / (1 + seen.get(item.id, 0)) for item in best])[0]


@dataclass(frozen=True)
class ItemHealth:
    """How a question has behaved.

    Attributes
    ----------
    n : int
        How many answers there are.
    share_right : float
        Share of right answers, nan without any.
    expected : float
        Share that the model expects of the people who answered, nan without any.
    discrimination : float
        Correlation of a right answer with what the rest of the evidence says of the person; nan if
        it cannot be told.
    difficulty : float
        The difficulty that the answers speak for.
    unused_options : tuple of int
        Wrong options that fewer than 1 in 20 chose, once there are 60 answers.
    """

    n: int
    share_right: float
    expected: float
    discrimination: float
    difficulty: float
    unused_options: tuple[int, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What is wrong with it: ``misfit``, ``flat``, ``reversed``, ``unused_options``."""
        if self.n < TRIAL_ANSWERS:
            return ()
        found = []
        if abs(self.share_right - self.expected) > 0.15:
            found.append("misfit")
        if self.discrimination < 0:
            found.append("reversed")
        elif self.discrimination < 0.15:
            found.append("flat")
        if self.unused_options:
            found.append("unused_options")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer to a question, with what else is known of the person.

    Attributes
    ----------
    chosen : int
        Position of the chosen option.
    level : float
        Mean level of the person without this answer, 0 to 5.
    group : str
        For comparing groups, such as the language of the page.
    """

    chosen: int
    level: float
    group: str = ""


def health(item: Item, answers: Sequence[Asked]) -> ItemHealth:
    """Say how *item* has behaved over *answers*, given oldest first.

    Parameters
    ----------
    item : Item
        The question.
    answers : sequence of Asked
        All answers to it, oldest first.

    Returns
    -------
    ItemHealth

    Notes
    -----
    The difficulty moves with each answer by ``-K (x - P) / a`` with ``K = 0.5 / (1 + 0.05 n)``, as in
    rating systems for learners (Pelanek 2016).
    """
    if not answers:
        return ItemHealth(0, np.nan, np.nan, np.nan, item.curve.difficulty, ())
    right = np.array([asked.chosen == item.key for asked in answers], dtype=float)
    levels = np.array([asked.level for asked in answers])
    varies = len(answers) > 2 and right.std() > 0 and levels.std() > 0
    return ItemHealth(
        n=len(answers),
        share_right=float(right.mean()),
        expected=float(item.curve.success(levels).mean()),
        discrimination=float(np.corrcoef(right, levels)[0, 1]) if varies else np.nan,
        difficulty=_drifted(item.curve, right, levels),
        unused_options=_unused(item, answers),
    )


def _drifted(curve: Curve, right: Grid, levels: Grid) -> float:
    difficulty = curve.difficulty
    for n, (was_right, level) in enumerate(zip(right, levels, strict=True)):
        now = Curve(curve.slope, difficulty, curve.floor, curve.ceiling)
        expected = float(now.success(np.array([level]))[0])
        difficulty -= 0.5 / (1 + 0.05 * n) * (float(was_right) - expected) / curve.slope
    return float(np.clip(difficulty, -1.0, 6.0))


def _unused(item: Item, answers: Sequence[Asked]) -> tuple[int, ...]:
    if len(answers) < 2 * TRIAL_ANSWERS:
        return ()
    chosen = [asked.chosen for asked in answers]
    wrong = (option for option in range(len(item.options)) if option != item.key)
    return tuple(option for option in wrong if chosen.count(option) / len(answers) < 0.05)


def group_difference(item: Item, answers: Sequence[Asked], first: str, second: str) -> float:
    """Compare how two groups of the same level do on *item*: its differential functioning.

    Parameters
    ----------
    item : Item
        The question.
    answers : sequence of Asked
        All answers to it.
    first, second : str
        The groups.

    Returns
    -------
    float
        The Mantel-Haenszel difference on the delta scale, ``-2.35 ln(odds ratio)``, over strata of
        one level each: below 0 the question is harder for *second*; from 1.5 either way it is large
        (Holland and Thayer 1988). nan with fewer than 30 answers in a group.
    """
    by_group = {
        name: [asked for asked in answers if asked.group == name] for name in (first, second)
    }
    if min(map(len, by_group.values())) < TRIAL_ANSWERS:
        return float("nan")
    upper = lower = 0.0
    for stratum in range(6):
        cells = []
        for name in (first, second):
            inside = [a.chosen == item.key for a in by_group[name] if round(a.level) == stratum]
            cells += [sum(inside), len(inside) - sum(inside)]
        right_1, wrong_1, right_2, wrong_2 = cells
        if total := sum(cells):
            upper += right_1 * wrong_2 / total
            lower += wrong_1 * right_2 / total
    if not upper or not lower:
        return float("nan")
    return float(-2.35 * np.log(upper / lower))
