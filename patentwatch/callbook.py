"""The call sheet as a workbook: a row a number, and a few columns to fill in."""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from patentwatch.calls import RESULT_WORDS, TASK_WORDS
from patentwatch.callsheet import Line, Telephone
from patentwatch.model import Audience
from patentwatch.why import CHANNEL_WORDS, STATE_WORDS, TIER_WORDS

COLUMNS = (
    ("任务", 18),
    ("县区", 12),
    ("专利号", 18),
    ("发明名称", 30),
    ("专利权人", 26),
    ("联系人", 16),
    ("电话", 16),
    ("代理机构及电话", 26),
    ("年度", 6),
    ("最后期限", 12),
    ("应缴金额", 16),
    ("已发送", 34),
    ("关联事项", 18),
    ("结果", 10),
    ("通话日期", 12),
    ("通话人", 10),
    ("缴费日期", 12),
    ("缴费金额", 10),
    ("票据号", 14),
    ("备注", 24),
)
_FIRST_FILLED = 13

_AUDIENCES = {Audience.AGENT: "（代理机构）", Audience.LINKED: "（关联方）"}


def write(found: Sequence[Line], out: Path, *, on: date, masked: bool) -> None:
    """Write the workbook for the eyes of its owner alone; cells are text.

    `masked`: the lines hold no full number, and the sheet says so.
    """
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("电话任务")
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        style = {"num_format": "@", "border": 1, "text_wrap": True, "valign": "top"}
        text = book.add_format(style)
        ask = book.add_format(style | {"bg_color": "#FFF9E5"})
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        last = 1
        for last, cells in enumerate(_rows(found), start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(last, column, cell, text)
            for column in range(_FIRST_FILLED, len(COLUMNS)):
                sheet.write_string(last, column, "", ask)
        choices = {"validate": "list", "source": [*RESULT_WORDS.values()]}
        sheet.data_validation(1, _FIRST_FILLED, last, _FIRST_FILLED, choices)
        sheet.freeze_panes(1, 3)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        guide = book.add_worksheet("填写说明")
        guide.set_column(0, 0, 100)
        made = _MASKED if masked else _MADE
        for row, sentence in enumerate((made.format(day=on.isoformat()), *_GUIDE)):
            guide.write_string(row, 0, sentence)
    out.touch(mode=0o600)
    out.chmod(0o600)
    out.write_bytes(content.getvalue())


_MADE = "本表生成于 {day}，含完整电话号码，仅供负责人使用；用后请妥善保管，不得转发。"
_MASKED = "本表生成于 {day}，电话号码已遮盖。"
_GUIDE = (
    "核实：先到国家知识产权局系统查询是否已缴。电话：通知专利权人。",
    "联系方式：没有可用的号码，请找到能联系上的人，用 contacts add 登记。",
    "同一任务有几个号码的，每个号码一行；请填实际拨打的那一行，其余留空。",
    "只填黄色各列：结果（下拉选择）、通话日期（如 2026-11-22）、通话人、备注。",
    "已通知：本任务完成，到下一阶段仍未缴的会再次列出。",
    "空号：该号码不再使用。拒接（含无人接听）：任务保留，不同日两次后由市局跟进。",
    "已缴费：暂停提醒，最后一月起仍须核实；对方报出票据的，另填缴费日期、金额、票据号。",
    "放弃：须换一天再次确认。",
    "导入：patentwatch calls import 本文件；或放入收件夹。",
)


def _rows(found: Sequence[Line]) -> Iterator[tuple[str, ...]]:
    for line in found:
        for telephone in line.ringing or (None,):
            yield _cells(line, telephone)


def _cells(line: Line, telephone: Telephone | None) -> tuple[str, ...]:
    return (
        "：".join(filter(None, (TASK_WORDS[line.task], line.question))),
        line.county_name,
        line.application_no,
        line.title,
        "；".join(line.patentees),
        _who(telephone),
        telephone.number if telephone else "",
        _agency(line),
        str(line.fee_year),
        act_by(line),
        amount(line),
        "\n".join(history(line)),
        "；".join(line.linked),
    )


def act_by(line: Line) -> str:
    """Return the last day in words of a table."""
    return line.act_by_on.isoformat() if line.act_by_on else "以终止通知书为准"


def amount(line: Line) -> str:
    """Return what is owed, in yuan; a restoration has its own fee."""
    fee = line.restoration_fee_yuan
    return f"{line.amount_yuan}" + (f"，另恢复费{fee}" if fee else "")


def history(line: Line) -> Iterator[str]:
    """Yield what was sent and what came of calls: what, when, how it ended."""
    for sent in line.sent:
        yield " ".join(
            (
                sent.on.isoformat(),
                TIER_WORDS[sent.tier.value],
                CHANNEL_WORDS[sent.channel] + _AUDIENCES.get(sent.audience, ""),
                STATE_WORDS[sent.state],
            )
        )
    for call in line.results:
        word = RESULT_WORDS[call.result]
        yield f"{call.called_on.isoformat()} 电话 {word} {call.note}".rstrip()


def _who(telephone: Telephone | None) -> str:
    if telephone is None:
        return ""
    agency = f"代理机构 {telephone.party}" if telephone.role == "agent" else ""
    return " ".join(filter(None, (agency, telephone.person)))


def _agency(line: Line) -> str:
    numbers = "、".join(one.number for one in line.agency_telephones)
    return " ".join(filter(None, (line.agency, numbers)))
