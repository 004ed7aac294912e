"""E-mail over real sockets: a good server, a strict one, and many bad ones."""

import asyncio
import ssl
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from patentwatch.delivery import (
    Envelope,
    Outcome,
    OutcomeKind,
    Relay,
    over_relay,
)
from patentwatch.delivery.email import _Desk, _send_batch, send_batch
from patentwatch.errors import ConfigError
from patentwatch.model import Channel
from tests.delivery.fake_smtp import serving
from tests.make_letters import CASES, rendered

RAW = b"Subject: x\r\n\r\nbody\r\n.dot at the start\r\n"
SENDER = "ip@puyang.example"
SESAME = "open sesame"
TAKEN = Outcome(OutcomeKind.ACCEPTED, "250")


class Broken(Exception):
    """What the caller's own code raises."""


def envelope(key: str, to: str = "a@b.example", raw: bytes = RAW) -> Envelope:
    return Envelope(key, Channel.EMAIL, to, raw)


def relay(port: int, **changes: Any) -> Relay:
    plain: dict[str, Any] = {
        "security": "none",
        "connections": 1,
        "timeout": 0.3,
        "deadline": 5.0,
    }
    return Relay(host="127.0.0.1", port=port, sender=SENDER, **(plain | changes))


async def sent(
    port: int, *keys: str, to: str = "a@b.example", **changes: Any
) -> dict[str, Outcome]:
    told: dict[str, Outcome] = {}

    def on_outcomes(outcomes: Mapping[str, Outcome]) -> None:
        assert told.keys().isdisjoint(outcomes)
        told.update(outcomes)

    await _send_batch(
        iter([envelope(key, to) for key in keys]),
        relay=relay(port, **changes),
        on_outcomes=on_outcomes,
        stop=None,
    )
    return told


MISDEEDS = [
    pytest.param({}, OutcomeKind.ACCEPTED, "250", id="good"),
    pytest.param({"banner": ""}, OutcomeKind.RETRY, "timeout", id="silent-banner"),
    pytest.param({"banner": "421 busy"}, OutcomeKind.RETRY, "421", id="421-banner"),
    pytest.param(
        {"banner": "554 go away"}, OutcomeKind.CHANNEL_DOWN, "554", id="554-banner"
    ),
    pytest.param({"MAIL": None}, OutcomeKind.RETRY, "disconnected", id="drop-at-mail"),
    pytest.param({"MAIL": "451 later"}, OutcomeKind.RETRY, "451", id="451-at-mail"),
    pytest.param(
        {"MAIL": "550 who are you"}, OutcomeKind.CHANNEL_DOWN, "550", id="550-at-mail"
    ),
    pytest.param({"MAIL": "552 too big"}, OutcomeKind.REFUSED, "552", id="552-at-mail"),
    pytest.param(
        {"MAIL": "530 log in first"}, OutcomeKind.CHANNEL_DOWN, "530", id="530-at-mail"
    ),
    pytest.param({"RCPT": "450 later"}, OutcomeKind.RETRY, "450", id="450-at-rcpt"),
    pytest.param({"RCPT": "421 bye"}, OutcomeKind.RETRY, "421", id="421-at-rcpt"),
    pytest.param({"RCPT": "550 nobody"}, OutcomeKind.REFUSED, "550", id="550-at-rcpt"),
    pytest.param({"RCPT": "552 full"}, OutcomeKind.REFUSED, "552", id="552-at-rcpt"),
    pytest.param(
        {"RCPT": "554 5.7.1 Relay access denied"},
        OutcomeKind.CHANNEL_DOWN,
        "554",
        id="relaying-denied",
    ),
    pytest.param({"RCPT": ""}, OutcomeKind.RETRY, "timeout", id="hang-at-rcpt"),
    pytest.param({"DATA": "451 later"}, OutcomeKind.RETRY, "451", id="451-at-data"),
    pytest.param({"dot": "451 later"}, OutcomeKind.RETRY, "451", id="451-after-dot"),
    pytest.param({"dot": "554 spam"}, OutcomeKind.REFUSED, "554", id="554-after-dot"),
    pytest.param(
        {"dot": None}, OutcomeKind.UNKNOWN, "disconnected", id="drop-after-dot"
    ),
    pytest.param({"dot": ""}, OutcomeKind.UNKNOWN, "timeout", id="hang-after-dot"),
    pytest.param({"QUIT": ""}, OutcomeKind.ACCEPTED, "250", id="hang-at-quit"),
]


