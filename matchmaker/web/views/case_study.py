"""Case studies: written and agreed to beside the work, published by the office, read by everybody."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput, InvalidTransition, MatchmakerError, StaleVersion
from matchmaker.models import CaseStudy, Engagement, User
from matchmaker.policies.case_study import (
    consenting_side,
    may_agree_case_study,
    may_list_case_studies,
    may_publish_case_study,
    may_read_case_study,
    may_write_case_study,
)
from matchmaker.queries import case_study as queries
from matchmaker.queries import case_study_figure as figures
from matchmaker.queries.case_study import CaseStudyFilter
from matchmaker.queries.engagement import get_engagement
from matchmaker.services import case_study as service
from matchmaker.services.case_study_proposal import proposal
from matchmaker.web import case_study_words as words
from matchmaker.web import drafts, listing
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.errors import in_words, status_of
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.forms.case_study import CaseStudyForm
from matchmaker.web.grades import grades
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("case_study", __name__)

TAB = "/engagements/<int:engagement_id>/case-study"
VERSION = TAB + "/versions/<int:number>"
#: Refusals that the page one was working on tells.
TOLD = (InvalidInput, InvalidTransition, StaleVersion)


# Everybody


@blueprint.get("/case-studies")
@guard(PUBLIC)
def gallery() -> ResponseReturnValue:
    """The public case studies."""
    language = current_language()
    sectors = ((one.id, one.label(language)) for one in load_taxonomy().sectors.values())
    steps = ((one.id, f"{one.id} {one.label(language)}") for one in grades().values())
    filters = [
        listing.select("sector", _("Sector"), sectors, every=_("All")),
        listing.select("grade", _("Grade"), steps, every=_("All")),
    ]
    wanted = CaseStudyFilter(listing.chosen("sector"), listing.chosen("grade"))
    return render_template(
        "case_study/gallery.html",
        page=queries.list_public(db_session(), wanted, number=listing.page_number()),
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        words=words,
    )


@blueprint.get("/case-studies/<int:case_study_id>")
@guard(PUBLIC)
def show(case_study_id: int) -> ResponseReturnValue:
    """One case study, as both sides agreed to it."""
    version = queries.get_public(db_session(), case_study_id)
    return render_template("case_study/show.html", version=version, words=words)


# Owner, team and office


def _engagement(engagement_id: int) -> Engagement:
    engagement = get_engagement(db_session(), actor(), engagement_id)
    may_read_case_study.require(actor(), engagement)
    return engagement


@blueprint.get(TAB)
@guard(may_read_case_study)
def tab(engagement_id: int) -> ResponseReturnValue:
    """How far the case study is, and what the reader does next."""
    return _tab_page(_engagement(engagement_id))


def _tab_page(engagement: Engagement, error: MatchmakerError | None = None) -> ResponseReturnValue:
    study = queries.case_study_of(db_session(), engagement)
    return render_template(
        "case_study/tab.html",
        engagement=engagement,
        study=study,
        latest=queries.latest(study),
        published=queries.published(study),
        has_changed=_has_changed(study),
        side=consenting_side(cast(User, actor()), engagement),
        words=words,
        error=in_words(error) if error else "",
    ), status_of(error) if error else 200


def _has_changed(study: CaseStudy | None) -> bool:
    """Whether what is written is not what both sides were shown last, or that came to an end."""
    latest = queries.latest(study)
    if study is None or latest is None or latest.ended_at is not None:
        return study is not None
    return service.hash_of(service.content_of(context(), study)) != latest.content_hash


@blueprint.route(TAB + "/edit", methods=["GET", "POST"])
@guard(may_write_case_study)
def edit(engagement_id: int) -> ResponseReturnValue:
    """Write the case study; what is typed keeps itself."""
    engagement = _engagement(engagement_id)
    may_write_case_study.require(actor(), engagement)
    study = queries.case_study_of(db_session(), engagement)
    if request.method == "POST":
        return _saved(engagement, study)
    typed = drafts.restore(_key(engagement))
    begin = None if study else proposal(context(), engagement)
    form = CaseStudyForm(formdata=typed, obj=study or begin)
    return _form_page(engagement, form, study, typed=typed, is_new=study is None)


def _key(engagement: Engagement) -> str:
    return f"case_study:{engagement.id}"


def _saved(engagement: Engagement, study: CaseStudy | None) -> ResponseReturnValue:
    form = CaseStudyForm()
    form.offer_figures(figures.available(db_session(), engagement))
    if not form.validate():
        return _form_page(engagement, form, study), 422
    try:
        service.save(context(), engagement.id, form.texts(), version=form.version.data)
    except StaleVersion as error:
        form.version.data = study.version if study else 0
        return _form_page(engagement, form, study, stale=say(error.message)), 409
    except (InvalidInput, InvalidTransition) as error:
        if isinstance(error, InvalidInput):
            form.show_refusal(error)
        else:
            form.form_errors.append(say(error.message))
        return _form_page(engagement, form, study), status_of(error)
    drafts.discard(_key(engagement))
    flash(_("Saved. Nobody outside reads it until both sides agreed."), "success")
    return redirect(url_for("case_study.tab", engagement_id=engagement.id), 303)


def _form_page(
    engagement: Engagement, form: CaseStudyForm, study: CaseStudy | None, **values: object
) -> str:
    form.offer_figures(figures.available(db_session(), engagement))
    return render_template(
        "case_study/edit.html",
        engagement=engagement,
        form=form,
        study=study,
        words=words,
        draft_key=_key(engagement),
        **values,
    )


@blueprint.post(TAB + "/propose")
@guard(may_write_case_study)
def propose(engagement_id: int) -> ResponseReturnValue:
    """Show what is written to both sides."""
    version = number_or_none(request.form.get("version")) or 0
    try:
        service.propose(context(), engagement_id, version=version)
    except TOLD as error:
        return _tab_page(_engagement(engagement_id), error)
    flash(_("Shown to both sides. They are asked by letter."), "success")
    return redirect(url_for("case_study.tab", engagement_id=engagement_id), 303)


@blueprint.get(VERSION)
@guard(may_read_case_study)
def version(engagement_id: int, number: int) -> ResponseReturnValue:
    """A version word for word, and what changed since the one before."""
    engagement = _engagement(engagement_id)
    study = queries.case_study_of(db_session(), engagement)
    found = queries.get_version(study, number)
    before = queries.get_version(study, number - 1) if number > 1 else None
    return render_template(
        "case_study/version.html",
        engagement=engagement,
        version=found,
        changes=words.changes(before, found) if before else [],
        words=words,
    )


@blueprint.post(VERSION + "/agree")
@guard(may_agree_case_study)
def agree(engagement_id: int, number: int) -> ResponseReturnValue:
    """Agree to a version for one's side."""
    shown = request.form.get("content_hash", "")
    try:
        service.agree(context(), engagement_id, number, content_hash=shown)
    except TOLD as error:
        return _tab_page(_engagement(engagement_id), error)
    flash(_("Agreed. You can take it back at any time."), "success")
    return redirect(url_for("case_study.tab", engagement_id=engagement_id), 303)


