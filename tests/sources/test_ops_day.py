"""A day of asking about a city's patents, while everything goes wrong that can.

The clock is simulated; HTTP is real. Whatever happens in between, in the end every
event is known, and the service had no reason to complain.
"""

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from patentwatch import statusfiles
from patentwatch.model import PatentNumber
from patentwatch.register.numbers import check_digit
from patentwatch.sources.ops import Answer, AnswerKind, Asked, Ops
from tests.sources import ops_answers_made as made
from tests.sources import ops_emulator as emu
from tests.sources.ops_answers_made import Report
from tests.sources.ops_emulator import Clock, Emulator, Light, Reply

SUNDAY = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)
DAY_SECONDS = 24 * 3600.0
PATENTS = 1100
FAULTS = (
    emu.UNAVAILABLE,
    emu.SERVER_FAULT,
    emu.DROPPED,
    emu.LOGIN_PAGE,
    emu.JSON_ERROR,
    emu.BAD_TOKEN,
    Reply(200, b"<?xml version='1.0'?><ops:world-patent-data xmlns:ops='http://op"),
    Reply(200, b"<!DOCTYPE a><a/>"),
    Reply(200, b"<a>half of it, the other half never came</a>", cut=True),
)
LIGHTS = (
    Light("green", 60),
    Light("green", 45, "busy"),
    Light("yellow", 45, "busy"),
    Light("red", 40, "busy"),
    Light("green", 60, "overloaded"),
    Light("yellow", 30, "overloaded"),
)

EventDays = tuple[str, date | None, date | None]


@dataclass
class City:
    """The patents, what is to be found about each, and what was found."""

    asked: list[Asked] = field(default_factory=list)
    truth: dict[PatentNumber, set[EventDays]] = field(default_factory=dict)
    found: dict[PatentNumber, set[EventDays]] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)

    def take(self, asked: Asked, answer: Answer) -> bool:
        """Keep what came; whether it settles the question."""
        self.said[answer.code or answer.kind] += 1
        if answer.kind not in (AnswerKind.EVENTS, AnswerKind.UNKNOWN):
            assert answer.events == ()
            return False
        self.found.setdefault(asked.application_no, set()).update(
            (event.code, event.announced_on, event.effective_on)
            for event in answer.events
        )
        return True


def city(service: Emulator) -> City:
    """Return patents of every kind of trouble in looking them up."""
    made_city = City()
    for place in range(PATENTS):
        digits, published = f"20181{place:07d}", f"1{place:08d}"
        number = PatentNumber(f"{digits}.{check_digit(digits)}")
        granted_on, lapsed_on = date(2020, 1, 1 + place % 28), date(2024, 2, 27)
        reports = [
            Report("C14", granted_on.isoformat()),
            Report("CF01", "0001-01-01", lapsed_on.strftime("%Y%m%d")),
            Report("C14", granted_on.isoformat()),
        ]
        body = made.legal(*reports, application=digits, publication=published)
        empty = made.legal(application=digits, publication=published)
        truth: set[EventDays] = {
            ("C14", granted_on, None),
            ("CF01", None, lapsed_on),
        }
        publication: str | None = f"CN{published}B"
        match place % 10:
            case 0:
                service.legal[f"publication/CN.{published}.A"] = body
            case 1:
                service.legal[f"publication/CN.{published}.C"] = body
            case 2:
                service.legal[f"publication/CN.{published}.B"] = empty
                service.legal[f"publication/CN.{published}.A"] = body
            case 3:
                service.legal[f"application/CN.{digits}.A"] = body
                publication = None
            case 4:
                truth = set()
            case _:
                service.legal[f"publication/CN.{published}.B"] = body
        made_city.asked.append(Asked(number, publication))
        made_city.truth[number] = truth
    return made_city


def light(at: float) -> Light:
    """Return another light every seven minutes; black now and then, once for long."""
    if 19_500.0 <= at < 20_700.0:
        return Light("black", 0, "overloaded", black_seconds=20_700.0 - at)
    if at % 2500.0 < 45.0:
        return Light("black", 0, "busy", black_seconds=45.0 - at % 2500.0)
    return LIGHTS[int(at // 420.0) % len(LIGHTS)]


def trouble(passed: float, chance: random.Random) -> list[Reply | None]:
    """Return what is sent instead of the next answers; None: what is asked for."""
    if 8000.0 < passed < 9800.0:
        return [emu.UNAVAILABLE] * 9
    if chance.random() < 0.001:
        return [emu.ROBOT]
    if chance.random() < 0.05:
        fault: Reply | None = chance.choice(FAULTS)
        return [None] * chance.randrange(2) + [fault] * chance.randrange(1, 4)
    return []


def a_day(city: City, service: Emulator, ops: Ops) -> int:
    """Ask about everything again and again; return how many questions were put."""
    chance, clock = random.Random(20260308), service.clock  # noqa: S311
    waiting, begun, questions = deque(city.asked), clock.steady(), 0
    while (passed := clock.steady() - begun) < DAY_SECONDS:
        # Every other hour the service has less to give than we think.
        service.hour_bytes = (450_000_000, 380_000_000)[int(passed // 3600) % 2]
        service.plays = deque(trouble(passed, chance))
        asked = waiting.popleft()
        settled = city.take(asked, ops.ask(asked))
        questions += 1
        # What was not settled is asked again soon, but not before all others.
        waiting.insert(PATENTS if settled else 20, asked)
        if (closed := ops.closed()) and closed.not_before:
            city.said[closed.code] += 1
            clock.move((closed.not_before - clock.now()).total_seconds())
    return questions


def test_in_a_day_of_trouble_no_event_is_lost_and_no_limit_is_passed() -> None:
    random.seed(20260308)  # for the jitter between attempts
    clock = Clock(SUNDAY)
    service = Emulator(clock)
    service.light, service.bytes_counted_per_byte = light, 900
    patents = city(service)
    with (
        emu.running(service) as base,
        Ops(
            base,
            key=emu.KEY,
            secret=emu.SECRET,
            table=statusfiles.load(),
            tell_time=clock.now,
            steady=clock.steady,
            wait=clock.wait,
        ) as ops,
    ):
        questions = a_day(patents, service, ops)

    assert patents.found == patents.truth
    assert service.above_the_limit() == []
    assert service.forbidden() == []
    hours = [used for name, used in service.used.items() if name.startswith("hour")]
    assert max(hours) < 450_000_000
    # At most three kinds each, three attempts and a token; a wait before each.
    assert PATENTS < questions < 2 * PATENTS
    assert len(service.seen) < 2 * questions
    assert len(clock.waits) < 2 * len(service.seen)
    # It was such a day.
    assert set(patents.said) >= {
        "events", "unknown", "html", "json", "dtd", "broken_xml", "black",
        "quota_hour", "quota_week", "server_error", "troubled", "robot_detected",
    }  # fmt: skip
    assert set(service.served) >= {200, 400, 403, 404, 500, 503}
