"""The EPO's OPS service in small: real HTTP on loopback, by a simulated clock.

It keeps account of every request, and says afterwards which of them it should not
have got: above the limit that it had stated, while it was black, over a quota.
"""

import base64
import json
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from tests.sources import ops_answers_made as made

KEY, SECRET = "key-of-the-test", "secret-of-the-test"
LATENCY_SECONDS = 0.4
SHARES = {"green": 1.0, "yellow": 0.5, "red": 0.1}


class Clock:
    """Nobody waits: to wait is to move it. `stop_after` waits it says stop."""

    def __init__(self, begin: datetime, *, stop_after: int | None = None) -> None:
        self._begin, self._seconds, self._lock = begin, 1000.0, Lock()
        self._stop_after = stop_after
        self.waits: list[float] = []

    def steady(self) -> float:
        with self._lock:
            return self._seconds

    def now(self) -> datetime:
        return self._begin + timedelta(seconds=self.steady() - 1000.0)

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.move(seconds)
        return self._stop_after is not None and len(self.waits) > self._stop_after

    def move(self, seconds: float) -> None:
        with self._lock:
            self._seconds += seconds


@dataclass(frozen=True, slots=True)
class Light:
    """What X-Throttling-Control says of legal data; black lasts `black_seconds`."""

    colour: str = "green"
    per_minute: int = 60
    state: str = "idle"
    black_seconds: float | None = None

    @property
    def header(self) -> str:
        return (
            f"{self.state} (images=green:200, inpadoc={self.colour}:{self.per_minute}, "
            "other=green:1000, retrieval=green:200, search=green:30)"
        )

    @property
    def most(self) -> int:
        """How many requests a minute a client that listens sends."""
        stated = self.per_minute
        if self.state == "overloaded":
            stated = min(stated, 30)
        return max(1, int(stated * SHARES.get(self.colour, 0.0)))


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing to send; the odd ways of sending are flags."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/xml"
    trickle: str = ""  # "headers" or "body": a byte a second
    drop: bool = False  # hang up without a word
    cut: bool = False  # hang up in the middle of the body


