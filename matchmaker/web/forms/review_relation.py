"""The form by which a reviewer declares a tie with a team or a person."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.models import RELATION_KIND_LABELS
from matchmaker.services.review_relation import MAX_REASON, RelationValues
from matchmaker.web.forms.base import BaseForm, Pairs, choice, line, text
from matchmaker.web.i18n import say


def kind_pairs() -> Pairs:
    """What a tie can be."""
    kinds = ((kind.value, say(label)) for kind, label in RELATION_KIND_LABELS.items())
    return [("", _("Choose …")), *kinds]


class RelationForm(BaseForm):
    """With whom, what, and why it matters."""

    subject = line(_l("Name of the team, or e-mail address of the person"), maximum=254)
    kind = choice(_l("What ties you"), kind_pairs, validate_choice=False)
    reason = text(_l("In your own words"), maximum=MAX_REASON)

    def values(self) -> RelationValues:
        """What was typed, as the service takes it."""
        return RelationValues(
            subject=self.subject.data or "",
            kind=self.kind.data or "",
            reason=self.reason.data or "",
        )
