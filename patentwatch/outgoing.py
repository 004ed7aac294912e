"""How messages leave this installation: over which gateways, in whose name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

from sqlalchemy import Connection, Row

from patentwatch import (
    alarms,
    canary,
    clock,
    config,
    confirming,
    digestmaking,
    linkedlettermaking,
    linkedmaking,
    render,
    restoring,
)
from patentwatch.delivery import (
    Envelope,
    Gateway,
    Outcome,
    OutcomeKind,
    Relay,
    into_folder,
    over_relay,
)
from patentwatch.delivery.sms import GATEWAYS, SmsLine
from patentwatch.errors import PatentwatchError
from patentwatch.installation import Installation
from patentwatch.letters import Letter
from patentwatch.model import Audience, Channel
from patentwatch.post import Finished, Post
from patentwatch.register import masking
from patentwatch.settings import Settings
from patentwatch.signedlinks import links_of
from patentwatch.store import digests


def gateways(
    settings: Settings, *, tell_time: Callable[[], datetime], stop: Event
) -> dict[Channel, Gateway]:
    """Return how each channel leaves; folders carry the day it is now."""
    folder = into_folder(settings.outbox, on=clock.today(tell_time()))
    files = Gateway("file", folder)
    mail = files
    if settings.real_email:
        mail = Gateway("smtp", over_relay(_relay(settings)))
    sms = files
    if settings.real_sms:
        line = _sms_line(settings, tell_time=tell_time, stop=stop)
        sms = GATEWAYS[settings.sms.provider](line)
    return {Channel.EMAIL: mail, Channel.SMS: sms}


def askable(settings: Settings, *, now: datetime) -> frozenset[str]:
    """Return the transports whose providers can be asked what became of a message."""
    found = gateways(settings, tell_time=lambda: now, stop=Event())
    return frozenset(one.name for one in found.values() if one.ask is not None)


def post(
    here: Installation, *, tell_time: Callable[[], datetime], stop: Event | None = None
) -> Post:
    """Return what sending needs; `tell_time` is asked before every step.

    Whoever sends has counted a beat of the journal before (`restoring.beat`).
    """
    settings = here.settings
    stop = stop or Event()
    return Post(
        rules=here.rules,
        office=settings.office,
        sender=sender(settings),
        gateways=gateways(settings, tell_time=tell_time, stop=stop),
        window=settings.alerts.send_window,
        daily_cap=settings.alerts.daily_cap_per_recipient,
        clock=tell_time,
        stop=stop,
        templates=settings.sms.templates,
        grace=timedelta(seconds=settings.sms.grace_seconds),
        number_cap=settings.sms.per_number_daily,
        links=links_of(settings.console),
        papers={
            canary.KIND: partial(_canary, here),
            digests.MESSAGE_KIND: partial(_digest, here),
            confirming.KIND: partial(_opted_out, here),
        },
        write_down=partial(restoring.write_down, journal=here.journal),
    )


def _canary(
    here: Installation, _: Connection, row: Row[Any], *, now: datetime
) -> Finished:
    return Finished(*canary.raw_of(row, here.settings, here.rules, now=now))


def _digest(
    here: Installation, connection: Connection, row: Row[Any], *, now: datetime
) -> Finished:
    """Return what a bank or an official gets: all is kept in one table."""
    for mail_of in (
        linkedmaking.mail_of,
        linkedlettermaking.mail_of,
        digestmaking.mail_of,
    ):
        found = mail_of(
            connection,
            here.vault,
            row.id,
            office=here.settings.office,
            sender=sender(here.settings),
            sent_at=now,
        )
        if found is not None:
            return Finished(*found)
    raise PatentwatchError(f"消息 {row.id} 没有内容，不能发送", code="digest_missing")


def _opted_out(
    here: Installation, connection: Connection, row: Row[Any], *, now: datetime
) -> Finished:
    return confirming.paper(connection, here.vault, row, here.settings, now=now)


def sender(settings: Settings) -> str:
    """Return the mailbox in whose name mail leaves."""
    return settings.smtp.sender or "patentwatch@localhost"


def alarm_ways(
    here: Installation, *, now: datetime, stop: Event | None = None
) -> list[alarms.Way]:
    """Return by which ways the administrator is told: those that reach people."""
    settings = here.settings
    stop = stop or Event()
    ways = gateways(settings, tell_time=lambda: now, stop=stop)
    mail = ways[Channel.EMAIL].send if settings.real_email else None
    sms = None
    if settings.sms.provider not in ("file", "sheet"):
        sms = partial(_alarm_by_sms, settings, ways[Channel.SMS], now)
    return alarms.ways(settings, mail=mail, sms=sms, stop=stop)


def _alarm_by_sms(
    settings: Settings, gateway: Gateway, now: datetime, to: str, text: str
) -> bool:
    """Send an alarm over the gateway; it has no row in the outbox, only its own."""
    envelope = alarms.envelope(settings, to, text, now=now)
    if gateway.fault(envelope) is not None:
        return False
    found: list[Outcome] = []
    gateway.send([envelope], on_outcomes=lambda told: found.extend(told.values()))
    return any(outcome.kind is OutcomeKind.ACCEPTED for outcome in found)


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What became of a test message; `shown` is the masked address."""

    shown: str
    word: str
    text: str
    accepted: bool


def send_test(
    here: Installation, address: str, *, now: datetime, dry_run: bool = False
) -> TestOutcome:
    """Send one message that names no patent; observing does not stop it."""
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    reference = (
        f"test-{now:%Y%m%d%H%M%S}-{here.vault.recipient_id(channel, address)[:12]}"
    )
    letter = Letter(
        channel=channel,
        audience=Audience.PATENTEE,
        party="",
        items=(),
        office=here.settings.office,
        on=clock.today(now),
        message_id=reference,
        test=True,
    )
    sending = post(here, tell_time=lambda: now)
    rendered = render.message(letter, sender=sending.sender, to=address, sent_at=now)
    shown = masking.address(address)
    if dry_run:
        return TestOutcome(shown, "dry_run", rendered.text, accepted=True)
    found: list[Outcome] = []
    sending.gateways[channel].send(
        [Envelope(reference, channel, address, rendered.raw)],
        on_outcomes=lambda told: found.extend(told.values()),
    )
    outcome = found[0]
    accepted = outcome.kind is OutcomeKind.ACCEPTED
    text = "已发出" if accepted else f"没有发出：{outcome.code} {outcome.text}".strip()
    return TestOutcome(shown, outcome.kind.value, text, accepted=accepted)


def _relay(settings: Settings) -> Relay:
    smtp = settings.smtp
    return Relay(
        host=smtp.host,
        port=smtp.port,
        sender=smtp.sender,
        security=smtp.security,
        username=smtp.username,
        password=config.secret(smtp.password_file) if smtp.password_file else "",
        connections=smtp.connections,
        timeout=smtp.timeout,
    )


def _sms_line(
    settings: Settings, *, tell_time: Callable[[], datetime], stop: Event
) -> SmsLine:
    sms = settings.sms
    return SmsLine(
        tell_time=tell_time,
        endpoint=sms.endpoint,
        region=sms.region,
        app_id=sms.app_id,
        company=sms.company,
        serial=sms.serial,
        access_key_id=sms.access_key_id,
        secret=config.secret(sms.secret_file) if sms.secret_file else "",
        sign_name=sms.sign_name,
        sheets=sms.sheets,
        stop=stop,
    )
