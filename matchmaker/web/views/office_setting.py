"""The office's own switches and limits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models import SETTINGS
from matchmaker.policies.office_setting import may_edit_settings
from matchmaker.queries import office_setting as queries
from matchmaker.services import office_setting as service
from matchmaker.web.auth import guard
from matchmaker.web.forms.office_setting import settings_form, shown
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("office_setting", __name__)


@blueprint.route("/office/settings", methods=["GET", "POST"])
@guard(may_edit_settings)
def edit() -> ResponseReturnValue:
    """See and change the settings."""
    values, version = _current()
    form = settings_form(values, version)
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form), 422
    try:
        changed = service.update(
            context(), form.version.data, form.values(), form.reason.data or ""
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _page(form), 422
    except StaleVersion as error:
        form.version.data = version
        return _page(
            form, stale=say(error.message), differing=_differing(form.values(), values)
        ), 409
    flash(_("Saved.") if changed else _("Nothing was changed."), "good")
    return redirect(url_for("office_setting.edit"))


def _current() -> tuple[dict[str, int], int]:
    rows = queries.saved_settings(db_session()).values()
    return queries.all_values(db_session()), queries.changes_so_far(rows)


def _differing(typed: dict[str, int], saved: dict[str, int]) -> list[tuple[str, str, str]]:
    return [
        (say(item.label), shown(item, saved[key]), shown(item, typed[key]))
        for key, item in SETTINGS.items()
        if typed[key] != saved[key]
    ]


def _page(form: object, **values: object) -> str:
    rows = queries.saved_settings(db_session()).values()
    return render_template(
        "office_setting/edit.html",
        form=form,
        settings=SETTINGS,
        shown=shown,
        last_changed=queries.last_changed(rows),
        **values,
    )
