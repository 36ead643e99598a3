"""Forms about milestones: the plan, writing and handing in, what is said, decided, and more time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from matchmaker.models import MILESTONE_OUTCOME_LABELS, Cause, MilestoneOutcome
from matchmaker.services.milestone import MAX_ASKED, MAX_TITLE
from matchmaker.services.milestone_plan import PlanValues
from matchmaker.services.milestone_submission import MAX_LINK, MAX_LINKS, MAX_TEXT
from matchmaker.services.reasons import MAX_REASON
from matchmaker.web.forms.base import BaseForm, LocalMoment, Version, choices_of, line
from matchmaker.web.forms.base import text as paragraphs
from matchmaker.web.forms.engagement import cause_field
from matchmaker.web.i18n import say

_CHOOSE = _l("Please choose one.")


class PlanForm(BaseForm):
    """What a milestone asks for; a team that proposes says why."""

    version = Version()
    stage = SelectField(_l("Stage"), choices=[], validate_choice=False)
    title = line(_l("Title of the milestone"), maximum=MAX_TITLE)
    asked = paragraphs(_l("What is to be delivered"), maximum=MAX_ASKED)
    due_at = LocalMoment(_l("Due"))
    reason = paragraphs(_l("Why you propose it"), maximum=MAX_REASON)

    def offer_stages(self, stages: Sequence[tuple[str, str]]) -> None:
        """Let one of *stages* be chosen."""
        self.stage.choices = choices_of(stages)

    def values(self) -> PlanValues:
        """What was typed, as the service takes it."""
        return PlanValues(
            stage=self.stage.data or "",
            title=self.title.data or "",
            asked=self.asked.data or "",
            due_at=self.due_at.data,
        )


class WriteForm(BaseForm):
    """What the team delivers: a text, and links one to a line."""

    version = Version()
    text = paragraphs(_l("What you deliver"), maximum=MAX_TEXT)
    links = paragraphs(_l("Links, one to a line"), maximum=MAX_LINKS * (MAX_LINK + 2))

    @property
    def addresses(self) -> list[str]:
        """The links as typed."""
        return (self.links.data or "").splitlines()


class VersionForm(BaseForm):
    """The version one has looked at."""

    version = Version()


class ReasonForm(BaseForm):
    """A decision with its reason."""

    version = Version()
    reason = paragraphs(_l("Reason"), maximum=MAX_REASON)


class CommentForm(BaseForm):
    """Something said of a version."""

    body = paragraphs(_l("Comment"), maximum=MAX_REASON)


class ChangesForm(BaseForm):
    """What exactly is to be changed, and until when."""

    version = Version()
    body = paragraphs(_l("What exactly is to be changed"), maximum=MAX_REASON)
    until = LocalMoment(_l("To be handed in by"))


def _outcomes() -> list[SelectChoice]:
    return choices_of([(key.value, say(label)) for key, label in MILESTONE_OUTCOME_LABELS.items()])


class _Caused(BaseForm):
    """A form that names a cause."""

    cause: Any

    @property
    def chosen_cause(self) -> Cause | None:
        return Cause(self.cause.data) if self.cause.data else None


class OpinionForm(_Caused):
    """What the owner thinks of the result."""

    outcome = RadioField(_l("Your opinion"), choices=_outcomes, validators=[InputRequired(_CHOOSE)])
    cause = cause_field(_l("Cause, if it falls short"))
    body = paragraphs(_l("Why (team and office read it)"), maximum=MAX_REASON)

    @property
    def chosen_outcome(self) -> MilestoneOutcome | None:
        return MilestoneOutcome(self.outcome.data) if self.outcome.data else None


class DecisionForm(_Caused):
    """How a milestone ended."""

    version = Version()
    outcome = RadioField(_l("Decision"), choices=_outcomes, validators=[InputRequired(_CHOOSE)])
    cause = cause_field(_l("Cause, if it falls short"))
    reason = paragraphs(_l("Reason (both sides read it)"), maximum=MAX_REASON)

    @property
    def chosen_outcome(self) -> MilestoneOutcome | None:
        return MilestoneOutcome(self.outcome.data) if self.outcome.data else None

    def offer_failure_alone(self) -> None:
        """What was never handed in can only be missed."""
        self.outcome.choices = [one for one in _outcomes() if one.value == MilestoneOutcome.FAILED]


class AskForm(_Caused):
    """Until when more time is asked for, and why."""

    until = LocalMoment(_l("More time until"))
    cause = cause_field(_l("Cause"))
    reason = paragraphs(_l("Reason (both sides read it)"), maximum=MAX_REASON)


class ExtensionAnswerForm(BaseForm):
    """What the office says to a request for more time."""

    version = Version()
    answer = RadioField(
        _l("Decision"),
        choices=lambda: choices_of(
            [("grant", _l("Give more time")), ("refuse", _l("Give no more time"))]
        ),
        validators=[InputRequired(_CHOOSE)],
    )
    until = LocalMoment(_l("Until (empty: as asked)"))
    moves_rest = BooleanField(
        _l("Move everything that comes after it by the same days, and the end of the work")
    )
    note = paragraphs(_l("Reason (both sides read it)"), maximum=MAX_REASON)


class ChangeAnswerForm(BaseForm):
    """What owner or office say to a change that a team proposes."""

    version = Version()
    answer = RadioField(
        _l("Decision"),
        choices=lambda: choices_of(
            [("agree", _l("Agree to the change")), ("refuse", _l("Leave the plan as it is"))]
        ),
        validators=[InputRequired(_CHOOSE)],
    )
    note = paragraphs(_l("Reason, if it stays as it is"), maximum=MAX_REASON)
