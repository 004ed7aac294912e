"""A year of a small city, in files, looks, payments and outages, against a model.

The model (`model.py`) reads the design a second time. Two installations live through
the same year: one looks only at what is due, the other at everything every time.
"""

import csv
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from patentwatch import clock, pipeline, rulefiles
from patentwatch.answers import Given, Via, Word
from patentwatch.law import terms
from patentwatch.look import LAST_FULL
from patentwatch.model import Channel, County, PatentNumber
from patentwatch.people_intake import (
    import_checksheet,
    import_contacts,
    import_payments,
)
from patentwatch.register.numbers import check_digit
from patentwatch.registerintake import Order, import_register
from patentwatch.settings import (
    AlertSettings,
    DatabaseSettings,
    RegisterSettings,
    Settings,
)
from patentwatch.store import answers, pauses, people
from patentwatch.store.engine import connect, transaction
from patentwatch.store.memory import remember
from patentwatch.store.pauses import SilenceScope
from patentwatch.store.vault import Vault, make_key, unlock
from tests.e2e.model import AFTER_THE_END, Known, Model, Said
from tests.line import Line, assert_accounted_for, at, over_smtp
from tests.mail_sink import Sink, sink, text_of

START, LENGTH = date(2025, 11, 20), 400
DAY = timedelta(days=1)
FIRST_HOUR, LAST_HOUR = 9, 19
RULEBOOK = rulefiles.load(None)
COUNTIES = (County("410901", "市直"),)
MEMORY = Path("/dev/shm")  # noqa: S108 - a faster disk, if there is one

# Due days (year 11): usual, on a Saturday, before National Day, in Spring Festival,
# at Qingming, in the last month at the start, before the first tier at the start.
DUES = {
    "usual": date(2026, 3, 10),
    "saturday": date(2026, 1, 10),
    "holiday": date(2025, 10, 4),
    "spring": date(2026, 2, 17),
    "qingming": date(2026, 4, 4),
    "late": date(2025, 5, 27),
    "reduced": date(2026, 8, 3),
    "alone": date(2026, 5, 11),
}
OWNERS = {
    "usual": ("甲公司",),
    "saturday": ("甲公司", "乙公司"),
    "holiday": ("丙公司", "丁公司"),
    "spring": ("戊公司",),
    "qingming": ("己公司",),
    "late": ("甲公司",),
    "reduced": ("乙公司",),
    "alone": ("庚公司",),
}
ADDRESSES = {
    "甲公司": ["jia@a.example", "13800000001"],
    "乙公司": ["yi@b.example"],
    "丙公司": ["shared@c.example"],
    "丁公司": ["shared@c.example"],
    "戊公司": ["13800000005"],
    "某某专利事务所": ["agent@z.example", "13800000009"],
}  # 己公司 has only an agent, 庚公司 nobody
AGENCY = "某某专利事务所"


def city() -> dict[str, Known]:
    found = {}
    for serial, (name, due_on) in enumerate(DUES.items(), 1):
        filing_on = terms.months_after(due_on, -120)
        digits = f"{filing_on.year}1{serial:07d}"
        found[name] = Known(
            f"{digits}.{check_digit(digits)}",
            filing_on,
            OWNERS[name],
            agency=AGENCY if name == "qingming" else "",
            reduction=85 if name == "reduced" else 0,
        )
    return found


# What happens.


@dataclass(frozen=True)
class Event:
    """Something that becomes known on a day, about one of the patents."""

    day: int
    kind: str
    patent: str
    span: int = 10


KINDS = (
    "pays",
    "looked_up_unpaid",
    "looked_up_unpaid",
    "looked_up_paid",
    "new_list",
    "list_moves_a_little",
    "list_moves_a_lot",
    "says_paid",
    "hold",
    "silence",
    "new_address",
)

events = st.builds(
    Event,
    day=st.integers(0, LENGTH - 1),
    kind=st.sampled_from(KINDS),
    patent=st.sampled_from(sorted(DUES)),
    span=st.integers(1, 60),
)
SERVER: dict[str, dict[str, str | None]] = {
    "up": {},
    "hangs_up": {"banner": None},
    "later": {"dot": "451 later"},
}
looks = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 1, 2, 3, 5, 8, 13, 30, 60]),
        st.sampled_from(["up", "up", "up", "hangs_up", "later"]),
    ),
    min_size=10,
    max_size=45,
)


