"""What the EPO's legal service answered about one patent: bytes in, a value out.

Nothing that is not understood is read as a state: no answer says "in force" or
"lapsed", it gives events or says why there are none.

Source: OPS 3.2, schema ops_legal.xsd.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException, DTDForbidden

from patentwatch.model import PatentNumber
from patentwatch.status.codes import StatusTable
from patentwatch.status.events import Event, EventSource, understood

_OPS = "{http://ops.epo.org}"
_EXCHANGE = "{http://www.epo.org/exchange}"
_DATE = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_NOT_KNOWN = frozenset((date(1, 1, 1), date(9999, 12, 31)))


class AnswerKind(StrEnum):
    """What came of asking about one patent."""

    EVENTS = "events"
    UNKNOWN = "unknown"  # asked in every way, and nothing is known there
    UNEXPECTED = "unexpected"  # something came that must not be read as an answer
    LATER = "later"  # not answered now; nothing was learnt


@dataclass(frozen=True, slots=True)
class Asked:
    """The patent to ask about; `publication_no` as CN103294796B, None when unknown."""

    application_no: PatentNumber
    publication_no: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking; `events` as reported, each once.

    `skipped` counts reported events without any day. `code` is a stable word and
    `reason` a sentence for the administrator, both "" unless UNEXPECTED or LATER;
    `not_before` only with LATER.
    """

    kind: AnswerKind
    events: tuple[Event, ...] = ()
    skipped: int = 0
    code: str = ""
    reason: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One number as the service knows it: CN, `digits`, `kind`; `by` says which.

    `by` is "publication" or "application". `guessed`: only the kind of another
    document is known, and the number may be another patent's under this one.
    """

    by: str
    digits: str
    kind: str
    guessed: bool = True

    @property
    def path(self) -> str:
        """Return where the service answers it."""
        return f"/rest-services/legal/{self.by}/docdb/CN.{self.digits}.{self.kind}"


FOREIGN = "other_patent"
"""The code of an answer that is about another patent than the one asked about."""

_REASONS = {
    "html": "欧专局服务返回了网页（可能是登录页或代理页），不是法律状态",
    "json": "欧专局服务返回了 JSON，不是约定的 XML",
    "dtd": "欧专局服务的回答含 DTD，已拒绝",
    "broken_xml": "欧专局服务的回答不是完整的 XML",
    "not_legal": "欧专局服务的回答不是法律状态数据",
    FOREIGN: "欧专局服务的回答属于另一件专利，请核对公告号",
}


def unexpected(code: str, reason: str = "") -> Answer:
    """Return that something came which is no answer; `reason` where none is usual."""
    return Answer(AnswerKind.UNEXPECTED, code=code, reason=reason or _REASONS[code])


def later(not_before: datetime, *, code: str, reason: str) -> Answer:
    """Return that the question has to wait."""
    return Answer(AnswerKind.LATER, code=code, reason=reason, not_before=not_before)


def read(body: bytes, asked: Asked, *, query: Query, table: StatusTable) -> Answer:
    """Return the events in a body that came with status 200; never raises.

    UNKNOWN where it is about this patent and holds none.
    """
    root = _root(body)
    if isinstance(root, Answer):
        return root
    family = root.find(f"{_OPS}patent-family")
    if root.tag != f"{_OPS}world-patent-data" or family is None:
        return unexpected("not_legal")
    members = family.findall(f"{_OPS}family-member")
    ours = [one for one in members if _is_ours(one, asked, query)]
    if members and not ours:
        return unexpected(FOREIGN)
    return _collected(
        [legal for one in ours for legal in one.findall(f"{_OPS}legal")],
        asked.application_no,
        table,
    )


def says_not_found(body: bytes) -> bool:
    """Return whether a body that came with status 404 is the service's own no."""
    root = _root(body)
    return not isinstance(root, Answer) and root.tag == f"{_OPS}fault"


def _root(body: bytes) -> Element | Answer:
    start = body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return unexpected("html")
    if start.startswith((b"{", b"[")):
        return unexpected("json")
    try:
        root: Element = ElementTree.fromstring(body, forbid_dtd=True)
    except DTDForbidden:
        return unexpected("dtd")
    # An encoding that Python does not know is a LookupError, one of several bytes a
    # character that the parser does not know a ValueError.
    except (ParseError, DefusedXmlException, LookupError, ValueError):
        return unexpected("broken_xml")
    return unexpected("html") if root.tag.lower().endswith("html") else root


def _is_ours(member: Element, asked: Asked, query: Query) -> bool:
    """Return whether every number of the member is the one we asked about."""
    applications = set(_numbers(member, "application-reference"))
    publications = set(_numbers(member, "publication-reference"))
    digits, check = asked.application_no.split(".")
    if not applications <= {f"CN{digits}", f"CN{digits}{check}"}:
        return False
    if query.by == "publication" and not publications <= {f"CN{query.digits}"}:
        return False
    # Under a guessed kind the same publication number may be another patent's.
    return bool(applications or (publications and not query.guessed))


def _numbers(member: Element, reference: str) -> Iterator[str]:
    for document in member.findall(f"{_EXCHANGE}{reference}/{_EXCHANGE}document-id"):
        if document.get("document-id-type") == "docdb":
            country = document.findtext(f"{_EXCHANGE}country", "").strip()
            number = document.findtext(f"{_EXCHANGE}doc-number", "").strip()
            yield country + number.replace(".", "")


def _collected(
    reports: list[Element], number: PatentNumber, table: StatusTable
) -> Answer:
    events, skipped = dict[str, Event](), 0
    for legal in reports:
        if _text(legal, "L001EP") != "CN":
            continue
        event = _event(legal, number, table)
        if event is None:
            skipped += 1
        else:
            events.setdefault(event.report_key, event)
    kind = AnswerKind.EVENTS if events else AnswerKind.UNKNOWN
    return Answer(kind, tuple(events.values()), skipped)


def _event(legal: Element, number: PatentNumber, table: StatusTable) -> Event | None:
    """Return the reported event; its code is padded to four characters."""
    texts = legal.findall(f"{_OPS}L500EP/{_OPS}L510EP")
    return understood(
        number,
        source=EventSource.OPS,
        code=legal.get("code", "").strip() or _text(legal, "L008EP"),
        text="\n".join("".join(one.itertext()).strip() for one in texts),
        announced_on=_day(_text(legal, "L007EP")),
        effective_on=_day(_text(legal, f"L500EP/{_OPS}L525EP")),
        table=table,
    )


def _text(legal: Element, name: str) -> str:
    return legal.findtext(f"{_OPS}{name}", "").strip()


def _day(text: str) -> date | None:
    """Return the day; None where it is not known or is no day."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return None
    return None if day in _NOT_KNOWN else day
