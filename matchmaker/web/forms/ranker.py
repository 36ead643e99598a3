"""The form that switches learned weights on."""

from __future__ import annotations

from matchmaker.web.forms.base import BaseForm, Version


class SwitchForm(BaseForm):
    """Which version of the attempt the officer had before them."""

    version = Version()
