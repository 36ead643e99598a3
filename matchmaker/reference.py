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
