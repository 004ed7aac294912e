"""A city for the benches of the line: made by bulk inserts, the same every time."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, make_url

from patentwatch import clock, installation
from patentwatch.installation import Installation
from patentwatch.law import terms
from patentwatch.model import (
    Channel,
    Fact,
    FactKind,
    FactSource,
    Office,
    Patent,
    PatentNumber,
    PatentType,
)
from patentwatch.register.numbers import check_digit
from patentwatch.settings import (
    AlertSettings,
    DatabaseSettings,
    Settings,
    SmtpSettings,
)
from patentwatch.store import facts, migrate, patents
from patentwatch.store.engine import connect, transaction
from patentwatch.store.people import ADDRESS, PERSON
from patentwatch.store.tables import contacts, holders
from patentwatch.store.tables import facts as facts_table
from patentwatch.store.tables import patents as patents_table
from patentwatch.store.vault import Vault, make_key, unlock

TODAY = date(2026, 4, 11)
DUE = TODAY + timedelta(days=30)
SENDER = "ip@puyang.example"
_BATCH = 10_000


def open_city(folder: Path, name: str, *, port: int, connections: int) -> Installation:
    """Return an empty installation that is live beside a server on loopback."""
    path = folder / f"{name}.db"
    template = folder / "template.db"
    if not template.exists():
        engine = connect(f"sqlite:///{template}")
        migrate.upgrade(engine)
        engine.dispose()
    shutil.copyfile(template, path)
    return open_at(f"sqlite:///{path}", folder, port=port, connections=connections)


def open_at(url: str, folder: Path, *, port: int, connections: int) -> Installation:
    """Return the same on a database that has its tables."""
    if not (folder / "key").exists():
        make_key(folder / "key")
    name = Path(make_url(url).database or "").name
    settings = Settings(
        database=DatabaseSettings(url, folder / "key", folder / f"{name}.sent"),
        smtp=SmtpSettings(
            "127.0.0.1", port, "none", sender=SENDER, connections=connections
        ),
        alerts=AlertSettings(mode="live", brake=10**9),
        office=Office("濮阳市知识产权局", "0393-1234567", lawful_basis="法定职责"),
        outbox=folder / "outbox",
    )
    vault = unlock(folder / "key")
    return installation.put_together(settings, connect(url), vault)


def fill(here: Installation, *, due: int, idle: int, owners: int) -> None:
    """Put patents in: `due` ask for a look today, `idle` do not; one fact each."""
    with transaction(here.engine) as connection:
        for serial in range(0, due + idle, _BATCH):
            numbers = range(serial, min(serial + _BATCH, due + idle))
            _insert(connection, numbers, due=due, owners=owners)
        _insert_contacts(connection, here.vault, owners)


def _insert(connection: Connection, serials: range, *, due: int, owners: int) -> None:
    rows, keys, said = [], [], []
    for serial in serials:
        due_on = DUE if serial < due else DUE + timedelta(days=120)
        filing_on = terms.months_after(due_on, -120)
        digits = f"{filing_on.year}1{serial:07d}"
        number = PatentNumber(f"{digits}.{check_digit(digits)}")
        owner = f"公司{serial % owners}"
        patent = Patent(
            number,
            PatentType.INVENTION,
            filing_on,
            title="一种石油钻采设备用密封装置及其制造方法",
            grant_on=terms.months_after(filing_on, 30),
            patentees=(owner,),
            county="410901",
            reduction=0,
        )
        due_now = serial < due
        next_look_on = None if due_now else TODAY + timedelta(days=30)
        rows.append(
            patents.row_of(patent) | {"listed_on": TODAY, "next_look_on": next_look_on}
        )
        keys.append({"application_no": number, "name_key": owner})
        listed = Fact(FactKind.LISTED, FactSource.COLUMN, date(2026, 1, 5))
        at = clock.at_nine(TODAY)
        said.append(facts.row_of(number, listed, run_id=None, by="", now=at))
    connection.execute(insert(patents_table), rows)
    connection.execute(insert(holders), keys)
    connection.execute(insert(facts_table), said)


def _insert_contacts(connection: Connection, vault: Vault, owners: int) -> None:
    rows = []
    for n in range(owners):
        address = f"a{n}@b.example"
        rows.append(
            {
                "role": "patentee",
                "party": f"公司{n}",
                "name_key": f"公司{n}",
                "channel": "email",
                "recipient": vault.recipient_id(Channel.EMAIL, address),
                "address_sealed": vault.seal(address, ADDRESS),
                "person_sealed": vault.seal("", PERSON),
                "valid_from_on": TODAY,
            }
        )
    connection.execute(insert(contacts), rows)


def nine() -> datetime:
    """Return nine o'clock today."""
    return clock.at_nine(TODAY)
