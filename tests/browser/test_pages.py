"""Every page that every kind of person can reach: accessible, translated, no wider than the screen."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

AXE = Axe()
SERIOUS = {"serious", "critical"}
#: One page stands for all of its kind: ids of rows, domains, competencies and certificates, and
#: names of ladders make no new kind.
NUMBER = re.compile(
    r"/(?:\d+|[A-Z]{3}(?:-[A-Z]{2,3})?|[A-Z2-9]{4}(?:-[A-Z2-9]{4}){2}|(?<=/ladders/)[a-z_.]+)(?=/|$)"
)
TOO_MANY = 250
WIDE, NARROW = 1280, 390


def kind_of(address: str) -> str:
    """What kind of page an address leads to."""
    return NUMBER.sub("/N", urlsplit(address).path)


def is_page(address: str, site: str) -> bool:
    """Whether an address is a page of the site that reading does not change."""
    path = urlsplit(address).path
    return address.startswith(site) and not re.search(
        r"/static/|/language/|\.(csv|ics|jsonl?|jwt|pdf|xlsx)$", path
    )


def walk(page, site: str, starts: list[str]):
    """Open one page of every kind that can be reached by links."""
    seen, queue = set(), deque(urljoin(site, start) for start in starts)
    while queue:
        address = queue.popleft()
        kind = kind_of(address)
        if kind in seen:
            continue
        seen.add(kind)
        assert len(seen) < TOO_MANY
        answer = page.goto(address)
        if kind_of(page.url) in seen - {kind}:
            continue  # A way in for people who are signed in: it led to the sign-in page again.
        seen.add(kind_of(page.url))
        yield kind, answer
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        queue.extend(link.split("#")[0] for link in links if is_page(link, site))


#: The shapes of all elements: tag, classes, role, type, which attributes there are, whether empty.
SHAPES = """() => [...new Set([...document.querySelectorAll("*")].map(one => [
    one.tagName, one.className, one.getAttribute("role"), one.getAttribute("type"),
    one.getAttributeNames().sort(), one.textContent.trim() === "",
].join("|")))]"""
#: The shapes that axe has seen on each kind of page.
SHOWN: defaultdict[str, set[str]] = defaultdict(set)


def is_new_to_axe(page) -> bool:
    """Whether anything is on the page that axe has not seen on another of its kind.

    Most pages look the same to several roles; what a role sees besides is looked at.
    """
    seen, shapes = SHOWN[kind_of(page.url)], set(page.evaluate(SHAPES))
    is_new = not shapes <= seen
    seen |= shapes
    return is_new


def faults_of(page) -> list[str]:
    """What axe finds serious, in words."""
    found = AXE.run(page).response["violations"]
    return [
        f"{page.url} {item['id']}: {item['nodes'][0]['target']} {item['nodes'][0]['html'][:120]}"
        for item in found
        if item["impact"] in SERIOUS
    ]


#: Who walks in which language, and whether axe looks too. What axe sees is the same in both
#: languages, so the second walk is left to the eyes of the Content-Security-Policy, which axe,
#: being injected, cannot run under. An administrator sees the officer's pages.
WALKS = [
    ("visitor", "en", True),
    ("visitor", "zh_Hant_TW", False),
    ("officer", "en", False),
    ("officer", "zh_Hant_TW", True),
    ("enterprise", "en", True),
    ("enterprise", "zh_Hant_TW", False),
    ("student", "en", False),
    ("student", "zh_Hant_TW", True),
    ("reviewer", "zh_Hant_TW", True),
    ("association", "en", True),
    ("administrator", "zh_Hant_TW", False),
]


@pytest.mark.parametrize(("role", "locale", "with_axe"), WALKS)
def test_every_page_of_a_role(visitor, site, role, locale, with_axe):
    person = visitor(locale, width=NARROW, bypass_csp=with_axe)
    page = person.page
    if role != "visitor":
        page = person.sign_in(role)
        person.faults.clear()
    faults = []

    kinds = []
    for kind, answer in walk(page, site, ["/", "/desk"] if role != "visitor" else ["/"]):
        kinds.append(kind)
        assert answer.status == 200, f"{role}: {page.url}"
        headings = page.locator("h1").count()
        if headings != 1:
            faults.append(f"{page.url} has {headings} main headings")
        if with_axe and is_new_to_axe(page):
            page.set_viewport_size({"width": WIDE, "height": 900})
            faults += faults_of(page)
            page.set_viewport_size({"width": NARROW, "height": 900})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROW:
            faults.append(f"{page.url} is {width} px wide on a phone")

    assert faults == []
    assert person.faults == []
    assert len(kinds) >= 8


@pytest.mark.parametrize(
    "path", ["/", "/problems", "/teams", "/account/login", "/styleguide", "/no-such-page"]
)
def test_dark_pages_are_readable(visitor, path):
    person = visitor("zh_Hant_TW", bypass_csp=True)
    person.page.emulate_media(color_scheme="dark")
    person.visit(path)

    assert faults_of(person.page) == []
