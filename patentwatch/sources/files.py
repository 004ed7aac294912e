"""Files of legal status that people bring, told apart by what is in them.

A file is opened as far as its first record; what shows further down ends the reading
with an InputError, so that nothing of such a file is kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import chain
from pathlib import Path

from patentwatch.errors import InputError
from patentwatch.model import RowNote
from patentwatch.register import magic, readers
from patentwatch.register.columns import HEADER_WITHIN, Kind, needed
from patentwatch.register.magic import Format
from patentwatch.register.numbercells import Known
from patentwatch.register.outcome import Outcome
from patentwatch.register.readers import ListFile, Sheet
from patentwatch.register.stated import Stated
from patentwatch.sources import archives, charsets, cponline, jsonlines, prs
from patentwatch.sources.casestatuses import CaseStatusRows
from patentwatch.sources.limits import DEFAULT, StatusLimits
from patentwatch.sources.notices import NoticeRows
from patentwatch.sources.prs import PrsRows
from patentwatch.sources.reports import Reading
from patentwatch.sources.unexpected import shown, unexpected
from patentwatch.status.codes import StatusTable

Rows = Iterator[Outcome[Stated]]
_HEAD = 4096
_PIECE = 1 << 16
_CHECK = "请核对是否下错文件"
_NO_HEADER = frozenset(("header_not_found", "missing_column"))


class StatusFormat(StrEnum):
    """What a file turned out to be."""

    PRS_XML = "prs_xml"
    PRS_ZIP = "prs_zip"
    NOTICES = "notices"
    NOTICES_JSONL = "notices_jsonl"
    CASE_STATUS = "case_status"
    FEE_PAGE = "fee_page"
    BIBLIOGRAPHIC_PAGE = "bibliographic_page"


@dataclass(frozen=True, slots=True)
class StatusFile:
    """A file that can be read; `encoding` is None where each part has its own.

    `sheets` are those of a list, with their headers; `notes` are about the file.
    """

    name: str
    format: StatusFormat
    encoding: str | None
    _source: Callable[[], Rows] = field(repr=False)
    sheets: tuple[Sheet, ...] = ()
    notes: tuple[RowNote, ...] = ()

    def rows(self) -> Rows:
        """Yield what each record states, or why it is not taken; may be called again.

        A note's `sheet` is the sheet, or the file inside an archive. Raises InputError
        when the file turns out unusable further down: take all of it back then.
        """
        return self._source()


def open_status_file(
    path: Path,
    *,
    table: StatusTable,
    today: date,
    queried_on: date | None = None,
    encoding: str | None = None,
    known: Known | None = None,
    limits: StatusLimits = DEFAULT,
) -> StatusFile:
    """Return the file at `path`, recognised by its content and never by its name.

    `queried_on` is the day of a saved page, and of a list that names no day itself.
    `known` finds a patent by its grant number, to mend numbers. Raises InputError:
    file_missing, empty_file, file_too_large, archive_broken, encrypted,
    dtd_forbidden, unexpected_content, query_date_missing, date_implausible,
    number_missing, or a code of `readers.read`.
    """
    readers.check_size(path, limits.file_bytes)
    reading = Reading(table, today, queried_on, known)
    form = _form(path, limits)
    match form:
        case Format.XML:
            return _prs_xml(path, reading, encoding, limits)
        case Format.ZIP:
            return _prs_zip(path, reading, encoding, limits)
        case Format.JSON if jsonlines.are_in(path):
            return _json_lines(path, reading, encoding)
        case Format.JSON:
            return _saved_page(path, reading, limits)
        case Format.HTML:
            raise unexpected(path.name, shown(form))
    return _list(path, reading, encoding, limits)


def _form(path: Path, limits: StatusLimits) -> Format:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(magic.ZIP):
        archives.check(path, limits)
    if charsets.utf_16(head):
        return magic.of_head(charsets.plain_head(head))
    return magic.of(path)


def _prs_xml(
    path: Path, reading: Reading, encoding: str | None, limits: StatusLimits
) -> StatusFile:
    def rows() -> Rows:
        with path.open("rb") as file:
            pieces = iter(partial(file.read, _PIECE), b"")
            texts = charsets.texts(pieces, name=path.name, forced=encoding)
            yield from _records(texts, PrsRows(reading), path.name, limits)

    if next(rows(), None) is None:
        raise unexpected(path.name, "XML 中没有 PRSRecord 记录", _CHECK)
    with path.open("rb") as file:
        head = file.read(_PIECE)
    used = charsets.encoding_of(head, name=path.name, forced=encoding)
    return StatusFile(path.name, StatusFormat.PRS_XML, used.removesuffix("-sig"), rows)


def _records(
    texts: Iterator[str], into: PrsRows, name: str, limits: StatusLimits
) -> Rows:
    return map(into.read, prs.records(texts, name=name, limits=limits))


def _prs_zip(
    path: Path, reading: Reading, encoding: str | None, limits: StatusLimits
) -> StatusFile:
    def rows() -> Rows:
        for inner in archives.xml_files(path, limits):
            into = PrsRows(reading, sheet=inner.name)
            if inner.form is Format.XML:
                name = f"{path.name} 内的 {inner.name}"
                texts = charsets.texts(inner.pieces, name=name, forced=encoding)
                yield from _or_a_note(_records(texts, into, name, limits), into)
            else:
                yield into.left_out(f"不是 XML（实际为{shown(inner.form)}）")

    if all(outcome.skip for outcome in rows()):
        raise unexpected(path.name, "压缩包中没有 PRSRecord 记录", _CHECK)
    return StatusFile(path.name, StatusFormat.PRS_ZIP, encoding, rows)


def _or_a_note(rows: Rows, into: PrsRows) -> Rows:
    """Yield the rows of an XML; of one that has none, the note that it was left out."""
    first = next(rows, None)
    yield into.left_out("中没有 PRSRecord 记录") if first is None else first
    yield from rows


def _json_lines(path: Path, reading: Reading, encoding: str | None) -> StatusFile:
    used = jsonlines.encoding_of(path, forced=encoding)
    read = NoticeRows(jsonlines.LAYOUT, reading).read

    def rows() -> Rows:
        return map(read, jsonlines.rows(path, used))

    shown_ = used.removesuffix("-sig")
    return StatusFile(path.name, StatusFormat.NOTICES_JSONL, shown_, rows)


def _saved_page(path: Path, reading: Reading, limits: StatusLimits) -> StatusFile:
    document = readers.document(path, limits=limits.lists)
    if reading.queried_on is None:
        raise InputError(
            f"{path.name}：保存的网页上没有日期；请指明查询当天的日期",
            code="query_date_missing",
        )
    if reading.queried_on > reading.today:
        raise InputError(
            f"{path.name}：查询日 {reading.queried_on} 晚于今天；请核对",
            code="date_implausible",
        )
    if cponline.is_bibliographic(document):
        form = StatusFormat.BIBLIOGRAPHIC_PAGE
        outcome = cponline.bibliographic(document, name=path.name, reading=reading)
    else:
        form = StatusFormat.FEE_PAGE
        outcome = cponline.fees(
            document,
            name=path.name,
            stem=path.stem,
            reading=reading,
            queried_on=reading.queried_on,
        )
    return StatusFile(path.name, form, "utf-8", lambda: iter((outcome,)))


def _list(
    path: Path, reading: Reading, encoding: str | None, limits: StatusLimits
) -> StatusFile:
    try:
        listed = readers.read(path, Kind.STATUS, encoding=encoding, limits=limits.lists)
    except InputError as fault:
        if fault.code not in _NO_HEADER:
            raise
        listed = _case_statuses(path, encoding, limits, fault)
        return _listed(listed, StatusFormat.CASE_STATUS, partial(_cases, reading))
    return _listed(listed, StatusFormat.NOTICES, partial(_notices, reading))


def _case_statuses(
    path: Path, encoding: str | None, limits: StatusLimits, before: InputError
) -> ListFile:
    """Return the list of case statuses; raises what says most about the header."""
    try:
        return readers.read(
            path, Kind.CASE_STATUS, encoding=encoding, limits=limits.lists
        )
    except InputError as fault:
        if fault.code not in _NO_HEADER:
            raise
        if before.code == "missing_column":
            raise before from fault
        if fault.code == "missing_column":
            raise
        raise InputError(
            f"{path.name}：前 {HEADER_WITHIN} 行找不到表头，公告清单需要列："
            f"{needed(Kind.STATUS)}；案件状态清单需要列：{needed(Kind.CASE_STATUS)}；"
            "请补上表头",
            code="header_not_found",
        ) from fault


def _listed(
    listed: ListFile, form: StatusFormat, rows_of: Callable[[Sheet], Rows]
) -> StatusFile:
    def rows() -> Rows:
        return chain.from_iterable(map(rows_of, listed.sheets))

    return StatusFile(
        listed.name, form, listed.encoding, rows, listed.sheets, listed.notes
    )


def _notices(reading: Reading, sheet: Sheet) -> Rows:
    return map(NoticeRows(sheet.layout, reading).read, sheet.rows())


def _cases(reading: Reading, sheet: Sheet) -> Rows:
    rows = CaseStatusRows(sheet.layout, reading, listed_on=sheet.listed_on)
    return map(rows.read, sheet.rows())
