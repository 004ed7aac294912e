"""The days of a fee year, and which fee years matter: a patent and the law in.

A fact dated after the day asked for does not exist yet, so any past day can be judged
again. What the facts say about a year is for `votes`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from patentwatch.law import lapse, terms
from patentwatch.law.account import Notice
from patentwatch.law.annuities import Annuity, annuity, extension_for
from patentwatch.law.fees import percent_off
from patentwatch.law.restdays import is_rest_day
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, Patent

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeeDates:
    """All days that one fee year of one patent has, as known on the day asked for.

    `restoration_anchor_on` is the restoration deadline before any roll, so that a new
    holiday notice does not look like another deadline; every day from
    `restoration_rolls_from_on` on rolls to the same one. `over_on` is the anniversary
    after the due day: that of the last year is the end of the term.
    """

    annuity: Annuity
    over_on: date
    restoration_until_on: date
    restoration_anchor_on: date
    restoration_rolls_from_on: date
    notice: Notice | None
    extended_due_on: date | None = None

    @property
    def fee_year(self) -> int:
        """Return N of the fee of year N."""
        return self.annuity.fee_year

    @property
    def due_on(self) -> date:
        """Return the nominal due day, the anniversary."""
        return self.annuity.due_on

    @property
    def asked_on(self) -> date:
        """Return the day before which payment is asked for: put off or nominal."""
        return self.extended_due_on or self.due_on

    @property
    def last_in_time_on(self) -> date:
        """Return the last day in time, rolled over rest days."""
        return self.annuity.last_in_time_on

    @property
    def ends_on(self) -> date:
        """Return the last day of the late period."""
        return self.annuity.ends_on

    def window_of(self, day: date) -> int:
        """Return which of the six windows holds `day`: -1 before them, 6 after."""
        if day <= self.last_in_time_on:
            return -1
        for number, window in enumerate(self.annuity.windows):
            if day <= window.until_on:
                return number
        return len(self.annuity.windows)


_ACCUSING = frozenset({FactKind.UNPAID, FactKind.ENDED, FactKind.NOTICE})
"""Kinds of facts that call a year unpaid."""


def first_watched_year(patent: Patent, facts: Sequence[Fact]) -> int | None:
    """Return the first fee year that the grant-year payment does not cover.

    Without a grant date it is the earliest year we are sure of: one that a fact calls
    unpaid, the one after a year known to be paid, or the one after the year in which
    the right is first known to exist. None while nothing is known. Law: GRANT_YEAR.
    """
    if patent.grant_on is not None:
        return terms.grant_year(patent.filing_on, patent.grant_on) + 1
    sure = []
    for fact in facts:
        if fact.kind is not FactKind.PAYMENT:
            sure.append(terms.year_of(patent.filing_on, fact.dated_on) + 1)
        if fact.kind in _ACCUSING and fact.fee_year is not None:
            sure.append(fact.fee_year)
        if fact.kind in (FactKind.PAYMENT, FactKind.PAID) and fact.fee_year is not None:
            sure.append(fact.fee_year + 1)
        if fact.paid_through is not None:
            sure.append(fact.paid_through + 1)
    return max(min(sure), 2) if sure else None


def doubtful_grant_year(
    patent: Patent, facts: Iterable[Fact], *, on: date
) -> int | None:
    """Return the grant year if the registration may have charged the year before it.

    The notice names the year that was paid, a list only the announcement, which comes
    some months later: an anniversary shortly before it leaves a doubt until a fact
    about that year is known, or a year has passed. Law: GRANT_YEAR.
    """
    if patent.grant_on is None:
        return None
    year = terms.grant_year(patent.filing_on, patent.grant_on)
    due_on = terms.due_on(patent.filing_on, year)
    doubt_until_on = terms.months_after(due_on, _REGISTRATION_MONTHS)
    if year < 2 or patent.grant_on > doubt_until_on:
        return None
    if not patent.grant_on <= on <= terms.months_after(due_on, 12):
        return None
    settled = any(
        max(fact.fee_year or 0, fact.paid_through or 0) >= year
        for fact in known_by(patent, facts, on=on)
    )
    return None if settled else year


_REGISTRATION_MONTHS = 4
"""So long the announcement of a grant may come after the registration notice."""


def fee_dates(
    patent: Patent, fee_year: int, facts: Sequence[Fact], *, rulebook: Rulebook
) -> FeeDates:
    """Return the days of one fee year, with the restoration deadline known so far.

    A special extension by announcement moves the last day in time; a termination
    notice makes the restoration deadline exact, before it is an estimate.
    """
    fee, extended_due_on = _annuity(patent, fee_year, rulebook)
    notice = _notice(facts, fee)
    if notice is None:
        nominal_end_on = terms.months_after(extended_due_on or fee.due_on, 6)
        until_on = lapse.estimated_restoration_until_on(fee.ends_on, rulebook=rulebook)
        anchor_on = lapse.restoration_nominal_on(
            lapse.earliest_notice_on(nominal_end_on)
        )
    else:
        received_on = lapse.notice_received_on(
            notice.dispatched_on, notice.delivery, rulebook=rulebook
        )
        until_on = lapse.restoration_until_on(received_on, rulebook=rulebook)
        anchor_on = lapse.restoration_nominal_on(received_on)
    return FeeDates(
        annuity=fee,
        over_on=terms.due_on(patent.filing_on, fee_year + 1),
        restoration_until_on=until_on,
        restoration_anchor_on=anchor_on,
        restoration_rolls_from_on=_rolls_from(until_on, rulebook),
        notice=notice,
        extended_due_on=extended_due_on,
    )


def change_days(
    patent: Patent,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    known_dates: Iterable[FeeDates] = (),
) -> list[FeeDates]:
    """Return the dates of every fee year whose tiers may still begin or end after `on`.

    One year more than `situations` looks at, so that the first day of the next
    year's first tier is always among them. `known_dates`: years computed already.
    """
    known = known_by(patent, facts, on=on)
    running = terms.year_of(patent.filing_on, max(on, patent.filing_on))
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    years = accused_years(patent, known, rulebook) | set(
        range(running - 1, running + 3)
    )
    there = {dates.fee_year: dates for dates in known_dates}
    return [
        there.get(year) or fee_dates(patent, year, known, rulebook=rulebook)
        for year in sorted(years)
        if 1 < year <= last
    ]


def _rolls_from(day: date, rulebook: Rulebook) -> date:
    while is_rest_day(day - ONE_DAY, rulebook=rulebook):
        day -= ONE_DAY
    return day


def known_by(patent: Patent, facts: Iterable[Fact], *, on: date) -> list[Fact]:
    """Drop what is not known yet, and what is dated before there was anything."""
    return [fact for fact in facts if patent.filing_on <= fact.dated_on <= on]


def reduced_from_year(patent: Patent) -> int:
    """Return the year from which a reduction counts.

    With the grant unknown, year 1 stands for it: nothing is then promised for a year
    that might lie beyond the tenth.
    """
    return terms.grant_year(patent.filing_on, patent.grant_on or patent.filing_on)


def _annuity(
    patent: Patent, fee_year: int, rulebook: Rulebook
) -> tuple[Annuity, date | None]:
    """Return a year's annuity, and the due day to which an announcement put it off."""
    plain = annuity(patent.patent_type, patent.filing_on, fee_year, rulebook=rulebook)
    off = percent_off(
        fee_year,
        due_on=plain.due_on,
        grant_year=reduced_from_year(patent),
        reduction=patent.reduction,
        open_licence=False,
        rulebook=rulebook,
    )
    extended_due_on = extension_for(
        patent.patent_type, plain.due_on, off > 0, rulebook=rulebook
    )
    if extended_due_on is None:
        return plain, None
    put_off = annuity(
        patent.patent_type,
        patent.filing_on,
        fee_year,
        rulebook=rulebook,
        extended_due_on=extended_due_on,
    )
    return put_off, extended_due_on


