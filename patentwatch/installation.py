"""An installation put together: what is decided by, and with which keys."""

from dataclasses import dataclass

from sqlalchemy import Engine

from patentwatch import ladder, rulefiles
from patentwatch.journal import Journal
from patentwatch.model import Channel
from patentwatch.register import ipc
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation as the line needs it: settings, database, keys and rules.

    `journal` is the one of this process: it knows whether the disk has failed it.
    """

    settings: Settings
    engine: Engine
    vault: Vault
    rules: Rules
    journal: Journal


def put_together(settings: Settings, engine: Engine, vault: Vault) -> Installation:
    """Put an installation together; reads the law's tables."""
    journal = Journal(settings.database.journal)
    return Installation(settings, engine, vault, rules_of(settings, vault), journal)


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
        strategic=ipc.classes(settings.register.strategic_ipc),
    )
