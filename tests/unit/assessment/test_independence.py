"""Which addresses speak for the same house."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.assessment.independence import free_mail_domains, house_of, same_house

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
DOMAIN = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("wang@foods.com.tw", "foods.com.tw"),
        ("Wang@MAIL.Foods.com.tw", "mail.foods.com.tw"),
        ("https://www.foods.com.tw:8443/about?x=1@2", None),
        ("https://www.foods.com.tw/about", "foods.com.tw"),
        ("foods.com.tw.", "foods.com.tw"),
        ("wang@gmail.com", None),
        ("wang@msa.hinet.net", None),
        ("wang@localhost", None),
        ("", None),
        (None, None),
        ("😀", None),
    ],
)
def test_the_house_of_an_address(address, house):
    assert house_of(address) == house


@pytest.mark.parametrize("free", sorted(free_mail_domains()))
def test_sharing_a_domain_open_to_everybody_says_nothing(free):
    assert not same_house(f"a@{free}", [f"b@{free}", f"c@sub.{free}"])


@given(DOMAIN, LABEL, LABEL, LABEL)
def test_a_house_is_one_with_its_departments_whoever_asks(domain, name, other, department):
    if house_of(f"{name}@{domain}") is None:
        return
    inside = f"{other}@{department}.{domain}"
    assert same_house(f"{name}@{domain}", [f"{other}@{domain}"])
    assert same_house(f"{name}@{domain}", [inside])
    assert same_house(inside, [f"{name}@{domain}"])
    assert not same_house(f"{name}@{domain}", [f"{other}@x{domain}", "", None])
