"""How the end of a walk is told: a few tables in Chinese, or one JSON document."""

import dataclasses
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from patentwatch import clock
from patentwatch.demo import papers, people, plan, planpapers, yearfiles
from patentwatch.demo.files import CONFIG
from patentwatch.demo.gallery import INDEX
from patentwatch.demo.report import CountyRow, Report, TierRow
from patentwatch.demo.walk import Walk
from patentwatch.model import Channel
from patentwatch.preview import PreviewLights
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.texttables import TextTable
from patentwatch.why import REASON_WORDS, TIER_WORDS


def tables(
    settings: Settings, done: Walk, found: Report, lights: Sequence[PreviewLights]
) -> Iterator[TextTable]:
    """Yield what was read, found, said, not said, and how the plan's lights stood."""
    yield _table(
        "读入的文件",
        ("文件", "行数", "采用", "略过", "退回"),
        [*map(_counted, done.taken), *_records(done.records)],
    )
    names = {county.code: county.name for county in settings.counties}
    yield _table(
        "各县区：有效专利和提醒到的件数",
        ("县区", "有效专利", "将到期", "已逾期", "最后期限", "可恢复", "电话任务"),
        [*(_county(c, names.get(c.code or "", "待定")) for c in found.counties)],
    )
    yield _table(
        "已写出的提醒（件）",
        ("阶段", "邮件", "短信"),
        [(_tier(row), row.email, row.sms) for row in found.tiers],
    )
    yield _table(
        "没有提醒的，各有原因（件）",
        ("原因", "件数"),
        [(REASON_WORDS[reason], count) for reason, count in found.silent.items()],
    )

    if lights:
        yield _table(
            f"工作要点 {plan.NAME} 的灯（项）",
            ("截至", "绿", "黄", "红"),
            [(one.on, one.green, one.yellow, one.red) for one in lights],
        )


def where_to_look(
    settings: Settings, folder: Path, done: Walk, found: Report
) -> Iterator[str]:
    """Yield the closing lines: how many messages, which page, what to try next."""
    emails, texts = _messages(found)
    yield (
        f"同一收件人的多件专利合成一条：共 {emails} 封邮件、{texts} 条短信；"
        f"给负责人和质权人的周报、月报 {found.reports} 封。"
        f"本次写出 {done.delivered.accepted} 条。"
    )
    yield f"用浏览器打开：{folder / INDEX}"
    plan_too = "、台账、通报" if done.records else ""
    yield f"周报、任务表、一览表、模拟{plan_too}：{folder / papers.FOLDER}"
    if done.records:
        yield f"填好的工作记录（每种一个文件）：{folder / yearfiles.FOLDER}"
    yield f"消息原文：{settings.outbox}"
    yield "接着可以试："
    yield from (f"  {command}" for command in next_commands(folder, done, found))


def next_commands(folder: Path, done: Walk, found: Report) -> list[str]:
    """Return a few commands that show more, ready to be copied."""
    base = f"{_program()} --config {shlex.quote(str(folder / CONFIG))}"
    first_on, last_on = papers.days_to_simulate(done.now)
    out = shlex.quote(str(folder / "next.xlsx"))
    commands = (
        f"why {found.loudest}",
        f"explain {found.quietest or found.loudest}",
        f"digest --county {found.busiest}",
        f"calls list --county {found.busiest}",
        f"statement --party {people.UNIVERSITY.name}",
        "answers list",
        "status news",
        f"checksheet export --out {out}",
        f"simulate --from {first_on} --to {last_on}",
        "audit",
    )
    told = [f"{base} {command} --on {clock.today(done.now)}" for command in commands]
    if done.records:
        told += [f"{base} {command}" for command in _about_the_plan(folder)]
    return told


def _about_the_plan(folder: Path) -> Iterator[str]:
    _, half_year, _, last = planpapers.QUARTER_DAYS
    month = planpapers.BULLETIN_OF
    out = {
        name: shlex.quote(str(folder / name))
        for name in ("next-ledger.xlsx", "next-bulletin.docx")
    }
    yield f"plan status --on {half_year}"
    yield f"plan ledger --on {last} --out {out['next-ledger.xlsx']}"
    yield f"plan bulletin --month {month:%Y-%m} --out {out['next-bulletin.docx']}"
    yield "record list pledge_loan"


def document(
    settings: Settings,
    folder: Path,
    done: Walk,
    found: Report,
    lights: Sequence[PreviewLights],
) -> dict[str, Any]:
    """Return what `--json` tells."""
    emails, texts = _messages(found)
    words = ("file", "read", "accepted", "skipped", "rejected")
    return {
        "dir": folder,
        "config": settings.source,
        "index": folder / INDEX,
        "outbox": settings.outbox,
        "on": done.now,
        "files": [{word: getattr(t, word) for word in words} for t in done.taken],
        "records": [{word: getattr(t, word) for word in words} for t in done.records],
        "lights": [dataclasses.asdict(one) for one in lights],
        "counties": [dataclasses.asdict(county) for county in found.counties],
        "tiers": [dataclasses.asdict(tier) for tier in found.tiers],
        "silent": found.silent,
        "calls": found.calls,
        "emails": emails,
        "sms": texts,
        "reports": found.reports,
        "papers": folder / papers.FOLDER,
        "written_now": done.delivered.accepted,
        "next": next_commands(folder, done, found),
    }


def _counted(taken: Intake) -> tuple[object, ...]:
    return taken.file, taken.read, taken.accepted, taken.skipped, taken.rejected


def _records(taken: Sequence[Intake]) -> Iterator[tuple[object, ...]]:
    """Yield one line for all files of records: there are many."""
    if taken:
        counts = ([*_counted(one)[1:]] for one in taken)
        name = f"{yearfiles.FOLDER}（{len(taken)} 个文件）"
        yield (name, *map(sum, zip(*counts, strict=True)))


def _table(
    title: str, headers: tuple[str, ...], rows: Sequence[tuple[object, ...]]
) -> TextTable:
    return TextTable(title, headers, tuple(tuple(map(str, row)) for row in rows))


def _county(row: CountyRow, name: str) -> tuple[object, ...]:
    return name, row.patents, row.soon, row.late, row.last, row.ended, row.calls


def _tier(row: TierRow) -> str:
    return TIER_WORDS[row.tier] + ("，请核实" if row.soft else "")


def _messages(found: Report) -> tuple[int, int]:
    return found.messages.get(Channel.EMAIL, 0), found.messages.get(Channel.SMS, 0)


def _program() -> str:
    """Return what to type for this program where it is running now."""
    name = "patentwatch"
    return name if shutil.which(name) else shlex.quote(sys.argv[0])
