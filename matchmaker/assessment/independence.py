"""Whether two e-mail addresses speak for the same house: the mark of a conflict nobody declared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def free_mail_domains() -> frozenset[str]:
    """Domains at which anybody can have an address; sharing one says nothing."""
    text = (files(__package__) / "data" / "free_mail_domains.json").read_text(encoding="utf-8")
    return frozenset(json.loads(text)["domains"])


def house_of(address: str | None) -> str | None:
    """The domain of an e-mail or web address if it belongs to a house of its own.

    Parameters
    ----------
    address : str or None
        Such as ``wang@lab.example.com.tw`` or ``https://www.example.com.tw/about``.

    Returns
    -------
    str or None
        None without a domain, and where the domain is open to everybody.

    Examples
    --------
    >>> house_of("Wang@Example.com.tw"), house_of("https://www.example.com.tw/about")
    ('example.com.tw', 'example.com.tw')
    >>> house_of("wang@msa.hinet.net") is None
    True
    """
    place = (address or "").strip().lower().rpartition("@")[2].rpartition("://")[2]
    domain = place.partition("/")[0].partition(":")[0].rstrip(".").removeprefix("www.")
    if "." not in domain or any(_within(domain, free) for free in free_mail_domains()):
        return None
    return domain


def same_house(one: str | None, others: Iterable[str | None]) -> bool:
    """Whether the domain of *one* is, contains or lies within that of any of *others*.

    Examples
    --------
    >>> same_house("a@lab.example.com.tw", ["b@example.com.tw"])
    True
    >>> same_house("a@gmail.com", ["b@gmail.com"])
    False
    """
    own = house_of(one)
    if own is None:
        return False
    houses = {house for other in others if (house := house_of(other)) is not None}
    return any(_within(own, house) or _within(house, own) for house in houses)


def _within(domain: str, other: str) -> bool:
    return domain == other or domain.endswith("." + other)
