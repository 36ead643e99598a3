"""Forms of questions: asking, answering, hiding."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired

from matchmaker.models import Team
from matchmaker.services.question import MAX_REASON, MAX_TEXT
from matchmaker.web.forms.base import BaseForm, Version, choices_of, line, row_id, text
from matchmaker.web.i18n import current_language

LANGUAGES = choices_of([("", _l("As I write")), ("zh", _l("Chinese")), ("en", _l("English"))])


class QuestionForm(BaseForm):
    """A question of a team."""

    #: Whether the team is the asker's own is for the service to say.
    team_id = SelectField(_l("Ask for the team"), coerce=row_id, validate_choice=False)
    text = text(_l("Your question"), DataRequired(_l("Write the question.")), maximum=MAX_TEXT)
    language = SelectField(_l("Language of the text"), choices=LANGUAGES, default="")

    def offer_teams(self, teams: Iterable[Team]) -> None:
        """Let the asker choose among *teams*."""
        language = current_language()
        self.team_id.choices = choices_of((team.id, team.name(language)) for team in teams)


class AnswerForm(BaseForm):
    """An answer, or its correction."""

    version = Version()
    text = text(_l("Answer"), DataRequired(_l("Write the answer.")), maximum=MAX_TEXT)
    language = SelectField(_l("Language of the text"), choices=LANGUAGES, default="")


class HideForm(BaseForm):
    """Why a question must not be seen."""

    version = Version()
    reason = line(_l("Reason"), maximum=MAX_REASON)
