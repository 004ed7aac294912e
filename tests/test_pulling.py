"""Asking the EPO's service in the right order, within its limits, each answer kept.

The service is the emulator: real HTTP on loopback, by its own clock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Stop
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch import clock
from patentwatch.errors import ConfigError
from patentwatch.pulling import Pulled, pull
from patentwatch.refresh import Stake
from patentwatch.settings import OpsSettings
from patentwatch.store import events, patents, sources
from patentwatch.store.engine import reading
from patentwatch.store.sources import SourceState
from patentwatch.store.tables import asks
from patentwatch.store.tables import patents as patents_table
from patentwatch.store.vault import Vault
from tests.clerk import Clerk
from tests.line import Line
from tests.lists import number, rows, write_csv
from tests.sources import ops_answers_made as made
from tests.sources import ops_emulator as emu
from tests.sources.made import sheet
from tests.sources.ops_answers_made import Report
from tests.sources.ops_emulator import Clock, Emulator, Light

ON = date(2026, 6, 15)
GRANT = Report("GR01", "2018-11-13")
LAPSE = Report("CF01", "2026-06-12", "20250511")


class Desk:
    """An installation beside an emulator of the service, both by one clock."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line, self.folder = line, folder
        self.clock = Clock(clock.at_nine(ON))
        self.service = Emulator(self.clock)
        self.secret = folder / "ops.key"
        self.secret.write_text(f"{emu.KEY}:{emu.SECRET}\n", encoding="utf-8")
        self.secret.chmod(0o600)

    def patent(self, serial: int, due_on: date, *reports: Report) -> str:
        """Put a patent into the register, with what the service knows of it."""
        publication = f"{105000000 + serial}"
        number = self.line.patent(
            due_on=due_on, grant_publication_no=f"CN{publication}B"
        )
        if reports:
            self.service.legal[f"publication/CN.{publication}.B"] = made.legal(
                *reports,
                application=number.partition(".")[0],
                publication=publication,
            )
        return number

    def pull(self, **more: Any) -> Pulled:
        with emu.running(self.service) as address:
            ops = OpsSettings(base_url=address, secret_file=self.secret)
            settings = replace(self.line.settings, ops=ops)
            return pull(
                self.line.engine,
                self.line.vault,
                settings,
                self.line.here.rules,
                tell_time=self.clock.now,
                steady=self.clock.steady,
                **({"wait": self.clock.wait} | more),
            )

    def pass_days(self, count: int) -> None:
        self.clock.move(count * 86_400)

    def asked(self) -> list[int]:
        """The serials of the patents asked for, each once, in order."""
        numbers = [int(one.split(".")[1]) - 105000000 for one in self.service.asked]
        return list(dict.fromkeys(numbers))

    def queue(self) -> dict[str, Any]:
        with reading(self.line.engine) as connection:
            rows = connection.execute(select(asks)).all()
        return {row.application_no: row for row in rows}

    def source(self) -> SourceState:
        with reading(self.line.engine) as connection:
            (found,) = sources.states(connection)
        return found

    def next_look_on(self, number: str) -> date | None:
        query = select(patents_table.c.next_look_on).where(
            patents_table.c.application_no == number
        )
        with reading(self.line.engine) as connection:
            found: date | None = connection.execute(query).scalar_one()
        return found


@pytest.fixture
def desk(
    engine: Engine, vault: Vault, settings: Callable[..., Any], tmp_path: Path
) -> Desk:
    return Desk(Line(engine, vault, settings()), tmp_path)


FAR, LATE, NEAR = date(2026, 8, 20), date(2026, 5, 11), date(2026, 7, 1)
"""Due days: nothing is near 20 August yet, and the year before cannot be saved."""


def test_what_is_most_at_stake_is_asked_about_first(desk: Desk) -> None:
    far = desk.patent(1, FAR)
    late = desk.patent(2, LATE)
    near = desk.patent(3, NEAR)
    pulled = desk.pull()
    assert desk.asked() == [2, 3, 1]
    queue = desk.queue()
    assert [queue[one].stake for one in (late, near, far)] == [
        Stake.LATE,
        Stake.NEAR,
        Stake.QUIET,
    ]
    assert (pulled.asked, pulled.unknown, pulled.due) == (3, 3, {})


def test_each_is_asked_about_again_by_what_is_at_stake(desk: Desk) -> None:
    far, late = desk.patent(1, FAR, GRANT), desk.patent(2, LATE, GRANT)
    near = desk.patent(3, NEAR, GRANT)
    desk.pull()
    queue = desk.queue()
    assert queue[late].next_ask_on == ON + timedelta(days=1)
    assert queue[near].next_ask_on == date(2026, 6, 22)  # before it is late on 2 July
    assert queue[far].next_ask_on == ON + timedelta(days=30)
    assert {queue[one].outcome for one in (far, late, near)} == {"events"}
    assert desk.pull().asked == 0
    desk.pass_days(1)
    assert desk.pull().asked == 1


