"""Forms of allocations: what to ask for, locks, taking back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FloatField
from wtforms.validators import InputRequired, Optional

from matchmaker.models import LockKind
from matchmaker.services.allocation_config import (
    AIM_LABELS,
    BASIS_LABELS,
    MAX_NOTE,
    Aim,
    AllocationConfig,
    Basis,
    GroupFloor,
    GroupKind,
    group_label,
)
from matchmaker.web.forms.base import BaseForm, Version, WholeNumber, choice, line, text
from matchmaker.web.forms.match import one_of
from matchmaker.web.i18n import say

_NEEDED = _l("Please enter a number.")


def _number(label: str) -> WholeNumber:
    return WholeNumber(label, validators=[InputRequired(_NEEDED)])


class _AllocationForm(BaseForm):
    """What does not depend on the call."""

    #: Name of a field -> the group it is about.
    groups: dict[str, tuple[GroupKind, str]] = {}

    basis = choice(
        _l("Who can be placed"), lambda: [(b, say(label)) for b, label in BASIS_LABELS.items()]
    )
    aim = choice(
        _l("What counts most"), lambda: [(a, say(label)) for a, label in AIM_LABELS.items()]
    )
    rounds = _number(_l("How many times the worst-off problem is raised"))
    review_share = _number(_l("Share of the review in the fit, in per cent"))
    minimum = FloatField(_l("Minimum fit"), validators=[Optional()])
    at_least = _number(_l("Teams that every problem must get"))
    capacity_at_most = WholeNumber(_l("Problems a team gets at most"), validators=[Optional()])
    reserves = _number(_l("Reserves kept for each problem"))
    note = line(_l("Note for colleagues"), maximum=MAX_NOTE)

    def config(self) -> AllocationConfig:
        """What was chosen."""
        return AllocationConfig(
            basis=Basis(self.basis.data),
            aim=Aim(self.aim.data),
            rounds=self.rounds.data or 0,
            review_share=self.review_share.data or 0,
            minimum=self.minimum.data,
            at_least=self.at_least.data or 0,
            capacity_at_most=self.capacity_at_most.data,
            reserves=self.reserves.data or 0,
            floors=tuple(
                GroupFloor(kind, value, self[name].data)
                for name, (kind, value) in self.groups.items()
                if self[name].data
            ),
        )


def allocation_form(
    groups: Collection[tuple[GroupKind, str]], config: AllocationConfig
) -> _AllocationForm:
    """The form with a field for each group of problems; with what was typed, else with *config*."""
    named = {f"{kind}_{value}".replace("-", "_"): (kind, value) for kind, value in groups}
    fields: dict[str, Any] = {name: WholeNumber(validators=[Optional()]) for name in named}
    made: type[_AllocationForm] = type("AllocationForm", (_AllocationForm,), fields)
    wanted = {(floor.kind, floor.value): floor.at_least for floor in config.floors}
    values = {
        **{name: getattr(config, name) for name in config.to_dict() if name != "floors"},
        **{name: wanted.get(group) for name, group in named.items()},
    }
    form = made(data=values)
    form.groups = named
    for name, (kind, value) in named.items():
        form[name].label.text = say(group_label(f"{kind}:{value}"))
    return form


class DeployForm(BaseForm):
    """The allocation as the officer saw it."""

    version = Version()


class UndoForm(BaseForm):
    """Why a deployed allocation is taken back."""

    version = Version()
    reason = text(_l("Reason"), maximum=MAX_NOTE)


class LockForm(BaseForm):
    """An officer's word on a pair."""

    kind = one_of(_l("Lock"), LockKind)
    problem_id = WholeNumber(_l("Problem"))
    team_id = WholeNumber(_l("Team"))
    reason = text(_l("Reason"), maximum=MAX_NOTE)
