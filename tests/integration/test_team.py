"""Teams: who may do what, what is kept, what is refused and why, who sees what."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.clock import utcnow
from matchmaker.errors import (
    InvalidInput,
    InvalidTransition,
    NotFound,
    PermissionDenied,
    StaleVersion,
)
from matchmaker.matching import (
    HashingEncoder,
    MatchConfig,
    MatchPipeline,
    Text,
    problem_document,
    team_document,
)
from matchmaker.matching.types import Document
from matchmaker.models import (
    AuditEvent,
    Band,
    Invitation,
    Match,
    MatchRun,
    MemberRole,
    Role,
    Team,
    TeamKind,
)
from matchmaker.policies.team import may_archive, may_create, may_edit, may_publicise
from matchmaker.queries import team as teams
from matchmaker.queries.team import TeamFilter
from matchmaker.services import team as service
from matchmaker.services.team import CompetencyValues, TeamValues, WorkValues
from matchmaker.workflows.invitation import InvitationAction
from matchmaker.workflows.match import MatchAction
from matchmaker.workflows.match_run import MatchRunAction
from tests.backends import on_both

LONG = "We built a camera line that finds scratches on screws and sorts them out all night long."


def values(**changes):
    return TeamValues(**{"kind": TeamKind.STUDENT, "name_en": "Seven", **changes})


def actions(session):
    return session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.id)).all()


def refused(error):
    return {name: [str(m) for m in found] for name, found in error.value.fields.items()}


@pytest.fixture
def people(make):
    """A team's lead and member, and one person of each other kind, with the team."""
    lead, member = make.user(), make.user()
    others = {role.value: make.user(role) for role in Role}
    return {"lead": lead, "member": member, "outsider": make.user(), **others}, make.team(
        lead, member
    )


MEMBERS_ONLY = "Only members of the team change its profile."
LEAD_DECIDES = "Only a lead of the team decides who sees it."
LEAD_ARCHIVES = "Only a lead of the team archives it or brings it back."


@pytest.mark.parametrize("who", ["lead", "member", "outsider", *(role.value for role in Role)])
def test_each_role_gets_the_reason_for_refusing(people, who):
    persons, team = people
    actor = persons[who]
    inside = who in ("lead", "member")
    assert may_create(actor) is None
    assert may_edit(actor, team) == (None if inside else MEMBERS_ONLY)
    assert may_publicise(actor, team) == (None if who == "lead" else LEAD_DECIDES)
    assert may_archive(actor, team) == (None if who == "lead" else LEAD_ARCHIVES)


def test_a_lead_of_another_team_is_an_outsider(make):
    stranger = make.user()
    make.team(stranger)
    assert may_publicise(stranger, make.team(make.user())) == LEAD_DECIDES


def test_who_creates_a_team_leads_it_and_nobody_else_sees_it(ctx, make, session):
    user = make.user()
    team = service.create(ctx(user), values(works=(WorkValues("Line", LONG, 2024),)))
    session.commit()
    assert [(m.user_id, m.role) for m in team.members] == [(user.id, MemberRole.LEAD)]
    assert (team.is_public, team.archived_at) == (False, None)
    assert teams.get_team(session, user, team.id) is team
    with pytest.raises(NotFound):
        teams.get_team(session, make.user(), team.id)
    assert actions(session) == ["team:create"]


@on_both
def test_every_value_is_kept(ctx, make, session):
    user = make.user()
    organization = make.organization(user)
    wanted = values(
        name_zh="第七隊",
        title_zh="影像",
        title_en="Vision",
        text_zh="介紹",
        text_en="About",
        region="east",
        sectors=("IND-MET", "IND-AGR"),
        techniques=("PyTorch", "電腦視覺"),
        capacity=3,
        organization_id=organization.id,
        works=(WorkValues("One", "Text", 2021), WorkValues("Two")),
        competencies=(CompetencyValues("PER-CV", 4), CompetencyValues("FND-DL", 2, "course")),
    )
    team = service.create(ctx(user), wanted, external_id="T-7")
    session.commit()
    session.expire_all()
    kept = {name: getattr(team, name) for name in service.COLUMNS}
    assert kept == {
        name: list(value) if isinstance(value := getattr(wanted, name), tuple) else value
        for name in service.COLUMNS
    }
    assert [(w.title, w.text, w.year) for w in team.works] == [
        ("One", "Text", 2021),
        ("Two", "", None),
    ]
    assert {(c.competency, c.level, c.source) for c in team.competencies} == {
        ("PER-CV", 4, "self"),
        ("FND-DL", 2, "course"),
    }
    assert team.external_id == "T-7"


