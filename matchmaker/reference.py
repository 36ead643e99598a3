"""Reference lists that belong to no noun: the regions the programme reports by."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.i18n import N_


@dataclass(frozen=True)
class Region:
    """A region of the programme; ``places`` says what it covers."""

    code: str
    label: str
    places: str


REGIONS = {
    region.code: region
    for region in (
        Region("capital", N_("Capital corridor"), N_("Taipei, New Taipei, Keelung, Yilan")),
        Region(
            "taoyuan-hsinchu-miaoli", N_("Taoyuan, Hsinchu, Miaoli"), N_("Taoyuan, Hsinchu, Miaoli")
        ),
        Region("central", N_("Central Taiwan"), N_("Taichung, Changhua, Nantou, Yunlin")),
        Region("south", N_("Southern Taiwan"), N_("Chiayi, Tainan, Kaohsiung, Pingtung")),
        Region("east", N_("Eastern Taiwan"), N_("Hualien, Taitung")),
        Region("islands", N_("Outlying islands"), N_("Penghu, Kinmen, Matsu")),
        Region("abroad", N_("Abroad"), N_("New Southbound and other countries")),
    )
}

_NUMBER_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def is_registration_number(text: str) -> bool:
    """Whether *text* is a Taiwanese registration number (統一編號): eight digits that check.

    >>> is_registration_number("04595257")
    True
    >>> is_registration_number("04595258")
    False
    """
    if len(text) != len(_NUMBER_WEIGHTS) or not (text.isascii() and text.isdecimal()):
        return False
    products = (int(digit) * weight for digit, weight in zip(text, _NUMBER_WEIGHTS, strict=True))
    total = sum(sum(divmod(product, 10)) for product in products)
    # A seventh digit of 7 makes 28, whose digits may be added up to 10 or to 1.
    return total % 5 == 0 or (text[6] == "7" and (total + 1) % 5 == 0)
