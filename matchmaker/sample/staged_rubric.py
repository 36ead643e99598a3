"""How the sample's office has changed a rubric: awards went up after decisions had been made."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.assessment.rubric_edit import changed
from matchmaker.sample.staging import officer
from matchmaker.services import rubric
from matchmaker.services.context import Context

AWARDS = {
    "grades.G1.amount.0": 30000,
    "grades.G1.amount.1": 60000,
    "grades.G1.award.zh": "新臺幣 3 萬至 6 萬元，另頒數位徽章",
    "grades.G1.award.en": "NT$30,000–60,000 + badge",
}
NOTE = "入門題獎金自去年起未調整，經 10 月審查會議決議調高。"


def raise_awards(ctx: Context) -> None:
    """A second version of the grading rubric, made from the one that ships."""
    acting = replace(ctx, actor=officer(ctx.session), trusted=False)
    before = rubric.current_version(acting.session, "grading")
    after = changed(rubric.content(acting.session, "grading", before), AWARDS)
    rubric.make_version(acting, "grading", before, after, note=NOTE, seen=before)