@pytest.mark.parametrize(("script", "kind", "code"), MISDEEDS)
def test_every_behaviour_of_a_server_has_its_class(
    script: dict[str, str | None], kind: OutcomeKind, code: str
) -> None:
    async def run() -> Outcome:
        async with serving(script) as server:
            return (await sent(server.port, "one"))["one"]

    outcome = asyncio.run(run())
    assert (outcome.kind, outcome.code) == (kind, code)


@pytest.mark.parametrize(
    ("script", "bad"),
    [
        ({"RCPT": "550 nobody"}, True),
        ({"RCPT": "550 5.1.1 nobody"}, True),
        ({"RCPT": "550 5.2.1 disabled"}, True),
        ({"RCPT": "553 no such host"}, True),
        ({"RCPT": "550 5.7.1 we do not like your network"}, False),
        ({"RCPT": "552 5.2.2 full"}, False),
        ({"RCPT": "552 full"}, False),
        ({"dot": "554 spam"}, False),
        ({"dot": "550 5.7.1 spam"}, False),
        ({"MAIL": "552 too big"}, False),
    ],
)
def test_only_what_is_said_of_the_address_counts_against_it(
    script: dict[str, str | None], *, bad: bool
) -> None:
    async def run() -> Outcome:
        async with serving(script) as server:
            return (await sent(server.port, "one"))["one"]

    outcome = asyncio.run(run())
    assert outcome.kind is OutcomeKind.REFUSED
    assert outcome.bad_address is bad


def test_a_refused_recipient_does_not_spoil_the_connection_for_the_next() -> None:
    async def run() -> None:
        async with serving({"RCPT": "550 nobody"}) as server:
            told = await sent(server.port, "one", "two")
            assert [o.kind for o in told.values()] == [OutcomeKind.REFUSED] * 2
            assert server.connections == 1

    asyncio.run(run())


def test_a_refused_connection_burns_nobody() -> None:
    async def run() -> tuple[dict[str, Outcome], list[str]]:
        async with serving({}) as server:
            port = server.port
        pulled: list[str] = []

        def waiting() -> Iterator[Envelope]:
            for key in ("one", "two", "three"):
                pulled.append(key)
                yield envelope(key)

        told: dict[str, Outcome] = {}
        await _send_batch(
            waiting(),
            relay=relay(port, connections=4),
            on_outcomes=told.update,
            stop=None,
        )
        return told, pulled

    told, pulled = asyncio.run(run())
    assert pulled == ["one"]
    assert told["one"].kind is OutcomeKind.CHANNEL_DOWN


