"""A linked party's list as it leaves the house: a mail with its workbook."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from patentwatch import clean, mime, templates
from patentwatch.grid import XLSX, Cell, Grid, workbook
from patentwatch.linkedlists import FeeState, LinkedList, TiedPatent
from patentwatch.phrases import day, number
from patentwatch.status.state import RightState

_LIMIT = 400_000
_ROWS_SHOWN = 60

_COLUMNS = (
    ("序号", 6), ("专利号", 20), ("发明名称", 34), ("专利权人", 28), ("质权人", 24),
    ("登记号", 18), ("登记日", 12), ("状态", 14), ("年费情况", 50),
    ("最迟办理日（含）", 14), ("应缴（元）", 10), ("下一笔年度", 9),
    ("下一笔最迟缴费日（含）", 14), ("下一笔（元）", 10), ("期满终止日", 12),
)  # fmt: skip

_STATES = {
    RightState.IN_FORCE.value: "有效",
    RightState.ENDED.value: "已终止",
    RightState.EXPIRED.value: "期限届满",
    RightState.PENDING.value: "授权不详",
    "restorable": "补缴期满，可请求恢复",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees without opening the workbook."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Line:
    position: str
    name: str
    owner: str
    registration: str
    fee: str
    next: str
    grave: bool


def shown(found: LinkedList) -> Shown:
    """Return a list in words."""
    values = _values(found)
    values["lead"] = _sentence("lead.txt", values)
    values["notes"] = tuple(_lines("notes.txt", values))
    subject = clean.header(_sentence("subject.txt", values))
    values["subject"] = subject
    text = templates.fill("linked/body.txt", values, limit=_LIMIT)
    html = templates.fill("linked/body.html", values, limit=_LIMIT)
    return Shown(subject, text.strip("\n") + "\n", html)


def mail(
    found: LinkedList,
    *,
    ref: str,
    sender: str,
    sender_name: str,
    to: str,
    to_name: str,
    sent_at: datetime,
) -> bytes:
    """Return the mail of a list; `ref` is the word of its Message-ID."""
    page = shown(found)
    return mime.build(
        sender=sender,
        sender_name=sender_name,
        to=to,
        to_name=to_name,
        subject=page.subject,
        text=page.text,
        html=page.html,
        attachments=[mime.Attachment(_file_name(found), XLSX, xlsx(found))],
        sent_at=sent_at,
        identity=ref,
    )


def xlsx(found: LinkedList) -> bytes:
    """Return a list as a workbook."""
    rows = [_cells(position, one) for position, one in enumerate(found.patents, 1)]
    head = f"{_parties(found)}　质押专利年费情况（截至{day(found.on)}）"
    grid = Grid("质押专利", _COLUMNS, rows, above=(head,), frozen=2)
    return workbook([grid], author=clean.line(found.office_name), on=found.on)


def _file_name(found: LinkedList) -> str:
    return f"pledged-{found.on}.xlsx"


def _parties(found: LinkedList) -> str:
    return "、".join(clean.name(party) for party in found.parties)


def _values(found: LinkedList) -> dict[str, object]:
    grave = {id(one) for one in found.grave}
    rest = len(found.patents) - _ROWS_SHOWN
    return {
        "parties": _parties(found),
        "party": _parties(found),
        "today": day(found.on),
        "count": str(len(found.patents)),
        "empty": not found.patents,
        "grave": str(len(grave)) if grave else "",
        "lines": tuple(
            _line(position, one, grave=id(one) in grave)
            for position, one in enumerate(found.patents[:_ROWS_SHOWN], 1)
        ),
        "rest": str(rest) if rest > 0 else "",
        "attachments": f"{_file_name(found)}（清单）",
        "office": {
            "name": clean.line(found.office_name),
            "phone": clean.line(found.office_phone),
            "website": "",
        },
        "tone": "warn" if grave else "calm",
        "width": "720",
        "items": (),
        "test": False,
        "correction": False,
    }


def _line(position: int, one: TiedPatent, *, grave: bool) -> _Line:
    title = clean.name(one.title)
    named = number(one.application_no)
    return _Line(
        position=str(position),
        name=f"{title}（{named}）" if title else named,
        owner=clean.name(one.patentees) or "专利权人不详",
        registration=_registration(one),
        fee=fee_words(one),
        next=_next(one),
        grave=grave,
    )


def _registration(one: TiedPatent) -> str:
    registered = clean.line(one.registration)
    since = f"自{day(one.since_on)}起"
    return f"登记号{registered}，{since}" if registered else since


def fee_words(one: TiedPatent) -> str:
    """Return what is known of the fee, in words that accuse nobody on a guess."""
    values = {
        "fee": one.fee.value,
        "announced": one.announced,
        "expired": one.state == RightState.EXPIRED.value,
        "pending": one.state == RightState.PENDING.value,
        "ended": day(one.ended_on) if one.ended_on else "",
        "year": str(one.fee_year or ""),
        "act_by": day(one.act_by_on) if one.act_by_on else "",
        "found": day(one.found_on) if one.found_on else "",
        "amount": "" if one.amount_yuan is None else str(one.amount_yuan),
    }
    return _sentence("fee.txt", values)


def _next(one: TiedPatent) -> str:
    if one.next_year is None or one.next_on is None or one.fee is FeeState.DUE:
        return ""
    yuan = "" if one.next_yuan is None else f"，{one.next_yuan}元"
    return f"第{one.next_year}年年费，最迟{day(one.next_on)}（含）{yuan}"


def _state(one: TiedPatent) -> str:
    if one.state == RightState.ENDED.value and not one.announced:
        return "补缴期满，未见终止公告"
    return _STATES[one.state]


def _cells(position: int, one: TiedPatent) -> tuple[Cell, ...]:
    return (
        str(position),
        number(one.application_no),
        clean.name(one.title, limit=500),
        clean.name(one.patentees, limit=500),
        clean.name(one.party),
        clean.line(one.registration),
        one.since_on.isoformat(),
        _state(one),
        fee_words(one),
        one.act_by_on.isoformat() if one.act_by_on else None,
        one.amount_yuan,
        str(one.next_year) if one.next_year else None,
        one.next_on.isoformat() if one.next_on else None,
        one.next_yuan,
        one.term_ends_on.isoformat() if one.term_ends_on else None,
    )


def _sentence(file: str, values: Mapping[str, object]) -> str:
    return "".join(_lines(file, values))


def _lines(file: str, values: Mapping[str, object]) -> Iterator[str]:
    for line in templates.fill(f"linked/{file}", values).splitlines():
        if line.strip():
            yield line.strip()
