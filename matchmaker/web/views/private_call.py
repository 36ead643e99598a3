"""In-house calls: ask for one, see what it is, staff it, register teams, end it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import (
    Conflict,
    InvalidInput,
    InvalidTransition,
    MatchmakerError,
    NotFound,
    StaleVersion,
)
from matchmaker.models import Organization, PrivateCall, User
from matchmaker.policies.private_call import (
    may_look_inside,
    may_name_officers,
    may_open_for,
    may_read,
    may_register_team,
    may_request,
    may_run,
    may_take_part,
    may_withdraw_team,
    possible_actions,
)
from matchmaker.policies.site import may_use
from matchmaker.queries import call as calls
from matchmaker.queries import organization as organizations
from matchmaker.queries import private_call as queries
from matchmaker.services import private_call as service
from matchmaker.services import private_call_team as team_service
from matchmaker.web.auth import actor, guard
from matchmaker.web.errors import status_of
from matchmaker.web.forms.call import (
    DecisionForm,
    NewTeamForm,
    OfficerForm,
    PrivateCallForm,
    RegisterTeamForm,
)
from matchmaker.web.i18n import current_language, say
from matchmaker.web.transaction import context, db_session
from matchmaker.workflows.private_call import PRIVATE_CALL_WORKFLOW, PrivateCallAction
from matchmaker.workflows.problem import PROBLEM_WORKFLOW

blueprint = Blueprint("private_call", __name__)

CALL = "/private-calls/<int:private_call_id>"
#: Refusals that the page one was working on tells, with everything typed still there.
TOLD = (Conflict, InvalidInput, InvalidTransition, StaleVersion)


def person() -> User:
    """The signed-in person; the guard has made sure there is one."""
    return cast(User, actor())


@blueprint.route("/organizations/<int:organization_id>/private-calls/new", methods=["GET", "POST"])
@guard(may_use)
def create(organization_id: int) -> ResponseReturnValue:
    """A lead asks for an in-house call; an officer opens one for an organization."""
    organization = organizations.get(db_session(), actor(), organization_id)
    opens = may_open_for.allows(person(), organization)
    context().require(may_open_for if opens else may_request, organization)
    form = PrivateCallForm()
    form.offer_officers(queries.leads(db_session(), organization.id))
    if request.method == "GET":
        form.officers.data = [str(person().id)]
        return _form_page(form, organization, opens)
    if not form.validate():
        return _form_page(form, organization, opens), 422
    return _created(form, organization, opens)


def _created(form: PrivateCallForm, organization: Organization, opens: bool) -> ResponseReturnValue:
    act = service.open_for if opens else service.request
    try:
        private = act(
            context(),
            organization.id,
            form.values(),
            purpose=form.purpose.data or "",
            officer_ids=form.officer_ids,
        )
    except InvalidInput as error:
        form.show_refusal(error)
        return _form_page(form, organization, opens), 422
    flash(
        _("The call is open.") if opens else _("Sent. The office answers you by mail."), "success"
    )
    return _to(private)


def _form_page(form: PrivateCallForm, organization: Organization, opens: bool) -> str:
    return render_template(
        "private_call/new.html", form=form, organization=organization, opens=opens
    )


def _to(private: PrivateCall, anchor: str | None = None) -> ResponseReturnValue:
    url = url_for("private_call.show", private_call_id=private.id, _anchor=anchor)
    return redirect(url, 303)


@blueprint.get(CALL)
@guard(may_read)
def show(private_call_id: int) -> ResponseReturnValue:
    """What the call is; inside it for its own people, its size alone for the office."""
    return _page(private_call_id)


def _page(private_call_id: int, error: MatchmakerError | None = None) -> ResponseReturnValue:
    session, reader = db_session(), person()
    private = queries.get(session, reader, private_call_id)
    context().require(may_read, private)
    is_member = private.organization_id in reader.organization_ids
    looks_inside = may_look_inside.allows(reader, private)
    return render_template(
        "private_call/show.html",
        private=private,
        label=PRIVATE_CALL_WORKFLOW.labels[private.state],
        workflow=PRIVATE_CALL_WORKFLOW,
        problem_labels=PROBLEM_WORKFLOW.labels,
        size=queries.size(session, private),
        head=queries.audit_head(session, private),
        actions=possible_actions(reader, private),
        is_member=is_member,
        looks_inside=looks_inside,
        figures=calls.figures(session, [private.call])[0] if looks_inside else None,
        problems=queries.problems(session, reader, private) if is_member or looks_inside else [],
        registrations=queries.registrations(session, private) if looks_inside or is_member else [],
        own_teams=queries.own_teams(session, reader, private) if is_member else [],
        other_leads=_other_leads(private),
        register_form=RegisterTeamForm(),
        team_form=NewTeamForm(),
        decision_form=DecisionForm(),
        error=_words(error),
    ), status_of(error) if error else 200


def _words(error: MatchmakerError | None) -> str:
    if error is None:
        return ""
    fields = error.fields.values() if isinstance(error, InvalidInput) else ()
    said = [say(message) for messages in fields for message in messages]
    return " ".join(said) or say(error.message)


def _other_leads(private: PrivateCall) -> list[User]:
    """Whom the reader could name as an officer."""
    if not may_name_officers.allows(actor(), private):
        return []
    named = {officer.user_id for officer in private.officers}
    leads = queries.leads(db_session(), private.organization_id)
    return [user for user in leads if user.id not in named]


@blueprint.post(CALL + "/decisions/<action>")
@guard(may_read)
def decide(private_call_id: int, action: str) -> ResponseReturnValue:
    """Open, decline, withdraw, end or run again."""
    if action not in list(PrivateCallAction):
        raise NotFound
    form = DecisionForm()
    try:
        private = service.decide(
            context(),
            private_call_id,
            PrivateCallAction(action),
            version=form.version.data,
            note=form.reason.data or "",
        )
    except TOLD as error:
        return _page(private_call_id, error)
    said = say(PRIVATE_CALL_WORKFLOW.actions[PrivateCallAction(action)])
    flash(_("Done: %(action)s", action=said), "success")
    return _to(private)


@blueprint.post(CALL + "/officers")
@guard(may_name_officers)
def name_officer(private_call_id: int) -> ResponseReturnValue:
    """Name an in-house officer."""
    try:
        private = service.name_officer(context(), private_call_id, OfficerForm().user_id.data or 0)
    except TOLD as error:
        return _page(private_call_id, error)
    flash(_("Saved."), "success")
    return _to(private, "officers")


@blueprint.post(CALL + "/officers/<int:user_id>/release")
@guard(may_name_officers)
def release_officer(private_call_id: int, user_id: int) -> ResponseReturnValue:
    """Take the office back from somebody."""
    try:
        private = service.release_officer(context(), private_call_id, user_id)
    except TOLD as error:
        return _page(private_call_id, error)
    flash(_("Saved."), "success")
    return _to(private, "officers")


@blueprint.post(CALL + "/guests")
@guard(may_run)
def invite_office(private_call_id: int) -> ResponseReturnValue:
    """Let the national office look inside."""
    private = service.invite_office(context(), private_call_id)
    flash(_("The programme office can look inside from now on."), "success")
    return _to(private, "guests")


@blueprint.post(CALL + "/guests/leave")
@guard(may_run)
def send_office_away(private_call_id: int) -> ResponseReturnValue:
    """End the national office's look inside."""
    private = service.send_office_away(context(), private_call_id)
    flash(_("The programme office sees nothing of the inside any more."), "success")
    return _to(private, "guests")


