"""Telling the administrator that patentwatch itself needs help, outside the outbox.

A repeated alarm is harmless and a missing one is not, so every way is tried and one
that works is enough; what nobody could be told is told at the next tick.
"""

import hashlib
import html
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from sqlalchemy import Connection, Engine

from patentwatch import circuits, clean, clock, mime, outside
from patentwatch.circuits import Circuit
from patentwatch.delivery import Envelope, Outcome, OutcomeKind, Transport
from patentwatch.model import Channel, Office, SmsText
from patentwatch.settings import Settings
from patentwatch.store import alarms as stored
from patentwatch.store import circuits as stored_circuits
from patentwatch.store import halts
from patentwatch.store.alarms import TELL_AGAIN_AFTER, Alarm
from patentwatch.store.engine import reading, transaction

log = logging.getLogger(__name__)

Way = Callable[[Alarm, datetime], bool]
"""Tells somebody of one alarm at an instant; False when nobody was reached."""

SendSms = Callable[[str, str], bool]
"""Sends a short text to a number at once; False when nobody took it."""

TRANSPORT_DOWN, HALTED = "transport_down", "halted"

_SMS_LENGTH = 66
_TEMPLATE_WORDS = 35  # how much fits into one variable


def watch(connection: Connection, *, now: datetime) -> None:
    """Raise and clear the alarms that cannot wait for the hourly audit.

    Reads a few rows; for every tick.
    """
    down = {
        circuit.transport: _down(circuit)
        for circuit in stored_circuits.known(connection)
        if circuits.must_be_told(circuit, now=now)
    }
    stored.stand(connection, TRANSPORT_DOWN, down, now=now)
    held = {halt.kind.value: halt.text for halt in halts.standing(connection)}
    stored.stand(connection, HALTED, held, now=now)


def tell_open(engine: Engine, ways: Sequence[Way], *, now: datetime) -> int:
    """Tell of every open alarm that nobody was told of within a day.

    Return how many were told. No transaction is open while the network is.
    """
    if not ways:
        return 0
    with reading(engine) as connection:
        waiting = stored.untold(connection, now=now)
    told = [alarm.id for alarm in waiting if tell(alarm, ways, now=now)]
    if told:
        with transaction(engine) as connection:
            stored.mark_told(connection, told, now=now)
    return len(told)


def tell(alarm: Alarm, ways: Sequence[Way], *, now: datetime) -> bool:
    """Tell of one alarm by every way; return whether one of them worked."""
    reached = [way(alarm, now) for way in ways]
    log.error(
        "alarm kind=%s subject=%s ways=%s reached=%s",
        alarm.kind,
        alarm.subject,
        len(reached),
        sum(reached),
    )
    return any(reached)


@dataclass(slots=True)
class Unwritten:
    """Alarms for when the database itself is the trouble: kept in this process only."""

    ways: Sequence[Way]
    _told_at: dict[str, datetime] = field(default_factory=dict)

    def tell(self, kind: str, detail: str, *, now: datetime) -> None:
        """Tell at once, and again after a day; `over` ends it."""
        last = self._told_at.get(kind)
        if last is not None and now - last < TELL_AGAIN_AFTER:
            return
        if tell(Alarm(kind, "", detail, raised_at=now), self.ways, now=now):
            self._told_at[kind] = now

    def over(self, kind: str) -> None:
        """Forget an alarm whose cause is over."""
        self._told_at.pop(kind, None)


def ways(
    settings: Settings,
    *,
    mail: Transport | None = None,
    sms: SendSms | None = None,
    stop: Event | None = None,
) -> list[Way]:
    """Return by which ways this installation can tell somebody.

    `mail` is a relay that reaches people, None where mail goes into files that nobody
    watches; `sms` likewise. `stop` cuts the waits between attempts short.
    """
    wanted, office = settings.alarm, settings.office
    found: list[Way] = []
    if wanted.url:
        found.append(
            lambda alarm, _: outside.post(
                wanted.url, document(alarm, office), stop=stop
            )
        )
    if mail is not None:
        sender = settings.smtp.sender
        found += [_by_mail(mail, to, sender, office) for to in wanted.emails]
    if sms is not None:
        found += [_by_sms(sms, to) for to in wanted.phones]
    return found


def document(alarm: Alarm, office: Office) -> dict[str, str]:
    """Return what is posted of an alarm."""
    return {
        "kind": alarm.kind,
        "subject": alarm.subject,
        "detail": alarm.detail,
        "raised_at": alarm.raised_at.isoformat(),
        "office": office.name,
    }


def _down(circuit: Circuit) -> str:
    since_at = circuit.down_since_at
    assert since_at is not None  # noqa: S101 - else nobody must be told of it
    return (
        f"发送通道 {circuit.transport} 自 {shown(since_at)} 起不通"
        f"（{circuit.detail}）；消息都在等待，恢复后自动发出。请检查该通道"
    )


def shown(instant: datetime) -> str:
    """Return an instant as a person in Shanghai reads it."""
    return f"{instant.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


def _by_mail(transport: Transport, to: str, sender: str, office: Office) -> Way:
    def way(alarm: Alarm, now: datetime) -> bool:
        reference = _reference(alarm, now)
        text = (
            f"{alarm.detail}\n\n"
            f"告警：{alarm.kind} {alarm.subject}\n"
            f"发生：{shown(alarm.raised_at)}\n"
            "详情请在服务器上执行 patentwatch audit 和 patentwatch doctor。"
            "未解除前每天提醒一次。\n"
        )
        raw = mime.build(
            sender=sender,
            sender_name=office.name,
            to=to,
            to_name="",
            subject=f"【告警】patentwatch：{alarm.kind} {alarm.subject}".strip(),
            text=text,
            html=f"<pre>{html.escape(text)}</pre>",
            attachments=(),
            sent_at=now,
            identity=reference,
        )
        found: list[Outcome] = []
        transport(
            [Envelope(reference, Channel.EMAIL, to, raw)],
            on_outcomes=lambda told: found.extend(told.values()),
        )
        return any(outcome.kind is OutcomeKind.ACCEPTED for outcome in found)

    return way


def _by_sms(send: SendSms, to: str) -> Way:
    return lambda alarm, _: send(to, f"patentwatch告警：{alarm.detail}"[:_SMS_LENGTH])


def envelope(settings: Settings, to: str, text: str, *, now: datetime) -> Envelope:
    """Return an alarm as a short message, in signs that every gateway takes."""
    code = settings.sms.templates.get(SmsText.ALARM, "")
    text = clean.variable(text)
    return Envelope(
        f"alarm-{now:%Y%m%d%H%M%S%f}",
        Channel.SMS,
        to,
        f"【{settings.office.name}】{text}".encode(),
        template=code,
        variables=(("text", text[:_TEMPLATE_WORDS]),) if code else (),
    )


def _reference(alarm: Alarm, now: datetime) -> str:
    """Return a name of its own for each telling, so that no mailbox folds them."""
    word = f"{alarm.kind}|{alarm.subject}|{alarm.raised_at}|{now}"
    return f"alarm-{hashlib.sha256(word.encode()).hexdigest()[:24]}"
