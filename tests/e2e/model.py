"""What each patentee must hear on a day: the design's own words, read a second time.

Nothing here is shared with the program but the law (dates and amounts); the decisions
of which tier, to whom, and why not are written anew from the table of tiers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from patentwatch.law import lapse, terms
from patentwatch.law.account import account
from patentwatch.law.annuities import Annuity, annuity
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import PatentType

INVENTION = PatentType.INVENTION
SEVERITY = (
    "notice", "reminder", "urgent", "overdue", "surcharge_1", "surcharge_2",
    "surcharge_3", "surcharge_4", "final", "last_week", "lapsed", "restore",
)  # fmt: skip
BY_MAIL_ALONE = {"notice", "surcharge_1", "surcharge_3"}
AFTER_THE_END = {"lapsed", "restore"}
DAY = timedelta(days=1)

Said = tuple[str, int, str, str]
"""Number, fee year, tier, address."""


@dataclass
class Days:
    """The days of one fee year: D, L, W1 … W6 and R, and R before it is rolled."""

    fee: Annuity
    due: date
    last: date
    ends: list[date]
    restore: date
    restore_nominal: date

    def window(self, day: date) -> int:
        return sum(day > end for end in [self.last, *self.ends])


def days_of(filing_on: date, year: int, rulebook: Rulebook) -> Days:
    fee = annuity(INVENTION, filing_on, year, rulebook=rulebook)
    ends = [window.until_on for window in fee.windows]
    nominal = lapse.earliest_notice_on(terms.months_after(fee.due_on, 6))
    return Days(
        fee,
        fee.due_on,
        fee.last_in_time_on,
        ends,
        lapse.estimated_restoration_until_on(ends[5], rulebook=rulebook),
        terms.months_after(nominal, 2),
    )


@dataclass
class Known:
    """What is known about one patent."""

    number: str
    filing_on: date
    owners: tuple[str, ...]
    agency: str = ""
    reduction: int = 0
    county: str = "410901"
    payments: list[tuple[int, date]] = field(default_factory=list)
    unpaid: list[tuple[int, date]] = field(default_factory=list)
    paid_through: list[tuple[int, date]] = field(default_factory=list)
    listed: list[date] = field(default_factory=list)
    answers: list[tuple[int, date]] = field(default_factory=list)
    holds: list[tuple[date, date]] = field(default_factory=list)

    @property
    def grant_on(self) -> date:
        return terms.months_after(self.filing_on, 30)


class Model:
    """The city as it is known, and what everybody was told."""

    def __init__(self, rulebook: Rulebook, patents: list[Known]) -> None:
        self.rulebook = rulebook
        self.patents = {patent.number: patent for patent in patents}
        self.addresses: dict[str, list[str]] = {}
        self.silences: list[tuple[date, date]] = []  # of the whole county
        self.told: dict[tuple[str, int, str], list[tuple[str, date]]] = {}

    def must_hear(self, on: date) -> set[Said]:
        """Return what is to be said on a day, and was not said before."""
        found = set()
        for patent in self.patents.values():
            for year, days in self._years(patent):
                found |= set(self._about(patent, year, days, on))
                if self.standing(patent, year, days, on) == "ended":
                    break
        return found

    def hears(self, said: set[Said]) -> None:
        """Note what was said."""
        for number, year, tier, address in said:
            days = days_of(self.patents[number].filing_on, year, self.rulebook)
            told = self.told.setdefault((number, year, address), [])
            told.append((tier, _anchor(tier, days)))

    def amount(self, number: str, year: int, on: date) -> int:
        """Return what one pays who pays on that day, and nothing was paid."""
        patent = self.patents[number]
        days = days_of(patent.filing_on, year, self.rulebook)
        return account(
            days.fee,
            grant_year=terms.grant_year(patent.filing_on, patent.grant_on),
            reduction=patent.reduction,
            open_licence=False,
            payments=[],
            on=on,
            expires_on=terms.expires_on(
                INVENTION, patent.filing_on, rulebook=self.rulebook
            ),
            rulebook=self.rulebook,
        ).amount_due_yuan

    def open_year(self, number: str, on: date) -> tuple[int, Days] | None:
        """Return the fee year about which something may be said on a day."""
        patent = self.patents[number]
        found = [
            (year, days)
            for year, days in self._years(patent)
            if days.due - 90 * DAY <= on <= days.restore
        ]
        return found[-1] if found else None

    def standing(self, patent: Known, year: int, days: Days, on: date) -> str:
        """Return open, paid, assumed_paid, ended or on_hold."""
        end = days.ends[5]
        unpaid = [d for y, d in patent.unpaid if y == year and days.last < d <= on]
        newest = max(unpaid, default=date.min)
        final = [d for y, d in patent.payments if d <= on and y == year and d <= end]
        final += [d for y, d in patent.payments if d <= on and y > year]
        if final:
            return "on_hold" if newest >= max(final) else "paid"
        paid = max(
            (d for y, d in patent.paid_through if y >= year and d <= on),
            default=date.min,
        )
        if paid != date.min and paid >= newest:
            return "on_hold" if paid == newest else "paid"
        if newest > end:
            return "ended"
        listed = any(end < d <= on for d in patent.listed)
        if listed and newest <= days.ends[3]:
            return "assumed_paid"
        late_money = any(y == year and end < d <= on for y, d in patent.payments)
        return "on_hold" if late_money else "open"

    def _about(self, patent: Known, year: int, days: Days, on: date) -> Iterator[Said]:
        standing = self.standing(patent, year, days, on)
        if standing not in ("open", "ended") or self._silent(patent, on):
            return
        unpaid = [d for y, d in patent.unpaid if y == year and days.last < d <= on]
        newest = max(unpaid, default=date.min)
        evidence = _evidence(standing, days, newest, on)
        answer = max((d for y, d in patent.answers if y == year), default=date.max)
        if answer <= on and newest <= answer:  # a newer fact ends the silence
            if on <= days.ends[4] or answer > days.ends[4]:
                return
            if standing != "ended":
                evidence = "presumed"
        true_now = _true(standing, evidence, days, on)
        for address in self._recipients(patent):
            mail = "@" in address
            heard = [tier for tier in true_now if mail or tier not in BY_MAIL_ALONE]
            if heard and not self._told(patent, year, days, address, heard[-1]):
                yield patent.number, year, heard[-1], address

    def _told(
        self, patent: Known, year: int, days: Days, address: str, tier: str
    ) -> bool:
        """Whether that or worse was said about this day, or one at most a week off."""
        return any(
            SEVERITY.index(said) >= SEVERITY.index(tier)
            and abs((anchor - _anchor(said, days)).days) <= 7
            for said, anchor in self.told.get((patent.number, year, address), [])
        )

    def _silent(self, patent: Known, on: date) -> bool:
        pauses = [*patent.holds, *self.silences]
        return any(first <= on <= last for first, last in pauses)

    def _recipients(self, patent: Known) -> list[str]:
        """The owners; where none can be reached, their agent. A shared box is one."""
        own = [a for owner in patent.owners for a in self.addresses.get(owner, [])]
        return sorted(set(own or self.addresses.get(patent.agency, [])))

    def _years(self, patent: Known) -> Iterator[tuple[int, Days]]:
        first = terms.grant_year(patent.filing_on, patent.grant_on) + 1
        for year in range(first, 21):
            yield year, days_of(patent.filing_on, year, self.rulebook)


def _anchor(tier: str, days: Days) -> date:
    return days.restore_nominal if tier in AFTER_THE_END else days.due


def _evidence(standing: str, days: Days, newest: date, on: date) -> str:
    if on <= days.last:
        return "before_due"
    if standing == "ended":
        return "confirmed"
    fresh = newest != date.min and days.window(on) - days.window(newest) <= 1
    return "confirmed" if fresh and on <= days.ends[5] else "presumed"


def _true(standing: str, evidence: str, days: Days, on: date) -> list[str]:
    """Return the tiers that are true on a day, mildest first."""
    due, last, ends = days.due, days.last, days.ends
    if standing == "ended":
        spans = {
            "lapsed": (ends[5] + DAY, days.restore),
            "restore": (days.restore - 14 * DAY, days.restore),
        }
    elif evidence == "presumed":
        spans = {
            "overdue": (ends[0] - 10 * DAY, ends[0]),
            "final": (ends[4] + DAY, ends[5]),
        }
    else:
        spans = {
            "notice": (due - 90 * DAY, last),
            "reminder": (due - 30 * DAY, last),
            "urgent": (due - 7 * DAY, last),
            "overdue": (last + DAY, ends[0]),
            "surcharge_1": (ends[0] + DAY, ends[1]),
            "surcharge_2": (ends[1] + DAY, ends[2]),
            "surcharge_3": (ends[2] + DAY, ends[3]),
            "surcharge_4": (ends[3] + DAY, ends[4]),
            "final": (ends[4] + DAY, ends[5]),
            "last_week": (ends[5] - 7 * DAY, ends[5]),
        }
    return [tier for tier, (first, until) in spans.items() if first <= on <= until]