def test_an_import_needs_no_person(ctx, session):
    team = service.create(ctx(None), values(organization_id=None), external_id="T-1")
    service.update(ctx(None), team.id, values(name_en="Eight"), version=None)
    service.publicise(ctx(None), team.id)
    session.commit()
    assert (team.name_en, team.members, team.is_public) == ("Eight", [], True)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name_en": ""}, "name_zh", "Give the team a name in at least one language."),
        ({"name_en": "x" * 121}, "name_en", "Please use at most 120 characters."),
        ({"text_zh": "字" * 20_001}, "text_zh", "Please use at most 20000 characters."),
        ({"capacity": 21}, "capacity", "A number from 0 to 20, please."),
        ({"capacity": -1}, "capacity", "A number from 0 to 20, please."),
        ({"region": "atlantis"}, "region", "There is no region called atlantis."),
        ({"sectors": ("IND-XXX",)}, "sectors", "There is no sector called IND-XXX."),
        (
            {"techniques": ("x" * 101,)},
            "techniques",
            "At most 40 techniques of at most 100 characters each, please.",
        ),
        (
            {"competencies": (CompetencyValues("XX", 1),)},
            "competencies",
            "There is no competency called XX.",
        ),
        (
            {"competencies": (CompetencyValues("PER-CV", 6),)},
            "competencies",
            "A level is a number from 1 to 5.",
        ),
        (
            {"competencies": (CompetencyValues("PER-CV", 1), CompetencyValues("PER-CV", 2))},
            "competencies",
            "Each competency can be claimed once only.",
        ),
        ({"works": (WorkValues("", "text"),)}, "works", "Give work 1 a title."),
        (
            {"works": (WorkValues("a", "x" * 20_001),)},
            "works",
            "The description of work 1 is too long.",
        ),
        (
            {"works": (WorkValues("a", "", 1949),)},
            "works",
            f"The year of work 1 should lie between 1950 and {utcnow().year + 1}.",
        ),
        ({"works": (WorkValues("a"),) * 31}, "works", "Please describe at most 30 works."),
        ({"organization_id": 999}, "organization_id", "Choose an organization you belong to."),
    ],
)
def test_what_cannot_be_accepted_is_named(ctx, make, session, changes, field, message):
    with pytest.raises(InvalidInput) as error:
        service.create(ctx(make.user()), values(**changes))
    assert refused(error) == {field: [message]}
    assert session.scalar(sa.select(sa.func.count(Team.id))) == 0


def test_a_team_may_stay_under_an_organization_its_member_does_not_belong_to(ctx, make, session):
    lead, member = make.user(), make.user()
    organization = make.organization(lead)
    team = make.team(lead, member, organization=organization)
    changed = values(organization_id=organization.id, name_en="Nine")
    service.update(ctx(member), team.id, changed, version=team.version)
    assert (team.name_en, team.organization_id) == ("Nine", organization.id)


@on_both
def test_an_update_says_what_changed_and_no_text(ctx, make, session):
    lead = make.user()
    team = make.team(lead, competencies=[("PER-CV", 3), ("FND-DL", 3)])
    team.competencies[0].source = "course"
    session.commit()
    new = values(
        name_en=team.name_en,
        competencies=(CompetencyValues("PER-CV", 5), CompetencyValues("FND-ML", 1)),
    )
    service.update(ctx(lead), team.id, new, version=team.version)
    session.commit()
    event = session.scalars(sa.select(AuditEvent)).one()
    assert event.action == "team:update"
    assert event.data["changed"] == [
        *("kind", "name_zh", "title_en", "text_en", "sectors", "techniques"),
        *("works", "competencies"),
    ]
    assert "We build cameras" not in str(event.data)
    assert {c.competency: c.level for c in team.competencies} == {"PER-CV": 5, "FND-ML": 1}


def test_an_unchanged_level_keeps_where_it_is_known_from(ctx, make, session):
    lead = make.user()
    team = make.team(lead, competencies=[("PER-CV", 3)])
    team.competencies[0].source = "course"
    session.commit()
    same = values(competencies=(CompetencyValues("PER-CV", 3),))
    service.update(ctx(lead), team.id, same, version=team.version)
    assert team.competencies[0].source == "course"
    lower = values(competencies=(CompetencyValues("PER-CV", 2),))
    service.update(ctx(lead), team.id, lower, version=team.version)
    assert (team.competencies[0].level, team.competencies[0].source) == (2, "self")


@on_both
def test_a_change_of_works_alone_makes_the_other_copy_stale(ctx, make, session):
    lead = make.user()
    team = service.create(ctx(lead), values())
    session.commit()
    seen = team.version
    service.update(ctx(lead), team.id, values(works=(WorkValues("New"),)), version=seen)
    session.commit()
    with pytest.raises(StaleVersion):
        service.update(ctx(lead), team.id, values(name_en="Late"), version=seen)
    assert [w.title for w in team.works] == ["New"]