class Office:
    """One installation that lives through the year."""

    def __init__(
        self, engine: Engine, vault: Vault, folder: Path, server: Sink
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.server = folder, server
        settings = Settings(
            database=DatabaseSettings(key_file=folder / "key", journal=folder / "sent"),
            register=RegisterSettings(inbox=folder / "inbox"),
            smtp=over_smtp(server.port),
            alerts=AlertSettings(mode="live", daily_cap_per_recipient=99),
            counties=COUNTIES,
            outbox=folder / "outbox",
        )
        self.line = Line(engine, vault, settings)

    def file(self, header: str, *rows: tuple[Any, ...]) -> Path:
        path = self.folder / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split())
            writer.writerows(rows)
        return path

    def take_register(self, patents: list[Known], now: datetime) -> None:
        path = self.file(
            "申请号 申请日 发明名称 授权公告日 专利权人 县区 代理机构 费减比例",
            *(
                (
                    p.number,
                    p.filing_on,
                    "一种装置",
                    p.grant_on,
                    ";".join(p.owners),
                    "市直",
                    p.agency,
                    f"{p.reduction}%" if p.reduction else "无",
                )
                for p in patents
            ),
        )
        order = Order(as_of_on=clock.today(now))
        line = self.line
        taken = import_register(line.engine, line.settings, path, order, now=now)
        assert (taken.refused, taken.rejected) == (False, 0), taken.rejects

    def take_contacts(self, addresses: dict[str, list[str]], now: datetime) -> None:
        rows = []
        for party, known in addresses.items():
            mobiles = [a for a in known if "@" not in a]
            mails = [a for a in known if "@" in a]
            role = "代理机构" if party == AGENCY else "专利权人"
            rows.append((party, role, ";".join(mobiles), ";".join(mails)))
        path, line = self.file("名称 角色 手机 邮箱", *rows), self.line
        taken = import_contacts(line.engine, line.vault, line.settings, path, now=now)
        assert taken.rejected == 0, taken.rejects

    def take_payment(self, number: str, year: int, now: datetime) -> None:
        path, line = (
            self.file(
                "申请号 年度 缴费日期 金额",
                (number, year, clock.today(now), 20_000),
            ),
            self.line,
        )
        taken = import_payments(line.engine, line.settings, path, now=now)
        assert taken.accepted == 1, taken.rejects

    def take_checksheet(
        self, number: str, year: int, *, paid: bool, now: datetime
    ) -> None:
        through, amount = (year, "") if paid else (year - 1, 4000)
        path, line = (
            self.file(
                "专利号 应缴年度 已缴年度 应缴金额 查询日",
                (number, year, through, amount, clock.today(now)),
            ),
            self.line,
        )
        taken = import_checksheet(line.engine, line.settings, path, now=now)
        assert taken.accepted == 1, taken.rejects

    def tick(self, now: datetime, *, everything: bool) -> None:
        line = self.line
        if everything:
            line.look(now, everything=True)
            line.deliver(now)
            return
        with transaction(line.engine) as connection:  # no weekly full pass: it hides
            remember(connection, LAST_FULL, clock.today(now).isoformat())
        pipeline.tick(line.here, tell_time=lambda: now)

    def sent_at(self, now: datetime, names: dict[str, str]) -> set[Said]:
        return {
            (row.application_no, row.fee_year, row.tier, names[row.recipient])
            for row in self.line.alerts(state="accepted")
            if row.sent_at == now
        }

    def ledger(self) -> list[tuple[Any, ...]]:
        return sorted(
            (
                row.application_no,
                row.fee_year,
                row.due_on,
                row.tier,
                row.channel,
                row.recipient,
                row.state,
                row.reason,
                row.evidence,
                row.decided_on,
                str(row.sent_at),
            )
            for row in self.line.alerts()
        )


