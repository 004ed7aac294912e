"""A row of a register → a patent, or the reason why it is none."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from patentwatch.model import County, Patent, PatentNumber, PatentType
from patentwatch.register import casestatus, cells, names, numbers, words
from patentwatch.register.casestatus import CaseStatus
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout, normalised
from patentwatch.register.counties import CountyIndex
from patentwatch.register.numbercells import Doubt, Known, settled
from patentwatch.register.outcome import (
    Outcome,
    PassedOver,
    Refused,
    Warnings,
    outcome_of,
)


class _Cells(NamedTuple):
    application_no: str
    filing_date: str
    title: str
    grant_date: str
    grant_publication_no: str
    publication_no: str
    publication_date: str
    patentee: str
    credit_code: str
    address: str
    county: str
    ipc: str
    patent_type: str
    agency: str
    reduction: str
    paid_through: str
    legal_status: str
    queried_on: str
    high_value: str


class _Grant(NamedTuple):
    on: date | None
    publication_no: str | None


class RegisterRows:
    """Reads the rows of one sheet of a register; keeps nothing but caches."""

    def __init__(
        self,
        layout: Layout,
        *,
        counties: Sequence[County],
        types: Collection[PatentType],
        today: date,
        known: Known | None = None,
    ) -> None:
        self._layout = layout
        self._counties = CountyIndex(counties)
        self._sheet_county = self._counties.find(layout.sheet)
        self._types = frozenset(types)
        self._today = today
        self._known = known
        self._number_at = layout.positions["application_no"]
        # An absent field reads the empty cell that `_cells` appends.
        self._pick = itemgetter(*(layout.positions.get(f, -1) for f in _Cells._fields))

    def read(self, row: Row) -> Outcome[Patent]:
        """Return the patent of `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._patent)

    def _patent(self, row: Row, warnings: Warnings) -> Patent:
        cell, plain = self._cells(row)
        number = numbers.canonical(cell.application_no)
        if number is None:
            number = self._doubtful_number(cell, row, warnings)
        patent_type = self._watched_type(number, cell)
        filing_on = self._filing_on(cell)
        grant = self._grant(cell, patent_type, filing_on, warnings)
        if cell.legal_status:
            self._check_status(cell.legal_status, grant, warnings)
        if filing_on.year > numbers.year_of(number):
            # A divisional has an earlier filing date than its number, none a later.
            warnings.add("filing_date", "year_mismatch", cell.filing_date)
        if not plain:
            cell = _cleaned(cell, warnings)
        return Patent(
            application_no=number,
            patent_type=patent_type,
            filing_on=filing_on,
            title=cell.title,
            grant_on=grant.on,
            grant_publication_no=grant.publication_no,
            patentees=_names(cell.patentee, warnings),
            credit_codes=_credit_codes(cell.credit_code, warnings),
            address=cell.address,
            county=self._county(cell.county, warnings),
            ipc=cell.ipc,
            agency=cell.agency,
            reduction=_word(
                "reduction", cell.reduction, words.reduction, warnings=warnings
            ),
            paid_through=_word(
                "paid_through", cell.paid_through, words.fee_year, warnings=warnings
            ),
            legal_status=cell.legal_status,
            queried_on=self._queried_on(cell.queried_on, warnings),
            high_value=words.high_value(cell.high_value),
        )

    def _cells(self, row: Row) -> tuple[_Cells, bool]:
        width = self._layout.width
        raw = row.cells
        if len(raw) > width and any(map(str.strip, raw[width:])):
            extra = next(text for text in raw[width:] if text.strip())
            raise Refused("", "column_shift", extra)
        padded = [*raw[:width], *[""] * (max(0, width - len(raw)) + 1)]
        texts, plain = cells.tidied(self._pick(padded))
        return _Cells._make(texts), plain

    def _doubtful_number(
        self, cell: _Cells, row: Row, warnings: Warnings
    ) -> PatentNumber:
        self._pass_over_no_patent(cell, row)
        grant = numbers.grant_publication(
            cell.grant_publication_no
        ) or numbers.grant_publication(cell.publication_no)
        doubt = Doubt(
            cell.application_no,
            # A text file has lost which cells were numbers: bare digits may have been.
            numeric=self._number_at in row.numeric or cell.application_no.isdecimal(),
            filing_on=cells.day(cell.filing_date),
            grant_publication_no=grant[0] if grant else None,
        )
        if grant and grant[1] not in self._types:
            raise PassedOver("patent_type", "type_not_watched", words.NAMES[grant[1]])
        return settled(doubt, self._known, warnings)

    def _pass_over_no_patent(self, cell: _Cells, row: Row) -> None:
        """Pass over totals, remarks, repeated headers, and types not watched."""
        first = next((text.strip() for text in row.cells if text.strip()), "")
        if not cell.filing_date and first.startswith(TOTALS):
            raise PassedOver("", "total_row", first)
        header = self._layout.header("application_no")
        if normalised(cell.application_no) == normalised(header):
            raise PassedOver("", "repeated_header", cell.application_no)
        named = words.patent_type(cell.patent_type)
        if named is not None and named not in self._types:
            raise PassedOver("patent_type", "type_not_watched", cell.patent_type)

    def _watched_type(self, number: PatentNumber, cell: _Cells) -> PatentType:
        patent_type = numbers.type_of(number)
        named = words.patent_type(cell.patent_type)
        if named is not None and named is not patent_type:
            raise Refused(
                "patent_type",
                "type_mismatch",
                cell.patent_type,
                words.NAMES[patent_type],
            )
        if patent_type not in self._types:
            shown = cell.patent_type or words.NAMES[patent_type]
            raise PassedOver("patent_type", "type_not_watched", shown)
        return patent_type

    def _filing_on(self, cell: _Cells) -> date:
        text = cell.filing_date
        filing_on = cells.day(text)
        if filing_on and cells.FIRST_FILING_ON <= filing_on <= self._today:
            return filing_on
        if filing_on and self._today < filing_on < _FAR_OFF:
            raise Refused("filing_date", "filing_in_future", text)
        raise Refused("filing_date", _day_code(text, self._today), text)

    def _grant(
        self,
        cell: _Cells,
        patent_type: PatentType,
        filing_on: date,
        warnings: Warnings,
    ) -> _Grant:
        text, field = cell.grant_publication_no, "grant_publication_no"
        announced = numbers.grant_publication(text) if text else None
        if text and announced is None:
            warnings.add(field, "publication_unknown", text)
        day_text, day_field = cell.grant_date, "grant_date"
        if announced is None and cell.publication_no:
            # Lists of grants show the grant under the headers of a publication.
            text, field = cell.publication_no, "publication_no"
            announced = numbers.grant_publication(text)
            if announced and not day_text:
                day_text, day_field = cell.publication_date, "publication_date"
        if announced and announced[1] is not patent_type:
            raise Refused(field, "type_mismatch", text, words.NAMES[patent_type])
        on = self._grant_on(day_text, day_field, filing_on)
        return _Grant(on, announced[0] if announced else None)

    def _grant_on(self, text: str, field: str, filing_on: date) -> date | None:
        if not text:
            return None
        grant_on = cells.day(text)
        if grant_on and filing_on <= grant_on <= self._today:
            return grant_on
        fault = _day_code(text, self._today)
        if fault:
            raise Refused(field, fault, text)
        raise Refused(field, "grant_before_filing", text, filing_on.isoformat())

    def _check_status(self, text: str, grant: _Grant, warnings: Warnings) -> None:
        match casestatus.classify(text):
            case CaseStatus.PENDING if not (grant.on or grant.publication_no):
                raise PassedOver("legal_status", "not_granted", text)
            case CaseStatus.ENDED:
                raise PassedOver("legal_status", "not_in_force", text)
            case CaseStatus.UNPAID_ENDED | CaseStatus.ENDED_UNTOLD:
                warnings.add("legal_status", "status_ended", text)

    def _county(self, text: str, warnings: Warnings) -> str | None:
        code = self._counties.find(text) if text else self._sheet_county
        if code is None:
            warnings.add("county", "county_unknown", text)
        return code

    def _queried_on(self, text: str, warnings: Warnings) -> date | None:
        if not text:
            return None
        if cells.day_fault(text, self._today):
            warnings.add("queried_on", "date_ignored", text)
            return None
        return cells.day(text)


_FAR_OFF = date(2100, 1, 1)
TOTALS = ("合计", "总计", "小计", "共计", "备注", "注：", "注:", "说明")


def _day_code(text: str, today: date) -> str:
    if not text:
        return "date_empty"
    return "formula_cell" if cells.is_formula(text) else cells.day_fault(text, today)


def _cleaned(cell: _Cells, warnings: Warnings) -> _Cells:
    return cell._replace(
        title=_line("title", cell.title, warnings),
        address=_line("address", cell.address, warnings),
        ipc=_line("ipc", cell.ipc, warnings),
        agency=_line("agency", cell.agency, warnings),
        legal_status=_line("legal_status", cell.legal_status, warnings),
    )


def _line(field: str, text: str, warnings: Warnings) -> str:
    line = cells.line(text)
    for code in line.codes:
        warnings.add(field, code, line.text)
    if "\ufffd" in text:
        warnings.add(field, "text_damaged", text)
    if len(line.text) > cells.LONGEST:
        raise Refused(field, "too_long", line.text)
    return line.text


def _names(text: str, warnings: Warnings) -> tuple[str, ...]:
    split = names.split(text)
    for code in split.codes:
        warnings.add("patentee", code, text)
    if len(text) > cells.LONGEST and any(
        len(name) > cells.LONGEST for name in split.names
    ):
        raise Refused("patentee", "too_long", text)
    return split.names


def _credit_codes(text: str, warnings: Warnings) -> tuple[str, ...]:
    if not text:
        return ()
    valid, invalid = words.credit_codes(text)
    for code in invalid:
        warnings.add("credit_code", "credit_code_invalid", code)
    return valid


def _word(
    field: str, text: str, meaning: Callable[[str], int | None], *, warnings: Warnings
) -> int | None:
    if not text:
        return None
    value = meaning(text)
    if value is None:
        warnings.add(field, f"{field}_unknown", text)
    return value
