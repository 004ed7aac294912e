"""The canary: an example that goes the whole way every day, so that silence is noticed.

For every county there is a patent that exists only here: never in the register, in no
count and in no digest. Each day it is decided by the real rulebook and ladder and
rendered by the real templates, and one message with all of them goes through the outbox
to the administrator. If yesterday's did not arrive, no reminder can be trusted to.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from patentwatch import clock, mime, render
from patentwatch.errors import PatentwatchError
from patentwatch.examples import patent, spoken
from patentwatch.ladder import Rung
from patentwatch.letters import Letter
from patentwatch.model import Audience, Channel, State
from patentwatch.render import Rendered
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store.inserting import insert_into
from patentwatch.store.memory import recall, remember
from patentwatch.store.messages import CANARY
from patentwatch.store.tables import messages, meta
from patentwatch.store.vault import Vault

KIND = CANARY
"""What its messages are called in the outbox."""

_FIRST_ON = "canary.first_on"
_PLANNED = "canary.planned."
_IN_HAND = timedelta(hours=1)
_WAITING = (State.PENDING.value, State.SENDING.value)
_ARRIVED = (State.ACCEPTED.value, State.DELIVERED.value)


class CanarySilentError(PatentwatchError):
    """Nothing was said about a patent about which something must be said."""

    code = "canary_silent"


@dataclass(frozen=True, slots=True)
class Missing:
    """Yesterday's canary did not arrive; `state` None: there was none."""

    on: date
    message: int | None = None
    state: str | None = None


def plan(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    *,
    now: datetime,
) -> bool:
    """Put today's canary into the outbox, once a day; return whether it was this time.

    Where nobody is named under `[alarm] emails` there is none.
    """
    if not settings.alarm.emails:
        return False
    on = clock.today(now)
    if not _is_first(connection, on):
        return False
    if recall(connection, _FIRST_ON) is None:
        remember(connection, _FIRST_ON, on.isoformat())
    connection.execute(
        insert(messages).values(
            kind=KIND,
            recipient=vault.recipient_id(Channel.EMAIL, settings.alarm.emails[0]),
            channel=Channel.EMAIL.value,
            transport=rules.transports[Channel.EMAIL],
            state=State.PENDING.value,
            severity=0,
            created_at=now,
            not_before_at=now,
            ref=reference(on),  # from the start: no alert ever joins it
        )
    )
    return True


def raw_of(
    row: Row[Any], settings: Settings, rules: Rules, *, now: datetime
) -> tuple[str, bytes]:
    """Return address and bytes of a canary in the outbox, decided as of `now`.

    Raises `PatentwatchError` for whatever would stop a real reminder, too.
    """
    if not settings.alarm.emails:
        raise CanarySilentError("[alarm] emails 已没有地址，自检消息无处可发")
    to = settings.alarm.emails[0]
    on = clock.today(now)
    shown = examples(settings, rules, to=to, now=now)
    text = _text(shown, on)
    raw = mime.build(
        sender=settings.smtp.sender or "patentwatch@localhost",
        sender_name=settings.office.name,
        to=to,
        to_name="",
        subject=f"【自检】patentwatch {on}：{len(shown)} 个县区各一条示例提醒",
        text=text,
        html=f"<pre>{html.escape(text)}</pre>",
        attachments=(),
        sent_at=now,
        identity=str(row.ref),
    )
    return to, raw


def examples(
    settings: Settings, rules: Rules, *, to: str, now: datetime
) -> list[tuple[str, Rendered]]:
    """Return by county what would be said today about its example.

    An office without counties has one for the city.
    """
    places: list[tuple[str, str | None]] = [
        (county.name, county.code) for county in settings.counties
    ]
    return [
        (name, _example(settings, rules, name, code, to=to, now=now))
        for name, code in places or [("全市", None)]
    ]


def missing(connection: Connection, *, now: datetime, opens: time) -> Missing | None:
    """Return yesterday's canary if it should have arrived and did not.

    One that was made after the send window had closed leaves when it `opens`.
    """
    on = clock.today(now)
    first = recall(connection, _FIRST_ON)
    yesterday = on - timedelta(days=1)
    if first is None or date.fromisoformat(first) > yesterday:
        return None
    query = select(messages.c.id, messages.c.state).where(
        messages.c.ref == reference(yesterday), messages.c.kind == KIND
    )
    row = connection.execute(query.order_by(messages.c.id.desc())).first()
    if row is None:
        return Missing(yesterday)
    too_early = now < clock.at(on, opens) + _IN_HAND
    if row.state in _ARRIVED or (too_early and row.state in _WAITING):
        return None
    return Missing(yesterday, row.id, row.state)


def reference(on: date) -> str:
    """Return by what the canary of a day is recognised."""
    return f"canary-{on:%Y%m%d}"


def _is_first(connection: Connection, on: date) -> bool:
    """Whether nobody planned this day yet; of two daemons one is the first."""
    key = f"{_PLANNED}{on}"
    statement = insert_into(connection, meta).values(key=key, value="")
    written = statement.on_conflict_do_nothing().returning(meta.c.key)
    if connection.execute(written).first() is None:
        return False
    connection.execute(
        delete(meta).where(
            meta.c.key.startswith(_PLANNED, autoescape=True), meta.c.key != key
        )
    )
    return True


def _example(
    settings: Settings,
    rules: Rules,
    name: str,
    county: str | None,
    *,
    to: str,
    now: datetime,
) -> Rendered:
    on = clock.today(now)
    rung = _rung(rules.rungs, on)
    owner = f"{name}自检示例单位"
    example = patent(
        on - timedelta(days=rung.starts[1]),
        owner=owner,
        title=f"自检示例（{name}）",
        county=county,
    )
    item = spoken(example, [], rules, channel=Channel.EMAIL, on=on)
    if item is None or item.tier is not rung.tier:
        raise CanarySilentError(
            f"自检：{name}的示例专利今天应有 {rung.tier} 提醒，却没有判出来；"
            "真正的提醒可能同样漏发，请执行 patentwatch doctor 并联系维护者"
        )
    letter = Letter(
        channel=Channel.EMAIL,
        audience=Audience.PATENTEE,
        party=owner,
        items=(item,),
        office=settings.office,
        on=on,
        message_id=reference(on),
    )
    sender = settings.smtp.sender or "patentwatch@localhost"
    return render.message(letter, sender=sender, to=to, sent_at=now)


def _rung(rungs: Sequence[Rung], on: date) -> Rung:
    """Return the tier of the day: those mailed before the due day take turns."""
    before_due = [
        rung
        for rung in rungs
        if Channel.EMAIL in rung.sure and rung.starts[0] == "D" and rung.starts[1] <= 0
    ]
    if not before_due:
        raise CanarySilentError(
            "自检：[alerts.ladder] 里到期前没有一级发邮件，示例提醒无从发出"
        )
    return before_due[on.toordinal() % len(before_due)]


def _text(shown: Sequence[tuple[str, Rendered]], on: date) -> str:
    head = (
        f"这是 patentwatch 每天给管理员的自检消息（{on}），"
        "不涉及任何真实专利，无须处理。\n"
        "它与真正的提醒走同一条路：判断、套用模板、进入发件箱、发出。\n"
        "哪天没有收到，请在服务器上执行 patentwatch audit。\n"
    )
    parts = [f"—— {name}：{one.subject}\n\n{one.text}" for name, one in shown]
    return "\n".join([head, *parts])
