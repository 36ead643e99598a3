"""The rubrics: which versions there are, what each says, and how a new one is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("rubric", __name__)

VERSION = "/office/rubrics/<kind>/<version>"


@blueprint.get("/office/rubrics")
@guard(may_read_rubrics)
def index() -> ResponseReturnValue:
    """The kinds of rubric, each with its versions."""
    versions = {
        kind: queries.list_versions(db_session(), actor(), kind) for kind in rubric_words.KINDS
    }
    return render_template("rubric/index.html", versions=versions, words=rubric_words)


@blueprint.get(VERSION)
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
    return render_template(
        "rubric/compare.html",
        kind=kind,
        before=before,
        after=after,
        changes=_differences(kind, before, after),
        filters=[
            _choice("before", _("Earlier version"), names, before),
            _choice("after", _("Later version"), names, after),
        ],
        words=rubric_words,
    )


def _choice(name: str, label: str, versions: list[str], chosen: str) -> dict[str, Any]:
    """A choice of a version, with the one on the page chosen even if the address names none."""
    options = [{"value": v, "label": v, "selected": v == chosen} for v in versions]
    return {"name": name, "label": label, "kind": "select", "options": options}


@blueprint.route(VERSION + "/edit", methods=["GET", "POST"], defaults={"words": False})
@blueprint.route(VERSION + "/words", methods=["GET", "POST"], defaults={"words": True})
@guard(may_edit_rubrics)
def edit(kind: str, version: str, words: bool) -> ResponseReturnValue:
    """Make a new version out of *version*: other numbers, or other words."""
    listed = queries.get_version(db_session(), actor(), kind, version)
    content = service.content(db_session(), kind, version)
    page = EditPage(listed, content, words, rubric_form(content, words=words))
    if request.method == "GET":
        page.form.seen.data = service.current_version(db_session(), kind)
        return page.show()
    if not page.form.validate():
        return page.show(), 422
    return _saved(page)


def _saved(page: EditPage) -> ResponseReturnValue:
    listed, form = page.listed, page.form
    after = changed(page.content, form.values())
    note, seen = form.note.data or "", form.seen.data or ""
    try:
        row = service.make_version(
            context(), listed.kind, listed.version, after, note=note, seen=seen
        )
    except InvalidInput as error:
        form.show_faults(error)
        return page.show(), 422
    except StaleVersion:
        return _stale(page), 409
    flash(_("Version %(version)s is in force from now on.", version=row.version), "good")
    return redirect(url_for("rubric.show", kind=listed.kind, version=row.version))


def _stale(page: EditPage) -> str:
    """What was typed, with what another version has put in force since; saving again goes on."""
    kind, since = page.listed.kind, page.form.seen.data or ""
    now = page.form.seen.data = service.current_version(db_session(), kind)
    known = {listed.version for listed in queries.list_versions(db_session(), actor(), kind)}
    found = _differences(kind, since, now) if since in known else []
    return page.show(now=now, since=found)


@dataclass(frozen=True)
class EditPage:
    """The page that edits one version, and the form on it."""

    listed: queries.Listed
    content: Mapping[str, Any]
    words: bool
    form: RubricForm

    def show(self, **values: object) -> str:
        """The page; *values* tell what somebody else has put in force."""
        return render_template(
            "rubric/edit.html",
            form=self.form,
            listed=self.listed,
            groups=rubric_words.groups(self.content, words=self.words),
            of_words=self.words,
            name_of=name_of,
            words=rubric_words,
            **values,
        )
