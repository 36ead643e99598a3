"""How the sample's office grades: panels in every state, a discussion, an owner who asks again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.clock import utcnow
from matchmaker.competency import Requirement
from matchmaker.models import (
    GradeReview,
    GradingPanel,
    MemberRole,
    Organization,
    OrganizationMember,
    Problem,
    Seat,
    User,
)
from matchmaker.sample.staging import officer, running_call
from matchmaker.services import (
    grade_appeal,
    grade_decision,
    grade_review,
    grading_panel,
    reviewer_profile,
    screening,
)
from matchmaker.services import problem as problems
from matchmaker.services.context import Context
from matchmaker.services.grade_decision import GradeValues
from matchmaker.services.problem_values import ProblemValues
from matchmaker.services.reviewer_profile import ProfileValues

AI, AI_TOO = "reviewer@office.example", "reviewer2@office.example"
SECTOR, SECTOR_TOO = "reviewer3@office.example", "mentor2@office.example"
CRITERIA = ("DF1", "DF2", "DF3", "DF4", "DF5", "DF6", "DF7")

#: Address, competencies, sectors, how many they take.
PROFILES = (
    (AI, ("PER-CV", "FND-DL", "FND-ML", "DEC-ANO"), ("IND-MFG",), 4),
    (AI_TOO, ("LNG-GEN", "LNG-KNW", "DEC-PRD"), ("IND-FIN", "IND-ICT"), 3),
    (SECTOR, ("FND-ML",), ("IND-MET", "IND-LOG", "IND-MFG", "IND-FOD", "IND-HLT"), 5),
    (SECTOR_TOO, (), ("IND-RET", "IND-FOD", "IND-TEX", "IND-HLT", "IND-LOG"), 4),
)


@dataclass(frozen=True)
class Case:
    """A problem that the sample's reviewers score."""

    name: str
    organization: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    sector: str
    competencies: tuple[tuple[str, int, int], ...]
    people: tuple[str, str] = (AI, SECTOR)
    intake: dict[str, Any] = field(default_factory=dict)


