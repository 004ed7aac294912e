"""CNIPA's bulk data of legal status (PRS), an XML of any size → events, one by one.

Elements are known by their local names. Nothing of the document is kept: what is in
memory is one record, and what one piece of the file holds.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser, create_parser

from patentwatch.errors import InputError
from patentwatch.register import cells
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, Layout
from patentwatch.register.messages import Words, note
from patentwatch.register.outcome import Outcome, Refused, Warnings, outcome_of
from patentwatch.register.stated import Stated
from patentwatch.sources import prsnumbers
from patentwatch.sources.limits import StatusLimits
from patentwatch.sources.reports import Reading, Report, events
from patentwatch.sources.unexpected import unexpected
from patentwatch.status.events import EventSource

_RECORD = "PRSRecord"
_REFERENCE = "ApplicationReference"
_DAY = "PRSPublicationDate"
_FIELDS = {
    ("standard", "DocNumber"): "standard",
    ("original", "DocNumber"): "application_no",
    (_DAY, "Date"): "announced_on",
    ("", "PRSCode"): "status_code",
    ("", "PRSValue"): "legal_status",
    ("", "PRSInformation"): "status_text",
}
_TEXTS = frozenset(element for _, element in _FIELDS)
_HEADERS = {
    "standard": "DocNumber",
    "application_no": "DocNumber",
    "announced_on": _DAY,
    "status_code": "PRSCode",
    "legal_status": "PRSValue",
    "status_text": "PRSInformation",
}
_WITHDRAWN = "D"


class Record(NamedTuple):
    """One PRSRecord, "" for what it lacks; `number` counts from 1 within its file."""

    number: int
    status: str
    texts: dict[str, str]


def records(
    texts: Iterable[str], *, name: str, limits: StatusLimits
) -> Iterator[Record]:
    """Yield the records of the XML in `texts`; `name` is for the messages.

    Raises InputError `dtd_forbidden`, `unexpected_content` (damaged, cut off, a text
    without end), wherever in the file that shows; then nothing of it may be kept.
    """
    found = _Records(limits.token_bytes)
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(found)
    try:
        for text in _watched(texts, parser, name, limits):
            parser.feed(text)
            if found.overlong:
                raise unexpected(name, "XML 中有一段文字过长")
            while found.records:
                yield found.records.popleft()
        parser.close()
    except DefusedXmlException as error:
        raise InputError(
            f"{name}：含有 DTD，已拒绝；请向提供方索取不含 DTD（DOCTYPE）的文件",
            code="dtd_forbidden",
        ) from error
    except SAXParseException as error:
        raise _damaged(name, error) from error
    yield from found.records


class _Records(ContentHandler):
    """Gathers the texts of each record; what stands outside of records is passed."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.records: deque[Record] = deque()
        self.overlong = False
        self._longest = longest
        self._count = 0
        self._status = ""
        self._texts: dict[str, str] | None = None
        self._place = ""
        self._open = ""
        self._pieces: list[str] = []
        self._length = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        """See an element begin."""
        local = name.rpartition(":")[2]
        if local == _RECORD:
            self._texts = {}
            self._status = attrs.get("status") or ""
        elif self._open or self._texts is None:
            return
        elif local in _TEXTS:
            self._open = local
            self._pieces = []
            self._length = 0
        elif local == _REFERENCE:
            self._place = attrs.get("dataFormat") or local
        elif local == _DAY:
            self._place = local

    def characters(self, content: str) -> None:
        """Take a piece of text."""
        if self._open:
            self._length += len(content)
            if self._length > self._longest:
                self.overlong = True
                return
            self._pieces.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        """See an element end."""
        local = name.rpartition(":")[2]
        if local == self._open:
            self._keep(local)
        elif local in {_REFERENCE, _DAY}:
            self._place = ""
        elif local == _RECORD and self._texts is not None:
            self._count += 1
            self.records.append(Record(self._count, self._status, self._texts))
            self._texts, self._place, self._open = None, "", ""

    def _keep(self, local: str) -> None:
        field = _FIELDS.get((self._place, local))
        if field and self._texts is not None:
            self._texts.setdefault(field, "".join(self._pieces).strip())
        self._open = ""


def _watched(
    texts: Iterable[str], parser: DefusedExpatParser, name: str, limits: StatusLimits
) -> Iterator[str]:
    """Yield the texts while the parser gets on: a tag without end fills the memory."""
    place, waiting = (0, 0), 0
    for text in texts:
        yield text
        now = (parser.getLineNumber() or 0, parser.getColumnNumber() or 0)
        waiting = waiting + len(text) if now == place else 0
        place = now
        if waiting > limits.token_bytes:
            raise unexpected(name, "XML 中有一个标记过长")


def _damaged(name: str, error: SAXParseException) -> InputError:
    said = error.getMessage()
    if "no element found" in said or "unclosed" in said:
        return unexpected(name, "XML 不完整，下载可能中断")
    return unexpected(name, f"第 {error.getLineNumber()} 行起不是合法的 XML")


class PrsRows:
    """Reads the records of one file; `sheet` is its name inside an archive, else ""."""

    def __init__(self, reading: Reading, *, sheet: str = "") -> None:
        self._reading = reading
        self._layout = Layout(Kind.STATUS, sheet, _HEADERS, {}, 0)

    def read(self, record: Record) -> Outcome[Stated]:
        """Return the event of `record`, or why it is not taken. Never raises."""

        def stated(_: Row, warnings: Warnings) -> Stated:
            return self._stated(record, warnings)

        return outcome_of(self._layout, Row(record.number, ()), stated)

    def left_out(self, why: str) -> Outcome[Stated]:
        """Return the note that the file is none of records; `why` follows its name."""
        words = Words(self._layout.sheet, why)
        return Outcome(skip=note(self._layout, 0, "", "file_left_out", words))

    def _stated(self, record: Record, warnings: Warnings) -> Stated:
        texts = record.texts
        if record.status.upper().startswith(_WITHDRAWN):
            # Not documented; in the office's other files C is created, D deleted.
            raise Refused("", "record_withdrawn", record.status)
        number = prsnumbers.settled(
            texts.get("application_no", ""), texts.get("standard", ""), warnings
        )
        text = texts.get("status_text") or texts.get("legal_status", "")
        report = Report(
            number,
            EventSource.PRS,
            code=texts.get("status_code", ""),
            title="",
            text=text,
            announced_on=self._announced_on(texts.get("announced_on", "")),
        )
        return Stated(number, events=events(report, self._reading))

    def _announced_on(self, text: str) -> date | None:
        if not text:
            return None
        day, fault = cells.day(text), cells.day_fault(text, self._reading.today)
        if day is None or fault:
            raise Refused("announced_on", fault, text)
        return day