def test_members_edit_but_do_not_publicise(ctx, make, session):
    lead, member = make.user(), make.user()
    team = make.team(lead, member, is_public=False)
    service.update(ctx(member), team.id, values(name_en="By member"), version=None)
    for use in (service.publicise, service.hide):
        with pytest.raises(PermissionDenied) as error:
            use(ctx(member), team.id)
        assert str(error.value) == LEAD_DECIDES
    for use in (service.archive, service.restore):
        with pytest.raises(PermissionDenied) as error:
            use(ctx(member), team.id)
        assert str(error.value) == LEAD_ARCHIVES
    assert team.name_en == "By member"


def test_what_one_may_not_know_of_is_not_found_not_forbidden(ctx, make):
    team, stranger = make.team(make.user(), is_public=False), make.user()
    with pytest.raises(NotFound):
        service.update(ctx(stranger), team.id, values(), version=None)
    with pytest.raises(NotFound):
        service.archive(ctx(stranger), 999)


def test_showing_and_archiving_twice_is_recorded_once(ctx, make, session):
    lead = make.user()
    team = make.team(lead, is_public=False)
    for use in (service.publicise, service.archive, service.restore, service.hide):
        use(ctx(lead), team.id)
        use(ctx(lead), team.id)
    assert actions(session) == ["team:publicise", "team:archive", "team:restore", "team:hide"]
    assert (team.is_public, team.archived_at) == (False, None)


def test_an_archived_team_is_not_changed(ctx, make):
    lead = make.user()
    team = make.team(lead, archived_at=utcnow())
    with pytest.raises(InvalidTransition) as error:
        service.update(ctx(lead), team.id, values(), version=None)
    assert str(error.value) == "This team is archived. Bring it back before you change it."


def visible_to(session, actor):
    statement = sa.select(Team.name_en).where(teams.visible_teams(actor)).order_by(Team.name_en)
    return session.scalars(statement).all()


@on_both
def test_who_knows_of_which_team(make, session):
    lead, outsider, invited = make.user(), make.user(), make.user()
    hidden = make.team(lead, name_en="hidden", is_public=False)
    make.team(name_en="public")
    make.team(name_en="gone", archived_at=utcnow())
    letter = {"email": invited.email, "inviter_id": lead.id, "team_id": hidden.id}
    make.save(Invitation(**letter, token_hash="a", expires_at=utcnow() + timedelta(days=1)))
    late = {**letter, "email": outsider.email}
    make.save(Invitation(**late, token_hash="b", expires_at=utcnow() - timedelta(days=1)))
    turned = Invitation(**late, token_hash="c", expires_at=utcnow() + timedelta(days=1))
    turned.apply(InvitationAction.DECLINE)
    turned.answered_at = utcnow()
    make.save(turned)
    assert visible_to(session, None) == ["public"]
    assert visible_to(session, outsider) == ["public"]
    assert visible_to(session, lead) == ["hidden", "public"]
    assert visible_to(session, invited) == ["hidden", "public"]
    assert visible_to(session, make.user(Role.MENTOR)) == ["public"]
    assert visible_to(session, make.user(Role.REVIEWER)) == ["public"]
    assert visible_to(session, make.user(Role.ASSOCIATION)) == ["public"]
    assert visible_to(session, make.officer()) == ["gone", "hidden", "public"]
    assert visible_to(session, make.user(Role.ADMINISTRATOR)) == ["gone", "hidden", "public"]


def test_an_owner_knows_of_the_teams_matched_once_they_are_announced(make, session):
    owner = make.user()
    problem = make.problem(organization=make.organization(owner))
    team = make.team(make.user(), name_en="hidden", is_public=False)
    run = MatchRun(call=problem.call, starter=make.officer(), finished_at=utcnow())
    run.apply(MatchRunAction.START)
    run.apply(MatchRunAction.FINISH)
    match = Match(
        run=run,
        problem=problem,
        team=team,
        score=1.0,
        band=Band.GOOD,
        confidence="thin",
        problem_rank=1,
        team_rank=1,
    )
    match.apply(MatchAction.ENDORSE)
    match.apply(MatchAction.INVITE)
    make.save(match)
    assert visible_to(session, owner) == []
    run.published_at = utcnow()
    run.apply(MatchRunAction.PUBLISH)
    session.commit()
    assert visible_to(session, owner) == ["hidden"]


def test_members_are_known_to_the_team_and_the_office_only(make, session):
    lead, member = make.user(), make.user()
    team = make.team(member, lead)
    named = {lead.id, member.id}
    for reader in (lead, make.officer(), make.user(Role.ADMINISTRATOR)):
        assert {m.user_id for m in teams.members_of(session, reader, team)} == named
    for reader in (None, make.user(), make.user(Role.MENTOR)):
        assert teams.members_of(session, reader, team) == []


