"""Case studies of the sample in every state, alumni who find each other, and what became of certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from matchmaker.models import (
    AlumniPurpose,
    ApplicationPerson,
    Award,
    CaseStudyVersion,
    Certificate,
    CertificateKind,
    Engagement,
    MemberRole,
    User,
)
from matchmaker.policies.scope import is_national
from matchmaker.queries import case_study as queries
from matchmaker.queries import case_study_figure as figures
from matchmaker.sample.staging import officer
from matchmaker.services import alumni, case_study, certificate, hall
from matchmaker.services.alumni import Shows
from matchmaker.services.application_receipt import content_hash, people_of
from matchmaker.services.case_study import CaseStudyTexts
from matchmaker.services.context import Context
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.engagement import EngagementState

STUDENT, STUDENT_ROLE = "student@team.example", "資料標註與測試"
WAY = "團隊先和現場人員一起整理過去的紀錄，訂出一致的標註規則，再用小模型做出可以在現場主機上執行的版本。"
WAY_EN = (
    "The team first went through past records with the people on site and agreed on one rule for "
    "labelling, then built a small model that runs on the machine there."
)
RESULTS = (
    "現場人員可以自行操作，判讀時間縮短，人力改去處理真正困難的個案。雙方都說最花時間的是資料整理。"
)
RESULTS_EN = (
    "People on site run it themselves, judging takes less time, and hands are free for the hard "
    "cases. Both sides say that preparing the data took the longest."
)
MORE = "一年後仍在使用，並推廣到第二個廠區。"
MORE_EN = " A year on it is still in use, and runs at a second site."
SAYS_OWNER = "我們把影像檢測導入產線，很樂意分享資料怎麼準備、怎麼說服現場。"
SAYS_STUDENT = "資訊系三年級，做過標註與測試，想找暑期實習。"
ASKS_STUDENT = "請問貴公司今年有暑期實習的機會嗎？"
OFFERS = "我們七月有兩個影像檢測的實習名額，歡迎聊聊。"
SAYS_MEMBER = "負責模型與現場部署，想認識做製造業命題的朋友。"
ASKS = "想請教貴公司當時如何整理三年的檢測紀錄？我們正要開始類似的命題。"
ANSWERS = "可以，先從一條產線、三個月的資料開始。細節用信件聊比較清楚。"
INVITES = "計畫明年想請有經驗的校友帶新團隊，每月一次、線上進行，不知您是否願意？"
REVOKED = "申請書誤列未參與的人員，經團隊來函更正。"


def stage(ctx: Context) -> None:
    """Case studies public, taken down and half agreed; alumni and letters; a certificate revoked."""
    done = _completed(ctx)
    if done:
        _remember_student(ctx, done[0])
    for number, row in enumerate(done[:4]):
        _tell(ctx, row, number)
    if done:
        _say_more(ctx, done[0])
        _gather(ctx, done[0])
        _keep_certificates(ctx, done[-1])
    _name_teams(ctx)


def _completed(ctx: Context) -> Sequence[Engagement]:
    statement = sa.select(Engagement).where(
        Engagement.state == EngagementState.COMPLETED, is_national(Engagement.call_id)
    )
    return ctx.session.scalars(statement.order_by(Engagement.id)).all()


def _remember_student(ctx: Context, row: Engagement) -> None:
    """The sample's student worked on it with another team before they had one of their own."""
    student = ctx.session.scalars(sa.select(User).where(User.email == STUDENT)).one()
    application, standing = row.application, row.application.standing
    person = ApplicationPerson(user=student, position=len(application.people), role=STUDENT_ROLE)
    application.people.append(person)
    if standing is not None:
        standing.people = people_of(application)
        standing.content_hash = application.content_hash = content_hash(application, standing)
    ctx.session.flush()
    certificate.issue_completion(ctx, row)


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)


def _owner(row: Engagement) -> User:
    places = row.problem.organization.members
    return next(place.user for place in places if place.role is MemberRole.LEAD)


def _lead(row: Engagement) -> User:
    return next(place.user for place in row.team.members if place.role is MemberRole.LEAD)


def _tell(ctx: Context, row: Engagement, number: int) -> None:
    """Write a case study: the first one goes all the way, each further one stops a step earlier."""
    owner, team, office = (
        _as(ctx, person) for person in (_owner(row), _lead(row), officer(ctx.session))
    )
    study = case_study.save(owner, row.id, _texts(ctx, row), version=0)
    ctx.session.flush()
    if number == 3:
        return
    version = case_study.propose(owner, row.id, version=study.version)
    ctx.session.flush()
    for side in (owner, team)[: 1 if number == 2 else 2]:
        case_study.agree(side, row.id, version.number, content_hash=version.content_hash)
    ctx.session.flush()
    _publish(office, team, row, version, number)


