"""Made-up problems and teams of any number, and an encoder that costs nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from matchmaker.competency import Requirement
from matchmaker.matching import (
    Document,
    ProblemDocument,
    TeamDocument,
    Text,
    problem_document,
    team_document,
)
from matchmaker.matching.encoders import Progress
from matchmaker.matching.types import Vectors

WORDS = re.split(
    r"\s+",
    "camera image defect inspection fabric sensor vibration pump forecast demand retail store "
    "chatbot document retrieval language model speech hospital patient privacy schedule route "
    "warehouse robot arm crop disease drone traffic parking energy boiler process control quality",
)
CHINESE = re.split(
    r"\s+",
    "影像 瑕疵 檢測 感測器 振動 預測 需求 門市 客服 文件 檢索 語音 醫院 隱私 排程 倉儲",
)
SECTORS = ("manufacturing", "retail", "healthcare", "agriculture", "transport", "energy")
COMPETENCIES = ("PER-CV", "FND-DL", "DEC-PRD", "LNG-NLP", "PER-SIG", "DEC-OPT")


class RandomEncoder:
    """Give every text its own random unit vector, the same each time.

    Parameters
    ----------
    dim : int, default=384
        Length of the vectors.
    """

    model_id = "random"
    reads_chinese = False

    def __init__(self, dim: int = 384) -> None:
        self.dim = dim

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector for each text."""
        rng = np.random.default_rng(len(texts))
        vectors = rng.standard_normal((len(texts), self.dim), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _text(rng: np.random.Generator, n_words: int, number: str) -> Text:
    is_chinese = rng.random() < 0.5
    words = rng.choice(CHINESE if is_chinese else WORDS, n_words)
    body = ("，" if is_chinese else " ").join(words)
    return Text(f"{words[0]} {number}", body, "zh" if is_chinese else "en")


def make_problems(count: int, seed: int = 0) -> list[ProblemDocument]:
    """Return *count* problems; a third of them name competencies they need."""
    rng = np.random.default_rng(seed)
    return [
        problem_document(
            f"P{number:05d}",
            [_text(rng, 40, f"p{number}")],
            sectors=[str(rng.choice(SECTORS))],
            requirements=[
                Requirement(str(name), int(rng.integers(2, 5)), int(rng.integers(1, 4)))
                for name in rng.choice(COMPETENCIES, 3, replace=False)
            ]
            if number % 3 == 0
            else [],
        )
        for number in range(count)
    ]


def make_teams(count: int, n_documents: int, seed: int = 1) -> list[TeamDocument]:
    """Return *count* teams with *n_documents* documents each."""
    rng = np.random.default_rng(seed)
    return [
        team_document(
            f"T{number:05d}",
            [_text(rng, 30, f"t{number}")],
            [
                Document((_text(rng, 30, f"t{number}w{work}"),), "work", 2024)
                for work in range(n_documents - 1)
            ],
            sectors=[str(rng.choice(SECTORS))],
            competencies={str(rng.choice(COMPETENCIES)): float(rng.integers(1, 6))},
        )
        for number in range(count)
    ]
