"""Asking the service about one patent, over real HTTP to the emulator."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from patentwatch import statusfiles
from patentwatch.bounded import Bounds
from patentwatch.model import PatentNumber
from patentwatch.sources.ops import Answer, AnswerKind, Asked, Ops, Quota
from tests.sources import ops_answers_made as made
from tests.sources import ops_emulator as emu
from tests.sources.ops_answers_made import Report
from tests.sources.ops_emulator import Clock, Emulator, Light, Reply

BEGIN = datetime(2026, 3, 4, 10, 20, tzinfo=UTC)  # a Wednesday
TABLE = statusfiles.load()
NUMBER = PatentNumber("201819990001.0")
ASKED = Asked(NUMBER, "CN109990001B")
LAPSE = Report("CF01", "2024-02-27", "20230315")
PAGE = made.legal(LAPSE, application="201819990001", publication="109990001")


@dataclass(frozen=True, slots=True)
class Scene:
    clock: Clock
    service: Emulator
    ops: Ops

    def ask(self, times: int = 1) -> list[Answer]:
        return [self.ops.ask(ASKED) for _ in range(times)]

    def pass_until(self, instant: datetime | None) -> None:
        assert instant is not None
        self.clock.move((instant - self.clock.now()).total_seconds())


@contextmanager
def scene(
    *,
    secret: str = emu.SECRET,
    quota: Quota | None = None,
    bounds: Bounds | None = None,
    stop_after: int | None = None,
) -> Iterator[Scene]:
    with ExitStack() as stack:
        clock = Clock(BEGIN, stop_after=stop_after)
        service = Emulator(clock)
        service.legal["publication/CN.109990001.B"] = PAGE
        ops = Ops(
            stack.enter_context(emu.running(service)),
            key=emu.KEY,
            secret=secret,
            table=TABLE,
            tell_time=clock.now,
            steady=clock.steady,
            wait=clock.wait,
            quota=quota,
            bounds=bounds,
        )
        with ops:
            yield Scene(clock, service, ops)


@pytest.fixture
def here() -> Iterator[Scene]:
    with scene() as made_here:
        yield made_here
        assert made_here.service.above_the_limit() == []
        assert made_here.service.forbidden() == []


def test_a_publication_is_asked_under_the_kind_it_has(here: Scene) -> None:
    answer = here.ops.ask(ASKED)
    assert answer.kind is AnswerKind.EVENTS
    (event,) = answer.events
    assert (event.source, event.code) == ("ops", "CF01")
    assert (event.announced_on, event.effective_on) == (
        date(2024, 2, 27),
        date(2023, 3, 15),
    )
    assert here.service.asked == ["publication/CN.109990001.B"]


@pytest.mark.parametrize(
    ("number", "publication", "asked"),
    [
        pytest.param(
            NUMBER,
            "CN109990001C",
            ["publication/CN.109990001." + kind for kind in ("C", "B", "A")],
            id="its-kind-first",
        ),
        pytest.param(
            NUMBER,
            "109990001",
            ["publication/CN.109990001." + kind for kind in ("B", "A", "C")],
            id="no-kind",
        ),
        pytest.param(
            NUMBER,
            "CN109990001B9",
            ["publication/CN.109990001." + kind for kind in ("B9", "B", "A", "C")],
            id="corrected",
        ),
        pytest.param(
            PatentNumber("201829990001.6"),
            "CN209990001U",
            ["publication/CN.209990001.U", "publication/CN.209990001.Y"],
            id="utility-model",
        ),
        pytest.param(NUMBER, None, ["application/CN.201819990001.A"], id="none"),
        pytest.param(NUMBER, "n/a", ["application/CN.201819990001.A"], id="nonsense"),
        pytest.param(
            PatentNumber("98199001.0"), None, ["application/CN.98199001.A"], id="short"
        ),
        pytest.param(
            PatentNumber("201829990001.6"),
            None,
            ["application/CN.201829990001.U", "application/CN.201829990001.A"],
            id="utility-model-by-application",
        ),
    ],
)
def test_what_is_found_nowhere_is_unknown_after_every_kind(
    here: Scene, number: PatentNumber, publication: str | None, asked: list[str]
) -> None:
    here.service.legal.clear()
    assert here.ops.ask(Asked(number, publication)) == Answer(AnswerKind.UNKNOWN)
    assert here.service.asked == asked


@pytest.mark.parametrize("kind", ["A", "C"])
@pytest.mark.parametrize("b_is_empty", [True, False])
def test_events_under_another_kind_are_found(
    here: Scene, kind: str, *, b_is_empty: bool
) -> None:
    del here.service.legal["publication/CN.109990001.B"]
    if b_is_empty:
        here.service.legal["publication/CN.109990001.B"] = made.legal(
            application="201819990001", publication="109990001"
        )
    here.service.legal[f"publication/CN.109990001.{kind}"] = PAGE
    assert [event.code for event in here.ops.ask(ASKED).events] == ["CF01"]


def test_the_same_number_under_another_kind_may_be_another_patent(here: Scene) -> None:
    # Up to 2007 a grant and a published application of one number were strangers.
    here.service.legal = {
        "publication/CN.109990001.A": made.legal(
            LAPSE, application="201819990002", publication="109990001", kind="A"
        )
    }
    assert here.ops.ask(Asked(NUMBER, "CN109990001C")).kind is AnswerKind.UNKNOWN


def test_a_publication_of_another_patent_is_told(here: Scene) -> None:
    here.service.legal["publication/CN.109990001.B"] = made.legal(
        LAPSE, application="201819990002", publication="109990001"
    )
    answer = here.ops.ask(ASKED)
    assert (answer.kind, answer.code) == (AnswerKind.UNEXPECTED, "other_patent")


def test_one_token_serves_until_nine_tenths_of_its_life(here: Scene) -> None:
    here.ask()
    here.clock.move(1070)
    here.ask()
    assert here.service.tokens_given == 1
    here.clock.move(10)
    here.ask()
    assert here.service.tokens_given == 2
    assert 400 not in here.service.served


def test_a_token_that_ended_early_is_replaced_and_the_question_repeated(
    here: Scene,
) -> None:
    here.service.plays.append(emu.BAD_TOKEN)
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS
    assert here.service.served == [200, 400, 200, 200]


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("in_header", [True, False])
def test_a_bad_token_is_known_by_its_body_or_its_header(
    here: Scene, status: int, *, in_header: bool
) -> None:
    full = emu.BAD_TOKEN
    here.service.plays.append(
        Reply(status, b"", full.headers) if in_header else Reply(status, full.body)
    )
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS
    assert here.service.tokens_given == 2


def test_a_second_bad_token_ends_it_for_an_hour(here: Scene) -> None:
    here.service.plays.extend([emu.BAD_TOKEN] * 9)
    first, second = here.ask(2)
    assert (first.kind, first.code) == (AnswerKind.LATER, "token_refused")
    assert second == first
    assert here.service.served == [200, 400, 200, 400]
    assert first.not_before is not None
    wait = first.not_before - here.clock.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


def test_refused_credentials_are_not_tried_again_at_once() -> None:
    with scene(secret="错" + emu.SECRET) as here:
        answers = here.ask(5)
        assert {answer.code for answer in answers} == {"credentials_refused"}
        assert here.service.served == [401]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"access_token": "t"}',
        b'{"access_token": 1, "expires_in": "1199"}',
        b'{"access_token": "t t", "expires_in": "1199"}',
        b'{"access_token": "t", "expires_in": "soon"}',
        b'{"access_token": "t", "expires_in": "NaN"}',
        b'{"access_token": "t", "expires_in": "-1"}',
        b"<html>login</html>",
    ],
)
def test_what_is_no_token_is_not_used(here: Scene, body: bytes) -> None:
    here.service.token_plays.append(Reply(200, body))
    assert here.ops.ask(ASKED).code == "token_unexpected"
    assert here.service.asked == []


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(emu.LOGIN_PAGE, "html", id="login-page"),
        pytest.param(emu.JSON_ERROR, "json", id="json"),
        pytest.param(Reply(200, PAGE[:900]), "broken_xml", id="truncated"),
        pytest.param(Reply(200, b"<!DOCTYPE a><a/>"), "dtd", id="dtd"),
        pytest.param(Reply(404, made.LOGIN_PAGE), "http_404", id="somebody-elses-404"),
        pytest.param(Reply(400, b"<error/>"), "http_400", id="bad-request"),
        pytest.param(
            Reply(302, b"", {"Location": "/login"}), "http_302", id="redirection"
        ),
        pytest.param(Reply(403, b"<error/>"), "http_403", id="forbidden"),
    ],
)
def test_unexpected_content_is_a_value_and_no_state(
    here: Scene, reply: Reply, code: str
) -> None:
    here.service.plays.append(reply)
    answer = here.ops.ask(ASKED)
    assert (answer.kind, answer.code) == (AnswerKind.UNEXPECTED, code)
    assert answer.events == ()
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS


def test_a_body_that_is_too_large_is_not_read() -> None:
    with scene(bounds=Bounds(body_bytes=len(PAGE))) as here:
        assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS
        here.service.plays.append(Reply(200, PAGE + b" "))
        assert here.ops.ask(ASKED).code == "too_large"


def test_three_useless_answers_in_a_row_stop_us_for_a_while(here: Scene) -> None:
    here.service.plays.extend([emu.LOGIN_PAGE] * 9)
    answers = here.ask(10)
    assert [answer.code for answer in answers] == ["html"] * 3 + ["troubled"] * 7
    here.service.plays.clear()
    here.pass_until(answers[-1].not_before)
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(emu.UNAVAILABLE, id="503"),
        pytest.param(emu.SERVER_FAULT, id="500"),
        pytest.param(emu.DROPPED, id="dropped"),
        pytest.param(Reply(200, PAGE, cut=True), id="cut"),
        pytest.param(Reply(429, b"", {"Retry-After": "7000"}), id="429"),
    ],
)
def test_a_passing_failure_is_tried_again(here: Scene, reply: Reply) -> None:
    here.service.plays.extend([reply, reply])
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS
    assert len(here.service.asked) == 3


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(emu.UNAVAILABLE, "server_error", id="503"),
        pytest.param(emu.DROPPED, "unreachable", id="dropped"),
        pytest.param(Reply(429, b""), "throttled", id="429"),
    ],
)
def test_a_lasting_failure_is_left_for_later(
    here: Scene, reply: Reply, code: str
) -> None:
    here.service.plays.extend([reply] * 30)
    answers = here.ask(20)
    assert [answer.code for answer in answers] == [code] * 3 + ["troubled"] * 17
    assert {answer.kind for answer in answers} == {AnswerKind.LATER}
    assert len(here.service.asked) == 9


def test_nobody_at_home_is_left_for_later() -> None:
    clock = Clock(BEGIN)
    with emu.running(Emulator(clock)) as base:
        pass
    with Ops(
        base,
        key=emu.KEY,
        secret=emu.SECRET,
        table=TABLE,
        tell_time=clock.now,
        steady=clock.steady,
        wait=clock.wait,
    ) as ops:
        assert ops.ask(ASKED).code == "unreachable"


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_call_that_trickles_ends_at_its_deadline(
    where: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with scene() as here:
        here.service.token_seconds = 1_000_000
        # Whole and right in the end: without a deadline it would be taken.
        here.service.plays.extend([Reply(200, PAGE, trickle=where)] * 3)
        answer = here.ops.ask(ASKED)
        assert (answer.kind, answer.code) == (AnswerKind.LATER, "unreachable")
    assert caplog.text.count("why=timeout") == 3


def test_a_short_trickle_is_borne() -> None:
    with scene(bounds=Bounds(call_seconds=len(PAGE) + 10.0)) as here:
        here.service.token_seconds = 1_000_000
        here.service.plays.append(Reply(200, PAGE, trickle="body"))
        assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS
        assert len(here.service.asked) == 1


@pytest.mark.parametrize(
    ("light", "most"),
    [
        pytest.param(Light("green", 60), 60, id="green"),
        pytest.param(Light("yellow", 60), 30, id="yellow"),
        pytest.param(Light("red", 60), 6, id="red"),
        pytest.param(Light("green", 60, state="overloaded"), 30, id="overloaded"),
    ],
)
def test_the_stated_limit_is_kept_and_used(
    here: Scene, light: Light, most: int
) -> None:
    here.service.light = lambda _: light
    here.ask()
    here.clock.move(60.0)
    begun = here.clock.steady()
    here.ask(most + 1)
    # One request more than fits into a minute takes all of it, and little longer.
    assert 60.0 <= here.clock.steady() - begun < 61.0 + emu.LATENCY_SECONDS * most


def test_black_is_waited_out_and_the_question_repeated(here: Scene) -> None:
    here.ask()
    until = here.clock.steady() + 40.0
    here.service.light = lambda at: (
        Light() if at >= until else Light("black", 0, black_seconds=until - at)
    )
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS
    assert here.clock.steady() >= until
    assert here.service.served == [200, 200, 403, 200]


def test_a_long_black_is_the_callers_to_wait_out(here: Scene) -> None:
    here.service.light = lambda _: Light("black", 0, black_seconds=1800.0)
    first, *others = here.ask(5)
    assert (first.kind, first.code) == (AnswerKind.LATER, "black")
    assert {answer.code for answer in others} == {"black"}
    assert len(here.service.asked) == 1
    here.service.light = lambda _: Light()
    here.pass_until(first.not_before)
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS


@pytest.mark.parametrize(
    ("code", "hour_bytes", "week_bytes", "not_before"),
    [
        pytest.param(
            "quota_hour", 1, 10**9, datetime(2026, 3, 4, 11, 2, tzinfo=UTC), id="hour"
        ),
        pytest.param(
            "quota_week", 10**9, 1, datetime(2026, 3, 9, 0, 2, tzinfo=UTC), id="week"
        ),
    ],
)
def test_a_quota_that_the_service_says_is_used_up_ends_the_period(
    here: Scene, code: str, hour_bytes: int, week_bytes: int, not_before: datetime
) -> None:
    here.service.hour_bytes, here.service.week_bytes = hour_bytes, week_bytes
    first, refused, locally = here.ask(3)
    assert first.kind is AnswerKind.EVENTS
    assert (refused.kind, refused.code) == (AnswerKind.LATER, code)
    assert refused.not_before == not_before
    assert locally == refused
    assert here.service.served == [200, 200, 403]
    here.pass_until(not_before)
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS


def test_we_stop_by_ourselves_before_the_quota_is_used_up() -> None:
    with scene(quota=Quota(hour_bytes=len(PAGE) * 10)) as here:
        here.service.hour_bytes = len(PAGE) * 10
        answers = here.ask(20)
        assert [answer.kind for answer in answers].count(AnswerKind.EVENTS) == 9
        assert answers[-1].code == "quota_hour"
        assert 403 not in here.service.served


def test_a_robot_stays_away_for_an_hour(here: Scene) -> None:
    here.service.plays.append(emu.ROBOT)
    first, second = here.ask(2)
    assert (first.kind, first.code) == (AnswerKind.LATER, "robot_detected")
    assert second == first
    here.pass_until(first.not_before)
    assert here.ops.ask(ASKED).kind is AnswerKind.EVENTS


def test_a_stop_is_heard_in_the_middle_of_waiting() -> None:
    with scene(stop_after=0) as here:
        first = here.ops.ask(ASKED)
        assert (first.kind, first.code) == (AnswerKind.LATER, "stopped")
        assert (len(here.clock.waits), here.service.asked) == (1, [])


def test_neither_key_nor_secret_nor_token_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with scene() as here:
        here.service.plays.extend([emu.DROPPED, emu.BAD_TOKEN, emu.UNAVAILABLE])
        answers = here.ask(2)
        shown = f"{here.ops!r} {vars(here.ops)!r} {answers!r} {caplog.text}"
    for hidden in (emu.KEY, emu.SECRET, "token-1", "token-2"):
        assert hidden not in shown