def _publish(
    office: Context, team: Context, row: Engagement, version: CaseStudyVersion, number: int
) -> None:
    if number == 2:
        return
    case_study.publish(office, row.id, version.number)
    office.session.flush()
    if number == 1:
        case_study.withdraw_consent(team, row.id, version.number)


def _say_more(ctx: Context, row: Engagement) -> None:
    """The first one is public, and a newer version waits for the team."""
    owner = _as(ctx, _owner(row))
    study = queries.case_study_of(ctx.session, row)
    if study is None:
        return
    texts = replace(_texts(ctx, row), results_zh=RESULTS + MORE, results_en=RESULTS_EN + MORE_EN)
    study = case_study.save(owner, row.id, texts, version=study.version)
    ctx.session.flush()
    version = case_study.propose(owner, row.id, version=study.version)
    ctx.session.flush()
    case_study.agree(owner, row.id, version.number, content_hash=version.content_hash)


def _name_teams(ctx: Context) -> None:
    """Of the awards that are announced, every second team wants to be named."""
    statement = sa.select(Award).where(Award.state == AwardState.ANNOUNCED).order_by(Award.id)
    for award in ctx.session.scalars(statement).all()[::2]:
        hall.say_named(_as(ctx, _lead(award.engagement)), award, is_named=True)


def _texts(ctx: Context, row: Engagement) -> CaseStudyTexts:
    problem = row.problem
    known = figures.available(ctx.session, row)
    return CaseStudyTexts(
        title_zh=problem.title_zh,
        title_en=problem.title_en,
        problem_zh=problem.text_zh,
        problem_en=problem.text_en,
        approach_zh=WAY,
        approach_en=WAY_EN,
        results_zh=RESULTS,
        results_en=RESULTS_EN,
        figures=tuple(one.key for one in known),
    )


def _gather(ctx: Context, row: Engagement) -> None:
    """Both sides join the alumni; one message is answered, one waits; the office asks for help."""
    owner, member, office = (
        _as(ctx, person) for person in (_owner(row), _lead(row), officer(ctx.session))
    )
    offers = Shows(SAYS_OWNER, takes_messages=True, is_hiring=True, will_mentor=True)
    theirs = alumni.show(owner, offers, agreed=True)
    mine = alumni.show(
        member,
        Shows(SAYS_MEMBER, shows_levels=True, takes_messages=True, is_looking=True),
        agreed=True,
    )
    ctx.session.flush()
    asked = alumni.write(member, theirs.id, text=ASKS, shares_email=True)
    alumni.answer(
        owner, asked.id, accepted=True, text=ANSWERS, shares_email=True, version=asked.version
    )
    alumni.write(owner, mine.id, text=ANSWERS)
    _join_student(ctx, theirs.id, owner)
    alumni.invite(office, theirs.id, purpose=AlumniPurpose.MENTOR, text=INVITES)


def _join_student(ctx: Context, profile_id: int, owner: Context) -> None:
    """The student looks for a job, asks, and is asked."""
    user = ctx.session.scalars(sa.select(User).where(User.email == STUDENT)).one()
    student = _as(ctx, user)
    shows = Shows(SAYS_STUDENT, shows_levels=True, takes_messages=True, is_looking=True)
    own = alumni.show(student, shows, agreed=True)
    ctx.session.flush()
    alumni.write(student, profile_id, text=ASKS_STUDENT)
    alumni.write(owner, own.id, text=OFFERS)


def _keep_certificates(ctx: Context, row: Engagement) -> None:
    """One holder lets the name be read; another's certificate is revoked."""
    statement = sa.select(Certificate).where(
        Certificate.engagement_id == row.id,
        Certificate.kind == CertificateKind.COMPLETION,
        Certificate.user_id.is_not(None),
    )
    found = ctx.session.scalars(statement.order_by(Certificate.id)).all()
    if found and found[0].user is not None:
        certificate.show_name(_as(ctx, found[0].user), found[0].code, is_public=True)
    if len(found) > 1:
        acting, last = _as(ctx, officer(ctx.session)), found[-1]
        certificate.revoke_one(acting, last, reason=REVOKED, version=last.version)
