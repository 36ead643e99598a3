"""Badges: only confirmed levels, signed so that anybody can check, ended by holder, office and time."""

from __future__ import annotations

import base64
import hashlib
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import util

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker import passwords
from matchmaker.adapters import badge_signer
from matchmaker.adapters.badge_signer import BadSignature, SigningMissing
from matchmaker.clock import utcnow
from matchmaker.errors import InvalidInput, NotFound, PermissionDenied, StaleVersion, Unavailable
from matchmaker.models import AuditEvent, Badge, BadgeKey, LevelEstimate, OutboxMessage, Role, User
from matchmaker.queries import badge as queries
from matchmaker.queries.badge import BadgeFilter
from matchmaker.services import account, badge_credential
from matchmaker.services import badge as service
from matchmaker.services.badge import Verdict
from matchmaker.services.context import Context
from matchmaker.settings import Settings
from matchmaker.workflows.badge import BadgeState
from tests.factories import Factory

Ctx = Callable[..., Context]
CV = "PER-CV"


def confirm(
    session: Session, user: User, level: int, competency: str = CV, *, unknown: bool = False
) -> LevelEstimate:
    row = LevelEstimate(
        user_id=user.id,
        competency=competency,
        mean=level + 0.4,
        sd=0.5,
        low=level,
        high=level + 1,
        at_least=[1, 1, 1, 0.8, 0.2, 0],
        confirmed=level,
        is_unknown=unknown,
        parameters_version="test",
        computed_at=utcnow(),
    )
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def holder(make: Factory, session: Session) -> User:
    user = make.user(name="Ada Lin", password_hash=passwords.hash_password("a password for tests"))
    confirm(session, user, 3)
    return user


