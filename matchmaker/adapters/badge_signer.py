"""Sign badges and check signatures (JSON Web Tokens, RS256). Needs the extra ``badges``.

The key is a file in the data folder, made when the first badge is signed. Whoever runs several
machines puts the same file on each.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from matchmaker.errors import MatchmakerError, Unavailable
from matchmaker.i18n import N_
from matchmaker.settings import Settings

ALGORITHM = "RS256"
KEY_BITS = 2048
KEY_FILE = Path("badges") / "signing-key.pem"
#: Longer than any token of ours; what is longer is not even looked at.
MAX_TOKEN = 20_000
_PUBLIC = ("e", "kty", "n")


class SigningMissing(Unavailable):
    """The program was installed without what signs badges."""

    code = "badges_missing"
    default = N_(
        "Badges are not set up here. The operator installs them with: "
        "pip install 'matchmaker[badges]'"
    )


class BadSignature(MatchmakerError):
    """The text is no badge, or was not signed with a key of ours, or was altered since."""

    code = "bad_signature"
    default = N_("This is not a badge of the programme, or it was altered.")


def is_available() -> bool:
    """Whether the extra is installed."""
    return find_spec("jwt") is not None and find_spec("cryptography") is not None


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The name of a public key: its RFC 7638 thumbprint."""
    text = json.dumps({name: jwk[name] for name in _PUBLIC}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Signer:
    """A key at work: its public half, and what signs with the private one."""

    jwk: Mapping[str, str]
    _key: Any

    def sign(self, claims: Mapping[str, Any]) -> str:
        """The claims as a signed token that carries the public key."""
        import jwt

        headers = {"typ": "JWT", "jwk": dict(self.jwk)}
        return jwt.encode(dict(claims), self._key, algorithm=ALGORITHM, headers=headers)


def signer(settings: Settings) -> Signer:
    """The programme's signer; its key is made if there is none yet."""
    _require()
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from jwt.algorithms import RSAAlgorithm

    path = settings.data_dir / KEY_FILE
    if not path.exists():
        _make_key(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("another kind of key")
        jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    except (OSError, ValueError, TypeError) as error:
        raise Unavailable(
            N_("The key that signs badges cannot be read: %(path)s"), path=str(path)
        ) from error
    return Signer({name: str(jwk[name]) for name in _PUBLIC}, key)


def _require() -> None:
    if not is_available():
        raise SigningMissing


def _make_key(path: Path) -> None:
    """Write a new key that only we can read; if another process was faster, its key stands."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)  # Unlike a rename, it never replaces what is there.
    except FileExistsError:
        pass
    finally:
        part.unlink()


def read(token: str, keys: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a token says, if one of *keys* (by thumbprint) signed it; its dates are not judged."""
    _require()
    import jwt

    if len(token) > MAX_TOKEN:
        raise BadSignature
    try:
        known = keys[thumbprint(jwt.get_unverified_header(token)["jwk"])]
        key = jwt.PyJWK.from_dict({**known, "alg": ALGORITHM})
        options: Any = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud")}
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadSignature from error
    return claims