@dataclass
class Year:
    """Two installations and the model, kept abreast of each other."""

    offices: list[Office]
    patents: dict[str, Known]
    model: Model
    names: dict[str, str] = field(default_factory=dict)
    said: list[tuple[date, Said]] = field(default_factory=list)
    new_addresses: int = 0

    def begin(self) -> None:
        now = at(START - DAY, 9)
        self.model.addresses = {party: list(a) for party, a in ADDRESSES.items()}
        for patent in self.patents.values():
            patent.listed.append(clock.today(now))
        for office in self.offices:
            office.take_register(list(self.patents.values()), now)
            office.take_contacts(ADDRESSES, now)
        self._learn_names()

    def happen(self, event: Event, now: datetime) -> None:
        """Let an event reach the model and, through files, the installations."""
        happened = getattr(self, f"_{event.kind}")
        happened(self.patents[event.patent], now, event.span)

    def look(self, now: datetime, server: str) -> None:
        """Look and deliver; what arrives is what the model says, word for word."""
        on = clock.today(now)
        expected = self.model.must_hear(on)
        if server != "up":
            expected = {said for said in expected if "@" not in said[3]}
        for office, everything in zip(self.offices, (False, True), strict=True):
            office.server.answers(**SERVER[server])
            office.tick(now, everything=everything)
            assert office.sent_at(now, self.names) == expected, on
            self._check_mails(office.server.take_all(), expected, on)
        self.model.hears(expected)
        self.said += [(on, said) for said in expected]

    def finish(self, now: datetime) -> None:
        due_only, everything = self.offices
        assert due_only.ledger() == everything.ledger()
        for office in self.offices:
            assert_accounted_for(office.line, now)
        self._check_nobody_paid_heard_more()

    def _check_mails(
        self, mails: list[EmailMessage], expected: set[Said], on: date
    ) -> None:
        """Each alert stands in one mail of its reader, with the amount of that day."""
        by_mail = {said for said in expected if "@" in said[3]}
        readers = [mail["To"].addresses[0].addr_spec for mail in mails]
        assert set(readers) == {address for *_, address in by_mail}
        for number, year, tier, address in by_mail:
            texts = [
                text_of(mail)
                for mail, reader in zip(mails, readers, strict=True)
                if reader == address and number in text_of(mail)
            ]
            assert len(texts) == 1, (number, address)
            if tier not in AFTER_THE_END:
                amount = self.model.amount(number, year, on)
                assert f"{amount}元" in texts[0], (number, tier, amount, texts[0])

    def _check_nobody_paid_heard_more(self) -> None:
        for on, (number, year, tier, _) in self.said:
            for paid_year, paid_on in self.model.patents[number].payments:
                assert on < paid_on or paid_year < year, (number, tier, on)

    def _learn_names(self) -> None:
        vault = self.offices[0].line.vault
        for address in {a for known in self.model.addresses.values() for a in known}:
            channel = Channel.EMAIL if "@" in address else Channel.SMS
            self.names[vault.recipient_id(channel, address)] = address

    # The events.

    def _pays(self, patent: Known, now: datetime, _span: int) -> None:
        found = self.model.open_year(patent.number, clock.today(now))
        if found is None or clock.today(now) > found[1].ends[5]:
            return
        patent.payments.append((found[0], clock.today(now)))
        for office in self.offices:
            office.take_payment(patent.number, found[0], now)

    def _looked_up_unpaid(self, patent: Known, now: datetime, _span: int) -> None:
        self._looked_up(patent, now, paid=False)

    def _looked_up_paid(self, patent: Known, now: datetime, _span: int) -> None:
        self._looked_up(patent, now, paid=True)

    def _looked_up(self, patent: Known, now: datetime, *, paid: bool) -> None:
        on = clock.today(now)
        found = self.model.open_year(patent.number, on)
        if found is None:
            return
        year = found[0]
        patent.paid_through.append((year if paid else year - 1, on))
        if not paid:
            patent.unpaid.append((year, on))
        for office in self.offices:
            office.take_checksheet(patent.number, year, paid=paid, now=now)

    def _new_list(self, _patent: Known, now: datetime, _span: int) -> None:
        for listed in self.patents.values():
            listed.listed.append(clock.today(now))
        for office in self.offices:
            office.take_register(list(self.patents.values()), now)

    def _list_moves_a_little(self, patent: Known, now: datetime, _span: int) -> None:
        self._moved(patent, now, days=3)

    def _list_moves_a_lot(self, patent: Known, now: datetime, _span: int) -> None:
        self._moved(patent, now, days=9)

    def _moved(self, patent: Known, now: datetime, *, days: int) -> None:
        patent.filing_on += days * DAY
        self._new_list(patent, now, 0)

    def _says_paid(self, patent: Known, now: datetime, _span: int) -> None:
        on = clock.today(now)
        found = self.model.open_year(patent.number, on)
        if found is None:
            return
        patent.answers.append((found[0], on))
        for office in self.offices:
            with transaction(office.line.engine) as connection:
                number = PatentNumber(patent.number)
                said = Given(number, found[0], Word.PAID, on, Via.CLI, by="张")
                answers.add(connection, said, now=now)

    def _hold(self, patent: Known, now: datetime, span: int) -> None:
        on = clock.today(now)
        until_on = on + span * DAY
        patent.holds.append((on, until_on))
        for office in self.offices:
            with transaction(office.line.engine) as connection:
                pauses.add_hold(
                    connection,
                    patent.number,
                    fee_year=None,
                    reason="?",
                    by="张",
                    on=on,
                    until_on=until_on,
                )

    def _silence(self, _patent: Known, now: datetime, span: int) -> None:
        on = clock.today(now)
        until_on = on + min(span, 20) * DAY
        self.model.silences.append((on, until_on))
        for office in self.offices:
            with transaction(office.line.engine) as connection:
                pauses.add_silence(
                    connection,
                    SilenceScope(county="410901"),
                    reason="?",
                    by="张",
                    on=on,
                    until_on=until_on,
                )

    def _new_address(self, patent: Known, now: datetime, _span: int) -> None:
        """The owner's mailbox is dead; a list brings another one."""
        party = patent.owners[0]
        old = [a for a in self.model.addresses.get(party, []) if "@" in a]
        sharing = [
            p for p, known in self.model.addresses.items() if set(old) & {*known}
        ]
        self.new_addresses += 1
        new = f"new{self.new_addresses}@n.example"
        for shared in sharing or [party]:
            known = self.model.addresses.get(shared, [])
            kept = [a for a in known if a not in old]
            self.model.addresses[shared] = [*kept, new] if shared == party else kept
        self._learn_names()
        for office in self.offices:
            with transaction(office.line.engine) as connection:
                for address in old:
                    recipient = office.line.vault.recipient_id(Channel.EMAIL, address)
                    people.flag(connection, recipient, word="bad", reason="550")
            office.take_contacts({party: self.model.addresses[party]}, now)