def relevant_years(
    patent: Patent,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
) -> list[int]:
    """Return the fee years that can matter on `on`, oldest first; see `situations`."""
    first = first_watched_year(patent, facts)
    over_on = terms.expires_on(patent.patent_type, patent.filing_on, rulebook=rulebook)
    if first is None or not patent.filing_on <= on < over_on:
        return []
    running = terms.year_of(patent.filing_on, on)
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    # An ended right stops later years, so a year with a bad word about it is looked at
    # however long ago it was; also the grant year, which is only presumed to be paid:
    # the registration notice may have charged the year before.
    earliest = 2 if patent.grant_on is None else first - 1
    accused = {y for y in accused_years(patent, facts, rulebook) if y >= earliest}
    watched = {year for year in range(running - 1, running + 2) if year >= first}
    return sorted(year for year in accused | watched if 1 < year <= last)


def accused_years(
    patent: Patent, facts: Iterable[Fact], rulebook: Rulebook
) -> set[int]:
    """Return the fee years that a fact calls unpaid, however long ago."""
    return {
        meant_year(fact, patent, rulebook) for fact in facts if fact.kind in _ACCUSING
    }


def _notice(facts: Sequence[Fact], fee: Annuity) -> Notice | None:
    """Return the newest notice; one dated before the six months were over is none."""
    notices = [
        fact
        for fact in facts
        if fact.kind is FactKind.NOTICE
        and fact.fee_year == fee.fee_year
        and fact.dated_on > fee.ends_on
    ]
    if not notices:
        return None
    newest = max(notices, key=lambda fact: fact.dated_on)
    # An unknown way of delivery counts as electronic: the earlier deadline.
    return Notice(newest.dated_on, newest.delivery or "electronic")


def meant_year(fact: Fact, patent: Patent, rulebook: Rulebook) -> int:
    """Return the year a fact speaks of; without one, the last whose day L had passed.

    An END names no year: it is the newest one whose six months were over.
    """
    if fact.fee_year is not None:
        return fact.fee_year
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    year = min(terms.year_of(patent.filing_on, fact.dated_on), last)
    while year > 1:
        fee, _ = _annuity(patent, year, rulebook)
        ended = fact.kind is not FactKind.UNPAID
        if fact.dated_on > (fee.ends_on if ended else fee.last_in_time_on):
            return year
        year -= 1
    return year
