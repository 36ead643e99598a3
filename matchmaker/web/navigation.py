"""The main menu and the account menu, by what the reader may do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from matchmaker.i18n import N_
from matchmaker.models import User
from matchmaker.policies.grade_review import may_list_reviews
from matchmaker.policies.problem import may_open_queue
from matchmaker.policies.quiz import may_take_checks
from matchmaker.policies.site import may_enter_office
from matchmaker.web.i18n import say


@dataclass(frozen=True)
class Item:
    """One entry of a menu."""

    label: str
    url: str
    current: bool = False
    #: The entry acts, so it is a form that posts.
    post: bool = False


def nav_items(user: User | None, path: str) -> list[Item]:
    """The main menu."""
    entries = [(N_("Problems"), "problem.gallery"), (N_("Teams"), "team.directory")]
    if user is not None:
        entries.insert(0, (N_("My desk"), "dashboard.home"))
        if may_open_queue.allows(user):
            entries += [
                (N_("Screening"), "problem.queue"),
                (N_("Matching"), "match_run.runs"),
                (N_("Office"), "office.index"),
            ]
        if may_enter_office.allows(user):  # In-house calls have no panels.
            entries.insert(-2, (N_("Grading"), "grading_panel.overview"))
        if may_list_reviews.allows(user):
            entries.append((N_("My reviews"), "grade_review.index"))
    if user is not None and user.team_ids and not may_open_queue.allows(user):
        entries.append((N_("Applications"), "application.index"))
    if user is None or not may_open_queue.allows(user):  # The office's menu is long enough.
        entries.append((N_("Learning"), "learning_resource.catalogue"))
    return [_item(label, endpoint, path) for label, endpoint in entries if _exists(endpoint)]


def account_items(user: User | None, path: str) -> list[Item]:
    """The account menu."""
    if user is None:
        entries = [(N_("Sign in"), "account.login"), (N_("Register"), "account.register")]
        return [_item(label, endpoint, path) for label, endpoint in entries if _exists(endpoint)]
    tools = [
        (N_("My levels"), "standing.mine"),
        (N_("My evidence"), "evidence.index"),
        *([(N_("Competency checks"), "quiz.index")] if may_take_checks.allows(user) else []),
        (N_("My learning"), "enrolment.mine"),
        (N_("My work"), "engagement.index"),
        (N_("My certificates"), "certificate.mine"),
        (N_("Account"), "account.settings"),
    ]
    items = [_item(label, endpoint, path) for label, endpoint in tools if _exists(endpoint)]
    if _exists("account.logout"):
        items.append(Item(say(N_("Sign out")), url_for("account.logout"), post=True))
    return items


def footer_items(path: str) -> list[Item]:
    """What stands at the foot of every page."""
    entries = [
        (N_("Hall of awards"), "hall.index"),
        (N_("Case studies"), "case_study.gallery"),
        (N_("Check a certificate"), "certificate.check"),
        (N_("Privacy"), "site.privacy"),
        (N_("Accessibility"), "site.accessibility"),
        (N_("Style guide"), "site.styleguide"),
    ]
    return [_item(label, endpoint, path) for label, endpoint in entries]


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _item(label: str, endpoint: str, path: str) -> Item:
    url = url_for(endpoint)
    # Every page of the office lies below its front page, whose entry would always be marked.
    is_below = endpoint != "office.index" and path.startswith(url + "/")
    return Item(say(label), url, path == url or is_below)