def test_a_patent_that_is_new_in_the_register_is_enrolled(desk: Desk) -> None:
    desk.patent(1, FAR)
    assert desk.pull().asked == 1
    desk.patent(2, FAR)
    assert desk.pull().asked == 1
    assert desk.asked() == [1, 2]


def test_no_more_are_asked_about_than_was_said(desk: Desk) -> None:
    for serial in range(1, 6):
        desk.patent(serial, LATE)
    pulled = desk.pull(limit=2)
    assert (pulled.asked, pulled.due) == (2, {Stake.LATE: 3})
    assert desk.pull(limit=2).asked == 2
    assert desk.pull(limit=2).asked == 1
    assert desk.asked() == [1, 2, 3, 4, 5]


def test_what_has_waited_longest_goes_first_among_equals(desk: Desk) -> None:
    desk.patent(1, LATE)
    desk.pull()
    desk.pass_days(2)
    desk.patent(2, LATE)  # enrolled today, while 1 is due since yesterday
    desk.service.seen.clear()
    desk.pull(limit=1)
    assert desk.asked() == [1]


def test_an_answer_with_events_is_kept_and_the_patent_looked_at_again(
    desk: Desk,
) -> None:
    number = desk.patent(1, LATE, LAPSE)
    desk.line.look(ON)
    assert desk.next_look_on(number) is not None
    pulled = desk.pull()
    assert (pulled.new_events, pulled.unknown, pulled.unexpected) == (1, 0, 0)
    assert desk.next_look_on(number) is None
    with reading(desk.line.engine) as connection:
        (event,) = events.of(connection, [number])[number]
        assert patents.one(connection, number) is not None
    assert (event.code, event.source, event.effective_on) == (
        "CF01",
        "ops",
        date(2025, 5, 11),
    )


def test_the_same_answer_tells_nothing_new(desk: Desk) -> None:
    desk.patent(1, LATE, GRANT)
    assert desk.pull().new_events == 1
    desk.pass_days(1)
    pulled = desk.pull()
    assert (pulled.asked, pulled.new_events) == (1, 0)


def test_a_source_that_answers_is_fresh(desk: Desk) -> None:
    desk.patent(1, LATE, LAPSE)
    desk.pull()
    state = desk.source()
    assert (state.name, state.not_before_at, state.detail) == ("ops", None, "")
    assert state.answered_at is not None
    assert not state.stale(state.answered_at + timedelta(days=7))
    assert state.stale(state.answered_at + timedelta(days=7, seconds=1))


def test_a_patent_that_is_not_known_there_is_an_answer(desk: Desk) -> None:
    number = desk.patent(1, LATE)
    pulled = desk.pull()
    assert (pulled.asked, pulled.unknown) == (1, 1)
    row = desk.queue()[number]
    assert (row.outcome, row.answered_at) == ("unknown", None)
    assert desk.source().answered_at is not None


def test_later_stops_the_go_and_is_remembered(desk: Desk) -> None:
    for serial in (1, 2, 3):
        desk.patent(serial, LATE, LAPSE)
    desk.service.light = lambda _: Light("black", 0, black_seconds=1800.0)
    pulled = desk.pull()
    assert pulled.not_before_at is not None
    assert (pulled.asked, pulled.due) == (0, {Stake.LATE: 3})
    assert len(desk.service.asked) == 1
    assert desk.source().not_before_at == pulled.not_before_at

    seen = len(desk.service.seen)
    again = desk.pull()
    assert (again.asked, again.not_before_at) == (0, pulled.not_before_at)
    assert len(desk.service.seen) == seen, "the service is left alone"

    desk.service.light = lambda _: Light()
    left: timedelta = pulled.not_before_at - desk.clock.now()
    desk.clock.move(left.total_seconds() + 1)
    assert desk.pull().asked == 3
    assert desk.source().not_before_at is None
    assert desk.service.forbidden() == []


def test_an_answer_that_was_none_is_asked_for_again_tomorrow(desk: Desk) -> None:
    number = desk.patent(1, FAR, LAPSE)
    desk.service.plays.append(emu.LOGIN_PAGE)
    pulled = desk.pull()
    assert (pulled.asked, pulled.unexpected, pulled.new_events) == (1, 1, 0)
    assert pulled.needs_a_person
    row = desk.queue()[number]
    assert (row.outcome, row.next_ask_on) == ("unexpected", ON + timedelta(days=1))
    assert desk.source().answered_at is None
    desk.pass_days(1)
    assert desk.pull().new_events == 1


