"""Work that runs later: each task loads by id and calls one service."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from matchmaker.settings import Settings


@dataclass
class TaskContext:
    """What a task works with; it opens its own transactions and says how far it is."""

    settings: Settings
    sessions: sessionmaker[Session]
    job_id: int
    #: Call with (done, total) as work proceeds; raises `JobCancelled` when the job must stop.
    progress: Callable[[int, int], None] = field(default=lambda done, total: None)


Task = Callable[..., dict[str, Any]]
REGISTRY: dict[str, Task] = {}


def task(kind: str) -> Callable[[Task], Task]:
    """Register a function as the task for jobs of *kind*."""

    def register(function: Task) -> Task:
        REGISTRY[kind] = function
        return function

    return register


def load_all() -> None:
    """Import every module of tasks, so that the registry is complete."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
