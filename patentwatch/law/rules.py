"""The rows of the law's tables as values, and how each is read from its row."""

from dataclasses import dataclass
from datetime import date

from patentwatch.law.rows import Row
from patentwatch.model import PatentType

_SATURDAY = 5
_GRACE_MONTHS = 6


@dataclass(frozen=True, slots=True)
class FeeScale:
    """Annual fees for annuities due from `from_on`; steps of (last year, yuan)."""

    patent_type: PatentType
    from_on: date
    steps: tuple[tuple[int, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Surcharge:
    """Percent of the full fee in month 1, 2, … after a due day from `from_on`."""

    from_on: date
    percents: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Reduction:
    """Percents that may be taken off, for `years` patent years from the grant year."""

    from_on: date
    years: int
    percents: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class OpenLicence:
    """Percent taken off annuities due from `from_on` while an open licence is used."""

    from_on: date
    percent: int
    source: str


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount in yuan from `from_on`."""

    from_on: date
    yuan: int
    source: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Days after its dispatch on which a notice is presumed received."""

    from_on: date
    paper_days: int
    electronic_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Term:
    """Years from filing for patents filed from `from_on`."""

    patent_type: PatentType
    from_on: date
    years: int
    source: str


@dataclass(frozen=True, slots=True)
class Extension:
    """Due days from `due_from` to `due_until`, inclusive, put off by announcement."""

    announcement: str
    patent_types: frozenset[PatentType]
    due_from: date
    due_until: date
    extended_due_on: date
    reduced_only: bool
    source: str


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """One year's notice: weekdays without work, weekend days with work."""

    year: int
    weekdays_off: frozenset[date]
    makeup_weekend_days: frozenset[date]
    source: str


@dataclass(frozen=True, slots=True)
class FixedRestDays:
    """(month, day) that are off in every year for which no notice is loaded."""

    month_days: frozenset[tuple[int, int]]
    source: str


def read_fee_scale(row: Row) -> FeeScale:
    """Return the scale; its steps must rise in years."""
    steps: list[tuple[int, int]] = []
    for part in row.parts("steps"):
        least = steps[-1][0] + 1 if steps else 1
        until_year = part.number_of("until_year", least=least, most=100)
        steps.append((until_year, part.number_of("yuan", least=1)))
        part.finish()
    if not steps:
        raise row.fault("steps 不能为空")
    return FeeScale(
        row.patent_type("patent_type"),
        row.day("from"),
        tuple(steps),
        row.text("source"),
    )


def read_surcharge(row: Row) -> Surcharge:
    """Return the late period; it has six months and its percents never fall."""
    percents = row.percents("percents")
    if len(percents) != _GRACE_MONTHS or list(percents) != sorted(percents):
        raise row.fault("percents 应为六个不递减的百分比，每月一个")
    return Surcharge(row.day("from"), percents, row.text("source"))


def read_reduction(row: Row) -> Reduction:
    """Return the years and percents of a reduction."""
    return Reduction(
        row.day("from"),
        row.number_of("years", least=1, most=100),
        row.percents("percents"),
        row.text("source"),
    )


def read_open_licence(row: Row) -> OpenLicence:
    """Return the percent taken off while an open licence is carried out."""
    percent = row.number_of("percent", least=1, most=100)
    return OpenLicence(row.day("from"), percent, row.text("source"))


def read_amount(row: Row) -> Amount:
    """Return a fee that is one amount."""
    return Amount(row.day("from"), row.number_of("yuan", least=1), row.text("source"))


def read_yearly_amount(row: Row) -> Amount:
    """Return a fee that is one amount for each full year."""
    yuan = row.number_of("yuan_per_year", least=1)
    return Amount(row.day("from"), yuan, row.text("source"))


def read_receipt(row: Row) -> Receipt:
    """Return the presumptions of receipt."""
    return Receipt(
        row.day("from"),
        row.number_of("paper_days", least=0, most=100),
        row.number_of("electronic_days", least=0, most=100),
        row.text("source"),
    )


def read_term(row: Row) -> Term:
    """Return a term."""
    return Term(
        row.patent_type("patent_type"),
        row.day("from"),
        row.number_of("years", least=1, most=100),
        row.text("source"),
    )


def read_extension(row: Row) -> Extension:
    """Return an extension; it can only put a due day off."""
    extension = Extension(
        row.text("announcement"),
        row.patent_types("patent_types"),
        row.day("due_from"),
        row.day("due_until"),
        row.day("extended_due"),
        row.switch("reduced_only"),
        row.text("source"),
    )
    if not extension.due_from <= extension.due_until <= extension.extended_due_on:
        raise row.fault("应满足 due_from ≤ due_until ≤ extended_due")
    return extension


def read_holiday_notice(row: Row) -> HolidayNotice:
    """Return a year's notice; it may name days of the December before its year."""
    year = row.number_of("year", least=1949, most=2999)
    notice = HolidayNotice(
        year,
        row.days("weekdays_off"),
        row.days("makeup_weekend_days"),
        row.text("source"),
    )
    for day in sorted(notice.weekdays_off | notice.makeup_weekend_days):
        if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            raise row.fault(f"{day} 不属于 {year} 年的通知")
    for day in sorted(notice.weekdays_off):
        if day.weekday() >= _SATURDAY:
            raise row.fault(f"weekdays_off 中的 {day} 是周末，只写周一至周五")
    for day in sorted(notice.makeup_weekend_days):
        if day.weekday() < _SATURDAY:
            raise row.fault(f"makeup_weekend_days 中的 {day} 不是周末")
    if not notice.weekdays_off:
        raise row.fault("weekdays_off 不能为空")
    return notice


def read_fixed_rest_days(row: Row) -> FixedRestDays:
    """Return the days, written as MM-DD."""
    month_days: set[tuple[int, int]] = set()
    for text in row.texts("month_days"):
        try:
            day = date.fromisoformat(f"2001-{text}")
        except ValueError:
            raise row.fault(f"month_days 中的“{text}”应写作 05-01") from None
        month_days.add((day.month, day.day))
    return FixedRestDays(frozenset(month_days), row.text("source"))
