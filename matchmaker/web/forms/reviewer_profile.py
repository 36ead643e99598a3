"""Forms about a reviewer: expertise, and conflicts with organizations."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.competency import load_taxonomy
from matchmaker.models import DECLARED_GENDER_LABELS
from matchmaker.services.reviewer_profile import MAX_EXPERTISE, MAX_REASON, ProfileValues
from matchmaker.web.forms.base import BaseForm, Pairs, Version, WholeNumber, choice, line, text
from matchmaker.web.forms.problem import checkboxes
from matchmaker.web.i18n import current_language, say


def competency_pairs() -> list[tuple[str, str]]:
    """Every AI competency by its name."""
    found = load_taxonomy().competencies
    return [(code, one.label(current_language())) for code, one in found.items()]


def sector_pairs() -> list[tuple[str, str]]:
    """Every sector by its name."""
    found = load_taxonomy().sectors
    return [(code, one.label(current_language())) for code, one in found.items()]


def language_pairs() -> list[tuple[str, str]]:
    """The languages proposals come in, each in itself."""
    return [("zh", "中文"), ("en", "English")]


def gender_pairs() -> Pairs:
    """What may be said of one's gender; nothing comes first."""
    return [("", _("Not said")), *((k.value, say(v)) for k, v in DECLARED_GENDER_LABELS.items())]


class ProfileForm(BaseForm):
    """What a reviewer knows and how much they take."""

    competencies = checkboxes(
        _l("AI competencies you can judge"), choices=competency_pairs, validate_choice=False
    )
    sectors = checkboxes(
        _l("Sectors you know from the inside"), choices=sector_pairs, validate_choice=False
    )
    expertise = text(_l("What you know, in your own words"), maximum=MAX_EXPERTISE)
    languages = checkboxes(
        _l("Languages you judge texts in"), choices=language_pairs, validate_choice=False
    )
    capacity = WholeNumber(_l("Cases you take at a time"))
    gender = choice(_l("Gender"), gender_pairs, validate_choice=False)
    version = Version()

    def values(self) -> ProfileValues:
        """What was typed, as the service takes it."""
        return ProfileValues(
            competencies=self.competencies.data or [],
            sectors=self.sectors.data or [],
            expertise=self.expertise.data or "",
            languages=self.languages.data or [],
            capacity=self.capacity.data,
            gender=self.gender.data or None,
        )


class ConflictForm(BaseForm):
    """An organization a reviewer stands near to, and why."""

    name = line(_l("Name or registration number of the organization"))
    reason = text(_l("What ties you to it"), maximum=MAX_REASON)
