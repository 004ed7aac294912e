"""A small installation for tests of the line: real database, real keys, real mail.

`Line` speaks of days, not of instants: a look or a delivery on a day is at nine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from patentwatch import (
    clock,
    dispatch,
    installation,
    outgoing,
    pipeline,
    restoring,
    statusfiles,
)
from patentwatch.delivery import Gateway, Transport
from patentwatch.dispatch import Delivered
from patentwatch.installation import Installation
from patentwatch.law import terms
from patentwatch.look import Looked, look
from patentwatch.model import (
    Channel,
    Fact,
    FactKind,
    FactSource,
    Office,
    Patent,
    PatentNumber,
    PatentType,
    State,
)
from patentwatch.register.numbers import check_digit
from patentwatch.settings import AlertSettings, Settings, SmtpSettings
from patentwatch.status.events import EventSource, understood
from patentwatch.store import events, facts, holders, patents, people
from patentwatch.store.engine import reading, transaction
from patentwatch.store.people import NewContact
from patentwatch.store.tables import alerts, attempts, messages
from patentwatch.store.tables import patents as patents_table
from patentwatch.store.vault import Vault

BASIS = "履行法定职责"
OFFICE = Office("濮阳市知识产权局", "0393-1234567", lawful_basis=BASIS)
FEE_YEAR = 11
DUE = date(2026, 5, 11)
"""A Monday, and the last day in time; W1 … W6 are the days of `WINDOWS`."""

WINDOWS = tuple(
    date.fromisoformat(f"2026-{day}")
    for day in ("06-11", "07-13", "08-11", "09-11", "10-12", "11-11")
)
LISTED_ON = date(2026, 1, 5)


def over_smtp(port: int, **changes: Any) -> SmtpSettings:
    """Return the settings of a relay on loopback."""
    plain: dict[str, Any] = {"security": "none", "connections": 2, "timeout": 2}
    return SmtpSettings(
        host="127.0.0.1", port=port, sender="ip@puyang.example", **(plain | changes)
    )


@dataclass
class Line:
    """An installation and the few things tests do with it."""

    engine: Engine
    vault: Vault
    settings: Settings
    serial: int = 0
    here: Installation = field(init=False)

    def __post_init__(self) -> None:
        self.settings = replace(self.settings, office=OFFICE)
        self.here = installation.put_together(self.settings, self.engine, self.vault)

    def change(self, **sections: Any) -> None:
        """Start anew with other settings, as after an edit of the file."""
        self.settings = replace(self.settings, **sections)
        self.here = installation.put_together(self.settings, self.engine, self.vault)

    def patent(
        self,
        *,
        due_on: date = DUE,
        owners: Sequence[str] = ("甲公司",),
        filing_on: date | None = None,
        **more: Any,
    ) -> str:
        """Put a patent into the register whose fee of year 11 is due on a day.

        Or one that was filed on a day of its own, granted thirty months later.
        """
        filing_on = filing_on or filed_for(due_on)
        patent = self._made(filing_on, owners, more)
        with transaction(self.engine) as connection:
            _register(connection, [patent])
        return patent.application_no

    def refiled(self, number: str, filing_on: date) -> None:
        """Let a newer list give a patent another filing day; nobody has looked yet."""
        with transaction(self.engine) as connection:
            known = patents.one(connection, number)
            assert known is not None
            columns = patents.row_of(replace(known, filing_on=filing_on))
            this = patents_table.c.application_no == number
            connection.execute(
                update(patents_table)
                .where(this)
                .values(columns | {"next_look_on": None})
            )

    def many(
        self, count: int, *, due_on: date = DUE, channel: Channel = Channel.EMAIL
    ) -> None:
        """Put patents into the register, each of an owner with an address of his own.

        All in one transaction.
        """
        first = self.serial + 1
        names = [f"第{first + n}公司" for n in range(count)]
        made = [self._made(filed_for(due_on), [name], {}) for name in names]
        with transaction(self.engine) as connection:
            _register(connection, made)
            for serial, name in enumerate(names, first):
                sms = channel is Channel.SMS
                address = f"138{serial:08d}" if sms else f"a{serial}@b.example"
                found = NewContact("patentee", name, channel, address)
                people.save_contact(connection, self.vault, found, on=LISTED_ON)

    def _made(
        self, filing_on: date, owners: Sequence[str], more: dict[str, Any]
    ) -> Patent:
        self.serial += 1
        digits = f"{filing_on.year}1{self.serial:07d}"
        usual: dict[str, Any] = {
            "title": "一种密封装置",
            "grant_on": terms.months_after(filing_on, 30),
            "county": "410901",
            "reduction": 0,
        }
        wanted = usual | more
        return Patent(
            PatentNumber(f"{digits}.{check_digit(digits)}"),
            PatentType.INVENTION,
            filing_on,
            patentees=tuple(owners),
            **wanted,
        )

    def contact(
        self,
        address: str,
        party: str = "甲公司",
        *,
        role: str = "patentee",
        on: date = LISTED_ON,
        **more: Any,
    ) -> str:
        """Store an address; an @ makes it a mailbox. Returns the recipient."""
        channel = Channel.EMAIL if "@" in address else Channel.SMS
        with transaction(self.engine) as connection:
            found = NewContact(role, party, channel, address, **more)
            people.save_contact(connection, self.vault, found, on=on)
        return self.vault.recipient_id(channel, address)

    def fact(
        self,
        number: str,
        kind: FactKind,
        dated_on: date,
        *,
        source: FactSource = FactSource.CHECK_SHEET,
        **more: Any,
    ) -> None:
        """Let a fact become known."""
        with transaction(self.engine) as connection:
            fact = Fact(kind, source, dated_on, **more)
            facts.add(connection, [(number, fact)], now=clock.at_nine(dated_on))

    def paid(self, number: str, on: date, *, fee_year: int = FEE_YEAR) -> None:
        """Let it become known that a fee is paid."""
        self.fact(
            number,
            FactKind.PAYMENT,
            on,
            source=FactSource.RECEIPT,
            fee_year=fee_year,
            amount_yuan=9999,
        )

    def unpaid(self, number: str, on: date) -> None:
        """Let the check sheet say that the fee was looked up and is not paid."""
        self.fact(number, FactKind.UNPAID, on, fee_year=FEE_YEAR)

    def event(
        self,
        number: str,
        code: str,
        on: date | None,
        *,
        text: str = "",
        since: date | None = None,
        source: EventSource = EventSource.PRS,
    ) -> bool:
        """Let a report of an event come in; return whether it told anything new."""
        found = understood(
            PatentNumber(number),
            source=source,
            code=code,
            text=text,
            announced_on=on,
            effective_on=since,
            table=statusfiles.load(),
        )
        assert found is not None
        with transaction(self.engine) as connection:
            (told,) = events.add(connection, [found], now=clock.at_nine(found.known_on))
        return told

    def look(self, on: date | datetime, *, everything: bool = False) -> Looked:
        """Decide, as of nine on a day or as of an instant."""
        return look(
            self.engine,
            self.vault,
            self.here.rules,
            now=instant(on),
            everything=everything,
        )

    def deliver(
        self,
        on: date | datetime | Callable[[], datetime],
        *,
        mail: Transport | None = None,
        sms: Transport | None = None,
        on_message: Callable[[], None] = lambda: None,
        stop: Any = None,
    ) -> Delivered:
        """Send what waits; a transport given here takes the place of the real one."""
        tell_time = on if callable(on) else lambda: instant(on)
        restoring.beat(self.engine, self.here.journal, now=tell_time())
        post = outgoing.post(self.here, tell_time=tell_time, stop=stop)
        if mail is not None:
            post.gateways[Channel.EMAIL] = Gateway("smtp", mail)
        if sms is not None:
            post.gateways[Channel.SMS] = Gateway("file", sms)
        return dispatch.deliver(self.engine, self.vault, post, on_message=on_message)

    def tick(self, on: date | datetime) -> None:
        """Run the whole line once."""
        pipeline.tick(self.here, tell_time=lambda: instant(on))

    def alerts(self, **wanted: Any) -> list[Row[Any]]:
        """Return the alerts whose columns have these values, oldest first."""
        query = select(alerts).filter_by(**wanted).order_by(alerts.c.id)
        return self._rows(query)

    def messages(self, **wanted: Any) -> list[Row[Any]]:
        """Return the messages whose columns have these values, oldest first."""
        return self._rows(select(messages).filter_by(**wanted).order_by(messages.c.id))

    def attempts(self) -> list[Row[Any]]:
        """Return every intent and outcome, oldest first."""
        return self._rows(select(attempts).order_by(attempts.c.id))

    def fates(self, **wanted: Any) -> list[tuple[str, str, str]]:
        """Return (tier, state, reason) of alerts, oldest first."""
        return [(row.tier, row.state, row.reason) for row in self.alerts(**wanted)]

    def _rows(self, query: Any) -> list[Row[Any]]:
        with reading(self.engine) as connection:
            return list(connection.execute(query).all())


def filed_for(due_on: date) -> date:
    """Return the filing day of a patent whose fee of year 11 is due on a day."""
    return terms.months_after(due_on, -12 * (FEE_YEAR - 1))


def _register(connection: Connection, made: Sequence[Patent]) -> None:
    """Write patents as a list of the register would that was read on its day."""
    rows = [patents.row_of(patent) | {"listed_on": LISTED_ON} for patent in made]
    connection.execute(insert(patents_table), rows)
    holders.replace_holders(connection, made)
    listed = Fact(FactKind.LISTED, FactSource.COLUMN, LISTED_ON)
    told = [(patent.application_no, listed) for patent in made]
    facts.add(connection, told, now=clock.at_nine(LISTED_ON))


def live(port: int, **alerts_changes: Any) -> dict[str, Any]:
    """Return the sections of settings that send mail for real."""
    return {
        "smtp": over_smtp(port),
        "alerts": AlertSettings(mode="live", **alerts_changes),
    }


def instant(on: date | datetime) -> datetime:
    """Return nine o'clock of a day, an instant as it is."""
    return on if isinstance(on, datetime) else clock.at_nine(on)


