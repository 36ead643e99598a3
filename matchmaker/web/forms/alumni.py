"""Forms of the alumni zone: what one shows, a message, an answer, the office's invitation."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from matchmaker.models import ALUMNI_PURPOSE_LABELS, AlumniProfile, AlumniPurpose
from matchmaker.services.alumni import MAX_MESSAGE, MAX_TEXT, Shows
from matchmaker.web.forms.base import BaseForm, Version, choices_of, text
from matchmaker.web.i18n import say


class ProfileForm(BaseForm):
    """What an alumnus lets the others see."""

    text = text(_l("What should other alumni know about you?"), maximum=MAX_TEXT)
    shows_levels = BooleanField(_l("Show my confirmed levels"))
    takes_messages = BooleanField(_l("Other alumni may write to me through the platform"))
    is_hiring = BooleanField(_l("My organization is hiring"))
    is_looking = BooleanField(_l("I am looking for a job"))
    will_mentor = BooleanField(_l("I would be a mentor (the programme office reads this too)"))
    will_instruct = BooleanField(
        _l("I would be a seed instructor (the programme office reads this too)")
    )
    agreed = BooleanField(
        _l(
            "I agree: people of teams and organizations that have completed work in the programme "
            "see my name, the work I took part in and what I ticked here; nobody else does."
        )
    )
    version = Version()

    def shows(self) -> Shows:
        """What was chosen, as the service takes it."""
        chosen = {name: bool(self[name].data) for name in Shows.__annotations__ if name != "text"}
        return Shows(text=self.text.data or "", **chosen)


def profile_form(profile: AlumniProfile | None) -> ProfileForm:
    """The form as it stands; ticked are only what the person ticked before."""
    if profile is None:
        return ProfileForm(formdata=None, data={"takes_messages": True})
    return ProfileForm(formdata=None, obj=profile, data={"agreed": True})


class MessageForm(BaseForm):
    """A message to another alumnus."""

    text = text(
        _l("Your message"),
        InputRequired(_l("Write what it is about.")),
        maximum=MAX_MESSAGE,
    )
    shares_email = BooleanField(_l("Share my e-mail address with this person"))


class AnswerForm(BaseForm):
    """An answer to a message."""

    text = text(_l("Your reply"), maximum=MAX_MESSAGE)
    shares_email = BooleanField(_l("Share my e-mail address with this person"))
    version = Version()


class InviteForm(BaseForm):
    """The office asks somebody who offered to help."""

    purpose = SelectField(_l("What for?"))
    text = text(
        _l("What you write to them"),
        InputRequired(_l("Write what it is about.")),
        maximum=MAX_MESSAGE,
    )

    def offer(self, profile: AlumniProfile) -> None:
        """Let the office choose among what the person offered."""
        offered = {
            AlumniPurpose.MENTOR: profile.will_mentor,
            AlumniPurpose.INSTRUCT: profile.will_instruct,
        }
        named = [
            (one.value, say(ALUMNI_PURPOSE_LABELS[one])) for one, yes in offered.items() if yes
        ]
        self.purpose.choices = choices_of(named)


def offer_pairs() -> list[tuple[str, str]]:
    """What alumni offer, for the filter and the lists."""
    return [
        ("is_hiring", _("Hiring")),
        ("is_looking", _("Looking for a job")),
        ("will_mentor", _("Would be a mentor")),
        ("will_instruct", _("Would be a seed instructor")),
    ]
