"""What each action of the audit trail is called."""

from __future__ import annotations

from matchmaker.i18n import N_
from matchmaker.web.i18n import say
from matchmaker.workflows import MATCH_WORKFLOW, PROBLEM_WORKFLOW

ACTIONS = {
    "account:change": N_("changed name or language"),
    "account:change_password": N_("changed the password"),
    "account:confirm": N_("confirmed the e-mail address"),
    "account:create": N_("opened an account"),
    "account:delete": N_("deleted the account"),
    "account:disable": N_("disabled an account"),
    "account:enable": N_("enabled an account"),
    "account:grant_role": N_("gave a role"),
    "account:import": N_("imported an account"),
    "account:make_reset_link": N_("made a password link"),
    "account:register": N_("registered"),
    "account:reset_password": N_("chose a new password"),
    "account:sign_in": N_("signed in"),
    "account:sign_out_everywhere": N_("signed out everywhere"),
    "account:withdraw_role": N_("took a role back"),
    "call:create": N_("opened a call"),
    "call:update": N_("changed a call"),
    "invitation:accept": N_("accepted an invitation"),
    "invitation:decline": N_("turned an invitation down"),
    "invitation:expire": N_("let an invitation expire"),
    "invitation:revoke": N_("took an invitation back"),
    "invitation:send": N_("invited somebody"),
    "lexicon_term:create": N_("added a term"),
    "lexicon_term:delete": N_("deleted a term"),
    "lexicon_term:edit": N_("changed a term"),
    "match:pin": N_("pinned a pair"),
    "match:ban": N_("banned a pair"),
    "match:unpin": N_("took a pin back"),
    "match:unban": N_("took a ban back"),
    "match_run:cancel": N_("cancelled a matching"),
    "match_run:publish": N_("announced a matching"),
    "match_run:start": N_("started a matching"),
    "match_run:supersede": N_("replaced an earlier matching"),
    "membership:change_role": N_("changed a member's role"),
    "membership:import": N_("imported a membership"),
    "membership:leave": N_("left a group"),
    "membership:remove": N_("removed a member"),
    "membership:transfer_lead": N_("handed over the lead"),
    "call_target:edit": N_("changed a target"),
    "office_setting:edit": N_("changed a setting of the office"),
    "readiness:complete": N_("completed a readiness check"),
    "readiness:discard": N_("threw away a half-filled readiness check"),
    "readiness:start": N_("began a readiness check"),
    "readiness:take_over": N_("took over a readiness check"),
    "readiness:verify": N_("confirmed a readiness check on a visit"),
    "organization:create": N_("registered an organization"),
    "organization:edit": N_("changed an organization"),
    "private_call:close": N_("ended an in-house call"),
    "private_call:decline": N_("declined an in-house call"),
    "private_call:invite_office": N_("let the office look into an in-house call"),
    "private_call:name_officer": N_("named an in-house officer"),
    "private_call:open": N_("opened an in-house call"),
    "private_call:register_team": N_("registered a team for an in-house call"),
    "private_call:release_officer": N_("released an in-house officer"),
    "private_call:release_team": N_("let an in-house team into the programme"),
    "private_call:reopen": N_("ran an in-house call again"),
    "private_call:request": N_("asked for an in-house call"),
    "private_call:send_office_away": N_("ended the office's look into an in-house call"),
    "private_call:withdraw": N_("withdrew the request for an in-house call"),
    "private_call:withdraw_team": N_("took a team out of an in-house call"),
    "problem:create": N_("began a problem"),
    "problem:update": N_("changed a problem"),
    "rubric:edit": N_("changed a rubric"),
    "team:archive": N_("archived a team"),
    "team:create": N_("founded a team"),
    "team:hide": N_("hid a team profile"),
    "team:publicise": N_("made a team profile public"),
    "team:restore": N_("brought a team back"),
    "team:update": N_("changed a team profile"),
}
LABELS: dict[str, dict[str, str]] = {
    "problem": {str(action): label for action, label in PROBLEM_WORKFLOW.actions.items()},
    "match": {str(action): label for action, label in MATCH_WORKFLOW.actions.items()},
}


def action_words(name: str) -> str:
    """What the action *name* is called in the reader's language; the name itself if it has no words."""
    if name in ACTIONS:
        return say(ACTIONS[name])
    noun, _, action = name.partition(":")
    label = LABELS.get(noun, {}).get(action)
    return name if label is None else say(label)