UNAVAILABLE = Reply(503, b"<error><code>503</code></error>")
SERVER_FAULT = Reply(500, b"")
ROBOT = Reply(403, made.ROBOT_403)
LOGIN_PAGE = Reply(200, made.LOGIN_PAGE, content_type="text/html")
JSON_ERROR = Reply(200, made.JSON_ERROR, content_type="application/json")
DROPPED = Reply(200, b"", drop=True)
BAD_TOKEN = Reply(
    400,
    made.BAD_TOKEN_400,
    {
        "WWW-Authenticate": 'Bearer realm="null",error="invalid_token",'
        'error_description="oauth.v2.InvalidAccessToken: Invalid access token"'
    },
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request, with what the client had been told when it came."""

    at: float
    path: str
    limit: int
    forbidden: str  # "", "black", "quota" or "robot"


class Emulator:
    """What is there and how it behaves; to be changed at will between requests."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.legal: dict[str, bytes] = {}
        self.plays: deque[Reply | None] = deque()  # None: as usual
        self.token_plays: deque[Reply] = deque()
        self.light: Callable[[float], Light] = lambda _: Light()
        self.hour_bytes, self.week_bytes = 450_000_000, 2_500_000_000
        self.bytes_counted_per_byte = 1
        self.token_seconds = 1199
        self.seen: list[Seen] = []
        self.served: list[int] = []  # the status of every answer
        self.used: Counter[str] = Counter()
        self._tokens: dict[str, float] = {}
        self._told = Light("green", 30)
        self._forbidden: dict[str, float] = {}

    @property
    def asked(self) -> list[str]:
        """The legal numbers asked for, in order: publication/CN.1.B."""
        mark = "/rest-services/legal/"
        return [
            one.path.partition(mark)[2].replace("/docdb", "")
            for one in self.seen
            if mark in one.path
        ]

    @property
    def tokens_given(self) -> int:
        return len(self._tokens)

    def above_the_limit(self) -> list[Seen]:
        """Requests that made more than the stated number within sixty seconds."""
        at = [one.at for one in self.seen]
        return [
            one
            for count, one in enumerate(self.seen, start=1)
            if count - bisect_right(at, one.at - 60.0) > one.limit
        ]

    def forbidden(self) -> list[Seen]:
        """Requests that came although the client had been told to stay away."""
        return [one for one in self.seen if one.forbidden]

    def reply(self, path: str, authorization: str, form: bytes) -> Reply:
        """Return what to send, after having noted the request."""
        self.clock.move(LATENCY_SECONDS / 2)
        at = self.clock.steady()
        told = [word for word, until in self._forbidden.items() if at < until]
        self.seen.append(Seen(at, path, self._told.most, "".join(told[:1])))
        if path.endswith("/auth/accesstoken"):
            reply = self._token(authorization, form)
        else:
            reply = self._legal(path, authorization, at)
        self.clock.move(LATENCY_SECONDS / 2)
        self.served.append(reply.status)
        return reply

    def _token(self, authorization: str, form: bytes) -> Reply:
        if self.token_plays:
            return self.token_plays.popleft()
        login = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        right = authorization == f"Basic {login}"
        if not right or form != b"grant_type=client_credentials":
            return Reply(401, b'{"Error": "invalid_client"}')
        token = f"token-{len(self._tokens) + 1}"
        self._tokens[token] = self.clock.steady() + self.token_seconds
        given = {
            "token_type": "BearerToken",
            "issued_at": "1716394418900",
            "access_token": token,
            "expires_in": str(self.token_seconds),
        }
        return Reply(200, json.dumps(given).encode(), content_type="application/json")

    def _legal(self, path: str, authorization: str, at: float) -> Reply:
        light = self.light(at)
        throttling = {"X-Throttling-Control": light.header}
        if light.colour == "black":
            seconds = light.black_seconds
            self._forbidden["black"] = at + (60.0 if seconds is None else seconds)
            if seconds is not None:
                throttling["Retry-After"] = str(round(seconds * 1000))
            return Reply(403, b"<error/>", throttling)
        if over := self._over_quota():
            return Reply(403, b"<error/>", throttling | over)
        if self._tokens.get(authorization.removeprefix("Bearer "), 0.0) <= at:
            return BAD_TOKEN
        reply = self.plays.popleft() if self.plays else None
        reply = reply or self._usual(path)
        if reply is ROBOT:
            self._forbidden["robot"] = at + 3600.0
        if not (reply.drop or reply.cut or reply.trickle):
            self._told = light
        return Reply(
            reply.status,
            reply.body,
            throttling | self._count(len(reply.body)) | reply.headers,
            reply.content_type,
            reply.trickle,
            reply.drop,
            reply.cut,
        )

    def _usual(self, path: str) -> Reply:
        number = path.partition("/rest-services/legal/")[2].replace("/docdb", "")
        if number in self.legal:
            return Reply(200, self.legal[number])
        return Reply(404, made.FAULT_404)

    def _periods(self) -> tuple[str, str, datetime, datetime]:
        now = self.clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        week = hour.replace(hour=0) - timedelta(days=now.weekday())
        ends = hour + timedelta(hours=1), week + timedelta(days=7)
        return f"hour {hour}", f"week {week}", *ends

    def _count(self, body_bytes: int) -> dict[str, str]:
        hour, week, *_ = self._periods()
        for period in (hour, week):
            self.used[period] += body_bytes * self.bytes_counted_per_byte
        return {
            "X-IndividualQuotaPerHour-Used": str(self.used[hour]),
            "X-RegisteredQuotaPerWeek-Used": str(self.used[week]),
        }

    def _over_quota(self) -> dict[str, str]:
        hour, week, hour_ends, week_ends = self._periods()
        if self.used[week] >= self.week_bytes:
            reason, ends = "RegisteredQuotaPerWeek", week_ends
        elif self.used[hour] >= self.hour_bytes:
            reason, ends = "IndividualQuotaPerHour", hour_ends
        else:
            return {}
        left = (ends - self.clock.now()).total_seconds()
        self._forbidden["quota"] = self.clock.steady() + left
        return {"X-Rejection-Reason": reason} | self._count(0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    emulator: Emulator

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _answer(self, form: bytes) -> None:
        login = self.headers.get("Authorization", "")
        reply = self.emulator.reply(self.path, login, form)
        self.close_connection = bool(reply.drop or reply.cut or reply.trickle)
        if reply.drop:
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        with suppress(ConnectionError):  # the client may have had enough
            if reply.trickle == "headers":
                self.flush_headers()
                self._trickle(b"X-Filler: " + b"a" * 70_000 + b"\r\n")
            self.end_headers()
            if reply.trickle == "body":
                self._trickle(reply.body)
            else:
                self.wfile.write(reply.body[: len(reply.body) // (1 + reply.cut)])

    def _trickle(self, content: bytes) -> None:
        for byte in content:
            self.wfile.write(bytes((byte,)))
            self.emulator.clock.move(1.0)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def running(emulator: Emulator) -> Iterator[str]:
    """Yield the base address under which it answers."""
    handler = type("_Own", (_Handler,), {"emulator": emulator})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/3.2"
        finally:
            server.shutdown()
            thread.join()
