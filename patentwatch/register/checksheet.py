"""A filled row of the check sheet → what was seen that day in the national system.

People fill 案件状态, 已缴年度, 应缴金额, 查询日 and 备注; the rest is printed for them.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from patentwatch.model import County, Fact, FactKind, FactSource
from patentwatch.register import casestatus, words
from patentwatch.register.casestatus import CaseStatus
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.counties import CountyIndex
from patentwatch.register.fields import Fields
from patentwatch.register.numbercells import required
from patentwatch.register.outcome import (
    Outcome,
    PassedOver,
    Refused,
    Warnings,
    outcome_of,
)
from patentwatch.register.stated import Stated

_FILLED = ("case_status", "paid_through", "amount_due", "queried_on")


class CheckSheetRows:
    """Reads the rows of one filled check sheet."""

    def __init__(
        self, layout: Layout, *, today: date, counties: Sequence[County] = ()
    ) -> None:
        self._layout = layout
        self._today = today
        self._counties = CountyIndex(counties)

    def read(self, row: Row) -> Outcome[Stated]:
        """Return the facts of `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._stated)

    def _stated(self, row: Row, warnings: Warnings) -> Stated:
        fields = Fields(self._layout, row)
        if not any(fields[one] for one in _FILLED):
            raise PassedOver("", "not_filled", fields["application_no"])
        number = required(fields["application_no"])
        year = words.fee_year(fields["fee_year"])
        if year is None:
            raise Refused("fee_year", "fee_year_invalid", fields["fee_year"])
        if not fields["queried_on"]:
            raise Refused("queried_on", "query_date_missing")
        queried_on = fields.past_day("queried_on", self._today)
        found = _Found(fields, queried_on, fields.line("note", warnings))
        return Stated(number, found.facts(year), self._counties.find(fields["county"]))


class _Found:
    """What a person wrote down about one fee year on the day of looking it up."""

    def __init__(self, fields: Fields, queried_on: date, remark: str) -> None:
        self._queried_on = queried_on
        self._remark = remark
        self._status_text = fields["case_status"]
        self._status = casestatus.classify(self._status_text)
        if self._status_text and self._status in {
            CaseStatus.UNKNOWN,
            CaseStatus.PENDING,
        }:
            raise Refused("case_status", "status_unknown", self._status_text)
        self._paid_through = _optional(fields, "paid_through")
        self._amount = _amount(fields["amount_due"])

    def facts(self, year: int) -> tuple[Fact, ...]:
        """Return the facts about `year`, the year in question on the sheet.

        Ended for non-payment comes first, then late or owing, then paid, then merely
        in force. An amount due while `year` is paid concerns a later year.
        """
        paid = self._paid_through
        settled = paid is not None and paid >= year
        told = [] if paid is None else [self._fact(FactKind.PAID, paid)]
        match self._status:
            case CaseStatus.UNPAID_ENDED:
                return (*told, self._ended(year, settled=settled))
            case CaseStatus.ENDED_UNTOLD if self._amount or (paid and not settled):
                return (*told, self._ended(year, settled=settled))
            case CaseStatus.ENDED | CaseStatus.ENDED_UNTOLD:
                raise Refused("case_status", "ended_otherwise", self._status_text)
            case CaseStatus.LATE:
                asked = paid + 1 if paid is not None and settled else year
                return (*told, self._fact(FactKind.UNPAID, asked, self._amount))
        if settled:
            return tuple(told)
        if paid is not None or self._amount:
            return (
                *told,
                self._fact(FactKind.UNPAID, year, self._amount),
                *self._alive(),
            )
        return (self._unowed(year),)

    def _ended(self, year: int, *, settled: bool) -> Fact:
        if settled:
            raise Refused(
                "case_status", "status_contradicts", self._status_text, "已缴年度"
            )
        return self._fact(FactKind.ENDED, year, self._amount)

    def _alive(self) -> Iterator[Fact]:
        """Yield that the right was in force that day, where the status says so.

        Beside an amount due after the six months that is a contradiction to settle.
        """
        if self._status is CaseStatus.IN_FORCE:
            yield self._fact(FactKind.LISTED, None)

    def _unowed(self, year: int) -> Fact:
        """Return what a status in force says when nothing is known to be due."""
        if not self._status_text:
            empty = self._amount is None
            raise Refused("case_status", "nothing_found" if empty else "status_missing")
        if self._amount is None:
            return self._fact(FactKind.LISTED, None)
        return self._fact(FactKind.PAID, year)

    def _fact(
        self, kind: FactKind, year: int | None, amount: int | None = None
    ) -> Fact:
        return Fact(
            kind,
            FactSource.CHECK_SHEET,
            self._queried_on,
            fee_year=year,
            amount_yuan=amount,
            note=self._remark or self._status_text,
        )


def _optional(fields: Fields, field: str) -> int | None:
    text = fields[field]
    year = words.fee_year(text) if text else None
    if text and year is None:
        raise Refused(field, "fee_year_invalid", text)
    return year


def _amount(text: str) -> int | None:
    if not text:
        return None
    amount = 0 if text in {"无", "没有"} else words.yuan(text)
    if amount is None:
        raise Refused("amount_due", "amount_invalid", text)
    return amount
