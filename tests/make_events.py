"""Legal events and what they make of the patent of `make_situations`.

Texts are as the gazette words them; names and numbers are invented.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from patentwatch.model import County, Fact, Patent
from patentwatch.register.counties import CountyIndex
from patentwatch.status import state
from patentwatch.status.events import Event, EventSource, understood
from patentwatch.status.mismatches import Listing, Mismatch, mismatches
from patentwatch.status.spells import Spell, Spells
from patentwatch.status.spells import spells as spells_of
from patentwatch.status.state import Judged, Right
from patentwatch.statusfiles import load
from tests.make_situations import BOOK, PATENT, day

TABLE = load()
COUNTIES = CountyIndex((County("410922", "清丰县"), County("410923", "南乐县")))

LAPSED_7 = "未缴年费专利权终止\n终止日期：20240410"
LAPSED_8 = "未缴年费专利权终止\n终止日期：20250410"
TRANSFER = (
    "专利权的转移\n变更事项：专利权人\n变更前权利人：甲示例公司\n"
    "变更后权利人：乙示例公司\n登记生效日：20240301"
)


def event(
    code: str,
    on: str | None = None,
    *,
    since: str | None = None,
    text: str = "",
    source: EventSource = EventSource.PRS,
) -> Event:
    """Return a report of an event announced `on` that counts from `since`."""
    found = understood(
        PATENT.application_no,
        source=source,
        code=code or None,
        text=text,
        announced_on=day(on) if on else None,
        effective_on=day(since) if since else None,
        table=TABLE,
    )
    assert found is not None
    return found


def lapse(on: str = "2024-11-22", *, text: str = LAPSED_7) -> Event:
    """Return CF01 of year 7, which was due on 2024-04-10."""
    return event("CF01", on, text=text)


def judged(
    *events: Event, on: str | date, facts: Sequence[Fact] = (), patent: Patent = PATENT
) -> Judged:
    when = day(on) if isinstance(on, str) else on
    return state.judge(patent, events, facts, on=when, rulebook=BOOK)


def right(
    *events: Event, on: str | date, facts: Sequence[Fact] = (), patent: Patent = PATENT
) -> Right:
    return judged(*events, on=on, facts=facts, patent=patent).right


def spells(
    *events: Event, on: str | date, facts: Sequence[Fact] = (), patent: Patent = PATENT
) -> Spells:
    when = day(on) if isinstance(on, str) else on
    now = judged(*events, on=when, facts=facts, patent=patent)
    return spells_of(patent, events, facts, now, on=when, rulebook=BOOK)


def asked(
    *events: Event,
    on: str | date,
    facts: Sequence[Fact] = (),
    patent: Patent = PATENT,
    listed_on: str | None = None,
    missing_since: str | None = None,
) -> list[Mismatch]:
    """Return what does not agree on a day."""
    when = day(on) if isinstance(on, str) else on
    return mismatches(
        patent,
        judged(*events, on=when, facts=facts, patent=patent),
        facts,
        Listing(
            day(listed_on) if listed_on else None,
            day(missing_since) if missing_since else None,
        ),
        on=when,
        rulebook=BOOK,
        county_of=COUNTIES.find,
    )


def kinds(found: Iterable[Mismatch]) -> list[tuple[str, bool]]:
    """Return kind, and whether messages are held, of each question."""
    return [(one.kind.value, one.holds) for one in found]


def shown(found: Iterable[Spell]) -> list[tuple[str, str, str, str]]:
    """Return spells in short: from, until ("" for none), begun by, ended by."""
    return [
        (
            one.from_on.isoformat(),
            one.until_on.isoformat() if one.until_on else "",
            one.began_by,
            one.ended_by,
        )
        for one in found
    ]
