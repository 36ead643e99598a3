"""Forms about one's account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import PasswordInput

from matchmaker.passwords import MAX_LENGTH
from matchmaker.services.account import MAX_NAME
from matchmaker.web.forms.base import BaseForm, line

LANGUAGES = [SelectChoice("zh_Hant_TW", "中文（臺灣）"), SelectChoice("en", "English")]
MAX_EMAIL = 254


class SecretField(Field):
    """A password: taken letter by letter as typed, and never sent back."""

    widget = PasswordInput(hide_value=True)
    data: str

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


def email_line() -> Field:
    """The address of an account."""
    return line(
        _l("E-mail address"),
        DataRequired(_l("Please give your e-mail address.")),
        maximum=MAX_EMAIL,
        render_kw={
            "type": "email",
            "autocomplete": "username",
            "inputmode": "email",
            "spellcheck": "false",
            "autocapitalize": "none",
        },
    )


def name_line() -> Field:
    """A person's name."""
    return line(
        _l("Your name"),
        DataRequired(_l("Please give your name.")),
        maximum=MAX_NAME,
        render_kw={"autocomplete": "name"},
    )


def secret(label: str, message: str, *, is_new: bool = False) -> SecretField:
    """A password that exists, or a new one; browsers keep the two apart."""
    autocomplete = "new-password" if is_new else "current-password"
    return SecretField(
        label,
        validators=[DataRequired(message)],
        render_kw={"autocomplete": autocomplete, "maxlength": MAX_LENGTH},
    )


def language_choice() -> RadioField:
    """The language of the account: of pages and of letters."""
    return RadioField(
        _l("Language"),
        choices=LANGUAGES,
        validators=[DataRequired(_l("Choose a language from the list."))],
        validate_choice=True,
    )


class LoginForm(BaseForm):
    """Signing in; the hidden fields hold where to go on, and what was typed before."""

    email = email_line()
    password = secret(_l("Password"), _l("Please type your password."))
    next = HiddenField()
    resume_path = HiddenField()
    resume_fields = HiddenField()


class RegisterForm(BaseForm):
    """Opening an account."""

    name = name_line()
    email = email_line()
    password = secret(_l("Password"), _l("Please choose a password."), is_new=True)
    locale = language_choice()
    next = HiddenField()


class EmailForm(BaseForm):
    """An address to send a letter to."""

    email = email_line()


class EmptyForm(BaseForm):
    """A button: nothing but the token."""


class ResetForm(BaseForm):
    """A new password, asked for by letter."""

    new_password = secret(_l("New password"), _l("Please choose a password."), is_new=True)


class PasswordForm(ResetForm):
    """A new password in place of the one typed first."""

    password = secret(_l("Your password now"), _l("Please type the password you have now."))


class ProfileForm(BaseForm):
    """Name and language."""

    name = name_line()
    locale = language_choice()


class DeleteForm(BaseForm):
    """Closing the account for good."""

    password = secret(_l("Password"), _l("Please type your password."))
