"""What the audit asks, one question after another. A finding breaks a promise.

Each question is a function that reads a little and yields what it found, with the
numbers concerned and what to do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from patentwatch import alarms, canary, clock, oracle, restoring
from patentwatch.journal import Journal
from patentwatch.look import LAST_LOOK
from patentwatch.model import Channel, State
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import alarms as stored_alarms
from patentwatch.store import auditing, circuits, halts, officials
from patentwatch.store.auditing import Found
from patentwatch.store.memory import recall
from patentwatch.store.vault import Vault
from patentwatch.why import CHANNEL_WORDS, STATE_WORDS, TIER_WORDS

IN_HAND = timedelta(hours=1)
"""How long something may wait for the next step before somebody should ask why."""

CIRCUIT_OPEN = timedelta(minutes=15)
UNKNOWN = timedelta(hours=24)
NO_RECEIPT = timedelta(days=3)
NO_REPORT = timedelta(days=4)
"""A sheet goes up on a working day and its report is there on the next."""

BRAKED = timedelta(days=1)
FIRST_LOOK = timedelta(days=1)
"""How long after the first list the daemon may be started."""

UNTOLD = timedelta(minutes=15)
_RECEIPT_DAYS = 7
_REASONS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that breaks a promise. `check` is a stable word, `text` Chinese.

    `names` are the first of `count` numbers of patents or messages.
    """

    check: str
    text: str
    count: int = 1
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the questions are about.

    `askable` are the transports whose providers can be asked what became of a message;
    `unfit` names the short messages that none of them would take, "" for none.
    `accounted`: every alert is in a state that is known, so that it can be read.
    """

    vault: Vault
    settings: Settings
    rules: Rules
    journal: Journal | None
    askable: frozenset[str]
    unfit: str
    accounted: bool
    now: datetime

    @property
    def on(self) -> date:
        """Return the day of the audit."""
        return clock.today(self.now)


def _alerts(connection: Connection, asked: Asked) -> Iterator[Finding]:
    long_ago = asked.now - IN_HAND
    yield from _told(
        "alert_without_message",
        auditing.without_message(connection, before_at=long_ago),
        "{n} 条提醒等着发出，却不在任何消息里（专利 {names}）；"
        "请执行 patentwatch run --once，仍有则联系维护者",
    )
    yield from _told(
        "alert_out_of_step",
        auditing.out_of_step(connection),
        "{n} 条提醒与所在消息的状态矛盾（专利 {names}）；请保留数据库并联系维护者",
    )
    yield from _told(
        "said_without_message",
        auditing.said_without_message(connection),
        "{n} 条提醒记为已发，却查不到消息（专利 {names}）；请保留数据库并联系维护者",
    )


def _messages(connection: Connection, asked: Asked) -> Iterator[Finding]:
    long_ago = asked.now - IN_HAND
    down = [one.transport for one in circuits.known(connection) if one.open_until_at]
    if not halts.standing(connection):
        yield from _told(
            "message_overdue",
            auditing.overdue(connection, before_at=long_ago, down=down),
            "{n} 条消息过了发送时间一小时仍未发出（消息 {names}）；"
            "请确认守护进程在运行：systemctl status patentwatch",
        )
        yield from _told(
            "message_empty",
            auditing.empty(connection, before_at=long_ago),
            "{n} 条消息里没有任何提醒（消息 {names}）；请联系维护者",
        )
        yield from _told(
            "fate_not_asked",
            auditing.not_asked(
                connection,
                before_at=long_ago,
                askable=asked.askable.difference(down),
            ),
            "{n} 条结果不明的消息到时没有向平台查询（消息 {names}）；"
            "请确认守护进程在运行、短信平台可达",
        )
    unmade, reasons = auditing.unmade(connection)
    yield from _told(
        "message_unmade",
        unmade,
        "{n} 条消息没有写成或平台不收，没有发出，每小时再试（消息 {names}）：{why}；"
        "改正后自动发出",
        why="；".join(reasons[:_REASONS]),
    )
    yield from _told(
        "message_stuck",
        auditing.stuck(connection, now=asked.now),
        "{n} 条消息停在“发送中”超过两个租期（消息 {names}）；"
        "请重新启动守护进程，仍有则联系维护者",
    )
    yield from _told(
        "attempt_unwritten",
        auditing.unwritten(connection),
        "{n} 条消息发出过，却没有发送记录（消息 {names}）；请保留数据库并联系维护者",
    )
    yield from _told(
        "sheet_unreported",
        auditing.without_receipt(
            connection,
            before_at=asked.now - NO_REPORT,
            for_days=_RECEIPT_DAYS,
            transport="sheet",
        ),
        "{n} 条短信写入工作簿已 4 天，没有发送报告（消息 {names}）；"
        "请上传工作簿，并把平台的报告放回短信文件夹",
    )


def _looks(connection: Connection, asked: Asked) -> Iterator[Finding]:
    last = recall(connection, LAST_LOOK)
    yesterday = asked.on - timedelta(days=1)
    if last is None or date.fromisoformat(last) < yesterday:
        since_at = auditing.watched_since(connection)
        if last or (since_at and asked.now - since_at >= FIRST_LOOK):
            yield Finding(
                "no_look",
                f"自 {last or '建库'} 以来没有核对过登记；"
                "请确认守护进程在运行：systemctl status patentwatch",
            )
        return
    yield from _told(
        "patent_not_looked_at",
        auditing.not_looked_at(connection, on=date.fromisoformat(last)),
        "{n} 件专利到期未被核对或无法判断（{names}）；"
        "请执行 patentwatch explain 专利号 查看原因",
    )


def _second_opinion(connection: Connection, asked: Asked) -> Iterator[Finding]:
    if not asked.accounted:
        return
    found = oracle.opinion(connection, asked.vault, asked.rules, on=asked.on)
    names = [
        f"{one.application_no} 第{one.fee_year}年 {TIER_WORDS[one.tier]} "
        f"{CHANNEL_WORDS[Channel(one.channel)]}"
        f"（{STATE_WORDS[State(one.state)] if one.state else '无'}）"
        for one in found.unsaid
    ]
    yield from _told(
        "unsaid",
        Found(len(names), tuple(names[: auditing.NAMED])),
        "抽查中 {n} 条该说的没有人去说：{names}；"
        "请执行 patentwatch run --once，仍有则联系维护者",
    )
    yield from _told(
        "undecided",
        Found(len(found.undecided), found.undecided[: auditing.NAMED]),
        "抽查中 {n} 件专利无法判断（{names}）；"
        "请执行 patentwatch explain 专利号 查看原因",
    )


def _canary(connection: Connection, asked: Asked) -> Iterator[Finding]:
    if not asked.settings.alarm.emails:
        return
    opens, _ = asked.settings.alerts.send_window
    gone = canary.missing(connection, now=asked.now, opens=opens)
    if gone is None:
        return
    state = STATE_WORDS[State(gone.state)] if gone.state else ""
    why = f"停在“{state}”（消息 {gone.message}）" if state else "没有生成"
    yield Finding(
        "canary_missing",
        f"{gone.on} 的自检消息没有发出：{why}；"
        "真正的提醒可能同样没有发出，请查看守护进程和邮件通道",
    )


def _brakes(connection: Connection, asked: Asked) -> Iterator[Finding]:
    for halt in halts.standing(connection):
        yield Finding("halted", halt.text, names=(halt.kind.value,))
    for circuit in circuits.known(connection):
        since_at = circuit.down_since_at
        if circuit.open_until_at and since_at and asked.now - since_at >= CIRCUIT_OPEN:
            yield Finding(
                "transport_down",
                f"发送通道 {circuit.transport} 自 {alarms.shown(since_at)} 起不通"
                f"（{circuit.detail}）；请检查该通道",
                names=(circuit.transport,),
            )


def _untold(connection: Connection, asked: Asked) -> Iterator[Finding]:
    """Name alarms that nobody could be told of, where somebody is to be told at all."""
    alarm = asked.settings.alarm
    if not (alarm.emails or alarm.phones or alarm.url):
        return
    untold = [
        f"{one.kind} {one.subject}".strip()
        for one in stored_alarms.standing(connection)
        if one.told_at is None and asked.now - one.raised_at >= UNTOLD
    ]
    yield from _told(
        "alarm_untold",
        Found(len(untold), tuple(untold[: auditing.NAMED])),
        "{n} 个告警没能告诉任何人（{names}）；请检查 [alarm] 和邮件通道",
    )


def _database(connection: Connection, asked: Asked) -> Iterator[Finding]:
    del asked
    for text in auditing.damage(connection):
        yield Finding(
            "database_damaged",
            f"数据库文件已损坏（{text}）；请停止守护进程，"
            "从备份恢复：patentwatch db restore 备份文件",
        )


def _journal(connection: Connection, asked: Asked) -> Iterator[Finding]:
    if asked.journal is not None:
        for text in restoring.damage(connection, asked.journal):
            yield Finding(
                "journal_damaged", f"{text}；请保留这个文件和数据库，查明谁动过"
            )


def _late_answers(connection: Connection, asked: Asked) -> Iterator[Finding]:
    yield from _told(
        "unknown",
        auditing.unknown_since(connection, before_at=asked.now - UNKNOWN),
        "{n} 条短信超过 24 小时仍不知道平台是否收下（消息 {names}）；不会盲目重发",
    )
    yield from _told(
        "no_receipt",
        auditing.without_receipt(
            connection,
            before_at=asked.now - NO_RECEIPT,
            for_days=_RECEIPT_DAYS,
            transport=None,
        ),
        "{n} 条短信发出 3 天没有回执（消息 {names}）",
    )
    yield from _told(
        "braked",
        auditing.braked(connection, before_at=asked.now - BRAKED),
        "{n} 条消息被刹车拦了一天以上；确认数量无误后执行 patentwatch alerts release",
    )


def _not_configured(_: Connection, asked: Asked) -> Iterator[Finding]:
    alarm = asked.settings.alarm
    if not alarm.emails:
        yield Finding(
            "canary_off", "没有设置 [alarm] emails，每天的自检消息无处可发", 0
        )
    if not (alarm.emails or alarm.phones or alarm.url):
        yield Finding("alarm_off", "没有设置 [alarm]，出了问题不会告诉任何人", 0)
    if not alarm.heartbeat_url:
        yield Finding(
            "heartbeat_off", "没有设置 [alarm] heartbeat_url，停机时外部无从发现", 0
        )


def _told(check: str, found: Found, text: str, *, why: str = "") -> Iterator[Finding]:
    if found.total:
        names = "、".join(found.names)
        if found.total > len(found.names):
            names += " 等"
        yield Finding(
            check,
            text.format(n=found.total, names=names, why=why),
            found.total,
            found.names,
        )


_Check = Callable[[Connection, Asked], Iterator[Finding]]


def _sms_texts(_: Connection, asked: Asked) -> Iterator[Finding]:
    if asked.unfit:
        yield Finding(
            "sms_text_unfit", f"有短信到时发不出去，请尽早改正：{asked.unfit}"
        )


def _mute_officials(connection: Connection, asked: Asked) -> Iterator[Finding]:
    """Find officials who answer for a county and to whom nothing can be sent."""
    lawful = bool(asked.settings.office.lawful_basis)
    if mute := officials.mute(connection, lawful=lawful):
        yield Finding(
            "official_mute",
            f"负责人没有可用的邮箱，收不到周报和月报：{'、'.join(mute)}；请登记",
            len(mute),
        )


CHECKS: tuple[_Check, ...] = (
    _alerts,
    _messages,
    _looks,
    _second_opinion,
    _canary,
    _sms_texts,
    _brakes,
    _untold,
    _database,
    _journal,
    _mute_officials,
)
REMARKS: tuple[_Check, ...] = (_late_answers, _not_configured)
