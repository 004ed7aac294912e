"""Legal-status files as they arrive, made small."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from patentwatch.register.numbers import check_digit
from patentwatch.register.outcome import Outcome
from patentwatch.register.stated import Stated
from patentwatch.sources.files import StatusFile, open_status_file
from patentwatch.sources.limits import StatusLimits
from patentwatch.status.events import Event
from patentwatch.statusfiles import load

TODAY = date(2026, 11, 22)
QUERIED_ON = date(2026, 11, 20)
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACES = (
    'xmlns:business="http://www.sipo.gov.cn/XMLSchema/business" '
    'xmlns:base="http://www.sipo.gov.cn/XMLSchema/base"'
)
LAPSED = (
    "未缴年费专利权终止\nIPC(主分类):A01B 1/00\n申请日:20160101\n"
    "授权公告日:20180101\n终止日期:20230101"
)


def number(serial: int) -> str:
    """Return a valid application number of an invention of 2016."""
    digits = f"20161{serial:07}"
    return f"{digits}.{check_digit(digits)}"


def reference(form: str, number: str) -> str:
    """Return one of the two references of a record."""
    return (
        f'<business:ApplicationReference applType="10" dataFormat="{form}">'
        "<base:DocumentID><base:WIPOST3Code>CN</base:WIPOST3Code>"
        f"<base:DocNumber>{number}</base:DocNumber><base:Date>20160101</base:Date>"
        "</base:DocumentID></business:ApplicationReference>"
    )


def record(
    serial: int = 1,
    *,
    references: Iterable[str] | None = None,
    day: str = "20240105",
    code: str = "CF01",
    title: str = "专利权的终止",
    text: str = LAPSED,
    status: str = "C",
) -> str:
    """Return one PRSRecord."""
    if references is None:
        references = (
            reference("standard", f"102016{serial:09}"),
            reference("original", number(serial)),
        )
    return (
        f'<business:PRSRecord PRSID="{serial}" status="{status}">'
        + "".join(references)
        + "<business:IPRType>x</business:IPRType>"
        + f"<business:PRSPublicationDate><base:Date>{day}</base:Date>"
        + "</business:PRSPublicationDate>"
        + f"<business:PRSCode>{code}</business:PRSCode>"
        + f"<business:PRSValue>{title}</business:PRSValue>"
        + f"<business:PRSInformation>{text}</business:PRSInformation>"
        + "</business:PRSRecord>"
    )


def prs(*records: str, declared: str = DECLARED) -> bytes:
    """Return a whole file of records in UTF-8."""
    body = "\n".join(records)
    return f"{declared}<business:PRS {NAMESPACES}>{body}</business:PRS>".encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def lines(*objects: Mapping[str, Any]) -> bytes:
    """Return JSON Lines."""
    return "".join(
        json.dumps(one, ensure_ascii=False) + "\n" for one in objects
    ).encode()


def sheet(header: str, *rows: str) -> bytes:
    """Return a CSV."""
    return "\n".join((header, *rows, "")).encode()


def bibliographic(**changes: object) -> dict[str, Any]:
    """Return a page of bibliographic data."""
    shown = {
        "zhuanlimc": "一种示例装置",
        "zhuanlisqh": number(1).replace(".", ""),
        "anjianywzt": "专利权维持",
        "falvzt": " ",
    } | changes
    part = {"zhuluxmxx": shown, "isShow": True}
    return {"code": 200, "data": {"zhuluxmxx": part}, "msg": "成功"}


def fee_page() -> dict[str, Any]:
    """Return a fee page on which the sixth year is owed."""
    due = {
        "yingjiaoffyzlmc": "第6年年费",
        "yingjiaoje": 1200,
        "jiaofeijzr": "2026-12-01",
        "yingjiaoffyzt": "未缴",
    }
    data = {"yingjiaofei": {"isShow": True, "svYingjfList": [due]}}
    return {"code": 200, "data": data, "msg": "成功"}


def opened(
    folder: Path, content: bytes, *, name: str = "file", **more: Any
) -> StatusFile:
    """Open content as a file; without a name that would tell what it is."""
    path = folder / name
    path.write_bytes(content)
    told: dict[str, Any] = {"queried_on": QUERIED_ON} | more
    return open_status_file(path, table=load(), today=TODAY, **told)


def outcomes(folder: Path, content: bytes, **more: Any) -> list[Outcome[Stated]]:
    """Return what became of every row."""
    return list(opened(folder, content, **more).rows())


def events(folder: Path, content: bytes, **more: Any) -> list[Event]:
    """Return all events of a file in which every row is taken."""
    found: list[Event] = []
    for outcome in outcomes(folder, content, **more):
        assert outcome.value is not None, outcome
        found += outcome.value.events
    return found


def fates(found: Iterable[Outcome[Stated]]) -> list[str]:
    """Return the code of each reject and skip, "" for a row that is taken."""
    notes = [outcome.reject or outcome.skip for outcome in found]
    return [note.code if note else "" for note in notes]


def limits(**changes: Any) -> StatusLimits:
    """Return the limits with some of them made small."""
    return replace(StatusLimits(), **changes)
