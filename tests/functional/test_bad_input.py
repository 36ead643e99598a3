"""Whatever anybody sends to any form or address: a clear page, nothing lost, nothing unclean kept."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from matchmaker.models import Base
from tests import pages
from tests.pages import Form, Pairs
from tests.site import ROLES, Site, kind_of

pytestmark = pytest.mark.xdist_group("sample")

#: A word in everything that is typed: where it is, the text is.
WORD = "needle"
WORDS = {
    "empty": "",
    "script": f"<script>alert('{WORD}')</script>",
    "mixed": f"👩‍🔬 測試 Ünï {WORD} 漢字 עברית العربية ﷽ Z̸̡a̷l̵g̶o̴",
    "controls": f"{WORD}\x00\x07\x1b\x85\u202e\u2066 x\r\n\ty\ufeff",
}
ODD = [
    "NaN",
    "1e999",
    "99999999999999999999",
    "-1",
    "²",
    "\x00",
    "<script>alert(1)</script>",
    "9" * 5000,
]
UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
#: The same where a column holds JSON.
ESCAPED = re.compile(r"\\u(?:00(?:0[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f])|20(?:2[a-e]|6[6-9])|feff)")
ENGLISH = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
HAN = re.compile("[\u4e00-\u9fff]")
Request = dict[str, Any]


def posts(site: Site) -> Iterator[tuple[str, Form, str, Pairs]]:
    """Every way to send every form: who, which, where to, and the pair of the pressed button."""
    for role, form in site.forms:
        for action, pressed in form.ways():
            yield role, form, action.partition("#")[0], pressed


def try_all(
    site: Site,
    make: Callable[[Form, Pairs], Request],
    check: Callable[[Form, str, TestResponse], Iterator[str]],
    locale: str = "en",
) -> tuple[list[str], list[int]]:
    """Send every form as *make* says, each to an untouched site; the faults, and the statuses."""
    faults, statuses = [], []
    sent: set[bytes] = set()
    for role, form, action, pressed in posts(site):
        request = make(form, pressed)
        sign = hashlib.sha256(f"{role} {action} {request}".encode()).digest()
        if sign in sent:
            continue  # Without what its button adds, it is a request that was sent already.
        sent.add(sign)
        with site.undone():
            try:
                answer = site.client(role, locale).post(action, **request)
            except Exception as error:
                faults.append(f"{role} {action} {pressed}: {error!r}"[:500])
                continue
            statuses.append(answer.status_code)
            found = [*check(form, action, answer), *faults_of(answer)]
            faults += [f"{role} {action} {pressed} {answer.status_code}: {text}" for text in found]
    return faults, statuses


def faults_of(answer: TestResponse) -> Iterator[str]:
    """What is wrong with any answer."""
    if answer.status_code >= 500:
        yield "a fault of the program"
    if "<script>alert" in answer.text:
        yield "a script of somebody else"


def form_data(pairs: Pairs) -> Request:
    return {"data": MultiDict(pairs)}


def refused_well(form: Form, action: str, answer: TestResponse) -> Iterator[str]:
    """Faults of a refusal: text that is gone, and buttons that would do something else now."""
    if answer.status_code < 400:
        return
    page = pages.read(action, answer.text)
    if any(control.is_text for control in form.controls) and WORD not in answer.text:
        yield "what was typed is gone"
    for shown in page.forms:
        if shown.method == "post" and shown.has_no_action and not shown.names <= form.names:
            yield f"a form of another kind would be sent here: {sorted(shown.names)}"


def messages(answer: TestResponse) -> list[str]:
    """What a refused form says is wrong."""
    return pages.read("", answer.text).errors if answer.status_code >= 400 else []


def not_in_chinese(texts: list[str]) -> Iterator[str]:
    for text in texts:
        if ENGLISH.search(text.replace(WORD, "")) or not HAN.search(text):
            yield f"an English message: {text}"


@pytest.mark.parametrize("kind", WORDS)
def test_words_of_all_kinds_in_every_field(sample_site: Site, kind: str) -> None:
    said: list[str] = []

    def check(form: Form, action: str, answer: TestResponse) -> Iterator[str]:
        said.extend(messages(answer))
        yield from not_in_chinese(messages(answer))
        if kind != "empty":
            yield from refused_well(form, action, answer)

    def make(form: Form, pressed: Pairs) -> Request:
        return form_data([*form.filled(WORDS[kind]), *pressed])

    faults, statuses = try_all(sample_site, make, check, "zh_Hant_TW")

    assert faults == []
    assert len(statuses) > 60
    assert min(statuses.count(422), statuses.count(302)) >= 5
    assert len(said) >= 2 * statuses.count(422)


@pytest.mark.parametrize("end", [0, -1])
def test_a_megabyte_in_a_field(sample_site: Site, end: int) -> None:
    huge = "all work and no play " * 50_000 + WORD

    def make(form: Form, pressed: Pairs) -> Request:
        texts = [control.name for control in form.controls if control.is_text]
        pairs = [(n, huge if texts and n == texts[end] else v) for n, v in form.filled(WORD)]
        return form_data([*pairs, *pressed])

    faults, statuses = try_all(sample_site, make, refused_well)

    assert faults == []
    assert statuses.count(422) > 25


@pytest.mark.parametrize("first", range(0, len(ODD), 3))
def test_values_that_no_control_has(sample_site: Site, first: int) -> None:
    def make(form: Form, pressed: Pairs) -> Request:
        odd = itertools.islice(itertools.cycle(ODD), first, None)
        pairs = [(c.name, WORD if c.is_text else next(odd)) for c in form.controls if c.name]
        return form_data([*pairs, *pressed])

    faults, statuses = try_all(sample_site, make, lambda *_: iter(()))

    assert faults == []
    assert statuses.count(422) > 25


def as_bytes(form: Form, pressed: Pairs) -> Request:
    """No text at all, in any encoding."""
    names = [quote(name) for name, _value in [*form.filled(WORD), *pressed]]
    body = b"&".join(name.encode() + b"=\xff\xfe%ff%c3(%00" for name in names)
    return {"data": body, "content_type": "application/x-www-form-urlencoded"}


def as_files(form: Form, pressed: Pairs) -> Request:
    found = {name: (BytesIO(b"x"), "name.txt") for name, _value in form.filled(WORD)}
    return {"data": {**found, **dict(pressed)}, "content_type": "multipart/form-data"}


def cut_short(form: Form, _pressed: Pairs) -> Request:
    name = next(iter(sorted(form.names)))
    body = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{WORD}'.encode()
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


def in_utf_16(form: Form, pressed: Pairs) -> Request:
    body = "&".join(f"{quote(n)}={v}" for n, v in [*form.filled(WORD), *pressed]).encode("utf-16")
    return {"data": body, "content_type": "application/x-www-form-urlencoded; charset=utf-16"}


def under_odd_names(form: Form, pressed: Pairs) -> Request:
    rows = [
        (f"{rows}-{number}-{part}", WORD)
        for rows, part in (("works", "title"), ("requirements", "competency"), ("missing", "x"))
        for number in ("x", "²", "9" * 20, "9" * 5000, "-1", "", "\x00")
    ]
    levels = [
        ("competencies-", "3"),
        ("competencies-\x00", "3"),
        ("competencies-DAT-ACQ", "9" * 99),
    ]
    return form_data([*((f"{n}\x00", v) for n, v in form.filled(WORD)), *rows, *levels, *pressed])


def with_many_rows(form: Form, pressed: Pairs) -> Request:
    rows = [
        (f"{rows}-{number}-{part}", WORD)
        for rows, part in (("works", "title"), ("requirements", "competency"), ("missing", "x"))
        for number in range(1000)
    ]
    return form_data([*form.filled(WORD), *rows, *pressed])


BODIES: dict[str, Callable[[Form, Pairs], Request]] = {
    "nothing": lambda _form, _pressed: {"data": {}},
    "everything twice": lambda form, pressed: form_data([*form.filled(WORD), *pressed] * 2),
    "other controls' values": lambda form, _pressed: form_data(
        [(n, v) for n, (_, v) in zip(sorted(form.names), form.filled(WORD), strict=False)]
    ),
    "as parts": lambda form, pressed: {
        **form_data([*form.filled(WORD), *pressed]),
        "content_type": "multipart/form-data",
    },
    "as JSON": lambda form, pressed: {"json": {n: [v] for n, v in form.filled(WORD)}},
    "as a JSON number": lambda _form, _pressed: {"json": 5},
    "as bytes": as_bytes,
    "as files": as_files,
    "cut short": cut_short,
    "in UTF-16": in_utf_16,
    "under odd names": under_odd_names,
    "with many rows": with_many_rows,
    "with many fields": lambda form, pressed: form_data(
        [*form.filled(WORD), *((f"extra-{number}", "x") for number in range(3000)), *pressed]
    ),
}


@pytest.mark.parametrize("kind", BODIES)
def test_bodies_that_no_browser_sends(sample_site: Site, kind: str) -> None:
    faults, statuses = try_all(sample_site, BODIES[kind], lambda *_: iter(()))

    assert faults == []
    assert len(statuses) > 60


def write_everywhere(site: Site, words: str) -> None:
    """Send every form that takes words, one after another, and let it count."""
    for role, form, action, pressed in posts(site):
        if any(control.is_text for control in form.controls):
            site.client(role).post(action, data=MultiDict([*form.filled(words), *pressed]))


def test_markup_shows_as_text_wherever_it_is_read_again(sample_site: Site) -> None:
    shown = set()
    with sample_site.undone():
        write_everywhere(sample_site, WORDS["script"])
        for role in ROLES:
            for page, answer in sample_site.walk(role):
                assert list(faults_of(answer)) == [], f"{role}: {page.path}"
                if "&lt;script&gt;alert" in answer.text:
                    shown.add(kind_of(page.path))

    assert shown >= {
        "/account",
        "/problems",
        "/problems/N",
        "/office/problems",
        "/office/problems/N",
        "/organizations/N",
        "/teams",
        "/teams/N",
        "/teams/N/edit",
    }


def test_control_characters_are_kept_nowhere(sample_site: Site) -> None:
    found, kept = [], set()
    with sample_site.undone():
        write_everywhere(sample_site, WORDS["controls"])
        with sample_site.app.sessions() as session:
            for table in Base.metadata.sorted_tables:
                for column in table.columns:
                    for value in session.scalars(sa.text(f'SELECT "{column.name}" FROM {table}')):
                        if not isinstance(value, str):
                            continue
                        if UNWANTED.search(value) or ESCAPED.search(value):
                            found.append(f"{column}: {value[:80]!r}")
                        if WORD in value:
                            kept.add(str(column))

    assert found == []
    assert kept >= {
        "match_reviews.reason",
        "organizations.about_zh",
        "problems.text_en",
        "teams.text_zh",
        "team_works.text",
        "users.name",
    }


GARBAGE = [
    "-1",
    "99999999999999999999",
    "abc%00",
    "%ff%fe%E2%80%AE",
    "q" * 10_000,
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "2026-13-45",
]


@pytest.mark.parametrize("role", ROLES)
def test_addresses_that_no_link_has(sample_site: Site, role: str) -> None:
    client, faults, seen = sample_site.client(role), [], set()
    usual = {"page", "q", "next", "pair", "by", "tick", "problem", "team", "state", "check", "call"}
    for page in sample_site.pages(role):
        if (kind := kind_of(page.path)) in seen:
            continue
        seen.add(kind)
        filters = {c.name for f in page.forms if f.method == "get" for c in f.controls if c.name}
        for value in GARBAGE:
            query = "&".join(f"{name}={value}" for name in sorted(usual | filters))
            try:
                answer = client.get(f"{page.path}?{query}")
            except Exception as error:
                faults.append(f"{page.path} {value}: {error!r}"[:500])
            else:
                faults += [f"{page.path} {value}: {text}" for text in faults_of(answer)]

    assert faults == []
    assert len(seen) > 8


@pytest.mark.parametrize(
    "number", ["1000000000", "2147483648", "99999999999999999999", "9" * 5000, "²", "-1"]
)
def test_ids_that_no_row_has(sample_site: Site, number: str) -> None:
    officer, rules = sample_site.client("officer"), sample_site.app.url_map.iter_rules()
    tried = [rule for rule in rules if "<int:" in rule.rule]
    for rule in tried:
        path = re.sub("<any.*?>", "teams", re.sub("<int:.*?>", number, rule.rule))
        method = officer.post if "POST" in (rule.methods or ()) else officer.get
        answer = method(re.sub("<.*?>", "x", path))
        assert (rule.rule, answer.status_code) == (rule.rule, 404)

    assert len(tried) > 30


@pytest.mark.parametrize("key", ["team:new", "problem:40", "organization:1"])
def test_unsaved_typing_of_any_kind_is_kept_or_refused_in_words(
    sample_site: Site, key: str
) -> None:
    client = sample_site.client("enterprise", "zh_Hant_TW")
    form_of = {"team": "/teams/new", "problem": "/problems/40/edit"}
    page = form_of.get(key.partition(":")[0], "/organizations/1/edit")
    for words in WORDS.values():
        with sample_site.undone():
            odd = {"works-²-title": words, "works-0-year": words, "requirements-0-level": words}
            kept = client.post(f"/drafts/{key}", data={"text_en": words, "name_en": words, **odd})
            assert kept.status_code == 200
            assert client.get(page).status_code == 200
    with sample_site.undone():
        much = client.post(f"/drafts/{key}", data={"text_en": "x" * 500_000})
        assert much.status_code == 422
        assert HAN.search(much.json["detail"])
