"""Certificates: issued once, true to the day of issue, corrected, revoked, forgotten; the file in both languages."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pypdf
import pytest

from matchmaker.adapters import certificate_font
from matchmaker.adapters.certificate_font import FontMissing, GlyphsMissing, font_for
from matchmaker.errors import Conflict, InvalidInput, InvalidTransition, PermissionDenied
from matchmaker.models import CertificateStanding, Role
from matchmaker.queries import certificate as queries
from matchmaker.reports.certificate import day_in_words, wording
from matchmaker.reports.certificate_pdf import certificate_pdf
from matchmaker.services import certificate as service
from matchmaker.services import certificate_code
from matchmaker.services.certificate_facts import is_intact
from matchmaker.workflows.award import AwardState
from matchmaker.workflows.engagement import EngagementState


@pytest.fixture
def award(make, session):
    row = make.award(AwardState.ANNOUNCED)
    row.announced_at = datetime(2026, 11, 23, 1, tzinfo=UTC)
    row.engagement.problem.title_zh, row.engagement.problem.title_en = "檢測刮痕", "Find scratches"
    row.engagement.team.name_zh, row.engagement.team.name_en = "𠮷影像隊 Ω", "Kichi Vision"
    person = row.engagement.application.people[0]
    person.role, person.user.name = "模型 Models", "王㛢堃"
    session.flush()
    return row


def of_person(certificates):
    return next(one for one in certificates if one.user_id is not None)


def text_of(content: bytes) -> str:
    """What a reader of the file copies out of it; some readers put a zero before each character."""
    page = pypdf.PdfReader(io.BytesIO(content)).pages[0]
    return page.extract_text().replace("\x00", "").replace("\n", " ")


def test_codes_tell_a_typing_error_from_an_unknown_code():
    code = certificate_code.new()

    assert len(code) == 12
    assert certificate_code.is_well_formed(code)
    assert certificate_code.normal(f" {certificate_code.shown(code).lower()} ") == code
    for place in range(12):
        other = "2" if code[place] != "2" else "3"
        assert not certificate_code.is_well_formed(code[:place] + other + code[place + 1 :])
    for place in range(11):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert certificate_code.is_well_formed(swapped) == (swapped == code)
    assert not certificate_code.is_well_formed("")
    assert not certificate_code.is_well_formed("O" * 12)


def test_an_award_is_certified_once_for_the_team_and_each_person(ctx, award):
    people = award.engagement.application.people

    first = service.issue(ctx(None), award)
    again = service.issue(ctx(None), award)

    assert [one.id for one in again] == [one.id for one in first]
    assert [one.user_id for one in first] == [None, *(person.user_id for person in people)]
    own = of_person(first)
    assert (own.name, own.role) == ("王㛢堃", "模型 Models")
    assert own.facts["given"] == "2026-11-23"
    assert own.facts["problem"] == {"zh": "檢測刮痕", "en": "Find scratches"}
    assert own.facts["tier"]["zh"] != own.facts["tier"]["en"]
    assert own.is_name_public is False
    assert is_intact(own)
    own.role = "something else"
    assert not is_intact(own)


def test_what_it_says_stays_when_names_change(ctx, award, session):
    own = of_person(service.issue(ctx(None), award))
    award.engagement.problem.title_zh = "改了題目"
    own.user.name = "王小明"
    session.flush()

    assert wording(own, "zh_Hant_TW").holder == "王㛢堃"
    assert "檢測刮痕" in wording(own, "zh_Hant_TW").sentence


def test_a_corrected_name_replaces_the_certificate(ctx, award, session):
    own = of_person(service.issue(ctx(None), award))
    holder, code = ctx(own.user), own.code
    with pytest.raises(Conflict, match="nothing to correct"):
        service.correct(holder, code)
    service.show_name(holder, code, is_public=True)
    own.user.name = "王㛢坤"
    session.flush()

    new = service.correct(holder, code)

    assert new.name == "王㛢坤"
    assert new.code != code
    assert new.is_name_public
    assert own.standing is CertificateStanding.REPLACED
    assert own.replaced_by is new
    assert [one.id for one in service.issue(ctx(None), award) if one.user_id] == [new.id]
    with pytest.raises(InvalidTransition, match="replaced"):
        service.correct(holder, code)


def test_revoking_an_award_revokes_all_and_keeps_the_reason(ctx, award):
    issued = service.issue(ctx(None), award)

    with pytest.raises(InvalidInput):
        service.revoke(ctx(None), award, " ")
    revoked = service.revoke(ctx(None), award, "The figures were made up.")

    assert {one.id for one in revoked} == {one.id for one in issued}
    assert {one.standing for one in issued} == {CertificateStanding.REVOKED}
    assert {one.reason for one in issued} == {"The figures were made up."}
    assert service.revoke(ctx(None), award, "Again.") == []


def test_completed_work_is_certified_and_taken_back_with_its_end(ctx, make):
    engagement = make.engagement(EngagementState.COMPLETED)

    issued = service.issue_completion(ctx(None), engagement)

    assert "tier" not in issued[0].facts
    assert issued[0].facts["stages"] == list(engagement.stages)
    service.revoke_completion(ctx(None), engagement, "A milestone was false.")
    assert {one.standing for one in issued} == {CertificateStanding.REVOKED}
    with pytest.raises(InvalidTransition, match="completed"):
        service.issue_completion(ctx(None), make.engagement(EngagementState.POC))


def test_who_may_do_what(ctx, award, make):
    issued = service.issue(ctx(None), award)
    own, team = of_person(issued), issued[0]
    stranger = make.user()
    owner = award.engagement.problem.organization.members[0].user
    officer = make.user(Role.OFFICER)

    for user in (owner, stranger, officer):
        with pytest.raises(PermissionDenied, match="Only its holder"):
            service.show_name(ctx(user), own.code, is_public=True)
    for user in (owner, stranger):
        with pytest.raises(PermissionDenied, match="Its holder or the programme office"):
            service.correct(ctx(user), team.code)
        with pytest.raises(PermissionDenied, match="Only programme officers"):
            service.revoke_one(ctx(user), own, reason="No.", version=own.version)
    revoked = service.revoke_one(ctx(officer), own, reason="Wrong.", version=own.version)
    assert revoked.standing is CertificateStanding.REVOKED
    assert team.standing is CertificateStanding.VALID
    assert own in queries.list_own(ctx(own.user).session, own.user)
    assert queries.list_own(ctx(stranger).session, stranger) == []
    page = queries.list_certificates(ctx(officer).session, officer, queries.CertificateFilter())
    assert {one.id for one in page.items} == {one.id for one in issued}


def test_nothing_of_a_person_is_left_after_erasure(ctx, award, session):
    issued = service.issue(ctx(None), award)
    own, team = of_person(issued), issued[0]
    before = own.content_hash

    service.forget(ctx(None), own.user_id)
    own.user.erase(datetime.now(UTC))
    session.flush()

    assert (own.name, own.role, own.salt, own.token) == ("", "", "", "")
    assert own.content_hash == before
    assert own.standing is team.standing is CertificateStanding.VALID
    assert wording(own, "en").holder == "A former member"
    assert is_intact(team)


def test_the_file_says_it_in_both_languages(ctx, award, settings):
    own = of_person(service.issue(ctx(None), award))

    content = certificate_pdf(own, settings)

    text, reader = text_of(content), pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/Lang"] == "zh-Hant-TW"
    assert reader.metadata is not None
    assert "王㛢堃" in (reader.metadata.title or "")
    assert "Matchmaker programme office" in (reader.metadata.author or "")
    for said in ("王㛢堃", "𠮷影像隊 Ω", "檢測刮痕", "中華民國 115 年 11 月 23 日"):
        assert said in text
    for said in ("Certificate of award", "Kichi Vision", '"Find scratches"', "November 23, 2026"):
        assert said in text
    assert certificate_code.shown(own.code) in text
    assert certificate_pdf(own, settings) == content


def test_a_font_without_the_characters_is_refused_and_names_them(settings, monkeypatch):
    monkeypatch.setattr(certificate_font, "SYSTEM_PATHS", ())
    assert font_for(settings, "王㛢堃 Ab 12").name == "Noto Serif TC"
    with pytest.raises(GlyphsMissing) as refused:
        font_for(settings, "王𠮷𠮷 🚀")
    assert refused.value.message.params == {"characters": "𠮷 🚀"}
    monkeypatch.setattr(certificate_font, "find_spec", lambda name: None)
    with pytest.raises(FontMissing, match="fonts-noto-cjk"):
        font_for(settings, "A")


def test_days_in_chinese_follow_the_official_calendar():
    day = datetime(2026, 1, 5, tzinfo=UTC).date()

    assert day_in_words(day, "zh") == "中華民國 115 年 1 月 5 日"
    assert day_in_words(day, "en") == "January 5, 2026"


def test_chinese_breaks_between_characters_and_no_line_begins_with_a_stop(ctx, award, settings):
    award.engagement.problem.title_zh = "用影像檢測螺絲頭部裂紋與碰傷" * 8
    own = of_person(service.issue(ctx(None), award))

    page = pypdf.PdfReader(io.BytesIO(certificate_pdf(own, settings))).pages[0]

    lines = page.extract_text().replace("\x00", "").split("\n")
    assert award.engagement.problem.title_zh in "".join(lines)
    assert [line for line in lines if line[:1] in "」，。" and line] == []
    assert [line for line in lines if line.endswith("「")] == []
