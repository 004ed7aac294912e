"""Where register, events and payments do not agree: questions for a person.

A question holds the messages back only where sending could be wrong; else they go on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import months_after
from patentwatch.model import Fact, FactKind, Patent, Standing
from patentwatch.status import owners
from patentwatch.status.codes import Effect
from patentwatch.status.fold import (
    EXPIRY,
    NON_PAYMENT,
    UNSTATED,
    End,
    lapsed_year,
    year_due_on,
)
from patentwatch.status.state import Judged, RightState, is_before_term

LONG_MISSING_MONTHS = 12
"""A right missing from complete lists for so long is not written to on a guess."""


class Severity(StrEnum):
    """How soon somebody should look; the order of the members is that of urgency."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class MismatchKind(StrEnum):
    """What does not agree."""

    VANISHED = "vanished"
    UNEXPECTED_END = "unexpected_end"
    END_WITHOUT_REASON = "end_without_reason"
    PAID_BUT_ENDED = "paid_but_ended"
    STATUS_REGRESSION = "status_regression"
    TWO_OWNERS = "two_owners"
    MOVED_COUNTY = "moved_county"
    UNREAD_EVENT = "unread_event"
    TERM_UNKNOWN = "term_unknown"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One question: since when, in words for a clerk, and whether it holds messages.

    `fee_year` None: it concerns the right as a whole.
    """

    kind: MismatchKind
    severity: Severity
    since_on: date
    text: str
    holds: bool = False
    fee_year: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the lists say about a patent: the newest one that has it, and its absence.

    `missing_since_on`: the first newer complete list of its county that lacks it.
    """

    listed_on: date | None = None
    missing_since_on: date | None = None


def mismatches(
    patent: Patent,
    judged: Judged,
    facts: Sequence[Fact],
    listing: Listing,
    *,
    on: date,
    rulebook: Rulebook,
    county_of: Callable[[str], str | None],
) -> list[Mismatch]:
    """Return what does not agree about a patent on a day, the most urgent first.

    `patent` is as the register shows it, before any transfer moved it.
    """
    found = [
        *_vanished(judged, facts, listing, on=on),
        *_ends(patent, judged, facts, rulebook, on=on),
        *_moves(patent, judged, facts, listing, county_of, on=on),
        *_unread(judged),
        *_term(judged),
    ]
    order = list(Severity)
    return sorted(found, key=lambda m: (order.index(m.severity), m.since_on, m.kind))


def _vanished(
    judged: Judged, facts: Sequence[Fact], listing: Listing, *, on: date
) -> Iterator[Mismatch]:
    since_on = listing.missing_since_on
    if (
        since_on is None
        or since_on > on
        or judged.right.state is not RightState.IN_FORCE
    ):
        return
    newer = {fact.dated_on for fact in facts}
    newer |= {event.known_on for event in judged.fold.events}
    seen = any(since_on < day <= on for day in newer)
    long = not seen and months_after(since_on, LONG_MISSING_MONTHS) <= on
    text = f"自 {since_on} 的清单起不再出现，没有终止公告；请查明是终止、转出还是漏列"
    if long:
        text += "；已逾一年，查明之前不再发送提醒"
    severity = Severity.HIGH if long else Severity.MEDIUM
    yield Mismatch(MismatchKind.VANISHED, severity, since_on, text, holds=long)


def _ends(
    patent: Patent,
    judged: Judged,
    facts: Sequence[Fact],
    rulebook: Rulebook,
    *,
    on: date,
) -> Iterator[Mismatch]:
    for end in judged.fold.ends:
        if end.reason == NON_PAYMENT:
            yield from _lapse(patent, judged, end, rulebook)
        elif end.reason == UNSTATED and judged.right.state is not RightState.EXPIRED:
            text = f"{end.known_on} 公告专利权终止，没有说明原因；请查明原因和终止日"
            yield Mismatch(
                MismatchKind.END_WITHOUT_REASON,
                Severity.HIGH,
                end.known_on,
                text,
                holds=True,
            )
        elif end.reason == EXPIRY:
            yield from _expired_early(judged, end)
    for event in judged.fold.regressions:
        text = f"权利终止后又于 {event.known_on} 公告授权；请核对是否同一专利"
        yield _regression(event.known_on, text)
    if (seen_on := _listed_after_the_end(judged, facts, on=on)) is not None:
        text = f"权利已终止，{seen_on} 的清单或查询仍显示有效；请查明是否已恢复"
        yield _regression(seen_on, text)


def _expired_early(judged: Judged, end: End) -> Iterator[Mismatch]:
    term_on = judged.fold.term_ends_on
    if term_on is not None and is_before_term(end, term_on):
        text = (
            f"{end.known_on} 公告期限届满，而按申请日专利权到 {term_on} 才期满；"
            "请核对申请日和公告"
        )
        kind = MismatchKind.UNEXPECTED_END
        yield Mismatch(kind, Severity.HIGH, end.known_on, text, holds=True)


def _regression(since_on: date, text: str) -> Mismatch:
    return Mismatch(MismatchKind.STATUS_REGRESSION, Severity.HIGH, since_on, text)


