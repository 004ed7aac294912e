"""`doctor`: is this installation sound? Looks at everything, changes nothing."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from patentwatch import assets, clock, rulefiles
from patentwatch.cli.options import emit_json, json_option, settings_of, when_option
from patentwatch.errors import PatentwatchError
from patentwatch.settings import DEFAULT_OFFICE, Settings, sqlite_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

T = TypeVar("T")

NOTICE_DUE_MONTH = 12
"""The notice on next year's holidays comes in November; without it by then: a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and what to know or do about it."""

    subject: str
    ok: bool
    text: str


@click.command(
    help="检查这套安装：配置、数据库、密钥、模板、节假日表；有问题时退出码为 1。"
)
@when_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, now: datetime, as_json: bool) -> int:
    """Print the settings, masked, and one line per finding."""
    settings = settings_of(ctx)
    findings = list(examine(settings, now=now))
    if as_json:
        listed = [asdict(finding) for finding in findings]
        emit_json({"settings": settings.masked(), "findings": listed})
    else:
        _print_settings(settings)
        for finding in findings:
            mark = "✓" if finding.ok else "✗"
            click.echo(f"{mark} {finding.subject}：{finding.text}")
    return 0 if all(finding.ok for finding in findings) else 1


def examine(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Yield what there is to say about each part; a part that fails is a finding."""
    parts: dict[str, Callable[[], Finding | None]] = {
        "配置": lambda: _source(settings),
        "单位": lambda: _office(settings),
        "SQLite": lambda: _sqlite(settings),
        "数据库": lambda: _database(settings),
        "密钥": lambda: _key(settings),
        "文件权限": lambda: _modes(settings),
        "收件夹": lambda: _inbox(settings),
        "模板": _templates,
        "短信内容": lambda: _sms_texts(settings, now=now),
        "节假日": lambda: _holidays(settings, now=now),
        "负责人": lambda: _officials(settings),
        "法律状态来源": lambda: _status_sources(settings, now=now),
        "发送": lambda: _mode(settings),
        "告警": lambda: _alarm(settings),
        "停发": lambda: _halts(settings),
    }
    for subject, look in parts.items():
        try:
            finding = look()
        except PatentwatchError as error:
            finding = Finding(subject, ok=False, text=str(error))
        if finding is not None:
            yield finding


def _source(settings: Settings) -> Finding:
    if settings.source is None:
        return Finding("配置", ok=True, text="没有配置文件，使用内置默认值")
    return Finding("配置", ok=True, text=str(settings.source))


def _office(settings: Settings) -> Finding:
    office = settings.office
    if office == DEFAULT_OFFICE or not office.phone:
        return Finding("单位", ok=False, text="请在 [office] 填写单位名称和咨询电话")
    return Finding("单位", ok=True, text=f"{office.name}，{office.phone}")


def _sqlite(settings: Settings) -> Finding | None:
    from patentwatch.store.engine import has_wal_reset_bug

    if sqlite_file(settings.database.url) is None:
        return None
    version = sqlite3.sqlite_version
    if has_wal_reset_bug(sqlite3.sqlite_version_info):
        text = f"{version}: WAL-reset bug, using DELETE journal（有缺陷，已避开）"
    else:
        text = f"{version}: WAL journal"
    return Finding("SQLite", ok=True, text=text)


def _database(settings: Settings) -> Finding:
    from patentwatch.store import migrate
    from patentwatch.store.engine import connect

    file = sqlite_file(settings.database.url)
    if file is not None and not file.exists():
        return Finding("数据库", ok=False, text="还没有建立，请执行 patentwatch init")
    engine = connect(settings.database.url)
    try:
        migrate.check(engine)
    finally:
        engine.dispose()
    return Finding("数据库", ok=True, text=f"版本 {migrate.head()}，与程序一致")


def _key(settings: Settings) -> Finding:
    from patentwatch.store.vault import unlock

    unlock(settings.database.key_file)
    return Finding("密钥", ok=True, text=str(settings.database.key_file))


def _modes(settings: Settings) -> Finding:
    named = (
        settings.database.key_file,
        settings.database.journal,
        sqlite_file(settings.database.url),
        settings.smtp.password_file,
        settings.sms.secret_file,
        settings.console.secret_file,
        settings.ops.secret_file,
    )
    files = [path for path in named if path is not None and path.exists()]
    if settings.outbox.is_dir():
        files.append(settings.outbox)
    loose = [path for path in files if path.stat().st_mode & stat.S_IRWXO]
    if loose:
        names = " ".join(str(path) for path in loose)
        text = f"其他用户也能访问，请执行 chmod o-rwx {names}"
        return Finding("文件权限", ok=False, text=text)
    return Finding("文件权限", ok=True, text=f"{len(files)} 处，其他用户不能访问")


def _inbox(settings: Settings) -> Finding:
    inbox = settings.register.inbox
    if not inbox.is_dir():
        return Finding("收件夹", ok=True, text=f"{inbox} 还没有，守护进程会建立")
    waiting = sum(1 for path in inbox.iterdir() if path.is_file())
    return Finding("收件夹", ok=True, text=f"{inbox}，等待导入 {waiting} 个文件")


def _templates() -> Finding:
    folder = assets.templates()
    messages = sorted(path.name for path in folder.iterdir() if path.is_dir())
    if not messages:
        return Finding("模板", ok=False, text=f"{folder} 是空的，请重新安装")
    empty = [name for name in messages if not _has_body(folder / name)]
    if empty:
        return Finding("模板", ok=False, text=f"缺少正文：{'、'.join(empty)}")
    return Finding("模板", ok=True, text=f"{len(messages)} 种消息，{folder}")


def _has_body(folder: Path) -> bool:
    return any(path.suffix in {".txt", ".html"} for path in folder.iterdir())


def _sms_texts(settings: Settings, *, now: datetime) -> Finding | None:
    """Tell which short message could not leave; None where none leaves for real."""
    from patentwatch import installation, smscontract
    from patentwatch.store.vault import unlock

    if not settings.real_sms:
        return None
    rules = installation.rules_of(settings, unlock(settings.database.key_file))
    unfit = smscontract.unfit(settings, rules, now=now)
    if owed := smscontract.owed(unfit):
        return Finding("短信内容", ok=False, text=smscontract.told(owed))
    text = "各种提醒都符合平台的要求"
    if unfit:
        text += f"；另有不影响提醒的：{smscontract.told(unfit)}"
    return Finding("短信内容", ok=True, text=text)


def _holidays(settings: Settings, *, now: datetime) -> Finding:
    known = rulefiles.load(settings.law.tables_dir).last_notice_on.year
    today = clock.today(now)
    wanted = today.year + (today.month >= NOTICE_DUE_MONTH)
    if known >= wanted:
        return Finding("节假日", ok=True, text=f"放假通知到 {known} 年")
    text = (
        f"放假通知只到 {known} 年，此后的期限是暂定的；请把 {wanted} 年的通知"
        "放进 [law] tables_dir"
    )
    return Finding("节假日", ok=False, text=text)


def _status_sources(settings: Settings, *, now: datetime) -> Finding | None:
    """Tell until when the data of legal status go; None without a database.

    They go as far as the freshest source; one that is asked by itself must be fresh.
    """
    from patentwatch.pulling import SOURCE
    from patentwatch.store import sources

    found = _read(settings, sources.states)
    if found is None:
        return None
    subject = "法律状态来源"
    watched = [one for one in found if one.name == SOURCE and settings.ops.secret_file]
    answered = [one.answered_at for one in watched or found if one.answered_at]
    if not found:
        return Finding(subject, ok=True, text="还没有导入或查询过法律状态")
    if not answered:
        return Finding(subject, ok=False, text="查询过，从未得到回答；提醒照常进行")
    text = f"数据截至 {clock.today(max(answered))}"
    if all(one.stale(now) for one in watched or found):
        text += "，已超过 7 天没有更新，提醒照常进行；请导入或查询法律状态"
        return Finding(subject, ok=False, text=text)
    return Finding(subject, ok=True, text=text)


def _officials(settings: Settings) -> Finding | None:
    """Tell to whom no digest can be sent; None without a database."""
    from patentwatch.store import migrate, officials
    from patentwatch.store.engine import connect, reading

    file = sqlite_file(settings.database.url)
    if file is not None and not file.exists():
        return None
    lawful = bool(settings.office.lawful_basis)
    engine = connect(settings.database.url)
    try:
        migrate.check(engine)
        with reading(engine) as connection:
            mute = officials.mute(connection, lawful=lawful)
            readers = officials.writable(connection, lawful=lawful)
    finally:
        engine.dispose()
    if mute:
        text = f"{'、'.join(mute)} 没有可用的邮箱，收不到周报和月报；请登记"
        return Finding("负责人", ok=False, text=text)
    covered = {one.county for one in readers}
    bare = [one.name for one in settings.counties if one.code not in covered]
    if not covered:
        text = "还没有登记负责人的邮箱，周报和月报不会发给任何人"
    elif bare:
        text = f"没有负责人邮箱的县区：{'、'.join(bare)}"
    else:
        text = f"{len(covered)} 个县区（含全市）有人接收周报和月报"
    return Finding("负责人", ok=True, text=text)


def _mode(settings: Settings) -> Finding:
    if settings.observing:
        text = '观察：只判断和记录，不发送；确认无误后设 [alerts] mode = "live"'
    elif settings.real_email or settings.real_sms:
        text = "正式发送"
    else:
        text = f"没有邮件服务器和短信通道，消息写成文件放在 {settings.outbox}"
    return Finding("发送", ok=True, text=text)


def _alarm(settings: Settings) -> Finding:
    """Tell whether anybody hears when something is wrong, and what is wrong now."""
    from patentwatch.store import alarms

    alarm = settings.alarm
    ways = [
        word
        for word, there in (
            ("网址", alarm.url),
            ("邮件", alarm.emails and settings.real_email),
            ("短信", alarm.phones and settings.real_sms),
        )
        if there
    ]
    standing = _read(settings, alarms.standing)
    if standing:
        told = "；".join(one.detail for one in standing)
        return Finding("告警", ok=False, text=f"{len(standing)} 个未解除：{told}")
    if ways:
        return Finding("告警", ok=True, text=f"经{'、'.join(ways)}告诉管理员")
    text = "出了问题不会告诉任何人，请设置 [alarm] emails、phones 或 url"
    if alarm.emails or alarm.phones:
        text = "邮件和短信只写成文件，[alarm] 收不到告警；请设置 [smtp] 或 [sms]"
    live = not settings.observing and (settings.real_email or settings.real_sms)
    return Finding("告警", ok=not live, text=text)


def _halts(settings: Settings) -> Finding | None:
    from patentwatch.store import halts

    standing = _read(settings, halts.standing)
    if not standing:
        return None
    text = "；".join(halt.text for halt in standing)
    return Finding("停发", ok=False, text=text)


def _read(settings: Settings, ask: Callable[["Connection"], T]) -> T | None:
    """Ask the database; None where there is none yet."""
    from patentwatch.store import migrate
    from patentwatch.store.engine import connect, reading

    file = sqlite_file(settings.database.url)
    if file is not None and not file.exists():
        return None
    engine = connect(settings.database.url)
    try:
        migrate.check(engine)
        with reading(engine) as connection:
            return ask(connection)
    finally:
        engine.dispose()


def _print_settings(settings: Settings) -> None:
    for section, values in settings.masked().items():
        if isinstance(values, dict):
            for name, value in values.items():
                click.echo(f"  {section}.{name} = {value}")
        else:
            click.echo(f"  {section} = {values}")
