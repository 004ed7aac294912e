"""Whether a list may be taken: what it changes in, whether that can be true out."""

from collections.abc import Mapping
from dataclasses import dataclass

VANISHED_SHARE, SHIFTED_SHARE, LEAST = 0.20, 0.05, 10
"""A list is refused above such a share of its rows, and at least so many."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Of how many rows known before, how many vanished or have another date."""

    moved: int
    before: int

    def beyond(self, share: float) -> bool:
        """Return whether this is more than an office's year would do."""
        return self.moved >= LEAST and self.moved > share * self.before


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a list is not taken: a stable word, and a sentence for the clerk."""

    code: str
    message: str


def refusal(vanished: Mapping[str, Shift], filing_dates: Shift) -> Refusal | None:
    """Return why a list is refused as a whole, None when it may be taken.

    `vanished` is by the name of each county for which the list is complete.
    """
    for county, gone in vanished.items():
        if gone.beyond(VANISHED_SHARE):
            return Refusal(
                "refused_vanished",
                f"{county}原有 {gone.before} 件，这份清单少了 {gone.moved} 件"
                f"（超过 {VANISHED_SHARE:.0%}），未导入；请核对清单是否完整，确认无误后"
                "加 --force 理由 导入，只补充不完整时加 --partial",
            )
    if filing_dates.beyond(SHIFTED_SHARE):
        return Refusal(
            "refused_shifted",
            f"这份清单改动了 {filing_dates.before} 件中 {filing_dates.moved} 件的申请日"
            f"（超过 {SHIFTED_SHARE:.0%}），未导入；请核对申请日一列，确认无误后"
            "加 --force 理由 导入",
        )
    return None
