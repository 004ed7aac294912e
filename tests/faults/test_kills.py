"""Killed at any moment, or at a named one: nothing is lost, a copy is recognised.

F01 random moments, F02 named moments, F04 a stop instead of a kill; and the wrong
orders of intent and wire, which the same judge must find.
"""

import random
import signal
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from patentwatch import clock
from patentwatch.model import Channel
from patentwatch.settings import AlertSettings
from tests.delivery.sms.emulator import Emulator
from tests.faults import mutants
from tests.faults.judge import Judgement, assert_sound, judged_mails, judged_sms
from tests.faults.offices import KINDS, NINE, Office
from tests.faults.points import AFTER, BEFORE, COMMITS, NAMES, Point
from tests.faults.sizes import gate_and_soak
from tests.faults.worker import PATIENCE, finished, start, work, work_until_told
from tests.line import assert_accounted_for, over_smtp
from tests.mail_sink import Sink
from tests.test_asking import contract

PEOPLE, KILLS_A_WAVE = 100, 12
A_LEASE_LATER = timedelta(minutes=16)
CONNECTIONS = 2

Offices = Callable[..., Office]


def chance_of(seed: int) -> random.Random:
    """Return chance that falls the same way every time."""
    return random.Random(seed)  # noqa: S311 - a die


class World:
    """A mail server and a provider of short messages, and what time it is for them."""

    def __init__(self, server: Sink, provider: Emulator, folder: Path) -> None:
        self.server, self.provider, self._folder = server, provider, folder
        self.now = NINE
        provider.today = lambda: self.now.astimezone(clock.SHANGHAI)
        provider.steady = lambda: self.now.timestamp()  # noqa: PLW0108 - it moves

    def sections(self) -> dict[str, Any]:
        """Return the settings of an office in this world."""
        return {"sms": contract(self.provider, self._folder, "aliyun")}

    @property
    def count(self) -> int:
        return self.server.count + len(self.provider.accepted)

    def finish(self) -> None:
        """Let the provider finish what a process gave it that is dead now.

        A minute is not a minute here: it must not come to it after the next asked.
        """
        with socket.create_connection(("127.0.0.1", self.provider.port)) as line:
            line.sendall(b"GET / HTTP/1.0\r\n\r\n")
            while line.recv(1000):
                pass  # it answers in the order in which connections came
        for thread in threading.enumerate():
            if "process_request_thread" in thread.name:
                thread.join(PATIENCE)

    def take_judgement(self, here: Office, channel: Channel) -> Judgement:
        """Judge what arrived since this was last asked, and forget it."""
        self.now = NINE
        if channel is Channel.EMAIL:
            return judged_mails(here.line, self.server.take_all())
        taken = [(one.to, one.key) for one in self.provider.accepted]
        self.provider.accepted.clear()
        return judged_sms(here.line, taken)


@pytest.fixture
def world(server: Sink, provider: Emulator, tmp_path: Path) -> World:
    return World(server, provider, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
@gate_and_soak("kills", gate=24, soak=500)
def test_f01_kills_at_random_moments_lose_nothing(
    office: Offices, world: World, kind: str, kills: int
) -> None:
    chance, killed, waves = chance_of(20260411), 0, 0
    while killed < kills:
        channel = (Channel.EMAIL, Channel.SMS)[waves % 2]
        here = office(kind, **world.sections())
        here.line.many(PEOPLE, channel=channel)
        fell = wave(here, world, chance, min(KILLS_A_WAVE, kills - killed))
        found = world.take_judgement(here, channel)
        assert found.clean
        most = CONNECTIONS * fell if channel is Channel.EMAIL else 0
        assert found.doubled <= most
        assert_all_said(here)
        here.close()
        killed, waves = killed + fell, waves + 1


def wave(here: Office, world: World, chance: random.Random, kills: int) -> int:
    """Kill the process until that many kills fell; then let one finish."""
    job, fell = here.job(), 0
    while fell < kills and world.now < NINE + timedelta(hours=9):
        before = world.count
        process = start(work, job.at(world.now))
        if chance.random() < 0.7:
            wait_for_a_message(world, before, process)
        threading.Event().wait(chance.uniform(0, 0.06))
        process.kill()
        fell += finished(process) == -signal.SIGKILL
        world.finish()
        assert_sound(here.line)
        world.now += A_LEASE_LATER
    for _ in range(2):  # a short message that was asked for is sent again
        assert finished(start(work, job.at(world.now))) == 0
        world.now += A_LEASE_LATER
    return fell


def assert_all_said(here: Office) -> None:
    states = {row.state for row in here.line.alerts(tier="reminder")}
    assert states <= {"accepted", "delivered"}
    assert_accounted_for(here.line, NINE + timedelta(hours=11))


def wait_for_a_message(world: World, before: int, process: BaseProcess) -> None:
    """Wait until the process has sent something, or has nothing to send."""
    tick = threading.Event()
    for _ in range(6000):
        if world.count > before or not process.is_alive():
            return
        tick.wait(0.005)
    raise AssertionError("the process neither sent nor ended")


MAIL_POINTS = tuple(name for name in NAMES if "receipts" not in name)
SMS_POINTS = tuple(name for name in MAIL_POINTS if name != "in the envelope")
AMBIGUOUS = "after the wire"
"""Where a message has left without a word of it, in the database or in the journal."""

ONCE = frozenset(when + what for when in (BEFORE, AFTER) for what in COMMITS[:3])


def nth(name: str, chance: random.Random) -> int:
    """Return how often a process may come by before it dies, with 25 messages."""
    if name in ONCE:
        return 1
    return chance.randint(1, 2 if "intent" in name else 20)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MAIL_POINTS)
