"""F09: one bit of a row is another one, and SQLite's own check says that all is well.

Whatever bit it is: no mail leaves that a sound database would not send, and who hears
nothing because of it is found by the look or by the audit.
"""

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from threading import Event

from sqlalchemy import make_url

from patentwatch import audit
from patentwatch.delivery import Envelope, OnOutcomes, Outcome, OutcomeKind
from patentwatch.errors import PatentwatchError
from patentwatch.model import FactKind
from patentwatch.settings import AlertSettings
from patentwatch.store import backups
from patentwatch.store.engine import connect
from patentwatch.store.vault import Vault
from tests.faults.leaves import rows_in
from tests.faults.offices import NINE, REMINDER, Office
from tests.faults.sizes import gate_and_soak
from tests.line import DUE, Line, days
from tests.mail_sink import parsed

Offices = Callable[..., Office]
TABLES = ("patents", "facts", "contacts", "events", "holders")
PLEDGE = "专利权质押合同登记的生效 登记号:Y2025980000001 质权人:甲银行"
TAKEN = Outcome(OutcomeKind.ACCEPTED, "250")
Mail = tuple[str, str, str]


def city(line: Line) -> None:
    """Fill an office: fees due and overdue, lists, look-ups, payments, a transfer."""
    for n in range(8):
        name = f"第{n}公司"
        number = line.patent(
            due_on=DUE - days(40 * (n % 2)), owners=(name,), title=f"密封装置{n}"
        )
        line.contact(f"a{n}@b.example", name)
        if n % 2:
            line.unpaid(number, REMINDER - days(1))
        else:
            line.fact(number, FactKind.PAID, REMINDER - days(60), fee_year=10)
        if n == 2:
            line.event(number, "PE01", REMINDER - days(90), text=PLEDGE)


class Kept:
    """A transport that takes everything and keeps it."""

    def __init__(self) -> None:
        self.mails: Counter[Mail] = Counter()

    def __call__(
        self,
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,  # noqa: ARG002
    ) -> None:
        for one in envelopes:
            mail = parsed(one.raw)
            body = mail.get_body(("plain",))
            assert body is not None
            self.mails[one.to, mail["Subject"], body.get_content()] += 1
            on_outcomes({one.message_key: TAKEN})


def told(line: Line) -> tuple[Counter[Mail], list[str]]:
    """Return what leaves, and what was noticed on the way, or by the audit after it."""
    kept, noticed = Kept(), []
    try:
        if line.look(REMINDER).failed:
            noticed.append("undecided")
        line.deliver(REMINDER, mail=kept)
    except (PatentwatchError, ValueError) as error:
        noticed.append(type(error).__name__)
    try:
        found = audit.audit(
            line.engine,
            line.vault,
            line.settings,
            line.here.rules,
            journal=None,
            now=NINE,
        )
        noticed += [one.check for one in found.findings]
    except (PatentwatchError, ValueError) as error:
        noticed.append(type(error).__name__)
    return kept.mails, noticed


@gate_and_soak("damages", gate=12, soak=50)
def test_f09_no_word_is_said_by_a_damaged_row(
    office: Offices, vault: Vault, tmp_path: Path, damages: int
) -> None:
    here = office("sqlite", alerts=AlertSettings(mode="live"))
    city(here.line)
    here.line.engine.dispose()
    file = Path(make_url(here.url).database or "")
    places = {table: rows_in(file, table) for table in TABLES}
    sound, nothing = told(copied(here, vault, file, tmp_path / "sound.db"))
    assert (len(sound), nothing) == (8, [])

    for seed in range(damages):
        rng, copy = random.Random(seed), tmp_path / f"{seed}.db"  # noqa: S311
        damaged = copied(here, vault, file, copy)
        where = f"seed {seed}: {one_bit(rng, copy, places)}"
        if backups.damage(copy):
            continue  # the daemon would not even have begun
        mails, noticed = told(damaged)
        damaged.engine.dispose()
        assert mails <= sound, f"said wrongly: {where}: {mails - sound}"
        assert mails == sound or noticed, f"left out silently: {where}"


def copied(here: Office, vault: Vault, file: Path, to: Path) -> Line:
    shutil.copyfile(file, to)
    settings = here.line.settings
    apart = replace(settings.database, journal=to.with_suffix(".sent"))
    return Line(connect(f"sqlite:///{to}"), vault, replace(settings, database=apart))


def one_bit(rng: random.Random, file: Path, places: dict[str, list[range]]) -> str:
    """Turn one bit of one row; return where."""
    table = rng.choice([table for table in TABLES if places[table]])
    place = rng.choice(rng.choice(places[table]))
    with file.open("r+b") as opened:
        opened.seek(place)
        (before,) = opened.read(1)
        opened.seek(place)
        opened.write(bytes([before ^ 1 << rng.randrange(8)]))
    return f"{table}, byte {place}"
