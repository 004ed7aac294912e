"""`plan`: the year's work plan – loaded, counted, kept as a ledger, reported."""

from typing import Final

import click

from patentwatch.cli.lazy import LazyGroup, Table

SUBCOMMANDS: Final[Table] = {
    "load": ("plan_load:load", "载入或修订计划文件；旧文本保留"),
    "list": ("plan_load:list_", "已载入的计划及其各个文本"),
    "status": ("plan_status:status", "每条承诺的目标、实际、完成率和灯色"),
    "ledger": ("plan_ledger:ledger", "工作台账：每条承诺一行（XLSX）"),
    "sign": ("plan_ledger:sign", "签收一条承诺"),
    "return": ("plan_ledger:return_", "退办一条承诺，写明理由"),
    "extend": ("plan_ledger:extend", "到期之前申请延期"),
    "note": ("plan_ledger:note", "登记一条进展"),
    "attach": ("plan_ledger:attach", "登记一项承诺的证据文件"),
    "slip": ("plan_ledger:slip", "督办单：蓝、黄、红"),
    "bulletin": ("plan_bulletin:bulletin", "每月通报（HTML、DOCX）"),
}


class _Plan(LazyGroup):
    table = SUBCOMMANDS


@click.group(cls=_Plan, help="年度工作要点：载入、进度、台账、督办、通报")
def plan() -> None:
    """Take no option of its own."""
