"""Taking in what is known about people and payments: contacts, payments, check sheets.

One file, one transaction; every row is accounted for as in a register. What concerns
a patent that no register has yet is kept and counts when the register brings it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import clock
from patentwatch.errors import InputError, UsageError
from patentwatch.listintake import Rows, Taken, opened, take_all, take_rows
from patentwatch.model import Channel, RowNote
from patentwatch.register import feepage, masking, readers
from patentwatch.register.checksheet import CheckSheetRows
from patentwatch.register.columns import Kind
from patentwatch.register.contacts import ContactRow, ContactRows, Role
from patentwatch.register.payments import PaymentRows
from patentwatch.register.readers import Sheet
from patentwatch.register.result import Intake
from patentwatch.register.stated import Stated
from patentwatch.settings import Settings
from patentwatch.store import facts, patents, people
from patentwatch.store.people import NewContact
from patentwatch.store.vault import Vault


def import_contacts(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    encoding: str | None = None,
) -> Intake:
    """Take a list of patentees', agents' and officials' addresses and consents."""
    today = clock.today(now)

    def parser(sheet: Sheet) -> Rows[ContactRow]:
        return ContactRows(sheet.layout, today=today, counties=settings.counties)

    def take(connection: Connection, row: ContactRow, run_id: int) -> Taken:
        return _take_contact(connection, vault, row, run_id, today=today)

    def after(connection: Connection, run_id: int) -> Iterator[RowNote]:
        replaced = people.end_replaced(connection, vault, run_id, on=today)
        for party, address in replaced:
            shown = masking.address(address)
            text = f"“{party}”原来登记的 {shown} 不再使用，已由本表的代替；请核对"
            yield RowNote("", 0, "", "address_replaced", shown, text)

    intake, rows = opened(settings, path, Kind.CONTACTS, parser, encoding, now=now)
    return take_all(engine, intake, rows, take, after, now=now, dry_run=dry_run)


def import_payments(
    engine: Engine,
    settings: Settings,
    path: Path,
    *,
    now: datetime,
    number: str | None = None,
    as_of: date | None = None,
    dry_run: bool = False,
    encoding: str | None = None,
) -> Intake:
    """Take fees paid: a list of receipts, or a saved page of the office's fee query.

    A saved page bears no day of its own: `as_of` is when it was looked up, by default
    the day on which the file was last written. `number`: whose page it is, when
    neither the page nor the file's name says so.
    """
    today = clock.today(now)
    if as_of is not None and as_of > today:
        raise UsageError(f"--as-of {as_of} 晚于今天 {today}")
    if readers.is_json(path):
        intake, rows = _fee_page(path, number=number, as_of=as_of, now=now)
    else:
        intake, rows = _payments(settings, path, encoding, now=now)
    return take_all(engine, intake, rows, _stated(now), now=now, dry_run=dry_run)


def take_payments(
    connection: Connection, settings: Settings, path: Path, *, now: datetime
) -> Intake:
    """Take a list of receipts inside the caller's transaction."""
    intake, rows = _payments(settings, path, None, now=now)
    take_rows(connection, intake, rows, _stated(now), now=now)
    return intake


def take_checksheet(
    connection: Connection, settings: Settings, path: Path, *, now: datetime
) -> Intake:
    """Take a filled check sheet inside the caller's transaction."""
    intake, rows = _checksheet(settings, path, None, now=now)
    take_rows(connection, intake, rows, _stated(now), now=now)
    return intake


def _payments(
    settings: Settings, path: Path, encoding: str | None, *, now: datetime
) -> tuple[Intake, Iterator[tuple[str, int, Stated]]]:
    def parser(sheet: Sheet) -> Rows[Stated]:
        return PaymentRows(sheet.layout, today=clock.today(now))

    return opened(settings, path, Kind.PAYMENTS, parser, encoding, now=now)


def _checksheet(
    settings: Settings, path: Path, encoding: str | None, *, now: datetime
) -> tuple[Intake, Iterator[tuple[str, int, Stated]]]:
    def parser(sheet: Sheet) -> Rows[Stated]:
        return CheckSheetRows(
            sheet.layout, today=clock.today(now), counties=settings.counties
        )

    return opened(settings, path, Kind.CHECK_SHEET, parser, encoding, now=now)


def import_checksheet(
    engine: Engine,
    settings: Settings,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    encoding: str | None = None,
) -> Intake:
    """Take a filled check sheet: what was looked up in the national office's system."""
    intake, rows = _checksheet(settings, path, encoding, now=now)
    return take_all(engine, intake, rows, _stated(now), now=now, dry_run=dry_run)


def add_contact(
    connection: Connection, vault: Vault, row: ContactRow, *, today: date
) -> tuple[str, bool]:
    """Store what a person said, as one row of a list; "created" …, and is it matched.

    Nothing that is known about the party is replaced.
    """
    taken = _take_contact(connection, vault, row, None, today=today)
    return taken.word, not taken.notes


def _take_contact(
    connection: Connection,
    vault: Vault,
    row: ContactRow,
    run_id: int | None,
    *,
    today: date,
) -> Taken:
    saved = [
        people.save_contact(connection, vault, found, on=today, run_id=run_id)
        for found in _addresses(row)
    ]
    word = next(w for w in ("created", "changed", "unchanged") if w in saved)
    notes = []
    if row.role in (Role.PATENTEE, Role.AGENT) and not people.patents_of(
        connection, next(iter(_addresses(row)))
    ):
        notes.append(
            (
                "not_matched_yet",
                f"登记中还没有“{row.party}”的专利，已先保存；导入清单后自动对应",
            )
        )
    return Taken(word, tuple(notes))


def _addresses(row: ContactRow) -> Iterator[NewContact]:
    """Yield one contact an address; a landline is kept for whoever telephones."""
    found: Iterable[tuple[Channel, str, bool | None]] = (
        *((Channel.SMS, address, row.sms_consent) for address in row.mobiles),
        *((Channel.EMAIL, address, row.email_consent) for address in row.emails),
        *((Channel.CALL, address, None) for address in row.landlines),
    )
    for channel, address, consent in found:
        yield NewContact(
            role=row.role.value,
            party=row.party,
            channel=channel,
            address=address,
            person=row.person,
            credit_code=row.credit_code or "",
            application_no=row.application_no or "",
            county=row.county or "",
            consent=consent,
            consent_on=row.consent_on,
            consent_basis=row.consent_basis,
            standing=row.standing,
        )


def _stated(now: datetime) -> Callable[[Connection, Stated, int], Taken]:
    def take(connection: Connection, stated: Stated, run_id: int) -> Taken:
        number = stated.application_no
        added = facts.add(
            connection,
            [(number, fact) for fact in stated.facts],
            run_id=run_id,
            now=now,
        )
        notes = []
        if patents.one(connection, number) is None:
            text = f"登记中还没有专利 {number}，已先保存；导入清单后自动对应"
            notes.append(("patent_unknown", text))
        return Taken("created" if added else "unchanged", tuple(notes), number)

    return take


def _fee_page(
    path: Path, *, number: str | None, as_of: date | None, now: datetime
) -> tuple[Intake, Iterator[tuple[str, int, Stated]]]:
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    queried_on = as_of or min(clock.today(written_at), clock.today(now))
    try:
        page = feepage.read(
            readers.document(path), stem=number or path.stem, queried_on=queried_on
        )
    except InputError as error:
        raise InputError(f"{path.name}：{error}", code=error.code) from error
    intake = Intake(path.name, Kind.PAYMENTS, as_of=queried_on, format="json", read=1)
    return intake, iter([("", 1, page.stated)])
