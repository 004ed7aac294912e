"""What an office hands out beside messages, made of the sample city, to be opened.

Everything is masked as the commands mask it; each paper is replaced as a whole.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from patentwatch import (
    callbook,
    callsheet,
    clock,
    digestmail,
    digestmaking,
    digestpage,
    paymentsheet,
    requested,
    statementbooks,
    statementpage,
)
from patentwatch.demo import people
from patentwatch.digestmail import words
from patentwatch.digests.making import masked
from patentwatch.digests.values import CITY, Kind
from patentwatch.installation import Installation
from patentwatch.preview import PreviewPaper
from patentwatch.simulation import page, running
from patentwatch.store.engine import reading

FOLDER = "papers"

_FOR_A_COUNTY = (
    "每周、每月用邮件发给县区负责人：今天先给谁打电话、哪些专利有风险、"
    "谁联系不上；一页 PDF 可以打印，号码已遮盖"
)
_FOR_THE_CITY = "发给市局：各县区对照，县区逾期没有打的电话"
_CALLS = "负责人照着打电话，填好“结果”一列再导入；这一份遮盖了号码"
_STATEMENT = "打印给专利权人：名下每件专利的下一笔年费、十二个月预算、费减到哪一年"
_PAYMENT = "国家知识产权局网上缴费可以导入的九列清单；可能已缴的不列入"
_SIMULATED = "以后三十天每天要发多少邮件和短信、打多少电话；只是模拟，什么也不发"


def write(
    here: Installation, folder: Path, *, county: str, now: datetime
) -> list[PreviewPaper]:
    """Write every paper into a folder of `folder`; `county` is shown for all others."""
    target = folder / FOLDER
    target.mkdir(mode=0o700, exist_ok=True)
    with reading(here.engine) as connection:
        papers = [
            _digest(connection, here, target, county, now=now),
            _digest(connection, here, target, CITY, now=now),
            _calls(connection, here, target, county, on=clock.today(now)),
            *_for_an_owner(connection, here, target, on=clock.today(now)),
        ]
    return [*papers, _simulation(here, target, now=now)]


def days_to_simulate(now: datetime) -> tuple[date, date]:
    """Return the first and the last day of the thirty that follow."""
    today = clock.today(now)
    return today + timedelta(days=1), today + timedelta(days=30)


def _digest(
    connection: Connection,
    here: Installation,
    target: Path,
    county: str,
    *,
    now: datetime,
) -> PreviewPaper:
    found = masked(
        digestmaking.preview(
            connection,
            here.vault,
            here.rules,
            here.settings,
            county,
            kind=Kind.WEEK,
            now=now,
        )
    )
    book = next(f for f in digestmail.files(found) if f.name.endswith(".xlsx"))
    name = f"digest-{county or 'city'}"
    return PreviewPaper(
        words.title(found),
        _FOR_THE_CITY if found.of_the_city else _FOR_A_COUNTY,
        (
            placed(target, f"{name}.html", digestmail.shown(found).html.encode()),
            placed(target, f"{name}.xlsx", book.content),
            placed(
                target,
                f"{name}.pdf",
                digestpage.page(found, font=here.settings.digest.font),
            ),
        ),
    )


def _calls(
    connection: Connection, here: Installation, target: Path, county: str, *, on: date
) -> PreviewPaper:
    found = callsheet.lines(
        connection, here.vault, here.rules, here.settings, on=on, county=county
    )
    name = f"calls-{county}.xlsx"
    lines = [callsheet.masked(line) for line in found]
    callbook.write(lines, target / name, on=on, masked=True)
    names = {one.code: one.name for one in here.settings.counties}
    return PreviewPaper(f"{names[county]}电话任务表", _CALLS, (_link(name),))


def _for_an_owner(
    connection: Connection, here: Installation, target: Path, *, on: date
) -> Iterator[PreviewPaper]:
    """Yield the papers of the owner of fifty patents."""
    party = people.UNIVERSITY.name
    found = requested.stated(
        connection,
        here.vault,
        here.settings,
        here.rules,
        party,
        credit_code="",
        numbers=(),
        on=on,
    )
    page_ = statementpage.html(found).encode()
    yield PreviewPaper(
        f"{party}{statementpage.TITLE}",
        _STATEMENT,
        (
            placed(target, "statement.html", page_),
            placed(target, "statement.xlsx", statementbooks.statement_xlsx(found)),
        ),
    )
    sheet = paymentsheet.payment_sheet(found, until_on=on + paymentsheet.AHEAD)
    filled = statementbooks.payment_xlsx(sheet, author=found.office.name)
    yield PreviewPaper(
        f"{party}缴费清单",
        _PAYMENT,
        (placed(target, "payment.xlsx", filled),),
    )


def _simulation(here: Installation, target: Path, *, now: datetime) -> PreviewPaper:
    settings = here.settings
    found = running.simulate(
        here.engine,
        here.vault,
        settings.database.url,
        running.Plan(settings, here.rules, *days_to_simulate(now)),
        now=now,
    )
    names = {one.code: one.name for one in settings.counties}
    made = page.page(found, names, office=settings.office.name, other=None)
    return PreviewPaper(
        "三十天模拟", _SIMULATED, (placed(target, "simulation.html", made.encode()),)
    )


def placed(target: Path, name: str, content: bytes) -> tuple[str, str]:
    """Write a paper in one move; return its form and the way to it from the page."""
    unfinished = target / f".{name}.part"
    unfinished.write_bytes(content)
    unfinished.replace(target / name)
    return _link(name)


def _link(name: str) -> tuple[str, str]:
    return _FORMS[Path(name).suffix], f"{FOLDER}/{name}"


_FORMS = {".html": "网页", ".xlsx": "表格", ".pdf": "PDF", ".docx": "公文"}