def at(on: date, hour: int, minute: int = 0) -> datetime:
    """Return the instant at which it is so late in Shanghai."""
    return clock.at(on, time(hour, minute))


def days(count: int) -> timedelta:
    """Return a span of days."""
    return timedelta(days=count)


WAITING = {State.PENDING.value, State.SENDING.value}


def assert_accounted_for(line: Line, now: date | datetime) -> None:
    """Every alert waits in a message, is in flight under a lease, or ended; with why.

    What the daily audit asks of production is asked here after every scenario.
    """
    boxes = {row.id: row for row in line.messages()}
    written = {(row.message_id, row.event) for row in line.attempts()}
    for box in boxes.values():
        if box.state == State.SENDING.value:
            assert box.lease_until_at > instant(now), "a lease ran out unnoticed"
        if box.state == State.ACCEPTED.value:
            assert {(box.id, "intent"), (box.id, "outcome")} <= written
    keys = {row.key for row in line.alerts()}
    for alert in line.alerts():
        assert alert.reason
        assert alert.superseded_by is None or alert.superseded_by in keys
        if alert.channel != Channel.CALL.value:
            _assert_in_its_message(alert, boxes.get(alert.message_id))


def _assert_in_its_message(alert: Row[Any], box: Row[Any] | None) -> None:
    if alert.state in WAITING:
        assert box is not None, "waits, but in no message"
        assert box.state == alert.state
    if alert.state == State.ACCEPTED.value:
        assert box is not None
        assert (box.state, alert.reason) == (alert.state, "said")
        assert alert.sent_at is not None