def test_one_that_fails_alone_does_not_keep_the_others_waiting(desk: Desk) -> None:
    failing = desk.patent(1, LATE, LAPSE)
    others = [desk.patent(serial, LATE, LAPSE) for serial in (2, 3)]
    desk.service.plays += [emu.SERVER_FAULT] * 3
    pulled = desk.pull()
    assert (pulled.asked, pulled.unexpected, pulled.new_events) == (3, 1, 2)
    assert pulled.not_before_at is None
    queue = desk.queue()
    assert queue[failing].next_ask_on == ON + timedelta(days=1)
    assert {queue[number].outcome for number in others} == {"events"}


def test_one_strange_answer_among_good_ones_needs_nobody(desk: Desk) -> None:
    for serial in (1, 2):
        desk.patent(serial, LATE, LAPSE)
    desk.service.plays.append(emu.LOGIN_PAGE)
    pulled = desk.pull()
    assert (pulled.asked, pulled.unexpected) == (2, 1)
    assert not pulled.needs_a_person


def test_a_failing_source_keeps_the_day_of_its_newest_answer(desk: Desk) -> None:
    desk.patent(1, LATE, GRANT)
    desk.pull()
    answered_at = desk.source().answered_at
    desk.pass_days(1)
    desk.service.plays.append(emu.LOGIN_PAGE)
    desk.pull()
    state = desk.source()
    assert state.answered_at == answered_at
    assert state.asked_at is not None
    assert answered_at is not None
    assert state.asked_at > answered_at


def test_a_trial_asks_nobody_and_writes_nothing(desk: Desk) -> None:
    desk.patent(1, LATE, LAPSE)
    desk.patent(2, FAR, LAPSE)
    pulled = desk.pull(dry_run=True)
    assert (pulled.asked, pulled.due) == (0, {Stake.QUIET: 2})
    assert desk.service.seen == []
    assert desk.queue() == {}
    (line,) = pulled.lines(dry_run=True)
    assert line == "应查询 2 件（其余 2）；试算，没有查询"


def test_a_stop_is_heard_between_two_questions(desk: Desk) -> None:
    for serial in (1, 2, 3):
        desk.patent(serial, LATE, LAPSE)
    stop = Stop()
    pulled = desk.pull(stop=stop, on_asked=lambda _: stop.set())
    assert pulled.asked == 1
    assert desk.pull().asked == 2


def test_a_stop_while_waiting_for_the_pace_leaves_the_source_open(desk: Desk) -> None:
    for serial in (1, 2, 3):
        desk.patent(serial, LATE, LAPSE)
    told = iter([True])  # once; whoever goes on all the same is not told again
    pulled = desk.pull(wait=lambda seconds: next(told, desk.clock.wait(seconds)))
    assert pulled.asked == 0
    assert desk.pull().asked == 3


def test_a_wrong_key_stops_at_once_and_says_so(desk: Desk) -> None:
    desk.patent(1, LATE, LAPSE)
    desk.secret.write_text("no:key", encoding="utf-8")
    pulled = desk.pull()
    assert (pulled.asked, pulled.new_events) == (0, 0)
    assert pulled.not_before_at is not None
    assert pulled.reason


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("key-alone", id="one-word"),
        pytest.param("a b c", id="three-words"),
    ],
)
def test_a_key_file_that_holds_no_key_is_a_mistake_of_configuration(
    desk: Desk, content: str
) -> None:
    desk.secret.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"ops\.secret_file"):
        desk.pull()


def test_without_a_key_file_nobody_is_asked(desk: Desk) -> None:
    with pytest.raises(ConfigError, match="没有配置 OPS 的密钥文件"):
        pull(
            desk.line.engine,
            desk.line.vault,
            desk.line.settings,
            desk.line.here.rules,
            tell_time=desk.clock.now,
        )
    assert desk.queue() == {}


def test_a_key_may_stand_on_two_lines(desk: Desk) -> None:
    desk.patent(1, LATE, LAPSE)
    desk.secret.write_text(f"{emu.KEY}\n{emu.SECRET}\n", encoding="utf-8")
    assert desk.pull().new_events == 1


def test_what_was_done_is_told_in_words(desk: Desk) -> None:
    desk.patent(1, LATE, LAPSE)
    desk.patent(2, LATE)
    pulled = desk.pull()
    assert list(pulled.lines(dry_run=False)) == [
        "查询 2 件，新事件 1 个，查不到 1 件，异常 0 件；还有 0 件待查"
    ]
    assert pulled.document() == {
        "source": "ops",
        "asked": 2,
        "new_events": 1,
        "unknown": 1,
        "unexpected": 0,
        "due": {},
        "not_before_at": None,
        "reason": "",
    }


