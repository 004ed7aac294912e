"""`annuity`: what is owed for one annuity, or for a file of questions."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

import click

from patentwatch import clock
from patentwatch.cli.options import (
    Day,
    emit_json,
    json_option,
    settings_of,
    when_option,
)
from patentwatch.errors import LawError, UsageError
from patentwatch.law.answers import Answer, answer
from patentwatch.law.questions import QuestionError
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import PatentType
from patentwatch.rulefiles import load

_BOM = b"\xef\xbb\xbf"
_STATES = {
    "not_due": "未到期",
    "grace": "已过期限，在六个月补缴期内",
    "paid": "已缴清",
    "expired": "已缴清，专利权期满终止",
    "lapsed_pending_notice": "补缴期已过，尚不知终止通知书的日期",
    "lapsed_restorable": "补缴期已过，可请求恢复权利",
    "lapsed_final": "补缴期和恢复期限都已过",
    "termination_suspended": "补缴期已过，终止程序中止（保全或中止）",
}


class PaymentType(click.ParamType[tuple[date, int]]):
    """A day and whole yuan, `2026-03-02:1200`."""

    name = "DATE:YUAN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[date, int]:
        """Return `value` as day and yuan."""
        if isinstance(value, tuple):
            return value
        day, _, yuan = value.partition(":")
        if not (yuan.isascii() and yuan.isdigit()):
            self.fail(f"“{value}” 应写作 日期:元，如 2026-03-02:1200", param, ctx)
        paid_on: date = Day().convert(day, param, ctx)
        return paid_on, int(yuan)


@click.command(
    help="算出一笔年费：缴费期限、六个月补缴期内的滞纳金、应缴金额、恢复期限。\n\n"
    "--batch 逐行回答 JSON Lines（- 为标准输入），顺序不变；"
    "答不出的行给出 error，其余照答，退出码为 1。"
)
@click.option("--filing-date", type=Day(), help="申请日；分案用母案的申请日")
@click.option("--grant-date", type=Day(), help="授权公告日")
@click.option(
    "--type",
    "patent_type",
    type=click.Choice([kind.value for kind in PatentType]),
    default=PatentType.INVENTION.value,
    show_default=True,
    help="发明、实用新型、外观设计",
)
@click.option("--fee-year", type=int, help="第几年度的年费；默认下一笔未缴的")
@click.option(
    "--reduction",
    type=click.Choice(["0", "70", "85"]),
    default="0",
    help="已批准的减缴比例（减去的百分比）",
)
@click.option("--open-licence", is_flag=True, help="开放许可实施期间（合同已备案）")
@click.option("--paid", type=PaymentType(), multiple=True, help="已缴的一笔，可写多次")
@click.option("--notice", type=Day(), help="专利权终止通知书的发文日")
@click.option(
    "--delivery",
    type=click.Choice(["electronic", "paper"]),
    help="通知书的送达方式：电子或纸件；默认电子",
)
@click.option("--extended-due", type=Day(), help="公告延长后的缴费期限")
@click.option("--grant-year-paid", type=int, help="办理登记时所缴年费的年度")
@click.option("--suspended", is_flag=True, help="处于中止或保全程序")
@click.option("--batch", type=click.File("rb"), metavar="FILE", help="JSON Lines 文件")
@when_option
@json_option
@click.pass_context
def annuity(
    ctx: click.Context,
    /,
    *,
    now: datetime,
    as_json: bool,
    batch: BinaryIO | None,
    **given: Any,
) -> int:
    """Answer one question or a file of them."""
    rulebook = load(settings_of(ctx).law.tables_dir)
    on = clock.today(now)
    if batch is not None:
        if given["filing_date"] or given["grant_date"]:
            raise click.UsageError("--batch 的每一行自带日期，不与其他选项一起使用")
        out = sys.stdout.buffer
        return answer_lines(batch, out, on=on, rulebook=rulebook)
    try:
        found = answer(_line(given, on=on), on=on, rulebook=rulebook)
    except QuestionError as error:
        raise UsageError(str(error), code=error.code) from error
    if as_json:
        emit_json(found)
    else:
        for text in _summary(found, on=on):
            click.echo(text)
    return 0


def answers(
    lines: Iterable[bytes], *, on: date, rulebook: Rulebook
) -> Iterator[Answer]:
    """Give one answer or error for each line that is not blank, in the same order."""
    for line in lines:
        text = line.strip().removeprefix(_BOM)
        if not text:
            continue
        try:
            yield answer(json.loads(text.decode()), on=on, rulebook=rulebook)
        except LawError as error:
            yield _error(error.code, str(error))
        except (ValueError, RecursionError):
            yield _error("not_json", "这一行不是 UTF-8 的 JSON，请核对")


def answer_lines(
    lines: Iterable[bytes], out: BinaryIO, *, on: date, rulebook: Rulebook
) -> int:
    """Write one line of JSON for each line; return 1 if any holds an error, else 0."""
    encoder = json.JSONEncoder(
        ensure_ascii=False, check_circular=False, separators=(",", ":")
    )
    status = 0
    for found in answers(lines, on=on, rulebook=rulebook):
        # A lone surrogate in a line's own key becomes its JSON escape.
        out.write(f"{encoder.encode(found)}\n".encode(errors="backslashreplace"))
        if "error" in found:
            status = 1
    out.flush()
    return status


def _error(code: str, message: str) -> Answer:
    return {"error": {"code": code, "message": message}}


def _line(given: dict[str, Any], *, on: date) -> dict[str, object]:
    """Return the options as the question a batch line would ask."""
    for option in ("filing_date", "grant_date"):
        if given[option] is None and not _known_otherwise(option, given):
            name = option.replace("_", "-")
            raise click.UsageError(f"缺少 --{name}；或用 --batch FILE 逐行回答")
    if given["delivery"] and not given["notice"]:
        raise click.UsageError("--delivery 须与 --notice 一起使用")
    line: dict[str, object] = {
        key: day.isoformat() if isinstance(day := given[key], date) else day
        for key in ("filing_date", "grant_date", "extended_due")
    }
    line |= {key: given[key] for key in ("fee_year", "grant_year_paid", "suspended")}
    line["patent_type"] = given["patent_type"]
    line["reduction"] = int(given["reduction"])
    line["open_licence"] = given["open_licence"]
    line["as_of"] = on.isoformat()
    line["payments"] = [
        {"date": day.isoformat(), "amount": yuan} for day, yuan in given["paid"]
    ]
    if given["notice"]:
        dispatched = given["notice"].isoformat()
        line["notice"] = {"dispatched": dispatched, "delivery": given["delivery"]}
    return line


def _known_otherwise(option: str, given: dict[str, Any]) -> bool:
    return option == "grant_date" and given["grant_year_paid"] is not None


def _summary(found: Answer, *, on: date) -> Iterator[str]:
    """Give the answer as a clerk reads it."""
    yield f"第{found['fee_year']}年年费（{on} 查询）：{_STATES[str(found['state'])]}"
    yield from _dates(found)
    yield from _amounts(found)
    yield "补缴期（滞纳金按全额年费计）"
    windows = found["windows"]
    assert isinstance(windows, list)  # noqa: S101 - our own answer
    for window in windows:
        yield f"  {window['start']} 至 {window['end']}  {window['percent']}%"
    if "makeup_weekend_is_working_day" in str(found.get("alternative_readings")):
        yield "注意：期限邻近调休上班的周末，请尽早办理，勿等最后一日"
    if found["calendar_provisional"]:
        yield "注意：有日期晚于已公布的放假安排，公布后可能顺延"
    yield "以国家知识产权局的记录为准。"


_DATE_LABELS = {
    "due_nominal": "缴费期限届满日",
    "due_rolled": "最迟缴费日（遇休息日顺延）",
    "grace_end": "补缴最后一日",
    "expiry_date": "期满终止日",
    "paid_on": "缴清日",
    "terminated_from": "专利权自此日起终止",
    "earliest_notice": "最早可能发出终止通知书之日",
    "notice_received": "通知书收到日（推定）",
    "restoration_deadline": "请求恢复的最后一日",
    "estimated_restoration_deadline": "请求恢复的期限（估计，请尽快办理）",
}
_AMOUNT_LABELS = {
    "full_fee": "全额年费",
    "payable_fee": "应缴年费（减缴后）",
    "surcharge": "滞纳金",
    "restoration_fee": "恢复权利请求费",
    "already_paid": "已缴",
    "amount_due": "当日应缴合计",
}


def _dates(found: Answer) -> Iterator[str]:
    for key, label in _DATE_LABELS.items():
        if key in found:
            yield f"  {label}：{found[key]}"


def _amounts(found: Answer) -> Iterator[str]:
    for key, label in _AMOUNT_LABELS.items():
        if key in found:
            yield f"  {label}：{found[key]} 元"
