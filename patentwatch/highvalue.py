"""Whether a patent counts as high-value: the five official categories, as far as known.

A category of which nothing is known is no reason and no denial; a list's own word
counts as a fact beside them.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from patentwatch.law import terms
from patentwatch.model import Patent
from patentwatch.register.ipc import Classes
from patentwatch.status.links import Link


class Category(StrEnum):
    """The official categories, and the word of the list that a patent stands on.

    Source: CNIPA on the indicator of the 14th five-year plan: any one is enough.
    """

    STRATEGIC = "strategic_industry"
    OVERSEAS = "overseas_family"
    LONG_KEPT = "kept_over_ten_years"
    PLEDGED = "pledge_financing"
    AWARDED = "award"
    LISTED = "listed_as_high_value"


NAMES = {
    Category.STRATEGIC: "战略性新兴产业",
    Category.OVERSEAS: "有海外同族专利权",
    Category.LONG_KEPT: "维持年限超过10年",
    Category.PLEDGED: "实现质押融资",
    Category.AWARDED: "获国家科学技术奖或中国专利奖",
    Category.LISTED: "名单注明高价值",
}

_YEARS = 10


BY_LINK = {
    "overseas_family": Category.OVERSEAS,
    "pledge": Category.PLEDGED,
    "national_award": Category.AWARDED,
}
"""Which kinds of links put a patent into a category while they stand."""


def reasons(
    patent: Patent, tied: Iterable[Link], *, on: date, strategic: Classes
) -> Iterator[str]:
    """Yield why a patent that is in force on `on` counts, in words for a clerk."""
    for category in categories(patent, tied, on=on, strategic=strategic):
        yield NAMES[category]


def categories(
    patent: Patent, tied: Iterable[Link], *, on: date, strategic: Classes
) -> Iterator[Category]:
    """Yield the categories a patent that is in force on `on` is known to be in.

    `strategic` are the classes of the strategic industries, as the office names them.
    """
    standing = {link.kind for link in tied if link.live(on)}
    if patent.high_value:
        yield Category.LISTED
    if patent.ipc in strategic:
        yield Category.STRATEGIC
    if on > kept_over_ten_years_after(patent.filing_on):
        yield Category.LONG_KEPT
    yield from (found for kind, found in BY_LINK.items() if kind in standing)


def kept_over_ten_years_after(filing_on: date) -> date:
    """Return the day after which a right has been kept longer than ten years."""
    return terms.due_on(filing_on, _YEARS + 1)
