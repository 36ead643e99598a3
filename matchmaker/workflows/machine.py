"""A workflow is a table: in which state which action leads where, and what each state is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from matchmaker.errors import InvalidTransition
from matchmaker.i18n import N_

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


@dataclass(frozen=True)
class Label:
    """What a state is called by staff and by the public, and the tone it is shown in."""

    staff: str
    public: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Workflow(Generic[S, A]):
    """The states of one noun, the actions that lead between them and their names."""

    name: str
    initial: S
    table: Mapping[tuple[S, A], S]
    labels: Mapping[S, Label]
    actions: Mapping[A, str]

    def target(self, state: S, action: A) -> S:
        """The state that *action* leads to from *state*; raises `InvalidTransition` if there is none."""
        try:
            return self.table[state, action]
        except KeyError as error:
            raise InvalidTransition(
                N_(
                    "“%(action)s” is not possible in the state “%(state)s”. Reload the page to see what is."
                ),
                action=self.actions[action],
                state=self.labels[state].staff,
            ) from error

    def can(self, state: S, action: A) -> bool:
        """Whether *action* is possible in *state*."""
        return (state, action) in self.table

    def possible(self, state: S) -> list[A]:
        """The actions possible in *state*, in the table's order."""
        return [action for (source, action) in self.table if source == state]

    def path(self, target: S) -> list[A]:
        """A shortest list of actions from the initial state to *target*."""
        seen: dict[S, list[A]] = {self.initial: []}
        queue = [self.initial]
        for state in queue:
            for action in self.possible(state):
                following = self.table[state, action]
                if following not in seen:
                    seen[following] = [*seen[state], action]
                    queue.append(following)
        if target not in seen:
            raise InvalidTransition(
                N_("No way leads to the state “%(state)s”."), state=self.labels[target].staff
            )
        return seen[target]

    def mermaid(self) -> str:
        """The table as a mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {source} --> {goal}: {action}" for (source, action), goal in self.table.items()
        ]
        return "\n".join(lines)
