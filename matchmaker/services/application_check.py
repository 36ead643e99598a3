"""What the rules of a call say of an application: what is missing, who may apply, until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from matchmaker.assessment import application_eligibility as eligibility
from matchmaker.assessment import application_parts as proposal
from matchmaker.assessment.application_eligibility import Facts, Verdict
from matchmaker.assessment.application_parts import Part
from matchmaker.clock import utcnow
from matchmaker.errors import DeadlinePassed, InvalidInput, InvalidTransition
from matchmaker.i18n import N_, Message
from matchmaker.models import Application, CallRules, Problem
from matchmaker.queries import application as queries
from matchmaker.queries.call_rules import deadline, is_in_time, rules_of
from matchmaker.services.context import Context
from matchmaker.workflows.problem import ProblemState


def rules_for(ctx: Context, application: Application) -> CallRules:
    """The rules of the application's call."""
    rules = rules_of(ctx.session, application.call_id)
    if rules is None:
        raise InvalidTransition(N_("This call takes no applications."))
    return rules


def parts_of(rules: CallRules, problem: Problem) -> tuple[Part, ...]:
    """The parts of a proposal for *problem*."""
    stages = proposal.stages_of(problem.grade)
    return proposal.parts_for(proposal.read_parts(rules.parts), stages)


def check_open(ctx: Context, problem: Problem, now: datetime | None = None) -> None:
    """Raise unless teams can hand in for *problem* now, or at the moment given."""
    now, rules = now or utcnow(), rules_of(ctx.session, problem.call_id)
    if rules is None:
        raise InvalidTransition(N_("This call takes no applications."))
    if problem.state is not ProblemState.PUBLISHED:
        raise InvalidTransition(N_("The problem is not open to teams any more."))
    if now < rules.applications_open_at:
        raise InvalidTransition(N_("Applications for this call do not open yet."))
    if not is_in_time(now, deadline(rules, problem)):
        raise DeadlinePassed(
            N_("The deadline has passed. What was handed in before it counts as it stands.")
        )


@dataclass(frozen=True)
class Check:
    """What stands between an application and handing it in."""

    #: Part, or ``people``, to what is wrong with it.
    faults: dict[str, list[Message]]
    verdicts: list[Verdict]

    @property
    def is_ready(self) -> bool:
        return not self.faults and all(verdict.met for verdict in self.verdicts)


def check(ctx: Context, application: Application) -> Check:
    """What the rules of the call say of what is written now."""
    rules = rules_for(ctx, application)
    parts = parts_of(rules, application.problem)
    faults = proposal.faults_of(parts, application.parts)
    people = _people_faults(application)
    if people:
        faults["people"] = [Message(text) for text in people]
    return Check(faults, verdicts(ctx, application, rules))


def _people_faults(application: Application) -> list[str]:
    members = {member.user_id for member in application.team.members}
    people, found = application.people, []
    if not people:
        return [N_("Say who works in it.")]
    if any(person.user_id not in members for person in people):
        found.append(N_("Somebody named has left the team: choose anew who works in it."))
    if sum(person.share for person in people) != 100:
        found.append(N_("The shares have to add up to 100."))
    if not all(person.role.strip() for person in people):
        found.append(N_("Say of everybody what they do in it."))
    return found


def verdicts(ctx: Context, application: Application, rules: CallRules) -> list[Verdict]:
    """What every rule about who may apply says, met or not."""
    people = application.people
    facts = Facts(
        grade=application.problem.grade,
        team_kind=application.team.kind.value,
        has_organization=application.team.organization_id is not None,
        countries=tuple(person.country for person in people),
        students=sum(person.is_student for person in people),
    )
    found = eligibility.check(eligibility.read_rules(rules.eligibility), facts)
    found += _one_team(ctx, application, rules, {person.user_id for person in people})
    return found + _per_team(ctx, application, rules)


def _one_team(
    ctx: Context, application: Application, rules: CallRules, people: Collection[int]
) -> list[Verdict]:
    if not rules.one_team_per_call:
        return []
    elsewhere = queries.people_elsewhere(
        ctx.session, application.call_id, application.team_id, people
    )
    text = N_("Nobody works in the application of another team of this call; with you: %(count)s.")
    return [Verdict("one_team", not elsewhere, Message(text, {"count": len(elsewhere)}))]


def _per_team(ctx: Context, application: Application, rules: CallRules) -> list[Verdict]:
    limit = rules.max_applications_per_team
    if limit is None:
        return []
    live = queries.live_of_team(ctx.session, application.call_id, application.team_id)
    others = sum(other.id != application.id for other in live)
    text = N_("At most %(most)s applications of a team in this call; others of yours: %(count)s.")
    return [Verdict("per_team", others < limit, Message(text, {"most": limit, "count": others}))]


def refuse_unready(found: Check) -> None:
    if found.is_ready:
        return
    unmet = [verdict.message for verdict in found.verdicts if not verdict.met]
    fields = dict(found.faults)
    if unmet:
        fields["eligibility"] = unmet
    raise InvalidInput(N_("The application cannot be handed in yet."), fields=fields)
