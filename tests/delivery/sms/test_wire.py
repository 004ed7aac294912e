"""What each failure on the way means, over real HTTP, for every provider alike."""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event

import pytest

from patentwatch.delivery.outcome import Envelope, Outcome, OutcomeKind
from patentwatch.delivery.sms import GATEWAYS
from patentwatch.errors import ConfigError
from tests.delivery.sms.emulator import Emulator, emulator
from tests.delivery.sms.lines import KEY, LI, REAL, WANG, ZHANG, envelope, line, sent

DOWN, UNKNOWN = OutcomeKind.CHANNEL_DOWN, OutcomeKind.UNKNOWN


@pytest.fixture
def here() -> Iterator[Emulator]:
    with emulator() as one:
        yield one


def unused_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.mark.parametrize("provider", REAL)
def test_a_message_is_taken_once(here: Emulator, provider: str) -> None:
    told = sent(GATEWAYS[provider](line(here)), [envelope()])
    assert told[KEY].kind is OutcomeKind.ACCEPTED
    assert told[KEY].provider_ref == f"{provider}-1"
    assert [one.to for one in here.accepted] == [ZHANG]


@pytest.mark.parametrize("provider", REAL)
def test_where_nobody_listens_nothing_was_sent(provider: str) -> None:
    gateway = GATEWAYS[provider](line(endpoint=f"http://127.0.0.1:{unused_port()}"))
    told = sent(gateway, [envelope("a"), envelope("b", LI)])
    assert told == {"a": Outcome(DOWN, "connection")}  # b is not taken


@pytest.mark.parametrize("provider", REAL)
@pytest.mark.parametrize(
    ("outage", "kind", "code"),
    [
        ("drop", UNKNOWN, "connection"),
        ("hang", UNKNOWN, "timeout"),
        ("trickle", UNKNOWN, "timeout"),
        ("error", UNKNOWN, "http_500"),
        ("busy", UNKNOWN, "http_503"),
        ("login", UNKNOWN, "http_200"),
        ("redirect", UNKNOWN, "http_302"),
    ],
)
def test_after_the_first_byte_nobody_knows(
    here: Emulator, provider: str, outage: str, kind: OutcomeKind, code: str
) -> None:
    here.behaviour.outage = outage
    gateway = GATEWAYS[provider](line(here, deadline_seconds=0.3))
    assert sent(gateway, [envelope()]) == {KEY: Outcome(kind, code)}
    assert here.requests == []  # no redirection was followed


def test_no_read_takes_longer_than_the_call_has_left(here: Emulator) -> None:
    begun = iter([0.0])
    here.behaviour.outage = "slow"
    # The clock stands just before the end of thirty seconds once the call has begun.
    late = line(here, deadline_seconds=30.0, steady=lambda: next(begun, 29.7))
    told = sent(GATEWAYS["aliyun"](late), [envelope()])
    assert told == {KEY: Outcome(UNKNOWN, "timeout")}


def test_after_its_end_a_call_sends_nothing(here: Emulator) -> None:
    begun = iter([0.0])
    late = line(here, deadline_seconds=30.0, steady=lambda: next(begun, 30.0))
    assert sent(GATEWAYS["aliyun"](late), [envelope()]) == {
        KEY: Outcome(DOWN, "timeout")
    }
    assert here.requests == []


@pytest.mark.parametrize("provider", REAL)
def test_a_lost_answer_is_unknown_and_the_message_is_not_sent_again(
    here: Emulator, provider: str
) -> None:
    here.behaviour.lose_answers = 1
    told = sent(GATEWAYS[provider](line(here)), [envelope()])
    assert told[KEY].kind is UNKNOWN
    assert len(here.accepted) == 1


def test_a_silent_provider_is_left_alone_after_three(here: Emulator) -> None:
    here.behaviour.outage = "drop"
    waiting = iter([envelope(str(number)) for number in range(9)])
    told = sent(GATEWAYS["aliyun"](line(here)), waiting)
    assert [outcome.kind for outcome in told.values()] == [UNKNOWN] * 3
    assert len(list(waiting)) == 6


def test_one_lost_answer_does_not_end_the_sending(here: Emulator) -> None:
    here.behaviour.lose_every = 2
    told = sent(GATEWAYS["aliyun"](line(here)), [envelope(str(n)) for n in range(8)])
    assert [told[str(n)].kind is UNKNOWN for n in range(8)] == [False, True] * 4
    assert set(here.keys().values()) == {1}


def test_a_stop_is_heard_before_the_next_message(here: Emulator) -> None:
    stop = Event()

    def waiting() -> Iterator[Envelope]:
        yield envelope("a")
        stop.set()
        yield envelope("b")

    told: dict[str, Outcome] = {}
    gateway = GATEWAYS["tencent"](line(here))
    gateway.send(waiting(), on_outcomes=told.update, stop=stop)
    assert list(told) == ["a", "b"]  # b was in hand when the stop came
    gateway.send([envelope("c")], on_outcomes=told.update, stop=stop)
    assert list(told) == ["a", "b"]


def test_an_error_of_the_caller_ends_the_sending(here: Emulator) -> None:
    def refuse(outcomes: Mapping[str, Outcome]) -> None:
        raise LookupError(*outcomes)

    with pytest.raises(LookupError):
        GATEWAYS["mas"](line(here)).send(
            [envelope("a"), envelope("b")], on_outcomes=refuse
        )
    assert len(here.accepted) == 1


@pytest.mark.parametrize("provider", REAL)
def test_a_number_that_is_none_is_not_tried(here: Emulator, provider: str) -> None:
    told = sent(GATEWAYS[provider](line(here)), [envelope(to="+85291234567")])
    assert told[KEY].kind is OutcomeKind.REFUSED
    assert told[KEY].bad_address
    assert here.requests == []


def test_a_text_against_the_rules_is_not_tried(here: Emulator) -> None:
    told = sent(GATEWAYS["aliyun"](line(here)), [envelope(template="")])
    assert told[KEY].kind is OutcomeKind.TEXT_REFUSED
    assert here.requests == []


def test_the_certificate_is_checked(certificate: Path) -> None:
    with emulator(certificate=certificate) as here:
        untrusted = sent(GATEWAYS["tencent"](line(here)), [envelope()])
        assert untrusted == {KEY: Outcome(DOWN, "tls")}
        trusted = line(here, ca_file=str(certificate))
        assert sent(GATEWAYS["tencent"](trusted), [envelope()])[KEY].kind is (
            OutcomeKind.ACCEPTED
        )


@pytest.mark.parametrize(
    "endpoint",
    ["http://sms.example.cn", "http://127.0.0.1.example.cn", "ftp://127.0.0.1", "x"],
)
def test_what_can_be_read_on_the_way_is_refused(endpoint: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        line(endpoint=endpoint)


def test_cloud_mas_has_no_address_of_its_own() -> None:
    with pytest.raises(ConfigError, match=r"sms\.endpoint"):
        GATEWAYS["mas"](line())


def test_a_secret_is_not_shown() -> None:
    assert "secret-of-the-test" not in repr(line())


@pytest.mark.parametrize("provider", REAL)
def test_no_secret_is_in_what_is_sent(here: Emulator, provider: str) -> None:
    sent(GATEWAYS[provider](line(here)), [envelope(), envelope("b", WANG)])
    assert "secret-of-the-test" not in f"{here.headers} {here.bodies}"
