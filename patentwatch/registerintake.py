"""Taking in a register: read, stage, compare, refuse or write; one transaction a file.

Every row is accounted for: read = accepted + skipped + rejected, and accepted =
created + changed + unchanged. A dry run does all of it and takes it back.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import clock, comparing, rulefiles
from patentwatch.errors import InputError, UsageError
from patentwatch.intake import TakeBack, begun, county_code, limits_of, record_refusal
from patentwatch.law.terms import last_fee_year
from patentwatch.model import Fact, FactKind, FactSource, Patent, PatentType, RowNote
from patentwatch.register import casestatus, readers
from patentwatch.register.columns import Kind
from patentwatch.register.outcome import Outcome
from patentwatch.register.result import Intake
from patentwatch.register.rows import RegisterRows
from patentwatch.settings import Settings
from patentwatch.store import patents, runs, staging, taking
from patentwatch.store.engine import transaction
from patentwatch.store.staging import Scope, StagedRow

log = logging.getLogger(__name__)

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is to be taken; None and False are the usual way.

    `county`: the code or name the list is complete for. `partial`: it only adds.
    `force`: the reason for which a refused list is taken, and `by` whom.
    """

    as_of_on: date | None = None
    county: str | None = None
    partial: bool = False
    force: str = ""
    by: str = ""
    dry_run: bool = False
    encoding: str | None = None


