"""Answers to the writing guide: what the sample's problems say anyway, some whole, one half-filled."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from typing import Any

import sqlalchemy as sa

from matchmaker.assessment.goals import suggest_patterns
from matchmaker.clock import utcnow
from matchmaker.models import Call, MemberRole, Organization, OrganizationMember, Problem, User
from matchmaker.services import form_draft, problem, problem_intake
from matchmaker.services.context import Context
from matchmaker.services.problem_values import ProblemValues, values_of
from matchmaker.services.similar_problems import request_encoding

WRITER = "O-01"
LAST_YEAR = "C2025"
TITLE = "報價單要等三天：圖面進來，誰來估工時？"
#: What a busy owner answered before something came up.
HALF = {
    "who": "業務兩人與等報價的客戶；生管課長每天被問五次。",
    "frequency": "每天八到十二張圖，旺季二十張。",
    "value": "saving",
    "today": "圖面用電子郵件進來，生管課長翻找做過的類似零件，憑經驗估工時，寫在 Excel，再由業務加利潤。",
    "better": "圖面進來當天就有一個工時範圍，並列出三個做過的相似零件。",
}
#: Typed on the next page, never saved.
TYPED = "報價天數從三天變成一天，而且成交率不要掉"
_MASKED = re.compile(
    "去識別|模糊|遮蔽|雜湊|代碼|偏移|de-identified|blurred|masked|coded|pseudonym", re.I
)


def answer_guides(ctx: Context) -> None:
    """Give every problem the answers that its other values hold already, and some all of them."""
    text = (files("matchmaker.sample") / "data" / "intakes.json").read_text("utf-8")
    written: dict[str, dict[str, Any]] = json.loads(text)
    for row in ctx.session.scalars(sa.select(Problem).order_by(Problem.id)).all():
        answers = _said_already(row) | written.get(row.external_id or "", {})
        problem_intake.adopt(ctx, row, answers)


def _said_already(row: Problem) -> dict[str, Any]:
    """What follows from the values of a problem that was never asked the questions."""
    values = values_of(row)
    texts = "\n".join((values.title_zh, values.title_en, values.text_zh, values.text_en))
    answers: dict[str, Any] = {
        "data_amount": values.data_volume,
        "contact": bool(values.contact_name),
        "data_tools": bool(values.data_formats),
        "pattern": next(iter(suggest_patterns(texts)), None),
    }
    if values.has_personal_data is False:
        answers["personal"] = "none"
    elif values.has_personal_data and _MASKED.search(f"{values.data_zh} {values.data_en}"):
        answers["personal"] = "deidentified"
    return answers


def leave_half_filled(ctx: Context) -> None:
    """An owner began in last year's call, answered five questions and was called away."""
    owner = _one(ctx, Organization, WRITER)
    author = _lead(ctx, owner)
    acting = replace(ctx, actor=author, trusted=False)
    values = ProblemValues(
        title_zh=TITLE,
        sector=owner.sector,
        region=owner.region,
        contact_name=author.name,
        contact_email=author.email or "",
    )
    draft = problem.create(
        acting,
        organization_id=owner.id,
        call_id=_one(ctx, Call, LAST_YEAR).id,
        values=values,
        external_id="P-2025-guide",
    )
    ctx.session.flush()
    problem_intake.answer(acting, draft.id, HALF)
    long_ago = utcnow() - timedelta(days=34)
    form_draft.save(acting, f"guide:{draft.id}:notice", {"notice": [TYPED]}).saved_at = long_ago
    ctx.session.flush()
    draft.updated_at = long_ago


def encode(ctx: Context) -> None:
    """Have all problems encoded, so that their meaning is compared too."""
    request_encoding(ctx)


def _one(ctx: Context, kind: type[Any], external_id: str) -> Any:
    return ctx.session.scalars(sa.select(kind).where(kind.external_id == external_id)).one()


def _lead(ctx: Context, organization: Organization) -> User:
    found = (
        sa.select(User)
        .join(OrganizationMember)
        .where(
            OrganizationMember.organization_id == organization.id,
            OrganizationMember.role == MemberRole.LEAD,
        )
    )
    return ctx.session.scalars(found.order_by(User.id).limit(1)).one()
