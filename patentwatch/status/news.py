"""Status changes that matter to others than the holder: who is to be told of what."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from patentwatch.model import Audience, Evidence, Patent, Standing
from patentwatch.status import owners
from patentwatch.status.fold import NON_PAYMENT
from patentwatch.status.links import Link
from patentwatch.status.state import Judged

FRESH_FOR = timedelta(days=120)
"""What was known earlier is history: nobody is told of it as if it were new."""


class NewsKind(StrEnum):
    """What has happened."""

    ENDED = "ended"
    RESTORED = "restored"
    TRANSFERRED = "transferred"
    MOVED_OUT = "moved_out"
    PLEDGED_UNPAID = "pledged_unpaid"
    ANSWERED = "answered"  # not of the right: what somebody answered


_TEXTS = {
    NewsKind.ENDED: "专利权已终止",
    NewsKind.RESTORED: "专利权已恢复",
    NewsKind.TRANSFERRED: "专利权已转让",
    NewsKind.MOVED_OUT: "专利权人地址已变更，新地址不在本市各县区",
    NewsKind.PLEDGED_UNPAID: "质押中的专利查得年费未缴",
}


@dataclass(frozen=True, slots=True)
class News:
    """One change for one reader; with its patent the key of a row.

    `recipient`: `county:` and a code for officials, `party:` and a name for a party
    that a registration links to the patent.
    """

    kind: NewsKind
    fact_key: str
    happened_on: date
    audience: Audience
    recipient: str
    text: str


def news(
    patent: Patent,
    judged: Judged,
    *,
    on: date,
    city: str,
    county_of: Callable[[str], str | None],
) -> list[News]:
    """Return what officials and linked parties should know on `on`; old news is none.

    `city` answers where no county can be told.
    """
    live = [link for link in judged.links if link.live(on)]
    parties = sorted({link.party for link in live if link.party})
    readers = [
        (Audience.OFFICIAL, f"county:{patent.county or city}"),
        *((Audience.LINKED, f"party:{party}") for party in parties),
    ]
    return [
        News(kind, key, day, audience, recipient, _TEXTS[kind])
        for kind, key, day in _happened(judged, live, county_of)
        if on - FRESH_FOR < day <= on
        for audience, recipient in readers
    ]


def _happened(
    judged: Judged,
    live: Sequence[Link],
    county_of: Callable[[str], str | None],
) -> Iterator[tuple[NewsKind, str, date]]:
    for end in judged.fold.ends:
        # By its day alone: it stays one end when its reason is learnt later.
        yield NewsKind.ENDED, f"end|{end.known_on}", end.known_on
    for event in judged.fold.restored:
        yield NewsKind.RESTORED, event.fact_key, event.known_on
    for change in owners.changes(judged.fold.events):
        if change.transfer:
            yield NewsKind.TRANSFERRED, change.fact_key, change.known_on
        if change.address and county_of(change.address) is None:
            yield NewsKind.MOVED_OUT, change.fact_key, change.known_on
    if any(link.kind == "pledge" for link in live):
        yield from _pledged_unpaid(judged)


def _pledged_unpaid(judged: Judged) -> Iterator[tuple[NewsKind, str, date]]:
    announced = any(end.reason == NON_PAYMENT for end in judged.fold.ends)
    for one in judged.situations:
        if one.evidence is not Evidence.CONFIRMED or one.unpaid_on is None:
            continue
        untold = one.standing is Standing.ENDED and not announced
        if one.standing is Standing.OPEN or untold:
            key = f"unpaid|{one.dates.fee_year}"
            yield NewsKind.PLEDGED_UNPAID, key, one.unpaid_on