CASES = {
    case.name: case
    for case in (
        Case(
            "P-2026-G1",
            "O-24",
            "刀具還能切幾刀：依電流與聲音預估剩餘壽命",
            "How many cuts are left: tool life from current and sound",
            "目前每切兩百件就換刀，刀具多半還能用；偶爾提早崩刃，整批報廢。"
            "希望由主軸電流與聲音，提早三十分鐘預告換刀時機。已有兩年、十二台機器的電流紀錄。",
            "We change tools every two hundred parts, most of them too early; now and then one breaks "
            "and a batch is scrapped. Spindle current and sound should announce a change thirty "
            "minutes ahead. Two years of current records of twelve machines are at hand.",
            "IND-MET",
            (("DEC-ANO", 3, 3), ("FND-ML", 3, 2)),
            intake={"data_band": "B", "harm": "costly", "run_time": "service", "systems": "1"},
        ),
        Case(
            "P-2026-G2",
            "O-12",
            "冷藏車門開太久：貨溫異常的提早通知",
            "Doors open too long: early notice of warm goods",
            "配送途中車門開關頻繁，貨溫超標往往到店才發現。想用車上溫度與門磁紀錄，"
            "在超標前十分鐘通知司機，每月報廢由十二萬元降到五萬元。",
            "Doors open often on a tour, and warm goods are noticed only at the shop. Temperature and "
            "door records should warn the driver ten minutes ahead and cut waste from NT$120,000 to "
            "NT$50,000 a month.",
            "IND-LOG",
            (("DEC-PRD", 3, 3), ("FND-ML", 2, 2)),
            people=(AI_TOO, SECTOR_TOO),
            intake={"data_band": "A", "harm": "costly", "run_time": "realtime", "systems": "1"},
        ),
        Case(
            "P-2026-G3",
            "O-23",
            "胎面氣泡看得見：硫化後的外觀判讀",
            "Blisters on the tread: judging tyres after curing",
            "硫化後由兩位師傅目視找氣泡與缺膠，夜班漏檢率約百分之四。希望以兩台相機判讀，"
            "漏檢率降到百分之一以下，並保留人工覆核。",
            "After curing two inspectors look for blisters and missing rubber; the night shift misses "
            "about four in a hundred. Two cameras should bring that below one in a hundred, with a "
            "person to confirm.",
            "IND-MFG",
            (("PER-CV", 3, 3), ("FND-DL", 3, 2)),
            intake={"data_band": "B", "harm": "costly", "run_time": "edge", "systems": "1"},
        ),
        Case(
            "P-2026-G4",
            "O-03",
            "退貨理由百百種：客服信件自動歸類",
            "A hundred reasons to return: sorting customer letters",
            "每月一千八百封退貨信由三人分類，標準不一。希望自動歸成十二類並附上依據句，"
            "正確率八成五以上，讓設計部門每週看得到原因排行。",
            "Three people sort eighteen hundred letters a month, each in their own way. They should be "
            "sorted into twelve reasons with the sentence each rests on, eighty-five in a hundred "
            "right, so that designers see the ranking every week.",
            "IND-TEX",
            (("LNG-GEN", 2, 3), ("FND-ML", 2, 1)),
            people=(AI_TOO, SECTOR_TOO),
            intake={"data_band": "B", "harm": "cheap", "run_time": "offline", "systems": "0"},
        ),
        Case(
            "P-2026-G5",
            "O-01",
            "量測報告自動比對圖面公差",
            "Checking measurement reports against drawings",
            "出貨前人工比對三次元量測報告與圖面公差，每批約四十分鐘。希望自動標出超差項目，"
            "縮短到十分鐘，漏判為零，由品保複核後放行。",
            "Before shipping people compare measurement reports with the tolerances on drawings, forty "
            "minutes a batch. What is out of tolerance should be marked by itself: ten minutes, "
            "nothing missed, and quality staff confirm.",
            "IND-MET",
            (("PER-CV", 2, 3), ("LNG-KNW", 2, 2)),
            people=(AI_TOO, SECTOR),
            intake={"data_band": "B", "harm": "costly", "run_time": "service", "systems": "1"},
        ),
        Case(
            "P-2026-G6",
            "O-05",
            "冷凍水餃封口不良的即時剔除",
            "Rejecting badly sealed dumpling bags on the line",
            "封口不良一天約六十包，多在抽檢或客訴時才發現。希望在每分鐘九十包的線上即時判讀並剔除，"
            "誤剔率低於百分之零點五。",
            "About sixty bags a day are badly sealed, found by sampling or by customers. They should be "
            "seen and rejected at ninety bags a minute, with fewer than five in a thousand good ones "
            "rejected.",
            "IND-FOD",
            (("PER-CV", 3, 3), ("FND-DL", 3, 2)),
            intake={"data_band": "B", "harm": "costly", "run_time": "edge", "systems": "1"},
        ),
    )
}
#: What every one of these owners offers.
OFFER_ZH = (
    "我們提供去識別化資料、一位聯絡窗口與每月一次會議；先在一條產線或一個據點試行，"
    "三到六個月內由現場主管依上述指標驗收。"
)
OFFER_EN = (
    " We give de-identified data, one contact and a meeting a month. It is tried at one place first, "
    "and its people judge it by the figures above within three to six months."
)
EASY, MIDDLE = (1, 1, 1, 1, 1, 0, 1), (2, 1, 2, 1, 2, 1, 2)
APART = (2, 1, 4, 1, 2, 3, 2)
SAID = (
    (1, "現場線速每分鐘只有十二條，邊緣設備綽綽有餘，整合給兩分即可。"),
    (0, "同意線速不高；但相機要與硫化機停機訊號連動，停線代價不低，我維持四分並請承辦人裁定。"),
)
REASONS = {
    "G2": "兩位委員意見一致：資料可用但需整併，方法成熟，只需與一套系統串接。",
    "appeal": "委員可能未考量產線無法停機安裝，且封口影像尚未蒐集；我們認為難度應高於應用題。",
}


def stage(ctx: Context) -> None:
    """Act as reviewers, officers and owners do, each with the permissions they have."""
    for address, competencies, sectors, capacity in PROFILES:
        values = ProfileValues(competencies=competencies, sectors=sectors, capacity=capacity)
        reviewer_profile.save(_person(ctx, address), values, version=0)
    conflict = _organization(ctx.session, "O-10").name_zh
    reviewer_profile.declare(_person(ctx, AI_TOO), conflict, reason="擔任該公司的模型驗證顧問。")
    panels = {name: _panel(ctx, case) for name, case in CASES.items()}
    _score(ctx, panels["P-2026-G1"])
    _leave_vacant(ctx, panels["P-2026-G2"])
    _discuss(ctx, panels["P-2026-G3"])
    _agree(ctx, panels["P-2026-G4"], EASY)
    _sign(ctx, panels["P-2026-G5"])
    _appeal(ctx, panels["P-2026-G6"])


def _panel(ctx: Context, case: Case) -> GradingPanel:
    """A problem handed in, screened and listed, with two reviewers asked."""
    office = _as(ctx, officer(ctx.session))
    problem = _handed_in(ctx, case)
    row = screening.start(office, problem.id)
    screening.score(office, row.id, dict.fromkeys(row.points, 3), version=row.version)
    ctx.session.flush()
    screening.list_problem(office, row.id, version=row.version)
    people = {seat: _user(ctx, at).id for seat, at in zip(Seat, case.people, strict=True)}
    panel = grading_panel.open_panel(office, problem.id, people)
    ctx.session.flush()
    return panel


