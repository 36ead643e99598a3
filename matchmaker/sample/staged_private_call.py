"""An insurer's in-house call: asked for, opened, with problems, teams and a matching; one more asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.models import MatchRun, Organization, PrivateCall, TeamKind, User
from matchmaker.records import ProblemRecord
from matchmaker.records_programme import PersonRecord
from matchmaker.sample import staging
from matchmaker.services import match_run, private_call, private_call_team
from matchmaker.services import team as teams
from matchmaker.services.call import CallValues
from matchmaker.services.context import Context
from matchmaker.services.importing import take_person
from matchmaker.services.importing_problem import take_problem
from matchmaker.services.team import CompetencyValues, TeamValues, WorkValues
from matchmaker.workflows.private_call import PrivateCallAction, PrivateCallState

OWNER, ASKING = "O-10", "O-18"
LEAD, SECOND, AUTHOR = "cheng@hehe.example", "audit@hehe.example", "claims@hehe.example"
COLLEAGUES = (
    (SECOND, "龔懷瑾", "lead"),
    ("actuary@hehe.example", "鄒品言", "member"),
    ("hotline@hehe.example", "Mei-Ling Tsao", "member"),
)
PROBLEMS: tuple[dict[str, Any], ...] = (
    {
        "id": "H-2026-01",
        "title": "理賠照片自動分派給合適的理賠員",
        "text": "車險理賠每天進來四百多件照片，分派組靠人眼看照片決定給誰，平均要等六小時。"
        "希望系統先看出受損部位與輕重，"
        "建議分給哪一組，分派組只要確認。目標是等待時間降到一小時以內，建議被採用的比率八成以上。",
        "translations": {
            "en": {
                "title": "Send claim photographs to the right adjuster",
                "text": "Four hundred motor claims with photographs arrive each day; people look at each "
                "and decide who handles it, which takes six hours on average. The system should see which "
                "part is damaged and how badly and propose a group, so that people only confirm: within "
                "an hour, with four in five proposals accepted.",
            }
        },
        "state": "published",
        "grade": "G2",
        "techniques": ["電腦視覺", "影像分類"],
        "requirements": [{"competency": "PER-CV", "level": 3, "importance": 3}],
    },
    {
        "id": "H-2026-02",
        "title": "客服通話摘要與後續事項",
        "text": "客服每通電話結束後要花四分鐘寫摘要，尖峰時段常漏記後續事項。"
        "希望由通話文字稿自動產生摘要與待辦，客服改完再存檔。",
        "translations": {
            "en": {
                "title": "Summaries and follow-ups of service calls",
                "text": "After each call an agent spends four minutes on a summary, and at peak times "
                "follow-ups are forgotten. From the transcript the system should draft both.",
            }
        },
        "state": "submitted",
        "techniques": ["自然語言處理", "大型語言模型"],
        "requirements": [{"competency": "LNG-NLP", "level": 3, "importance": 3}],
    },
    {
        "id": "H-2026-03",
        "title": "農業保險勘災路線安排",
        "text": "颱風後三天內要看完上千筆申報地號，目前由各區自己排路線，常有人跑重複的路。",
        "state": "draft",
        "techniques": ["最佳化"],
    },
)
TEAMS: tuple[dict[str, Any], ...] = (
    {
        "lead": "actuary@hehe.example",
        "name_zh": "精算部影像小組",
        "name_en": "Actuaries with cameras",
        "title_zh": "用影像模型分辨車損輕重的精算同仁",
        "title_en": "Actuaries who grade motor damage from photographs",
        "works": (
            WorkValues(
                "車損等級分類雛型",
                "以兩年份、六千張去識別化車損照片訓練卷積神經網路，分辨保險桿、車門與擋風玻璃的受損程度，"
                "和三位資深理賠員的判斷相比有八成一一致；雛型在北區試用四週，量測等待時間並整理出標註規範。",
                2025,
            ),
        ),
        "competencies": (CompetencyValues("PER-CV", 3), CompetencyValues("FND-DL", 3)),
    },
    {
        "lead": "hotline@hehe.example",
        "name_zh": "客服語音工坊",
        "name_en": "Service desk speech shop",
        "title_zh": "把客服錄音變成可以查的文字",
        "title_en": "Turning service calls into text one can search",
        "works": (
            WorkValues(
                "Topic tags for service calls",
                "Took 1,200 transcripts of service calls without names, trained a classifier that tags each "
                "with one of fourteen topics, and compared it with what agents had chosen: 86 per cent agree. "
                "Two desks use the tags to plan staffing at peak hours.",
                2025,
            ),
        ),
        "competencies": (CompetencyValues("LNG-NLP", 3),),
    },
)


def stage(ctx: Context) -> None:
    """Make the call with everything in it, and a request that waits for the office."""
    owner = _organization(ctx.session, OWNER)
    for email, name, role in COLLEAGUES:
        take_person(ctx, _record(email, name, role))
    ctx.session.flush()
    ctx.session.expire_all()
    private = _opened(ctx, owner)
    for problem in PROBLEMS:
        take_problem(ctx, _problem(private, problem))
    for team in TEAMS:
        _found(ctx, private, team)
    _ask(ctx)


def start_run(ctx: Context) -> MatchRun:
    """An in-house officer starts the call's own matching; it waits for their review."""
    private = ctx.session.scalars(
        sa.select(PrivateCall).where(PrivateCall.state == PrivateCallState.OPEN)
    ).one()
    return match_run.start_run(_as(ctx, LEAD), private.call_id)