def _lapse(
    patent: Patent, judged: Judged, end: End, rulebook: Rulebook
) -> Iterator[Mismatch]:
    year = lapsed_year(patent, end, rulebook)
    situation = next((s for s in judged.situations if s.dates.fee_year == year), None)
    if situation is not None and situation.standing in (
        Standing.PAID,
        Standing.ON_HOLD,
    ):
        text = (
            f"{end.known_on} 公告第{year}年年费未缴终止，而记录显示该年度已缴；"
            "请核对票据和终止公告"
        )
        yield Mismatch(
            MismatchKind.PAID_BUT_ENDED,
            Severity.HIGH,
            end.known_on,
            text,
            holds=True,
            fee_year=year,
        )
        return
    named_on = end.cause.effective_on
    text = ""
    if named_on is not None and year_due_on(patent, named_on, rulebook) is None:
        text = f"终止日 {named_on} 不是任何年度的缴费期限；请核对申请日和公告"
    elif situation is not None and end.known_on <= situation.dates.ends_on:
        text = f"{end.known_on} 已公告终止，而第{year}年的补缴期尚未结束；请核对"
    elif situation is None and judged.right.in_force:
        text = f"{end.known_on} 公告终止，而第{year}年没有应缴的年费；请核对授权日"
    if text:
        yield Mismatch(
            MismatchKind.UNEXPECTED_END,
            Severity.HIGH,
            end.known_on,
            text,
            holds=True,
            fee_year=year,
        )


def _listed_after_the_end(
    judged: Judged, facts: Sequence[Fact], *, on: date
) -> date | None:
    right = judged.right
    if right.state is not RightState.ENDED or right.known_on is None:
        return None
    ended = [one for one in judged.situations if one.standing is Standing.ENDED]
    last_told_on = max([right.known_on, *(one.unpaid_on or on for one in ended)])
    return max(
        (
            fact.dated_on
            for fact in facts
            if fact.kind is FactKind.LISTED and last_told_on < fact.dated_on <= on
        ),
        default=None,
    )


def _moves(
    patent: Patent,
    judged: Judged,
    facts: Sequence[Fact],
    listing: Listing,
    county_of: Callable[[str], str | None],
    *,
    on: date,
) -> Iterator[Mismatch]:
    yield from _two_counties(facts, on=on)
    found = owners.changes(judged.fold.events)
    if not found:
        return
    listed_on = listing.listed_on
    named = [change for change in found if change.owners]
    if named and listed_on is not None and named[-1].known_on <= listed_on:
        yield from _two_owners(patent, named[-1], listed_on)
    sited = [change for change in found if change.address]
    if sited and (listed_on is None or sited[-1].known_on > listed_on):
        county = county_of(sited[-1].address)
        if county != patent.county:
            text = (
                "地址变更到另一县区，暂按公告分派；请在新清单中确认"
                if county
                else "地址变更后认不出属于哪个县区，可能已转出；请查明"
            )
            yield Mismatch(
                MismatchKind.MOVED_COUNTY, Severity.MEDIUM, sited[-1].known_on, text
            )


def _two_owners(
    patent: Patent, newest: owners.Change, listed_on: date
) -> Iterator[Mismatch]:
    """Ask where a list that is newer than a notice shows others; a list lags."""
    shown = patent.patentees
    if not shown or owners.same_people(shown, newest.owners):
        return
    stale = owners.same_people(shown, newest.owners_before)
    text = (
        f"{newest.known_on} 公告权利人变更，{listed_on} 的清单却是别人；"
        "请查明现在的权利人"
    )
    severity = Severity.HIGH if stale else Severity.MEDIUM
    yield Mismatch(
        MismatchKind.TWO_OWNERS, severity, newest.known_on, text, holds=stale
    )


def _two_counties(facts: Sequence[Fact], *, on: date) -> Iterator[Mismatch]:
    by_day: dict[date, set[str]] = {}
    for fact in facts:
        if fact.county is not None and fact.dated_on <= on:
            by_day.setdefault(fact.dated_on, set()).add(fact.county)
    newest_on = max(by_day, default=None)
    if newest_on is not None and len(by_day[newest_on]) > 1:
        named = "、".join(sorted(by_day[newest_on]))
        text = f"{newest_on} 有两个县区的清单都列了它（{named}）；请查明由谁负责"
        yield Mismatch(MismatchKind.MOVED_COUNTY, Severity.MEDIUM, newest_on, text)


def _unread(judged: Judged) -> Iterator[Mismatch]:
    for event in judged.fold.waiting:
        if event.effect is Effect.TERM:
            continue  # `_term` asks
        grave = event.effect in (Effect.END, Effect.RESTORE)
        text = f"{event.known_on} 的公告需要人工判读：{event.text[:60] or event.code}"
        yield Mismatch(
            MismatchKind.UNREAD_EVENT,
            Severity.HIGH if grave else Severity.MEDIUM,
            event.known_on,
            " ".join(text.split()),
            holds=grave,
        )


def _term(judged: Judged) -> Iterator[Mismatch]:
    both = (*judged.fold.events, *judged.fold.waiting)
    terms = [event for event in both if event.effect is Effect.TERM]
    if terms and judged.fold.term_ends_on is None:
        text = (
            "期限补偿的公告没有写明新的期满终止日；请用 status review 按决定书登记"
            "（--effect TERM，--effective-on 写期满终止日）"
        )
        yield Mismatch(
            MismatchKind.TERM_UNKNOWN, Severity.MEDIUM, terms[-1].known_on, text
        )
