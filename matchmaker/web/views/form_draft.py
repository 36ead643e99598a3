"""Where forms save themselves while one types, and where that is thrown away."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import MatchmakerError
from matchmaker.policies.site import may_use
from matchmaker.web import drafts
from matchmaker.web.auth import guard
from matchmaker.web.errors import status_of
from matchmaker.web.i18n import say
from matchmaker.web.resume import local_path

blueprint = Blueprint("form_draft", __name__)


@blueprint.post("/drafts/<key>")
@guard(may_use)
def save(key: str) -> ResponseReturnValue:
    """Keep the fields of a form as typed; the script that asks shows the answer beside the form."""
    try:
        saved_at = drafts.keep(key)
    except MatchmakerError as error:
        return jsonify(code=error.code, detail=say(error.message)), status_of(error)
    return jsonify(saved_at=saved_at.isoformat())


@blueprint.post("/drafts/<key>/discard")
@guard(may_use)
def discard(key: str) -> ResponseReturnValue:
    """Throw away what was typed and show the form as it was last saved."""
    drafts.discard(key)
    flash(_("What you had typed but not saved was thrown away."), "info")
    return redirect(local_path(request.form.get("next")))
