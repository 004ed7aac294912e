"""The command line: finds the command, runs it, turns its end into an exit status.

A command returns its exit status or None. Nothing is imported before it is needed:
`--help` reads the short texts below and no module.
"""

import errno
import os
import sys
import traceback
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from patentwatch import __version__
from patentwatch.cli.lazy import LazyGroup
from patentwatch.errors import PatentwatchError

INTERRUPTED = 130

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("demo:demo", "用一座示例城市走完整条流程，并指出结果在哪里"),
    "init": ("init:init", "写出带说明的 patentwatch.toml，建立数据库和密钥"),
    "run": ("run:run", "守护进程：导入、判断、发送；--once 只走一遍"),
    "import": ("imports:import_", "导入有效专利清单（CSV、TSV、XLSX）"),
    "contacts": ("contacts:contacts", "专利权人、代理机构、负责人的联系方式与同意情况"),
    "payments": ("payments:payments", "已缴费用：票据或缴费查询结果"),
    "annuity": ("annuity:annuity", "算出一笔年费：期限、滞纳金、恢复期限"),
    "number": ("number:number", "校验并规范申请号、专利号、公告号"),
    "status": ("status:status", "法律状态：导入、查询、判读、核对、统计"),
    "backfill": ("backfill:backfill", "重建历史：先看计划，再只执行看过的计划"),
    "explain": ("explain:explain", "一件专利的每个日期和金额，附规则与法律依据"),
    "why": ("why:why", "一件专利为何发过、为何没有发过提醒"),
    "simulate": ("simulate:simulate", "以后的日子会发多少消息、要多少钱；什么也不发"),
    "alerts": ("alerts:alerts", "将要说什么、说过什么；测试、放行"),
    "deliver": ("deliver:deliver", "领取并发送待发消息"),
    "digest": ("digest:digest", "县区或全市的年费周报、月报"),
    "checksheet": ("checksheet:checksheet", "每月核查表：导出待查专利号，导入查得结果"),
    "calls": ("calls:calls", "电话任务：该给谁打、导出任务表、登记通话结果"),
    "ack": ("ack:ack", "登记权利人的答复：已缴、委托代理、放弃、不是我"),
    "answers": ("answers:answers", "权利人的答复：导入答复表、列出、生成答复链接"),
    "fact": ("fact:fact", "登记一件查到的事实：未缴、终止、终止通知书"),
    "hold": ("hold:hold", "暂不提醒某一年费，直到查明"),
    "silence": ("silence:silence", "对某专利、某单位或某县区静默一段时间"),
    "audit": ("audit:audit", "每一条该发的提醒都有结局吗；有问题就告警"),
    "plan": ("plan:plan", "年度工作要点：载入、进度、台账、督办、通报"),
    "statement": ("statement:statement", "专利权人的年费一览表、网上缴费清单"),
    "record": ("record:record", "工作记录：种类、模板、导入、列出、关联、导出"),
    "doctor": ("doctor:doctor", "这套安装是否健全"),
    "db": ("db:db", "数据库：升级、检查、备份、恢复"),
}
"""Name → where it lives below this package, and its line in `--help`."""


class Commands(LazyGroup):
    """A group that imports a command when it is called, and ends without traceback."""

    table = COMMANDS

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command and leave with its exit status; no traceback, ever."""
        extra["standalone_mode"] = False
        _survive_old_terminals()
        try:
            status = super().main(*args, **extra)
            sys.stdout.flush()
        except Exception as error:  # noqa: BLE001 - the last place; see `_told`
            status = _told(error)
        sys.exit(status if isinstance(status, int) else 0)


@click.group(
    cls=Commands,
    help="提醒专利权人按时缴纳年费：判断该对谁说什么，说出去，并记得为什么。",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="配置文件；默认依次找 $PATENTWATCH_CONFIG、./patentwatch.toml、"
    "/etc/patentwatch/patentwatch.toml",
)
@click.version_option(__version__, prog_name="patentwatch")
def main(config: Path | None) -> None:
    """Take the global options; `options.open_app` reads `config` from the context."""


def _survive_old_terminals() -> None:
    """Print what a GBK terminal cannot show as `?` instead of failing on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _told(error: Exception) -> int:
    """Say on stderr what happened and return the exit status."""
    match error:
        case PatentwatchError():
            click.echo(f"patentwatch: {error}", err=True)
            return error.exit_status
        case click.Abort():
            click.echo("已中断", err=True)
            return INTERRUPTED
        case click.UsageError():
            from patentwatch.cli import usage

            click.echo(usage.told(error), err=True)
            return error.exit_code
        case click.ClickException():
            error.show()
            return error.exit_code
        case OSError(errno=errno.EPIPE):
            # The reader has gone; what is still buffered must not fail at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
    click.echo(_unexpected(error), err=True)
    return 1


def _unexpected(error: Exception) -> str:
    """Return one line with a reference; the same fault has the same reference.

    The error's own words may hold somebody's address, so they go into no output, only
    into the file that PATENTWATCH_DEBUG names.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = "|".join(f"{Path(f.filename).name}:{f.name}:{f.lineno}" for f in frames)
    reference = sha256(f"{type(error).__name__}|{place}".encode()).hexdigest()[:8]
    line = f"patentwatch: 程序出错（编号 {reference}，{type(error).__name__}）。"
    if name := os.environ.get("PATENTWATCH_DEBUG"):
        log = Path("patentwatch-debug.log" if name == "1" else name)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(f"{reference}\n{''.join(traceback.format_exception(error))}\n")
        return f"{line}详情已写入 {log}"
    return f"{line}设环境变量 PATENTWATCH_DEBUG=文件名 再试一次，可记下详情"
