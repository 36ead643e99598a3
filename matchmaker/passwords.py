"""Keep passwords as argon2id hashes, and refuse those that are guessed first."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaker.i18n import N_, Message

MIN_LENGTH = 10
MAX_LENGTH = 200
MIN_DIFFERENT = 5
#: What people put around a word to make it look like a password.
SIGNS = "!@#$%^&*()_-+=.,?~ "
PADDING = SIGNS + "0123456789"
#: Shorter parts of a name or an address turn up in good passwords by chance; Chinese says more.
MIN_PERSONAL_PART = {"latin": 4, "other": 2}

HASHER = PasswordHasher()

#: What is tried first, without the digits and signs people add at the end. Sources agree on these:
#: the yearly lists of leaked passwords, keyboard rows, and what is common in Taiwan.
COMMON = frozenset(
    """
    password passw0rd p@ssword p@ssw0rd pass passwd passphrase mypassword thepassword newpassword
    letmein welcome welcometo iloveyou iloveu loveyou sunshine princess football baseball basketball
    superman batman spiderman pokemon starwars trustno monkey dragon master shadow michael jordan
    charlie qwerty qwertyui qwertyuiop qwertyuiopasdfghjkl asdfgh asdfghjk asdfghjkl asdfghjkl; zxcvbn
    zxcvbnm qazwsx qazwsxedc 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qaz!qaz zaq12wsx zaq1@wsx 1q2w3e 1q2w3e4r
    1q2w3e4r5t q1w2e3 q1w2e3r4 q1w2e3r4t5 123qwe 123qweasd 123qweasdzxc abc abcd abcde abcdef abcdefg
    abcdefgh abcdefghij abcdefghijk abcdabcd aabbcc aabbccdd asdasd qweqwe qweasd qweasdzxc admin
    administrator root user guest test testing tester testtest changeme default secret hello
    helloworld computer internet google facebook samsung whatever freedom forever football1 login
    loveme lovely taiwan taipei taiwanno ji32k7au4a83 ji3g4go6 5201314 woaini woaini1314 a b c aa
    matchmaker matchmaking
    """.split()  # noqa: SIM905 -- one word a line would be longer than it is clear
)


def _normal(password: str) -> str:
    """*password* in one form, whichever keyboard or system composed it."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The argon2id hash of *password*, with its own salt and parameters."""
    return HASHER.hash(_normal(password))


@cache
def _nobodys_hash() -> str:
    return HASHER.hash("nobody has this password")


def verify(stored: str | None, password: str) -> bool:
    """Whether *password* is the one behind *stored*; takes as long when there is none."""
    try:
        matches = HASHER.verify(stored or _nobodys_hash(), _normal(password[: MAX_LENGTH + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether *stored* was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def weaknesses(password: str, *, email: str, name: str) -> list[Message]:
    """What is wrong with *password* for this person; empty if nothing is."""
    if len(password) < MIN_LENGTH:
        return [Message(N_("Please use at least %(n)s characters."), {"n": MIN_LENGTH})]
    if len(password) > MAX_LENGTH:
        return [Message(N_("Please use at most %(n)s characters."), {"n": MAX_LENGTH})]
    if _is_common(_normal(password).casefold()):
        return [Message(N_("This password is one of those guessed first. Take several words."))]
    if _has_personal_part(_normal(password).casefold(), email, name):
        return [Message(N_("This password contains your name or e-mail address."))]
    return []


def _is_common(folded: str) -> bool:
    """Whether little is left once the usual ending and repetition are taken away."""
    if len(set(folded)) < MIN_DIFFERENT or folded in COMMON:
        return True
    core = folded.strip(SIGNS)
    without_ending, without_beginning = core.rstrip(PADDING), core.lstrip(PADDING)
    return not without_ending or not COMMON.isdisjoint({core, without_ending, without_beginning})


def _has_personal_part(folded: str, email: str, name: str) -> bool:
    parts = [
        *email.casefold().replace("@", " ").replace(".", " ").split(),
        *name.casefold().split(),
    ]
    telling = [p for p in parts if len(p) >= MIN_PERSONAL_PART["latin" if p.isascii() else "other"]]
    return any(part in folded for part in telling)