def import_register(
    engine: Engine,
    settings: Settings,
    path: Path,
    order: Order,
    *,
    now: datetime,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Intake:
    """Take a list of valid patents, or refuse it as a whole.

    Raises `InputError` for a file that cannot be read and `UsageError` for a day or a
    county that cannot be meant; nothing is then changed.
    """
    register = read_register(settings, path, order, now=now)
    intake = register.intake
    try:
        with transaction(engine) as connection:
            take_register(
                connection, settings, register, order, now=now, on_rows=on_rows
            )
            if order.dry_run or intake.refused:
                raise TakeBack
    except TakeBack:
        intake.run = None
        if intake.refused and not order.dry_run:
            record_refusal(engine, intake, now=now)
    log.info("register taken run=%s refused=%s", intake.run, intake.refused)
    return intake


@dataclass(frozen=True, slots=True)
class Register:
    """A list that can be read, its account, and the county that --county names."""

    listed: readers.ListFile
    intake: Intake
    home: str | None


def read_register(
    settings: Settings, path: Path, order: Order, *, now: datetime
) -> Register:
    """Open a list; raises as `import_register` does."""
    home = county_code(order.county, settings) if order.county else None
    listed = readers.read(
        path, Kind.REGISTER, encoding=order.encoding, limits=limits_of(settings)
    )
    as_of = _as_of(listed, order, now)
    return Register(listed, begun(listed, Kind.REGISTER, as_of=as_of), home)


def take_register(
    connection: Connection,
    settings: Settings,
    register: Register,
    order: Order,
    *,
    now: datetime,
    on_rows: Callable[[int], None] = lambda _: None,
) -> None:
    """Take a list inside the caller's transaction; its account says what became of it.

    A refused list has written nothing.
    """
    runs.no_time_limit(connection)
    staging.begin(connection)
    for count in _accepted(connection, settings, register, now=now):
        on_rows(count)
    register.intake.run = _import(connection, settings, register.intake, order, now=now)
    staging.end(connection)


def listing_facts(patent: Patent, *, as_of_on: date) -> tuple[Fact, ...]:
    """Return what a row of a list of valid patents says, each on its own day.

    The status and the paid-through column speak of the row's own look-up, if it names
    one; the listing itself of the list's day.
    """
    return _listing_facts(
        patent.legal_status,
        patent.paid_through,
        patent.queried_on,
        as_of_on,
        patent.county,
    )


@lru_cache(maxsize=4096)
def _listing_facts(
    status: str,
    paid_through: int | None,
    queried_on: date | None,
    as_of_on: date,
    county: str | None,
) -> tuple[Fact, ...]:
    looked_up = casestatus.facts(
        status, queried_on or as_of_on, paid_through=paid_through
    )
    placed = tuple(
        dataclasses.replace(fact, county=county)
        if fact.kind is FactKind.LISTED
        else fact
        for fact in looked_up
    )
    apart = queried_on is not None and queried_on != as_of_on
    if not apart or not placed or placed[0].kind is FactKind.ENDED:
        return placed
    listed = Fact(FactKind.LISTED, FactSource.COLUMN, as_of_on, county=county)
    return (*placed, listed)


def _import(
    connection: Connection,
    settings: Settings,
    intake: Intake,
    order: Order,
    *,
    now: datetime,
) -> int | None:
    """Compare the staged rows and take them; None when the list is refused."""
    assert intake.as_of is not None  # noqa: S101 - `begun` has set it
    staging.index(connection)
    comparing.settle_repeats(connection, intake)
    scope = Scope(intake.as_of, _complete_for(connection, order, settings))
    refused = comparing.compare(connection, scope, intake, settings)
    if refused is not None and not order.force:
        intake.refused, intake.refusal = True, refused.message
        note = RowNote("", 0, "", refused.code, "", refused.message)
        intake.note(intake.warnings, [note])
        return None
    run_id = runs.begin(connection, intake, now=now)
    runs.finish(connection, run_id, intake, now=now)
    if order.force:
        runs.note_force(connection, run_id, order.force, by=order.by, now=now)
    rulebook = rulefiles.load(settings.law.tables_dir)
    years = last_fee_year(PatentType.INVENTION, scope.as_of_on, rulebook=rulebook)
    taking.take(connection, scope, run_id, term_years=years, now=now)
    return run_id


def _accepted(
    connection: Connection, settings: Settings, register: Register, *, now: datetime
) -> Iterator[int]:
    """Read and stage the rows; yield how many at a time."""
    listed, intake, home = register.listed, register.intake, register.home
    assert intake.as_of is not None  # noqa: S101 - `begun` has set it
    batch: list[StagedRow] = []
    for sheet in listed.sheets:
        parser = RegisterRows(
            sheet.layout,
            counties=settings.counties,
            types=settings.register.types,
            today=clock.today(now),
            known=lambda number: patents.known_by_publication(connection, number),
        )
        for row in sheet.rows():
            patent = intake.count(_at_home(parser.read(row), home))
            if patent is not None:
                said = listing_facts(patent, as_of_on=intake.as_of)
                batch.append(
                    StagedRow(intake.read, sheet.name, row.number, patent, said)
                )
            if len(batch) == BATCH:
                staging.add(connection, batch, as_of_on=intake.as_of)
                yield BATCH
                batch.clear()
    staging.add(connection, batch, as_of_on=intake.as_of)
    yield len(batch)


def _at_home(outcome: Outcome[Patent], home: str | None) -> Outcome[Patent]:
    """Give a row that names no county the one that --county names."""
    patent = outcome.value
    if home is None or patent is None or patent.county is not None:
        return outcome
    warnings = tuple(one for one in outcome.warnings if one.code != "county_unknown")
    return Outcome(dataclasses.replace(patent, county=home), warnings=warnings)


def _as_of(listed: readers.ListFile, order: Order, now: datetime) -> date:
    today = clock.today(now)
    named = [sheet.listed_on for sheet in listed.sheets if sheet.listed_on]
    if order.as_of_on is not None and order.as_of_on > today:
        raise UsageError(f"--as-of {order.as_of_on} 晚于今天 {today}")
    found = order.as_of_on or (min(named) if named else today)
    if found > today:
        raise InputError(
            f"{listed.name}：清单日期 {found} 晚于今天 {today}；请核对截至日期",
            code="as_of_in_future",
        )
    return found


def _complete_for(
    connection: Connection, order: Order, settings: Settings
) -> frozenset[str]:
    if order.partial:
        return frozenset()
    if order.county:
        return frozenset({county_code(order.county, settings)})
    return staging.counties(connection)