@contextmanager
def two_installations(
    template: Path, first: Engine | None = None
) -> Iterator[list[Office]]:
    """Yield two empty installations with one key; the first may be given an engine."""
    with ExitStack() as stack:
        parent = MEMORY if MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=parent)))
        make_key(folder / "key")
        vault = unlock(folder / "key")
        offices = []
        for position in range(2):
            engine = first if position == 0 else None
            if engine is None:
                path = folder / f"{position}.db"
                shutil.copyfile(template, path)
                engine = connect(f"sqlite:///{path}")
                stack.callback(engine.dispose)
            server = stack.enter_context(sink())
            offices.append(Office(engine, vault, folder / str(position), server))
        yield offices


def live_through(
    offices: list[Office], steps: list[tuple[int, str]], happening: list[Event]
) -> Year:
    """Let a year pass: the looks, and before each what happened since the last one."""
    patents = city()
    year = Year(offices, patents, Model(RULEBOOK, list(patents.values())))
    year.begin()
    waiting = sorted(happening, key=lambda event: event.day)
    day, hour = 0, FIRST_HOUR
    for gap, server in steps:
        if gap == 0 and hour >= LAST_HOUR:
            continue
        day, hour = day + gap, hour + 2 if gap == 0 else FIRST_HOUR
        if day >= LENGTH:
            break
        while waiting and waiting[0].day <= day:
            event = waiting.pop(0)
            year.happen(event, at(START + event.day * DAY, 8))
        year.look(at(START + day * DAY, hour), server)
    year.finish(at(START + day * DAY, 20))
    return year


@hypothesis_settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=looks, happening=st.lists(events, max_size=30))
def test_whatever_happens_everybody_hears_what_is_true_and_nothing_else(
    sqlite_template: Path, steps: list[tuple[int, str]], happening: list[Event]
) -> None:
    with two_installations(sqlite_template) as offices:
        live_through(offices, steps, happening)


SCRIPT = [
    ("2026-03-12", "looked_up_unpaid", "usual"),
    ("2026-05-12", "looked_up_unpaid", "usual"),
    ("2026-07-13", "looked_up_unpaid", "usual"),
    ("2026-09-14", "looked_up_unpaid", "usual"),
    ("2026-02-20", "pays", "saturday"),
    ("2026-03-02", "says_paid", "holiday"),
    ("2026-06-05", "list_moves_a_little", "alone"),
]