@blueprint.post(CALL + "/teams")
@guard(may_register_team)
def register_team(private_call_id: int) -> ResponseReturnValue:
    """Register one's team."""
    form = RegisterTeamForm()
    try:
        place = team_service.register(
            context(), private_call_id, form.team_id.data or 0, is_exclusive=form.is_exclusive
        )
    except TOLD as error:
        return _page(private_call_id, error)
    flash(_("Registered: %(team)s", team=place.team.name(current_language())), "success")
    return _to(place.private_call, "teams")


@blueprint.post(CALL + "/teams/new")
@guard(may_take_part)
def found_team(private_call_id: int) -> ResponseReturnValue:
    """Found a team for the call, and go on to its profile."""
    form = NewTeamForm()
    private = queries.get(db_session(), actor(), private_call_id)
    try:
        if not form.validate():
            raise InvalidInput(fields={"name": []})
        values = form.values(private.organization, current_language())
        place = team_service.found(context(), private_call_id, values)
    except TOLD as error:
        return _page(private_call_id, error)
    flash(_("Founded. Now describe what the team can do."), "success")
    return redirect(url_for("team.edit", team_id=place.team_id), 303)


@blueprint.post(CALL + "/teams/<int:team_id>/leave")
@guard(may_withdraw_team)
def withdraw_team(private_call_id: int, team_id: int) -> ResponseReturnValue:
    """Take one's team out of the call."""
    place = team_service.leave(context(), private_call_id, team_id)
    flash(_("The team does not take part any more."), "success")
    return _to(place.private_call, "teams")


@blueprint.post(CALL + "/teams/<int:team_id>/release")
@guard(may_withdraw_team)
def release_team(private_call_id: int, team_id: int) -> ResponseReturnValue:
    """Let one's team take part in the programme as well."""
    team_service.release(context(), private_call_id, team_id)
    flash(
        _("The team takes part in the programme as well; the office can see its profile."),
        "success",
    )
    return redirect(url_for("team.show", team_id=team_id), 303)
