"""Passwords: what is kept of them, and which are refused."""

from __future__ import annotations

import time

import pytest

from matchmaker import passwords

ANN = {"email": "ann.lee@acme.com.tw", "name": "Ann Lee"}
GUESSED_FIRST = "This password is one of those guessed first. Take several words."
PERSONAL = "This password contains your name or e-mail address."


def told(password: str, **person: str) -> list[str]:
    return [str(message) for message in passwords.weaknesses(password, **{**ANN, **person})]


def test_a_hash_is_argon2id_with_its_own_salt_and_fits_its_password_alone():
    one, other = (passwords.hash_password("correct horse battery") for _ in range(2))
    assert one.startswith("$argon2id$")
    assert one != other
    assert passwords.verify(one, "correct horse battery")
    assert not passwords.verify(one, "correct horse batterY")
    assert not passwords.is_outdated(one)


def test_the_same_letters_from_another_keyboard_fit():
    stored = passwords.hash_password("Ｃａｆé 密碼密碼密碼")
    assert passwords.verify(stored, "Cafe\u0301 密碼密碼密碼")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nothing_fits_where_there_is_no_password(stored):
    assert not passwords.verify(stored, "nobody has this password")


def test_a_missing_account_takes_as_long_as_a_wrong_password():
    stored = passwords.hash_password("correct horse battery")
    passwords.verify(None, "x")  # Makes the hash it compares with, once.

    def best_of(stored: str | None) -> float:
        def once() -> float:
            start = time.perf_counter()
            passwords.verify(stored, "wrong")
            return time.perf_counter() - start

        return min(once() for _ in range(3))

    assert 0.5 < best_of(None) / best_of(stored) < 2


def test_hashes_of_weaker_times_are_recognised():
    weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ"
    assert passwords.is_outdated(weak)


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "0912345678",
        "Password2024!",
        "ＰＡＳＳＷＯＲＤ１２３",
        "qwertyuiop",
        "123qweasdzxc",
        "!!!1qaz2wsx!!!",
        "aaaaaaaaaaaa",
        "abababababab",
        "iloveyou1314",
        "20260101taiwan",
    ],
)
def test_common_passwords_are_refused(password):
    assert told(password) == [GUESSED_FIRST]


@pytest.mark.parametrize(
    ("password", "person"),
    [
        ("acme rockets fly", {}),
        ("my ann.lee@acme.com.tw", {}),
        ("王小明的祕密花園在這裡", {"name": "王小明"}),
        ("i am barbara today", {"name": "Barbara Ng"}),
    ],
)
def test_names_and_addresses_are_refused(password, person):
    assert told(password, **person) == [PERSONAL]


def test_length_has_two_ends():
    assert told("short one") == ["Please use at least 10 characters."]
    assert told("") == ["Please use at least 10 characters."]
    assert told("long words " * 30) == ["Please use at most 200 characters."]


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "風吹過稻田的聲音好聽", "tr0ub4dor&3 zebra", "Annual leaf pile 7"],
)
def test_good_passwords_pass(password):
    assert told(password) == []