# By hand, from the table of tiers. usual: L 03-10, W 04-10 05-11 06-10 07-10 08-10
# 09-10, R 12-11; the look-up of 05-12 is two windows old on 07-11, so the fourth
# surcharge waits for that of 07-13. saturday: D 01-10, L 01-12, W1 02-10, soft from
# 01-31, paid on 02-20; then the year after. reduced: year 10 was never heard of, W5
# 2026-01-05; year 11 D 08-03, W1 09-03.
LEDGER = """
2025-11-20 saturday 11 notice      jia@a.example yi@b.example
2025-12-10 usual    11 notice      jia@a.example
2025-12-11 saturday 11 reminder    jia@a.example yi@b.example 13800000001
2026-01-03 saturday 11 urgent      jia@a.example yi@b.example 13800000001
2026-01-06 reduced  10 final       yi@b.example
2026-01-31 saturday 11 overdue     jia@a.example yi@b.example 13800000001
2026-02-08 usual    11 reminder    jia@a.example 13800000001
2026-03-03 usual    11 urgent      jia@a.example 13800000001
2026-03-12 usual    11 overdue     jia@a.example 13800000001
2026-04-11 usual    11 surcharge_1 jia@a.example
2026-05-05 reduced  11 notice      yi@b.example
2026-05-12 usual    11 surcharge_2 jia@a.example 13800000001
2026-06-11 usual    11 surcharge_3 jia@a.example
2026-07-04 reduced  11 reminder    yi@b.example
2026-07-13 usual    11 surcharge_4 jia@a.example 13800000001
2026-07-27 reduced  11 urgent      yi@b.example
2026-08-11 usual    11 final       jia@a.example 13800000001
2026-08-24 reduced  11 overdue     yi@b.example
2026-09-03 usual    11 last_week   jia@a.example 13800000001
2026-09-14 usual    11 lapsed      jia@a.example 13800000001
2026-10-12 saturday 12 notice      jia@a.example yi@b.example
2026-11-27 usual    11 restore     jia@a.example 13800000001
2026-12-11 saturday 12 reminder    jia@a.example yi@b.example 13800000001
"""


def by_hand() -> set[tuple[str, str, int, str, str]]:
    found = set()
    for line in LEDGER.split("\n"):
        if line:
            day, patent, year, tier, *addresses = line.split()
            found |= {(day, patent, int(year), tier, who) for who in addresses}
    return found


def test_looked_at_daily_every_tier_is_said_on_its_first_day(
    sqlite_template: Path,
) -> None:
    script = [
        Event((date.fromisoformat(day) - START).days, kind, patent)
        for day, kind, patent in SCRIPT
    ]
    with two_installations(sqlite_template) as offices:
        year = live_through(offices, [(0, "up")] + [(1, "up")] * LENGTH, script)
        calls = {
            (row.application_no, row.tier)
            for row in offices[0].line.alerts(channel="call")
        }
    names = {patent.number: name for name, patent in year.patents.items()}
    heard = {
        (on.isoformat(), names[number], fee_year, tier, address)
        for on, (number, fee_year, tier, address) in year.said
        if names[number] in ("usual", "saturday", "reduced")
    }
    assert heard == by_hand()
    assert {(year.patents["alone"].number, "reminder")} <= calls  # nobody to write to


@pytest.mark.parametrize("absent", [3, 10, 45, 90, 200])
def test_after_an_absence_only_the_most_severe_tier_is_said(
    sqlite_template: Path, absent: int
) -> None:
    before = [(1, "up")] * 10
    with two_installations(sqlite_template) as offices:
        year = live_through(offices, [*before, (absent, "up"), (0, "up")], [])
    last = max(on for on, _ in year.said)
    heard = [said for on, said in year.said if on == last]
    assert len({(number, n, who) for number, n, _, who in heard}) == len(heard)


LIVELY = [
    Event(15, "looked_up_unpaid", "holiday"),
    Event(40, "new_address", "saturday"),
    Event(60, "pays", "holiday"),
    Event(88, "list_moves_a_lot", "spring"),
    Event(90, "hold", "usual", 20),
    Event(130, "looked_up_unpaid", "usual"),
    Event(150, "silence", "usual", 10),
    Event(170, "says_paid", "qingming"),
    Event(200, "new_list", "usual"),
    Event(250, "looked_up_unpaid", "spring"),
    Event(310, "looked_up_unpaid", "usual"),
]


def test_both_databases_say_the_same_in_a_lively_year(
    sqlite_template: Path, engine: Engine
) -> None:
    weather = ["up", "up", "hangs_up", "up", "later", "up", "up"]
    steps = [(gap, weather[n % 7]) for n, gap in enumerate([1, 2, 5, 3, 8, 0, 4] * 14)]
    with two_installations(sqlite_template, engine) as offices:
        live_through(offices, steps, LIVELY)
