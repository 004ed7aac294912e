"""The straight line: what is done in which order, and in which transaction. No rules.

inbox files → register and facts      one transaction a file
facts → verdicts, alerts              one transaction a few hundred patents
alerts → messages                     one transaction a look
messages → people                     one transaction a claim, one an outcome
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Engine

from patentwatch import clock, config, dispatch, ladder, render, rulefiles
from patentwatch.cases import Rules
from patentwatch.config import Settings
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
from patentwatch.dispatch import Delivered
from patentwatch.inbox import take_inbox
from patentwatch.letters import Letter
from patentwatch.look import Looked, look
from patentwatch.model import Audience, Channel
from patentwatch.post import Post
from patentwatch.pulling import Pulled, pull
from patentwatch.register import masking
from patentwatch.register.result import Intake
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation as the line needs it: settings, database, keys and rules."""

    settings: Settings
    engine: Engine
    vault: Vault
    rules: Rules


@dataclass(frozen=True, slots=True)
class Tick:
    """What one run of the line did."""

    taken: list[Intake] = field(default_factory=list)
    looked: Looked = field(default_factory=Looked)
    delivered: Delivered = field(default_factory=Delivered)

    @property
    def needs_a_person(self) -> bool:
        """Whether a file, a patent or a message asks for somebody."""
        return (
            self.delivered.needs_a_person
            or self.looked.failed > 0
            or any(intake.needs_a_person for intake in self.taken)
        )


def installation(settings: Settings, engine: Engine, vault: Vault) -> Installation:
    """Put an installation together; reads the law's tables."""
    return Installation(settings, engine, vault, rules_of(settings, vault))


def rules_of(settings: Settings, vault: Vault) -> Rules:
    """Return by what this office decides."""
    return Rules(
        rulebook=rulefiles.load(settings.law.tables_dir),
        rungs=ladder.ladder(settings.alerts.ladder),
        lag_days=settings.alerts.paid_through_lag_days,
        lawful_basis=settings.office.lawful_basis,
        transports={
            Channel.EMAIL: "smtp" if settings.real_email else "file",
            Channel.SMS: settings.sms.provider,
        },
        observing=settings.observing,
        guests=frozenset(
            vault.recipient_id(
                Channel.EMAIL if "@" in address else Channel.SMS, address
            )
            for address in settings.alerts.guest_list
        ),
        brake=settings.alerts.brake,
        counties=settings.counties,
    )


def gateways(
    settings: Settings, *, tell_time: Callable[[], datetime], stop: Event
) -> dict[Channel, Gateway]:
    """Return how each channel leaves; folders carry the day it is now."""
    folder = into_folder(settings.outbox, on=clock.today(tell_time()))
    files = Gateway("file", folder, repeatable=True)
    mail = files
    if settings.real_email:
        mail = Gateway("smtp", over_relay(_relay(settings)), repeatable=True)
    sms = files
    if settings.real_sms:
        line = _sms_line(settings, tell_time=tell_time, stop=stop)
        sms = GATEWAYS[settings.sms.provider](line)
    return {Channel.EMAIL: mail, Channel.SMS: sms}


def post(
    here: Installation, *, tell_time: Callable[[], datetime], stop: Event | None = None
) -> Post:
    """Return what sending needs; `tell_time` is asked before every step."""
    settings = here.settings
    stop = stop or Event()
    return Post(
        rules=here.rules,
        office=settings.office,
        sender=settings.smtp.sender or "patentwatch@localhost",
        gateways=gateways(settings, tell_time=tell_time, stop=stop),
        window=settings.alerts.send_window,
        daily_cap=settings.alerts.daily_cap_per_recipient,
        clock=tell_time,
        stop=stop,
        templates=settings.sms.templates,
        grace=timedelta(seconds=settings.sms.grace_seconds),
        number_cap=settings.sms.per_number_daily,
    )


def look_once(
    here: Installation,
    *,
    now: datetime,
    everything: bool = False,
    on_progress: Callable[[], None] = lambda: None,
) -> Looked:
    """Decide about everything that is due."""
    return look(
        here.engine,
        here.vault,
        here.rules,
        now=now,
        everything=everything,
        on_looked=lambda _: on_progress(),
    )


def pull_once(
    here: Installation, *, tell_time: Callable[[], datetime], stop: Event
) -> Pulled:
    """Ask the remote source about those whose turn it is."""
    return pull(
        here.engine,
        here.vault,
        here.settings,
        here.rules,
        tell_time=tell_time,
        stop=stop,
    )


def tick(
    here: Installation,
    *,
    tell_time: Callable[[], datetime],
    stop: Event | None = None,
    on_progress: Callable[[], None] = lambda: None,
) -> Tick:
    """Run the line once: import what waits, decide, send.

    A step that fails does not keep the next from its work: a file that nobody can
    read silences no reminder. The error is raised when all was tried.
    """
    now = tell_time()
    try:
        taken = take_inbox(here.engine, here.vault, here.settings, here.rules, now=now)
    finally:
        try:
            looked = look_once(here, now=now, on_progress=on_progress)
        finally:
            delivered = dispatch.deliver(
                here.engine,
                here.vault,
                post(here, tell_time=tell_time, stop=stop),
                on_message=on_progress,
            )
    log.info(
        "tick looked_at=%s due=%s messages=%s accepted=%s retry=%s refused=%s",
        looked.looked_at,
        looked.due,
        looked.messages,
        delivered.accepted,
        delivered.retry,
        delivered.refused,
    )
    return Tick(taken, looked, delivered)


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
        on_outcome=lambda _, outcome: found.append(outcome),
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
