"""What can go wrong, named by situation. Knows nothing of HTTP; `web.errors` has the status codes."""

from __future__ import annotations

from typing import Any

from matchmaker.i18n import N_, Message


class MatchmakerError(Exception):
    """Base of every error this program raises on purpose.

    ``code`` is stable and documented; ``message`` says what is wrong and what to do next, and is
    translated where it is shown.
    """

    code = "error"
    default = N_("Something went wrong.")

    def __init__(self, text: str | None = None, /, **params: Any) -> None:
        self.message = Message(text or self.default, params)
        super().__init__(str(self.message))


class NotFound(MatchmakerError):
    """There is no such thing, or the actor may not know of it."""

    code = "not_found"
    default = N_("There is nothing here that you can see. It may have been moved or withdrawn.")


class NotSignedIn(MatchmakerError):
    """The action needs a signed-in person."""

    code = "not_signed_in"
    default = N_("Please sign in first.")


class PermissionDenied(MatchmakerError):
    """The actor knows of the thing but may not do this; the message says why."""

    code = "permission_denied"
    default = N_("You may not do this.")


class InvalidTransition(MatchmakerError):
    """The action is not possible in the state the thing is in."""

    code = "invalid_transition"
    default = N_("This is not possible any more: the state has changed meanwhile. Reload the page.")


class StaleVersion(MatchmakerError):
    """Somebody else saved the thing after this actor had opened it."""

    code = "stale_version"
    default = N_(
        "Somebody else saved this after you opened it. Your text is still below: "
        "compare it with the saved version, then save again."
    )


class DeadlinePassed(MatchmakerError):
    """The time for this action is over."""

    code = "deadline_passed"
    default = N_("The deadline has passed.")


class InvalidInput(MatchmakerError):
    """Input that cannot be accepted; ``fields`` maps a field name to its messages."""

    code = "invalid_input"
    default = N_("Some of what you entered cannot be accepted.")

    def __init__(
        self,
        text: str | None = None,
        /,
        *,
        fields: dict[str, list[Message]] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(text, **params)
        self.fields = fields or {}


class Conflict(MatchmakerError):
    """The request contradicts what is already there."""

    code = "conflict"
    default = N_("This contradicts what is already there.")


class RateLimited(MatchmakerError):
    """Too many attempts in a short time."""

    code = "rate_limited"
    default = N_("Too many attempts. Please wait a little and try again.")


class BadSettings(MatchmakerError):
    """The configuration cannot be used; the message names the setting."""

    code = "bad_settings"
    default = N_("The configuration cannot be used.")


class Unavailable(MatchmakerError):
    """A part this action needs (model, database, mail) cannot be used now."""

    code = "unavailable"
    default = N_("This cannot be done at the moment. Please try again later.")


class JobCancelled(MatchmakerError):
    """Somebody asked for the running job to stop."""

    code = "job_cancelled"
    default = N_("The job was cancelled.")
