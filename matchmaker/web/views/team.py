"""Pages of teams: the public directory, a profile, and the form that writes it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.competency import load_taxonomy
from matchmaker.errors import InvalidInput, NotSignedIn, StaleVersion
from matchmaker.models import MEMBER_ROLE_LABELS, TEAM_KIND_LABELS, Team, User
from matchmaker.policies.team import may_archive, may_create, may_edit, may_publicise
from matchmaker.queries import organization as organizations
from matchmaker.queries import standing
from matchmaker.queries import team as teams
from matchmaker.services import team as service
from matchmaker.web import drafts, listing, team_words
from matchmaker.web.auth import PUBLIC, actor, guard
from matchmaker.web.forms.team import BLANK_WORKS, TeamForm, read_filter, saved
from matchmaker.web.i18n import say
from matchmaker.web.transaction import context, db_session

blueprint = Blueprint("team", __name__)


@blueprint.get("/teams")
@guard(PUBLIC)
def directory() -> ResponseReturnValue:
    """The public teams, by what one looks for."""
    wanted = read_filter(request.args)
    filters = team_words.filters()
    return render_template(
        "team/directory.html",
        page=teams.directory(db_session(), wanted, number=listing.page_number()),
        total=teams.count_public(db_session()),
        filters=filters,
        active=listing.active(filters),
        page_url=listing.page_url,
        framework=load_taxonomy(),
        kind_labels=TEAM_KIND_LABELS,
    )


@blueprint.get("/teams/<int:team_id>")
@guard(PUBLIC)
def show(team_id: int) -> ResponseReturnValue:
    """A team's profile."""
    reader = actor()
    team = teams.get_team(db_session(), reader, team_id)
    return render_template(
        "team/show.html",
        team=team,
        is_matched=bool(reader and standing.matched_problems(db_session(), reader, team)),
        members=teams.members_of(db_session(), actor(), team),
        strength=teams.strength(team),
        groups=team_words.by_domain({row.competency: row.level for row in team.competencies}),
        framework=load_taxonomy(),
        kind_labels=TEAM_KIND_LABELS,
        role_labels=MEMBER_ROLE_LABELS,
        wanted_works=teams.WANTED_WORKS,
        wanted_words=teams.WANTED_WORDS,
    )


@blueprint.route("/teams/new", methods=["GET", "POST"])
@guard(may_create)
def create() -> ResponseReturnValue:
    """Found a team."""
    if request.method == "POST":
        return _submitted(None)
    typed = drafts.restore("team:new")
    form = TeamForm(formdata=typed)
    form.add_blank_works()
    return _form_page(form, None, typed=typed)


@blueprint.route("/teams/<int:team_id>/edit", methods=["GET", "POST"])
@guard(may_edit)
def edit(team_id: int) -> ResponseReturnValue:
    """Change a team's profile."""
    team = teams.get_team(db_session(), actor(), team_id)
    may_edit.require(actor(), team)
    service.require_active(team)
    if request.method == "POST":
        return _submitted(team)
    typed = drafts.restore(_key(team))
    form = TeamForm(formdata=typed, data=saved(team))
    form.add_blank_works()
    return _form_page(form, team, typed=typed)


def _submitted(team: Team | None) -> ResponseReturnValue:
    """Save what was typed, or help the author to go on with it."""
    form = TeamForm()
    if "suggest" in request.form or "more_works" in request.form:
        form.add_blank_works(more=BLANK_WORKS if "more_works" in request.form else 0)
        found = service.suggest(form.values()) if "suggest" in request.form else None
        return _form_page(form, team, suggestions=found)
    try:
        return _save(form, team) if form.validate() else _form_page(form, team, status=422)
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, team, status=422)
    except StaleVersion as error:
        return _form_page(form, team, status=409, stale=say(error.message))


def _save(form: TeamForm, team: Team | None) -> ResponseReturnValue:
    key = _key(team)
    if team is None:
        team = service.create(context(), form.values())
    else:
        team = service.update(context(), team.id, form.values(), version=form.version.data)
    drafts.discard(key)
    flash(_("Saved."), "success")
    return redirect(url_for("team.show", team_id=team.id))


def _form_page(
    form: TeamForm, team: Team | None, *, status: int = 200, stale: str = "", **more: Any
) -> ResponseReturnValue:
    """The form as typed; if somebody saved meanwhile, both versions, and saving again is deliberate."""
    form.accept_techniques()
    form.offer(organizations.own(db_session(), _author()), team)
    changes = []
    if stale and team is not None:
        was = TeamForm(formdata=None, data=saved(team))
        was.organization_id.choices = form.organization_id.choices
        changes = team_words.differences(was, form)
        form.version.data = team.version
    suggestions = more.get("suggestions") or service.Suggestions()
    return render_template(
        "team/edit.html",
        form=form,
        team=team,
        key=_key(team),
        stale=stale,
        changes=changes,
        strength=teams.strength(team) if team else None,
        groups=team_words.by_domain(
            form.competencies.data, but={s.concept for s in suggestions.competencies}
        ),
        framework=load_taxonomy(),
        wanted_works=teams.WANTED_WORKS,
        wanted_words=teams.WANTED_WORDS,
        **more,
    ), status


def _author() -> User:
    user = actor()
    if user is None:
        raise NotSignedIn
    return user


def _key(team: Team | None) -> str:
    return f"team:{team.id}" if team else "team:new"


@blueprint.post("/teams/<int:team_id>/publicise")
@guard(may_publicise)
def publicise(team_id: int) -> ResponseReturnValue:
    """Show the team in the directory."""
    service.publicise(context(), team_id)
    flash(_("The profile is public now."), "success")
    return redirect(url_for("team.show", team_id=team_id))


@blueprint.post("/teams/<int:team_id>/hide")
@guard(may_publicise)
def hide(team_id: int) -> ResponseReturnValue:
    """Take the team out of the directory."""
    service.hide(context(), team_id)
    flash(_("The profile is no longer public."), "success")
    return redirect(url_for("team.show", team_id=team_id))


@blueprint.post("/teams/<int:team_id>/archive")
@guard(may_archive)
def archive(team_id: int) -> ResponseReturnValue:
    """Pause the team."""
    service.archive(context(), team_id)
    flash(_("The team is archived. You can bring it back at any time."), "success")
    return redirect(url_for("team.show", team_id=team_id))


@blueprint.post("/teams/<int:team_id>/restore")
@guard(may_archive)
def restore(team_id: int) -> ResponseReturnValue:
    """Bring an archived team back."""
    service.restore(context(), team_id)
    flash(_("The team is back."), "success")
    return redirect(url_for("team.show", team_id=team_id))