@blueprint.post(VERSION + "/withdraw")
@guard(may_agree_case_study)
def withdraw(engagement_id: int, number: int) -> ResponseReturnValue:
    """Take the consent of one's side back."""
    service.withdraw_consent(context(), engagement_id, number)
    flash(_("Taken back. If the case study was public, it no longer is."), "success")
    return redirect(url_for("case_study.tab", engagement_id=engagement_id), 303)


@blueprint.post(VERSION + "/publish")
@guard(may_publish_case_study)
def publish(engagement_id: int, number: int) -> ResponseReturnValue:
    """Put a version on the public page."""
    try:
        service.publish(context(), engagement_id, number)
    except TOLD as error:
        return _tab_page(_engagement(engagement_id), error)
    flash(_("The case study is public now."), "success")
    return redirect(url_for("case_study.tab", engagement_id=engagement_id), 303)


@blueprint.post(VERSION + "/take-down")
@guard(may_publish_case_study)
def take_down(engagement_id: int, number: int) -> ResponseReturnValue:
    """Take a version off the public page, with a reason."""
    reason = request.form.get("reason", "")
    try:
        service.take_down(context(), engagement_id, number, reason=reason)
    except TOLD as error:
        return _tab_page(_engagement(engagement_id), error)
    flash(_("Taken down. Both sides are told why."), "success")
    return redirect(url_for("case_study.tab", engagement_id=engagement_id), 303)


@blueprint.get("/office/case-studies")
@guard(may_list_case_studies)
def index() -> ResponseReturnValue:
    """Completed work, and how far its case study is."""
    reader = cast(User, actor())
    return render_template(
        "case_study/index.html",
        page=queries.list_for_office(db_session(), reader, number=listing.page_number()),
        page_url=listing.page_url,
        words=words,
    )