def _handed_in(ctx: Context, case: Case) -> Problem:
    organization = _organization(ctx.session, case.organization)
    lead = _lead(ctx.session, organization)
    values = ProblemValues(
        title_zh=case.title_zh,
        title_en=case.title_en,
        text_zh=case.text_zh + OFFER_ZH,
        text_en=case.text_en + OFFER_EN,
        sector=case.sector,
        region=organization.region,
        requirements=tuple(Requirement(*row) for row in case.competencies),
        data_zh="去識別化紀錄，簽署保密協議後提供。",
        data_en="De-identified records, given after a confidentiality agreement.",
        data_formats=("csv",),
        data_volume="2 GB",
        has_personal_data=False,
        deadline_at=utcnow() + timedelta(days=90),
        contact_name=lead.name if lead else "承辦窗口",
        contact_email=(lead.email if lead else None) or "contact@owner.example",
        intake=case.intake,
    )
    problem = problems.create(
        ctx,
        organization_id=organization.id,
        call_id=running_call(ctx.session).id,
        values=values,
        external_id=case.name,
    )
    if lead is not None:
        problem.author_id = lead.id
    problems.submit(ctx, problem.id)
    ctx.session.flush()
    return problem


def _score(ctx: Context, panel: GradingPanel) -> None:
    """One has handed in, the other is half-way."""
    _hand_in(ctx, _review(panel, Seat.SECTOR), MIDDLE)
    review = _review(panel, Seat.AI)
    acting = _as(ctx, review.reviewer)
    grade_review.start(acting, review.id)
    half = dict(zip(CRITERIA[:3], MIDDLE, strict=False))
    grade_review.save(acting, review.id, half, {"DF1": "電流紀錄完整，聲音尚未標註。"})


def _leave_vacant(ctx: Context, panel: GradingPanel) -> None:
    """One stepped aside, the other is late."""
    review = _review(panel, Seat.AI)
    grade_review.recuse(_as(ctx, review.reviewer), review.id, reason="正與該公司洽談顧問合約。")
    _review(panel, Seat.SECTOR).due_at = utcnow() - timedelta(days=2)


def _discuss(ctx: Context, panel: GradingPanel) -> None:
    """Two points apart on integration, and they talk about it."""
    ai, sector = _review(panel, Seat.AI), _review(panel, Seat.SECTOR)
    _hand_in(ctx, ai, APART, {"DF3": "需在產線邊緣設備即時判讀，並與停機訊號連動。"})
    _hand_in(ctx, sector, MIDDLE, {"DF3": "線速低，批次判讀即可。"})
    for who, said in SAID:
        review = (ai, sector)[who]
        grade_review.comment(_as(ctx, review.reviewer), review.id, said)


def _agree(ctx: Context, panel: GradingPanel, points: tuple[int, ...]) -> None:
    """Both come to the same points but for one, so that the officer can sign."""
    _hand_in(ctx, _review(panel, Seat.AI), points)
    _hand_in(ctx, _review(panel, Seat.SECTOR), (*points[:6], min(points[6] + 1, 4)))


def _sign(ctx: Context, panel: GradingPanel) -> Problem:
    """Signed: the owner may still ask for a review."""
    _agree(ctx, panel, MIDDLE)
    grade = grading_panel.agreed_grade(panel) or "G2"
    values = GradeValues(
        grade=grade,
        award_tier="B",
        weeks=12,
        reason=REASONS["G2"],
        difference_reason="規則建議依問卷推算，以委員現場判斷為準。",
    )
    grade_decision.sign(_as(ctx, officer(ctx.session)), panel.problem_id, values)
    ctx.session.flush()
    return panel.problem


def _appeal(ctx: Context, panel: GradingPanel) -> None:
    """Signed, and the owner has asked for a review."""
    problem = _sign(ctx, panel)
    lead = _lead(ctx.session, problem.organization)
    if lead is not None:
        grade_appeal.request(_as(ctx, lead), problem.id, reason=REASONS["appeal"])


def _hand_in(
    ctx: Context,
    review: GradeReview,
    points: tuple[int, ...],
    comments: dict[str, str] | None = None,
) -> None:
    acting = _as(ctx, review.reviewer)
    grade_review.start(acting, review.id)
    given = dict(zip(CRITERIA, points, strict=True))
    grade_review.submit(acting, review.id, given, comments or {})
    ctx.session.flush()


def _review(panel: GradingPanel, seat: Seat) -> GradeReview:
    found = panel.in_seat(seat)
    if found is None:
        raise LookupError(f"nobody sits in {seat} of panel {panel.id}")
    return found


def _organization(session: Session, external_id: str) -> Organization:
    statement = sa.select(Organization).where(Organization.external_id == external_id)
    return session.scalars(statement).one()


def _lead(session: Session, organization: Organization) -> User | None:
    statement = (
        sa.select(User)
        .join(OrganizationMember)
        .where(
            OrganizationMember.organization_id == organization.id,
            OrganizationMember.role == MemberRole.LEAD,
        )
    )
    return session.scalars(statement.order_by(User.id).limit(1)).first()


def _user(ctx: Context, address: str) -> User:
    return ctx.session.scalars(sa.select(User).where(User.email == address)).one()


def _person(ctx: Context, address: str) -> Context:
    return _as(ctx, _user(ctx, address))


def _as(ctx: Context, user: User) -> Context:
    return replace(ctx, actor=user, trusted=False)