def test_a_trickling_server_ends_at_the_deadline() -> None:
    async def run() -> Outcome:
        async def trickle(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            try:
                while not reader.at_eof():
                    writer.write(b"220-")
                    await writer.drain()
                    writer.write(b"x\r\n")
                    await asyncio.sleep(0.05)
            except ConnectionError:
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(trickle, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return (await sent(port, "one", timeout=10, deadline=0.3))["one"]

    outcome = asyncio.run(asyncio.wait_for(run(), 3))
    assert (outcome.kind, outcome.code) == (OutcomeKind.RETRY, "deadline")


def test_the_deadline_after_the_dot_leaves_the_fate_unknown() -> None:
    async def run() -> Outcome:
        async with serving({"dot": ""}) as server:
            return (await sent(server.port, "one", timeout=10, deadline=0.3))["one"]

    outcome = asyncio.run(run())
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNKNOWN, "deadline")


@pytest.mark.parametrize("goodbye", ["421 idle too long", None])
def test_an_idle_connection_that_was_dropped_is_made_again(goodbye: str | None) -> None:
    async def run() -> None:
        async with serving({"next MAIL": goodbye}) as server:
            told = await sent(server.port, "one", "two", "three")
            assert {o.kind for o in told.values()} == {OutcomeKind.ACCEPTED}
            assert len(server.accepted) == server.connections == 3

    asyncio.run(run())


def test_a_connection_is_made_again_only_once_for_a_message() -> None:
    async def run() -> None:
        scripts: list[dict[str, str | None]] = [{"next MAIL": None}, {"MAIL": None}]
        async with serving(*scripts) as server:
            told = await sent(server.port, "one", "two")
            assert told["two"].kind is OutcomeKind.RETRY
            assert server.connections == 2

    asyncio.run(run())


def test_a_connection_is_renewed_after_so_many_messages() -> None:
    async def run() -> None:
        async with serving({}) as server:
            await sent(server.port, *"abcde", rotate_after=2)
            assert len(server.accepted) == 5
            assert server.connections == 3

    asyncio.run(run())


def test_a_line_refused_because_there_are_too_many_leaves_its_mail_to_the_others() -> (
    None
):
    async def run() -> None:
        scripts: list[dict[str, str | None]] = [
            {},
            {"banner": "421 too many connections"},
        ]
        async with serving(*scripts) as server:
            keys = [f"k{n}" for n in range(20)]
            told = await sent(server.port, *keys, connections=3)
            assert {o.kind for o in told.values()} == {OutcomeKind.ACCEPTED}
            assert sorted(told) == sorted(keys)

    asyncio.run(run())


@pytest.mark.parametrize(
    "to",
    [
        "",
        "a@b.example, c@d.example",
        "张,三 <a@b.example>",
        "a@b.example\r\nRCPT TO:<x@y.example>",
        "a b@c.example",
        "a@b.example\x00",
        "=?utf-8?q?x?=@b.example",
        '"a"@b.example',
        "a@-b.example",
        "a@" + "b" * 300,
    ],
)
def test_what_is_not_one_address_never_reaches_the_wire(to: str) -> None:
    async def run() -> None:
        async with serving({}) as server:
            told = await sent(server.port, "one", to=to)
            assert (told["one"].kind, told["one"].code) == (
                OutcomeKind.REFUSED,
                "address",
            )
            assert server.connections == 0

    asyncio.run(run())


def test_addresses_in_replies_are_scrubbed() -> None:
    async def run() -> str:
        async with serving({"RCPT": "550 <a@b.example> unknown, 13800000000"}) as s:
            return (await sent(s.port, "one"))["one"].text

    assert asyncio.run(run()) == "<***> unknown, ***"


def test_a_stop_lets_the_one_in_flight_finish_and_takes_no_more() -> None:
    async def run() -> None:
        stop = threading.Event()
        told: dict[str, Outcome] = {}

        def on_outcomes(outcomes: Mapping[str, Outcome]) -> None:
            told.update(outcomes)
            stop.set()

        async with serving({}) as server:
            waiting = iter([envelope("one"), envelope("two")])
            await _send_batch(
                waiting, relay=relay(server.port), on_outcomes=on_outcomes, stop=stop
            )
            assert list(told) == ["one"]
            assert [e.message_key for e in waiting] == ["two"]

    asyncio.run(run())


def test_an_error_in_settling_is_raised_after_what_is_in_flight() -> None:
    async def run() -> None:
        told: list[str] = []

        def on_outcomes(outcomes: Mapping[str, Outcome]) -> None:
            told.extend(outcomes)
            raise RuntimeError("the database is gone")

        async with serving({}) as server:
            with pytest.raises(RuntimeError, match="the database is gone"):
                await _send_batch(
                    iter([envelope(f"k{n}") for n in range(50)]),
                    relay=relay(server.port, connections=2),
                    on_outcomes=on_outcomes,
                    stop=None,
                )
            assert len(told) == len(server.accepted)
            assert len(told) <= 4

    asyncio.run(run())


def test_an_error_in_claiming_is_raised_too() -> None:
    def broken() -> Iterator[Envelope]:
        yield envelope("one")
        raise RuntimeError("no lease")

    async def run() -> None:
        told: dict[str, Outcome] = {}
        async with serving({}) as server:
            with pytest.raises(RuntimeError, match="no lease"):
                await _send_batch(
                    broken(),
                    relay=relay(server.port),
                    on_outcomes=told.update,
                    stop=None,
                )
            assert told["one"].kind is OutcomeKind.ACCEPTED

    asyncio.run(run())


@pytest.mark.parametrize("login", [{}, {"username": "u", "password": SESAME}])
def test_starttls_is_required_when_asked_for(login: dict[str, str]) -> None:
    async def run() -> Outcome:
        async with serving({}) as server:
            told = await sent(server.port, "one", security="starttls", **login)
            assert server.accepted == []
            return told["one"]

    assert asyncio.run(run()).kind is OutcomeKind.CHANNEL_DOWN


def test_a_fresh_connection_that_drops_is_not_tried_again_at_once() -> None:
    async def run() -> None:
        async with serving({"MAIL": None}, {}) as server:
            told = await sent(server.port, "one")
            assert told["one"].kind is OutcomeKind.RETRY
            assert server.connections == 1

    asyncio.run(run())


def test_implicit_tls_checks_the_certificate(certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def run(authority: Path | None) -> Outcome:
        async with serving({}, tls=context) as server:
            ca_file = str(authority) if authority else None
            told = await sent(
                server.port, "one", security="tls", ca_file=ca_file, timeout=5
            )
            return told["one"]

    assert asyncio.run(run(certificate)).kind is OutcomeKind.ACCEPTED
    assert asyncio.run(run(None)).kind is OutcomeKind.CHANNEL_DOWN


def test_a_password_never_travels_in_clear() -> None:
    with pytest.raises(ConfigError):
        Relay(
            "mail.example", 25, SENDER, security="none", username="u", password=SESAME
        )
    assert SESAME not in repr(
        Relay("mail.example", 25, SENDER, username="u", password=SESAME)
    )


@pytest.mark.parametrize("changes", [{"security": "opportunistic"}, {"sender": "x"}])
def test_an_impossible_relay_is_a_configuration_error(changes: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        Relay(**({"host": "h", "port": 25, "sender": SENDER} | changes))  # type: ignore[arg-type]  # wrong on purpose


# A real server: aiosmtpd, with STARTTLS and AUTH.


class Kept:
    """Keeps what was delivered."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, mail: Any) -> str:  # noqa: N802
        del server, session
        self.mails.append((mail.rcpt_tos, mail.original_content))
        return "250 OK queued"


@pytest.fixture
def real_server(certificate: Path) -> Iterator[tuple[int, Kept]]:
    """Serve SMTP with STARTTLS and AUTH required, on a port of the system's choice."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult, LoginPassword

        def authenticate(*args: Any) -> Any:
            secret = args[-1]
            ok = (
                isinstance(secret, LoginPassword) and secret.password == SESAME.encode()
            )
            return AuthResult(success=ok, handled=False)

        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        kept = Kept()
        controller = Controller(
            kept,
            hostname="127.0.0.1",
            port=0,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        )
        # The controller's own start checks the port it was given, which is 0.
        loop = controller.loop
        server: Any = loop.run_until_complete(controller._create_server())
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield server.sockets[0].getsockname()[1], kept
        finally:

            async def finish() -> None:
                server.close()
                sessions = asyncio.all_tasks() - {asyncio.current_task()}
                await asyncio.gather(*filter(None, sessions), return_exceptions=True)
                await asyncio.sleep(0)

            asyncio.run_coroutine_threadsafe(finish(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


ignore_aiosmtpd = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore:Session.login_data is deprecated"
)


@ignore_aiosmtpd
def test_mail_goes_over_starttls_with_login(
    real_server: tuple[int, Kept], certificate: Path
) -> None:
    port, kept = real_server
    told: dict[str, Outcome] = {}
    transport = over_relay(
        relay(
            port,
            security="starttls",
            username="u",
            password=SESAME,
            ca_file=str(certificate),
            connections=2,
            timeout=5,
        )
    )
    transport(
        [envelope(f"k{n}", f"a{n}@b.example") for n in range(5)],
        on_outcomes=told.update,
    )
    assert {o.kind for o in told.values()} == {OutcomeKind.ACCEPTED}
    assert sorted(to for to, _ in kept.mails) == [[f"a{n}@b.example"] for n in range(5)]
    assert all(raw == RAW for _, raw in kept.mails)
    assert message_from_bytes(kept.mails[0][1])["Subject"] == "x"


@ignore_aiosmtpd
def test_a_rendered_mail_arrives_byte_for_byte(
    real_server: tuple[int, Kept], certificate: Path
) -> None:
    port, kept = real_server
    mail = rendered(CASES["several"])
    told: dict[str, Outcome] = {}
    send_batch(
        [envelope("one", raw=mail.raw)],
        relay=relay(
            port,
            security="starttls",
            username="u",
            password=SESAME,
            ca_file=str(certificate),
            timeout=5,
        ),
        on_outcomes=told.update,
    )
    assert [raw for _, raw in kept.mails] == [mail.raw]


@ignore_aiosmtpd
def test_a_wrong_password_is_our_trouble_not_the_recipients(
    real_server: tuple[int, Kept], certificate: Path
) -> None:
    port, kept = real_server
    told: dict[str, Outcome] = {}
    send_batch(
        [envelope("one")],
        relay=relay(
            port,
            security="starttls",
            username="u",
            password=SESAME[::-1],
            ca_file=str(certificate),
            timeout=5,
        ),
        on_outcomes=told.update,
    )
    assert (told["one"].kind, told["one"].code) == (OutcomeKind.CHANNEL_DOWN, "535")
    assert kept.mails == []


@ignore_aiosmtpd
def test_an_unknown_certificate_is_not_talked_to(real_server: tuple[int, Kept]) -> None:
    port, kept = real_server
    told: dict[str, Outcome] = {}
    send_batch(
        [envelope("one")],
        relay=relay(
            port, security="starttls", username="u", password=SESAME, timeout=5
        ),
        on_outcomes=told.update,
    )
    assert told["one"].kind is OutcomeKind.CHANNEL_DOWN
    assert kept.mails == []


def served_together(envelopes: Iterator[Envelope]) -> tuple[list[Any], list[Any], Any]:
    """Let three lines come while the caller is busy; return what was told and taken."""
    told: list[dict[str, Outcome]] = []

    async def run() -> tuple[list[Any], list[Any], Any]:
        busy = threading.Event()
        with ThreadPoolExecutor(1) as thread:
            desk = _Desk(
                envelopes,
                lambda some: told.append(dict(some)),
                threading.Event(),
                thread,
            )
            thread.submit(busy.wait)
            lines = [asyncio.create_task(desk.tell_and_take(k, TAKEN)) for k in "abc"]
            await asyncio.sleep(0)  # each has handed in what it has
            busy.set()
            return told, await asyncio.gather(*lines), desk.error

    return asyncio.run(run())


def test_lines_that_wait_are_told_of_together_and_each_takes_a_mail() -> None:
    mails = [envelope(key) for key in ("one", "two", "three")]
    told, taken, _ = served_together(iter(mails))
    assert told == [dict.fromkeys("abc", TAKEN)]
    assert taken == mails


def test_a_mail_that_was_taken_goes_out_though_the_next_cannot_be_had() -> None:
    def claims() -> Iterator[Envelope]:
        yield envelope("one")
        raise Broken

    told, taken, error = served_together(claims())
    assert told == [dict.fromkeys("abc", TAKEN)]
    assert [one and one.message_key for one in taken] == ["one", None, None]
    assert isinstance(error, Broken)