def test_a_lapse_heard_of_is_told_to_the_owner(desk: Desk) -> None:
    number = desk.patent(1, date(2025, 12, 1), Report("CF01", "2026-06-12", "20251201"))
    desk.line.contact("a@b.example")
    desk.line.look(ON)
    desk.pull()
    desk.line.look(ON)
    told = [
        row.tier for row in desk.line.alerts(application_no=number, channel="email")
    ]
    assert "lapsed" in told


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """Return a clerk with one patent in the register."""
    for name in ("PATENTWATCH_CONFIG", "PATENTWATCH_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    clerk = Clerk(tmp_path)
    write_csv(Path("list.csv"), rows(1))
    clerk.run("import", "list.csv", "--on", "2026-11-22")
    return clerk


@contextmanager
def configured(clerk: Clerk, secret: str | None) -> Iterator[Emulator]:
    """Write the address of an emulator into a clerk's configuration."""
    service = Emulator(Clock(clock.at_nine(date(2026, 11, 22))))
    with emu.running(service) as address:
        path = clerk.folder / "patentwatch.toml"
        lines = [f'[ops]\nbase_url = "{address}"']
        if secret is not None:
            (clerk.folder / "ops.key").write_text(secret, encoding="utf-8")
            (clerk.folder / "ops.key").chmod(0o600)
            lines.append('secret_file = "ops.key"')
        text = path.read_text(encoding="utf-8")
        path.write_text("\n".join([text, *lines, ""]), encoding="utf-8")
        yield service


def know(service: Emulator) -> None:
    """Let the service know of the grant of patent 1."""
    service.legal["publication/CN.105000001.B"] = made.legal(
        Report("GR01", "2018-03-02"),
        application=number(1).partition(".")[0],
        publication="105000001",
    )


ON_COMMAND = ("--on", "2026-11-22")


def test_the_command_asks_and_tells_what_came(clerk: Clerk) -> None:
    with configured(clerk, f"{emu.KEY}:{emu.SECRET}") as service:
        know(service)
        found = clerk.json("status", "pull", *ON_COMMAND)
    assert (found["source"], found["asked"], found["new_events"]) == ("ops", 1, 1)
    (state,) = clerk.json("status", "sources", *ON_COMMAND)
    assert (state["source"], state["stale"]) == ("ops", False)


def test_the_command_without_a_key_is_a_mistake_of_configuration(clerk: Clerk) -> None:
    with configured(clerk, None) as service:
        result = clerk.invoke("status", "pull", *ON_COMMAND)
    assert result.exit_code == 78
    assert "没有配置 OPS 的密钥文件" in result.output
    assert service.seen == []


def test_a_trial_of_the_command_asks_nobody(clerk: Clerk) -> None:
    with configured(clerk, f"{emu.KEY}:{emu.SECRET}") as service:
        before = clerk.stored()
        told = clerk.run("status", "pull", "--dry-run", *ON_COMMAND)
        assert clerk.stored() == before
    assert "应查询 1 件" in told
    assert service.seen == []


def test_a_source_that_never_answers_is_told_by_sources_and_doctor(
    clerk: Clerk,
) -> None:
    with configured(clerk, f"{emu.KEY}:{emu.SECRET}") as service:
        service.plays.append(emu.LOGIN_PAGE)
        clerk.run("status", "pull", *ON_COMMAND, status=1)
        (state,) = clerk.json("status", "sources", *ON_COMMAND, status=1)
        told = clerk.invoke("doctor", *ON_COMMAND).output
    assert (state["answered_at"], state["stale"]) == (None, True)
    assert "✗ 法律状态来源：查询过，从未得到回答；提醒照常进行" in told


def test_a_service_that_is_silent_for_a_week_is_told_by_the_doctor(
    clerk: Clerk,
) -> None:
    with configured(clerk, f"{emu.KEY}:{emu.SECRET}") as service:
        know(service)
        clerk.run("status", "pull", *ON_COMMAND)
    # A file of yesterday does not speak for the service.
    row = f"{number(1)},2026.01.09,其他有关事项,其他有关事项"
    header = "申请号,法律状态公告日,法律状态,法律状态信息"
    Path("notices.csv").write_bytes(sheet(header, row))
    clerk.run("status", "import", "notices.csv", "--on", "2026-11-29")
    for on, mark in (("2026-11-29", "✓"), ("2026-11-30", "✗")):
        told = clerk.invoke("doctor", "--on", on).output
        assert f"{mark} 法律状态来源：数据截至 2026-11-22" in told
