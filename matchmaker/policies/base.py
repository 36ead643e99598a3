"""Permissions: a named rule that returns None, or the reason for refusing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matchmaker.errors import NotSignedIn, PermissionDenied
from matchmaker.i18n import Message
from matchmaker.models import User

Reason = Message | str | None


@dataclass(frozen=True)
class Permission:
    """Who may do one thing. Call it to get the reason for refusing, or None."""

    name: str
    rule: Callable[..., Reason]
    doc: str

    @property
    def needs_subject(self) -> bool:
        """Whether the rule asks about a particular thing rather than about the actor alone."""
        return len(inspect.signature(self.rule).parameters) > 1

    def __call__(self, actor: User, *subject: Any) -> Reason:
        return self.rule(actor, *subject)

    def allows(self, actor: User | None, *subject: Any) -> bool:
        """Whether *actor* may; nobody who is not signed in may."""
        return actor is not None and self.rule(actor, *subject) is None

    def require(self, actor: User | None, *subject: Any) -> None:
        """Raise `PermissionDenied` with the reason unless *actor* may."""
        if actor is None:
            raise NotSignedIn
        reason = self.rule(actor, *subject)
        if isinstance(reason, Message):
            raise PermissionDenied(reason.text, **reason.params)
        if reason is not None:
            raise PermissionDenied(reason)


REGISTRY: dict[str, Permission] = {}


def permission(name: str) -> Callable[[Callable[..., Reason]], Permission]:
    """Register a rule under *name* (``noun:action``); its docstring says who may."""

    def register(rule: Callable[..., Reason]) -> Permission:
        if name in REGISTRY:
            raise ValueError(f"permission {name} is defined twice")
        REGISTRY[name] = Permission(name, rule, inspect.getdoc(rule) or "")
        return REGISTRY[name]

    return register
