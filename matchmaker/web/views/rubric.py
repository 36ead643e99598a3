"""The rubrics: which versions there are, what each says, and how a new one is made."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.assessment.rubric_edit import changed, differences
from matchmaker.errors import InvalidInput, StaleVersion
from matchmaker.models.screening import SCREENING_OUTCOME_LABELS
from matchmaker.policies.rubric import may_edit_rubrics, may_read_rubrics
from matchmaker.queries import rubric as queries
from matchmaker.services import rubric as service
from matchmaker.web import listing, rubric_words
from matchmaker.web.auth import actor, guard
from matchmaker.web.forms.rubric import RubricForm, name_of, rubric_form
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("rubric", __name__)


@blueprint.get("/office/rubrics")
@guard(may_read_rubrics)
def index() -> ResponseReturnValue:
    """The kinds of rubric, each with its versions."""
    versions = {
        kind: queries.list_versions(db_session(), actor(), kind) for kind in rubric_words.KINDS
    }
    return render_template("rubric/index.html", versions=versions, words=rubric_words)


@blueprint.get("/office/rubrics/<kind>/<version>")
@guard(may_read_rubrics)
def show(kind: str, version: str) -> ResponseReturnValue:
    """One version in words, with what it changed and what was decided under it."""
    listed = queries.get_version(db_session(), actor(), kind, version)
    content = service.content(db_session(), kind, version)
    return render_template(
        "rubric/show.html",
        listed=listed,
        content=content,
        rubric=service.version(db_session(), kind, version),
        changes=_changes_since_base(listed),
        versions=queries.list_versions(db_session(), actor(), kind),
        page=queries.decisions(db_session(), actor(), kind, version, number=listing.page_number()),
        outcomes=SCREENING_OUTCOME_LABELS,
        page_url=listing.page_url,
        words=rubric_words,
    )


def _changes_since_base(listed: queries.Listed) -> list[rubric_words.Difference]:
    if listed.row is None:
        return []
    return _differences(listed.kind, listed.row.base, listed.version)


def _differences(kind: str, before: str, after: str) -> list[rubric_words.Difference]:
    later = service.content(db_session(), kind, after)
    found = differences(service.content(db_session(), kind, before), later)
    return rubric_words.differences_in_words(later, found)


@blueprint.get("/office/rubrics/<kind>/compare")
@guard(may_read_rubrics)
def compare(kind: str) -> ResponseReturnValue:
    """Two versions side by side; the two latest unless the address names others."""
    versions = queries.list_versions(db_session(), actor(), kind)
    names = [listed.version for listed in versions]
    after = listing.chosen("after") or names[0]
    before = listing.chosen("before") or names[min(1, len(names) - 1)]
    pairs = [(name, name) for name in names]
    return render_template(
        "rubric/compare.html",
        kind=kind,
        before=before,
        after=after,
        changes=_differences(kind, before, after),
        filters=[
            listing.select("before", _("Earlier version"), pairs),
            listing.select("after", _("Later version"), pairs),
        ],
        words=rubric_words,
    )


@blueprint.route("/office/rubrics/<kind>/<version>/edit", methods=["GET", "POST"])
@guard(may_edit_rubrics)
def edit(kind: str, version: str) -> ResponseReturnValue:
    """Make a new version out of *version*."""
    listed = queries.get_version(db_session(), actor(), kind, version)
    content = service.content(db_session(), kind, version)
    form = rubric_form(content)
    if request.method == "GET":
        form.seen.data = service.current_version(db_session(), kind)
        return _edit_page(form, listed)
    if not form.validate():
        return _edit_page(form, listed), 422
    try:
        row = service.make_version(
            context(),
            kind,
            version,
            changed(content, form.values()),
            note=form.note.data or "",
            seen=form.seen.data or "",
        )
    except InvalidInput as error:
        form.show_faults(error)
        return _edit_page(form, listed), 422
    except StaleVersion as error:
        return _stale_page(form, listed, say(error.message)), 409
    flash(_("Version %(version)s is in force from now on.", version=row.version), "good")
    return redirect(url_for("rubric.show", kind=kind, version=row.version))


def _stale_page(form: RubricForm, listed: queries.Listed, stale: str) -> str:
    """What was typed, with what another version has put in force since; saving again goes on."""
    since = form.seen.data or listed.version
    now = service.current_version(db_session(), listed.kind)
    form.seen.data = now
    known = {v.version for v in queries.list_versions(db_session(), actor(), listed.kind)}
    found = _differences(listed.kind, since, now) if since in known else []
    return _edit_page(form, listed, stale=stale, now=now, since=found)


def _edit_page(form: RubricForm, listed: queries.Listed, **values: object) -> str:
    content = service.content(db_session(), listed.kind, listed.version)
    return render_template(
        "rubric/edit.html",
        form=form,
        listed=listed,
        groups=rubric_words.groups(content),
        name_of=name_of,
        words=rubric_words,
        **values,
    )