class TestIssuing:
    def test_the_token_is_a_credential_that_our_public_key_checks(
        self, session: Session, ctx: Ctx, holder: User, settings: Settings
    ) -> None:
        badge = service.issue(ctx(holder), CV, 3)
        session.commit()

        claims = badge_signer.read(badge.token, queries.keys(session))
        assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
        assert claims["jti"] == claims["id"] == f"http://localhost/badges/{badge.code}"
        assert claims["iss"] == claims["issuer"]["id"] == "http://localhost/badges/issuer.json"
        assert claims["exp"] - claims["nbf"] == (badge.expires_at - badge.issued_at).total_seconds()
        assert badge.expires_at - badge.issued_at == timedelta(days=730)
        name, address = claims["credentialSubject"]["identifier"]
        assert (name["identityHash"], name["hashed"]) == ("Ada Lin", False)
        hashed = hashlib.sha256(f"{holder.email}{address['salt']}".encode()).hexdigest()
        assert address["identityHash"] == f"sha256${hashed}"
        assert str(holder.email) not in json.dumps(claims)
        achievement = claims["credentialSubject"]["achievement"]
        assert achievement["name"] == "Computer vision · L3 Independent / 電腦視覺 · L3 獨立"
        header = json.loads(base64.urlsafe_b64decode(badge.token.split(".")[0] + "=="))
        assert (header["alg"], sorted(header["jwk"])) == ("RS256", ["e", "kty", "n"])
        key = settings.data_dir / badge_signer.KEY_FILE
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        event = session.scalars(sa.select(AuditEvent)).one()
        assert (event.action, event.data) == ("badge:issue", {"competency": CV, "level": 3})

    def test_only_confirmed_levels_and_only_once(
        self, session: Session, ctx: Ctx, holder: User
    ) -> None:
        confirm(session, holder, 2, "FND-DL", unknown=True)
        for competency, level in ((CV, 4), (CV, 0), (CV, -1), ("FND-DL", 2), ("<script>", 1)):
            with pytest.raises(InvalidInput, match="not confirmed"):
                service.issue(ctx(holder), competency, level)
        first = service.issue(ctx(holder), CV, 3)
        assert service.issue(ctx(holder), CV, 3) is first
        assert service.issue(ctx(holder), CV, 2) is not first
        first.expires_at = utcnow() - timedelta(seconds=1)
        session.flush()
        assert service.issue(ctx(holder), CV, 3).id != first.id
        assert session.scalar(sa.select(sa.func.count()).select_from(BadgeKey)) == 1

    def test_without_the_extra_it_says_what_is_missing(
        self, ctx: Ctx, holder: User, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = util.find_spec
        monkeypatch.setattr(
            badge_signer, "find_spec", lambda name: None if name == "jwt" else found(name)
        )
        assert not badge_signer.is_available()
        with pytest.raises(SigningMissing, match=r"pip install 'matchmaker\[badges\]'"):
            service.issue(ctx(holder), CV, 3)
        with pytest.raises(SigningMissing):
            service.check(session, "a.b.c")

    def test_a_damaged_key_is_said_so(self, ctx: Ctx, holder: User, settings: Settings) -> None:
        key = settings.data_dir / badge_signer.KEY_FILE
        key.parent.mkdir()
        key.write_text("no key")
        with pytest.raises(Unavailable, match=r"signing-key\.pem"):
            service.issue(ctx(holder), CV, 3)


@pytest.fixture
def badge(session: Session, ctx: Ctx, holder: User) -> Badge:
    found = service.issue(ctx(holder), CV, 3)
    session.commit()
    return found


class TestChecking:
    def test_by_token_and_by_address(self, session: Session, badge: Badge) -> None:
        by_token = service.check(session, f"  {badge.token}\n")
        assert (by_token.badge, by_token.is_signature_checked) == (badge, True)
        for address in (f"http://localhost/badges/{badge.code}", f"/badges/{badge.code}.jwt"):
            found = service.check(session, address)
            assert (found.badge, found.is_signature_checked) == (badge, False)

    def test_what_was_altered_or_signed_by_others_is_refused(
        self, session: Session, badge: Badge, settings: Settings
    ) -> None:
        head, body, signature = badge.token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        claims["credentialSubject"]["achievement"]["name"] = "Computer vision · L5"
        forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        other = replace(settings, data_dir=settings.data_dir / "elsewhere")
        stranger = badge_signer.signer(other).sign(claims)
        unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        deep = base64.urlsafe_b64encode(b"[" * 12_000).decode()
        for shown in (
            f"{head}.{forged}.{signature}",
            f"{unsigned}.{body}.",
            stranger,
            "no badge at all",
            "👩‍🔬.\x00.<script>",
            f"{deep}.x.y",
            "x" * 30_000,
            f"http://localhost/badges/{'A' * 22}",
        ):
            with pytest.raises(BadSignature):
                service.check(session, shown)

    def test_old_badges_stay_checkable_after_a_new_key(
        self, session: Session, ctx: Ctx, holder: User, badge: Badge, settings: Settings
    ) -> None:
        (settings.data_dir / badge_signer.KEY_FILE).unlink()
        newer = service.issue(ctx(holder), CV, 2)
        session.commit()
        assert len(queries.keys(session)) == 2
        assert service.check(session, badge.token).badge is badge
        assert service.check(session, newer.token).badge is newer


class TestEnding:
    def test_the_holder_takes_it_back(
        self, session: Session, ctx: Ctx, make: Factory, holder: User, badge: Badge
    ) -> None:
        with pytest.raises(NotFound):
            service.withdraw(ctx(make.user()), badge.id, version=badge.version)
        with pytest.raises(PermissionDenied, match="Only its holder"):
            service.withdraw(ctx(make.officer()), badge.id, version=badge.version)
        with pytest.raises(StaleVersion):
            service.withdraw(ctx(holder), badge.id, version=99)
        seen = badge.version
        service.withdraw(ctx(holder), badge.id, version=seen)
        service.withdraw(ctx(holder), badge.id, version=seen)  # A second click.
        assert service.verdict(badge) is Verdict.WITHDRAWN
        listed = badge_credential.revocations(queries.ended(session), "http://localhost")
        assert listed["revokedCredentials"] == [
            {"id": f"http://localhost/badges/{badge.code}", "revoked": True}
        ]

    def test_an_officer_revokes_with_a_reason_that_the_holder_reads(
        self, session: Session, ctx: Ctx, make: Factory, holder: User, badge: Badge
    ) -> None:
        officer = make.officer()
        with pytest.raises(PermissionDenied, match="Only programme officers revoke"):
            service.revoke(ctx(holder), badge.id, reason="x", version=badge.version)
        with pytest.raises(NotFound):
            service.revoke(ctx(make.user(Role.MENTOR)), badge.id, reason="x", version=1)
        with pytest.raises(InvalidInput):
            service.revoke(ctx(officer), badge.id, reason="", version=badge.version)
        service.revoke(ctx(officer), badge.id, reason="False evidence", version=badge.version)
        assert (badge.state, service.verdict(badge)) == (BadgeState.REVOKED, Verdict.REVOKED)
        letter = session.scalars(sa.select(OutboxMessage)).one()
        assert (letter.kind, letter.recipient) == ("badge.revoked", holder.email)
        assert "False evidence" in letter.body
        confirm(session, officer, 2)
        own = service.issue(ctx(officer), CV, 2)
        with pytest.raises(PermissionDenied, match="own badge"):
            service.revoke(ctx(officer), own.id, reason="x", version=own.version)

    def test_it_expires_by_its_day(self, badge: Badge) -> None:
        assert service.verdict(badge) is Verdict.VALID
        badge.expires_at = utcnow() - timedelta(seconds=1)
        assert service.verdict(badge) is Verdict.EXPIRED

    def test_who_leaves_takes_name_and_badge_along(
        self, session: Session, ctx: Ctx, holder: User, badge: Badge
    ) -> None:
        account.delete(ctx(holder), "a password for tests")
        session.flush()
        assert (badge.holder, badge.token, badge.state) == ("", "", BadgeState.WITHDRAWN)


def test_the_office_finds_badges_whose_level_has_fallen(
    session: Session, make: Factory, holder: User, badge: Badge
) -> None:
    officer = make.officer()

    def found(**wanted: str) -> list[tuple[int, bool]]:
        page = queries.list_badges(session, officer, BadgeFilter(**wanted))
        return [(line.badge.id, line.has_fallen) for line in page.items]

    assert found(words="ada", state="valid") == [(badge.id, False)]
    assert found(state="fallen") == found(state="expired") == found(state="revoked") == []
    session.execute(sa.delete(LevelEstimate))
    session.commit()
    assert found(state="fallen") == [(badge.id, True)]
    with pytest.raises(PermissionDenied):
        queries.list_badges(session, holder, BadgeFilter())