def found(session, **wanted):
    return [team.name_en for team in teams.directory(session, TeamFilter(**wanted)).items]


@on_both
def test_the_directory_narrows_by_every_filter(make, session):
    make.team(
        name_en="A",
        name_zh="甲",
        kind=TeamKind.STUDENT,
        sectors=["IND-AGR"],
        region="east",
        text_zh="以深度學習做外觀瑕疵檢測",
        text_en="",
        title_en="",
        competencies=[("LNG-NLP", 2)],
    )
    make.team(name_en="B", name_zh="乙", works=[("Ｃａｂｌｅ test", "臺南工廠")])
    make.team(name_en="hidden", is_public=False)
    make.team(name_en="gone", archived_at=utcnow())
    assert found(session) == ["B", "A"]
    assert found(session, text="瑕疵") == ["B", "A"]  # B speaks of defects in English.
    assert found(session, text="外觀 深度學習") == ["A"]
    assert found(session, text="cable") == ["B"]
    assert found(session, text="台南") == ["B"]
    assert found(session, text="50%") == []
    assert found(session, sector="IND-AGR") == ["A"]
    assert found(session, competency="LNG-NLP") == ["A"]
    assert found(session, kind=TeamKind.STARTUP) == ["B"]
    assert found(session, region="east") == ["A"]
    assert found(session, language="zh") == ["A"]
    assert found(session, language="en") == ["B"]
    assert found(session, language="zh", sector="IND-MFG") == []
    assert teams.count_public(session) == 2


def test_changed_works_are_found_at_once(ctx, make, session):
    lead = make.user()
    team = make.team(lead)
    changed = values(works=(WorkValues("水產養殖監測"),))
    service.update(ctx(lead), team.id, changed, version=None)
    session.commit()
    assert found(session, text="養殖") == ["Seven"]


def count_queries(engine, call):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_the_directory_takes_the_same_queries_for_one_team_and_for_five(make, session, engine):
    def read():
        session.expire_all()
        for team in teams.directory(session, TeamFilter()).items:
            assert (team.works, team.competencies, team.organization is None) is not None

    make.team(organization=make.organization())
    one = count_queries(engine, read)
    for _number in range(4):
        make.team(organization=make.organization())
    assert count_queries(engine, read) == one


@pytest.mark.parametrize(
    ("n_works", "words", "confidence"),
    [(0, 0, "thin"), (2, 30, "thin"), (3, 30, "fair"), (8, 30, "rich"), (12, 5, "thin")],
)
def test_strength_goes_by_the_matchers_rule(make, n_works, words, confidence):
    works = [(f"Work {i}", " ".join(["word"] * words)) for i in range(n_works)]
    team = make.team(works=works, text_en="Short.", title_en="", techniques=[])
    documents = [Document((Text(t, x, "en"),), "work") for t, x in works]
    read = team_document("T", [Text("", team.text_en, "en")], documents)
    problem = problem_document("P", [Text("Words", "Words of any kind", "en")])
    result = MatchPipeline(MatchConfig(), encoder=HashingEncoder()).run([problem], [read])
    shown = teams.strength(team)
    assert (shown.confidence, result.confidence["T"]) == (confidence, confidence)
    assert shown.n_substantial == (n_works if words >= 20 else 0)
    assert shown.missing_works == max(0, 8 - shown.n_substantial)
    assert len(shown.short_works) == (0 if words >= 20 else n_works)


def test_two_chinese_characters_count_as_a_word():
    assert teams.count_words("以深度學習檢測瑕疵 with PyTorch") == 6
    assert teams.count_words("") == 0


def test_suggestions_come_with_the_words_and_leave_out_what_is_said():
    text = "以 PyTorch 做半導體晶圓的瑕疵檢測，影像辨識"
    first = service.suggest(values(text_zh=text))
    words = {item.concept: item.words for item in first.competencies}
    assert "影像辨識" in words["PER-CV"]
    assert all(word in text for spoken in words.values() for word in spoken)
    assert "IND-SEM" in {item.concept for item in first.sectors}
    assert "PyTorch" in first.techniques
    said = values(
        text_zh=text,
        competencies=tuple(CompetencyValues(concept, 1) for concept in words),
        sectors=tuple(item.concept for item in first.sectors),
        techniques=tuple(t.upper() for t in first.techniques),
    )
    assert not service.suggest(said)


def test_suggestions_read_past_works_too():
    found_in_works = service.suggest(values(works=(WorkValues("語音辨識"),)))
    assert {item.concept for item in found_in_works.competencies} >= {"PER-SPE"}
    assert not service.suggest(values(name_en="Computer vision"))


def test_suggestions_read_no_more_than_a_profile_says():
    far = "x " * service.MAX_SUGGESTED_FROM + "語音辨識"
    assert not service.suggest(values(text_zh=far))
