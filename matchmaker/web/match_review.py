"""What the match review page shows: the list, the pairs of one problem or team, the opened pair."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from matchmaker.models import Match, MatchReview, MatchRun, PairRule, User
from matchmaker.policies.match import may_review
from matchmaker.queries import match as queries
from matchmaker.queries.match import Filter, Line
from matchmaker.queries.page import Page
from matchmaker.web import explanations
from matchmaker.web.forms.base import number_or_none
from matchmaker.web.i18n import current_language, say
from matchmaker.web.listing import chosen, page_number
from matchmaker.workflows.match import MATCH_WORKFLOW, REVIEW_ACTIONS, MatchAction, MatchState
from matchmaker.workflows.match_run import MatchRunState

KEPT = ("by", "problem", "team", "state", "weak", "q", "page")
WANTED_SHOWN = 3


@dataclass(frozen=True)
class View:
    """Which part of a run one looks at, as the address says."""

    by_team: bool
    subject_id: int | None
    pair_id: int | None
    wanted: Filter
    number: int
    #: The same as parameters of an address, without the opened pair.
    kept: dict[str, str]


def read_view() -> View:
    """Read the address; what makes no sense counts as not said."""
    args = request.args
    by_team = args.get("by") == "team"
    subject_id = number_or_none(args.get("team" if by_team else "problem"))
    state = args.get("state")
    return View(
        by_team=by_team,
        subject_id=subject_id,
        pair_id=number_or_none(args.get("pair")),
        wanted=Filter(
            problem_id=None if by_team else subject_id,
            team_id=subject_id if by_team else None,
            with_weak=args.get("weak") == "1",
            state=MatchState(state) if state in set(MatchState) else None,
            text=chosen("q"),
        ),
        number=page_number(),
        kept={key: args[key] for key in KEPT if args.get(key)},
    )


@dataclass
class ReviewPage:
    """Everything the page shows, read with a fixed number of queries."""

    run: MatchRun
    view: View
    lines: Sequence[Line[Any]]
    line: Line[Any] | None
    page: Page[Match]
    n_weak: int
    opened: Match | None
    wanted_for: Mapping[int, Sequence[Match]]
    history: Sequence[MatchReview] = ()
    rule: PairRule | None = None
    #: What was typed and ticked when a decision could not be taken.
    error: str = ""
    typed: str = ""
    ticked: Collection[str] = field(default_factory=tuple)
    all_ticked: bool = False

    @property
    def is_reviewable(self) -> bool:
        return self.run.state is MatchRunState.DONE

    def is_ticked(self, match_id: int) -> bool:
        return self.all_ticked or str(match_id) in self.ticked

    def url(self, **changes: Any) -> str:
        """This page's address with *changes*; None takes a parameter away."""
        parameters = {**self.view.kept, **changes}
        return url_for(
            "match.review",
            run_id=self.run.id,
            **{k: v for k, v in parameters.items() if v is not None},
        )

    def subject_url(self, line: Line[Any]) -> str:
        """The address of another problem or team of the list."""
        key = "team" if self.view.by_team else "problem"
        return self.url(**{key: line.id, "page": None, "q": None})


def load_page(session: Session, actor: User | None, run: MatchRun, view: View) -> ReviewPage:
    """Read what *view* asks for; the first problem with pairs and its first pair if it names none."""
    lines: Sequence[Line[Any]] = (
        queries.team_lines(session, run) if view.by_team else queries.problem_lines(session, run)
    )
    line = _chosen_line(lines, view)
    wanted = _narrowed(view, line)
    page = queries.list_pairs(session, run, wanted, number=view.number)
    opened = _opened(session, actor, run, view, page)
    shown = [*page.items, *([opened] if opened else [])]
    return ReviewPage(
        run=run,
        view=view,
        lines=lines,
        line=line,
        page=page,
        n_weak=0 if wanted.with_weak else queries.count_weak(session, run, wanted),
        opened=opened,
        wanted_for=queries.wanted_for(session, run, {match.team_id for match in shown}),
        history=queries.history(session, opened) if opened else (),
        rule=queries.rule_of(session, opened) if opened else None,
    )


def _chosen_line(lines: Sequence[Line[Any]], view: View) -> Line[Any] | None:
    """The line asked for; without one the first that has pairs to look at."""
    asked = (line for line in lines if line.id == view.subject_id)
    ranked = (line for line in lines if line.counts.total())
    return next(asked, None) or next(ranked, None) or (lines[0] if lines else None)


def _narrowed(view: View, line: Line[Any] | None) -> Filter:
    subject_id = line.id if line else 0
    return Filter(
        problem_id=None if view.by_team else subject_id,
        team_id=subject_id if view.by_team else None,
        with_weak=view.wanted.with_weak,
        state=view.wanted.state,
        text=view.wanted.text,
    )


def _opened(
    session: Session, actor: User | None, run: MatchRun, view: View, page: Page[Match]
) -> Match | None:
    if view.pair_id is not None:
        found = queries.get_matches(session, actor, [view.pair_id]).get(view.pair_id)
        if found is not None and found.run_id == run.id:
            return found
    return page.items[0] if page.items else None


def bands(page: ReviewPage, actor: User) -> list[tuple[str, list[dict[str, Any]]]]:
    """The listed pairs by band, each as the row's macro wants it."""
    found: dict[str, list[dict[str, Any]]] = {}
    tied = explanations.tied(page.page.items)
    for place, match in enumerate(page.page.items):
        shown = {**row(page, match, actor), "tied": place in tied}
        found.setdefault(match.band.value, []).append(shown)
    return list(found.items())


def row(page: ReviewPage, match: Match, actor: User) -> dict[str, Any]:
    """One pair as the row's macro wants it."""
    label = MATCH_WORKFLOW.labels[match.state]
    language = current_language()
    side = match.problem.title(language) if page.view.by_team else match.team.name(language)
    return {
        "id": match.id,
        "match": match,
        "url": page.url(pair=match.id, _anchor=f"pair-{match.id}"),
        "name": side,
        "current": page.opened is not None and match.id == page.opened.id,
        "state_label": say(label.staff),
        "state_tone": label.tone,
        "parts": explanations.fit_parts(match, page.run),
        "must_met": match.must_met,
        "must_total": match.must_total,
        "confidence": match.confidence,
        "n_documents": None,
        "wanted_for": others(page, match)[:WANTED_SHOWN],
        "conflict": stake(match, actor),
        "pinned": match.pinned,
        "key": f"{match.id}:{match.version}",
        "possible": actions(page, match, actor),
    }


def others(page: ReviewPage, match: Match) -> list[dict[str, str]]:
    """The other problems that the pair's team is wanted for."""
    return [
        {
            "label": other.problem.title(current_language()),
            "state": say(MATCH_WORKFLOW.labels[other.state].staff),
            "url": page.url(by=None, team=None, problem=other.problem_id, pair=other.id, page=None),
        }
        for other in page.wanted_for.get(match.team_id, ())
        if other.id != match.id
    ]


def stake(match: Match, actor: User) -> str:
    """Why the officer who looks may not decide on the pair; empty if they may."""
    reason = may_review(actor, match.problem, match.team)
    return say(reason) if reason else ""


def actions(page: ReviewPage, match: Match, actor: User) -> list[MatchAction]:
    """What the officer can do with the pair now."""
    if not page.is_reviewable or stake(match, actor):
        return []
    return [action for action in REVIEW_ACTIONS if MATCH_WORKFLOW.can(match.state, action)]
