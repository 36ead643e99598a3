"""What a case study can begin with: the problem as it was published, the team's approach as applied."""

from __future__ import annotations

from matchmaker.competency.text import detect_language
from matchmaker.models import Engagement
from matchmaker.policies.application import may_read_application
from matchmaker.services.case_study import MAX_TEXT, MAX_TITLE, CaseStudyTexts
from matchmaker.services.context import Context

#: The part of a proposal that says how a team means to solve the problem.
APPROACH = "approach"


def proposal(ctx: Context, engagement: Engagement) -> CaseStudyTexts:
    """Texts to begin with; of the application only what the actor may read anyway."""
    problem = engagement.problem
    approach = _approach(ctx, engagement)
    is_english = detect_language(approach) == "en"
    return CaseStudyTexts(
        title_zh=problem.title_zh[:MAX_TITLE],
        title_en=problem.title_en[:MAX_TITLE],
        problem_zh=problem.text_zh[:MAX_TEXT],
        problem_en=problem.text_en[:MAX_TEXT],
        approach_zh="" if is_english else approach,
        approach_en=approach if is_english else "",
    )


def _approach(ctx: Context, engagement: Engagement) -> str:
    standing = engagement.application.standing
    if standing is None or ctx.actor is None:
        return ""
    if not may_read_application.allows(ctx.actor, engagement.application):
        return ""
    return str(standing.parts.get(APPROACH) or "")[:MAX_TEXT]