def _record(email: str, name: str, role: str) -> PersonRecord:
    places = {"organization": OWNER, "lead": role == "lead"}
    return PersonRecord.model_validate({"email": email, "name": name, **places})


def _organization(session: Session, external_id: str) -> Organization:
    found = sa.select(Organization).where(Organization.external_id == external_id)
    return session.scalars(found).one()


def _as(ctx: Context, email: str) -> Context:
    user = ctx.session.scalars(sa.select(User).where(User.email == email)).one()
    return replace(ctx, actor=user, trusted=False)


def _opened(ctx: Context, owner: Organization) -> PrivateCall:
    now = utcnow()
    values = CallValues(
        name_zh="和禾產險 內部 AI 提案",
        name_en="Hehe Insurance in-house AI challenge",
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=60),
    )
    lead = _as(ctx, LEAD)
    officers = [member.user_id for member in owner.members if member.role == "lead"]
    purpose = "讓各部門自己出題、由同仁組隊解題，年底選兩題上線。"
    private = private_call.request(lead, owner.id, values, purpose=purpose, officer_ids=officers)
    office = replace(ctx, actor=staging.officer(ctx.session), trusted=False)
    return private_call.decide(
        office,
        private.id,
        PrivateCallAction.OPEN,
        version=private.version,
        note="可以開始了；有需要時請邀我們進來看。",
    )


def _problem(private: PrivateCall, facts: dict[str, Any]) -> ProblemRecord:
    return ProblemRecord.model_validate(
        {
            "lang": "zh",
            "call": private.call.external_id,
            "organization": OWNER,
            "sector": "IND-FIN",
            "region": "capital",
            "capacity": 1,
            "deadline": (utcnow() + timedelta(days=50)).isoformat(),
            "data": {
                "description_zh": "內部主機上的去識別化資料，限公司網路使用。",
                "personal_data": False,
            },
            "contact": {"name": "莊理賠", "email": AUTHOR},
            **facts,
        }
    )


def _found(ctx: Context, private: PrivateCall, facts: dict[str, Any]) -> None:
    lead = _as(ctx, facts["lead"])
    texts = {key: value for key, value in facts.items() if key != "lead"}
    values = TeamValues(
        kind=TeamKind.CORPORATE,
        organization_id=private.organization_id,
        sectors=("IND-FIN",),
        **texts,
    )
    place = private_call_team.found(lead, private.id, values)
    teams.update(lead, place.team_id, values, version=None)


def _ask(ctx: Context) -> None:
    """A city asks for a call of its own: the request waits on the officers' desk."""
    now = utcnow()
    city = _organization(ctx.session, ASKING)
    lead = next(member.user for member in city.members if member.role == "lead")
    values = CallValues(
        name_zh="雲汀市府 局處內部徵題",
        name_en="Yunting City call among its departments",
        opens_at=now + timedelta(days=14),
        closes_at=now + timedelta(days=104),
    )
    private_call.request(
        replace(ctx, actor=lead, trusted=False),
        city.id,
        values,
        purpose="各局處的題目涉及內部流程，想先由同仁自己試做，成熟後再對外徵求團隊。",
        officer_ids=[lead.id],
    )