@gate_and_soak("times", gate=1, soak=20)
def test_f02_a_kill_at_a_named_moment_loses_no_mail(
    office: Offices, world: World, kind: str, name: str, times: int
) -> None:
    one_line = over_smtp(world.server.port, connections=1)
    chance = chance_of(len(name))
    for _ in range(times):
        here = office(kind, smtp=one_line)
        here.line.many(25)
        killed_at(here, Point(name, nth(name, chance)), NINE)
        assert finished(start(work, here.job(NINE + A_LEASE_LATER))) == 0
        found = world.take_judgement(here, Channel.EMAIL)
        assert found.clean
        assert found.doubled == (name == AMBIGUOUS)
        assert_all_said(here)
        here.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SMS_POINTS)
@gate_and_soak("times", gate=1, soak=20)
def test_f02_a_kill_at_a_named_moment_loses_and_doubles_no_short_message(
    office: Offices, world: World, kind: str, name: str, times: int
) -> None:
    chance = chance_of(len(name))
    for _ in range(times):
        here = office(kind, **world.sections())
        here.line.many(25, channel=Channel.SMS)
        killed_at(here, Point(name, nth(name, chance)), NINE)
        world.now = NINE + A_LEASE_LATER
        assert finished(start(work, here.job(world.now))) == 0
        found = world.take_judgement(here, Channel.SMS)
        assert found.clean
        assert found.doubled == 0
        assert_all_said(here)
        here.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["before receipts", "after receipts"])
@gate_and_soak("times", gate=1, soak=20)
def test_f02_a_kill_at_a_receipt_counts_it_once(
    office: Offices, world: World, kind: str, name: str, times: int
) -> None:
    chance = chance_of(times)
    for _ in range(times):
        here = office(kind, **world.sections())
        here.line.many(12, channel=Channel.SMS)
        assert finished(start(work, here.job(NINE))) == 0
        world.now = NINE + A_LEASE_LATER
        killed_at(here, Point(name, chance.randint(1, 12)), world.now)
        world.now += A_LEASE_LATER
        assert finished(start(work, here.job(world.now))) == 0
        assert {row.state for row in here.line.messages()} == {"delivered"}
        assert world.take_judgement(here, Channel.SMS) == Judgement()
        here.close()


def killed_at(here: Office, point: Point, now: datetime) -> None:
    """Let a process die at a point; the database is whole after it."""
    process = start(work, here.job(now, point=point))
    assert finished(process) == -signal.SIGKILL, "it never came by"
    assert_sound(here.line)


@pytest.mark.parametrize("kind", KINDS)
@gate_and_soak("stops", gate=3, soak=50)
def test_f04_a_stop_finishes_what_is_in_flight(
    office: Offices, world: World, kind: str, stops: int
) -> None:
    chance = chance_of(stops)
    live = AlertSettings(mode="live", brake=20 * stops)  # so many are no storm here
    here = office(kind, alerts=live)
    here.line.many(20 * stops)
    for _ in range(stops):
        before = world.count
        process = start(work_until_told, here.job())
        wait_for_a_message(world, before, process)
        threading.Event().wait(chance.uniform(0, 0.02))
        process.terminate()
        assert finished(process) == 0
        assert here.line.messages(state="sending") == []
    assert finished(start(work, here.job())) == 0
    assert world.server.count == 20 * stops
    assert world.take_judgement(here, Channel.EMAIL) == Judgement()


# The judge must find what is wrong.


def spoilt(here: Office, world: World, mutant: str, channel: Channel) -> Judgement:
    """Let a process with a wrong order die once, and another one finish."""
    here.line.many(25, channel=channel)
    name = "after the wire" if mutant == mutants.SEND_FIRST else "after outcome"
    process = start(work, here.job(point=Point(name, 5), mutant=mutant))
    assert finished(process) == -signal.SIGKILL
    world.now = NINE + A_LEASE_LATER
    assert finished(start(work, here.job(world.now, mutant=mutant))) == 0
    return world.take_judgement(here, channel)


@pytest.mark.gate
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_sending_before_the_intent_is_found_by_the_judge(
    office: Offices, world: World, channel: Channel
) -> None:
    here = office("sqlite", **world.sections())
    found = spoilt(here, world, mutants.SEND_FIRST, channel)
    assert found.unannounced > 0
    assert found.doubled > 0
    assert found.inexcusable > 0
    assert not found.clean


@pytest.mark.gate
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
def test_counting_as_sent_before_sending_is_found_by_the_judge(
    office: Offices, world: World, channel: Channel
) -> None:
    here = office("sqlite", **world.sections())
    found = spoilt(here, world, mutants.MARK_FIRST, channel)
    assert found.lost > 0
    assert not found.clean


@pytest.mark.soak
@pytest.mark.parametrize(
    "mutant", [mutants.SEND_FIRST, mutants.MARK_FIRST], ids=["send-first", "mark-first"]
)
def test_random_kills_find_a_wrong_order_too(
    office: Offices, world: World, mutant: str
) -> None:
    chance, found = chance_of(7), Judgement()
    for _ in range(10):
        here = office("sqlite")
        here.line.many(PEOPLE)
        job = here.job(mutant=mutant)
        while world.now < NINE + timedelta(hours=7):
            before = world.count
            process = start(work, job.at(world.now))
            wait_for_a_message(world, before, process)
            threading.Event().wait(chance.uniform(0, 0.06))
            process.kill()
            finished(process)
            world.now += A_LEASE_LATER
        assert finished(start(work, job.at(world.now))) == 0
        found = world.take_judgement(here, Channel.EMAIL)
        if not found.clean:
            break
    assert not found.clean
