"""An HTTP session in which every call ends: in time, and within a size.

The timeouts of `requests` are for one read. A server that sends a byte now and then,
in its headers or in its body, would hold a call for ever; so the clock is looked at
before every read from the socket.
"""

import io
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import client
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

_PIECE_BYTES = 64 * 1024


class Unreachable(Exception):
    """No whole answer came; the message is one word and holds nothing of the call.

    `sent`: something of the request may have reached the other side.
    """

    def __init__(self, word: str, *, sent: bool) -> None:
        super().__init__(word)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a call may take, as a whole and for one step, and how much may come."""

    call_seconds: float = 60.0
    connect_seconds: float = 20.0
    read_seconds: float = 20.0
    body_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """One answer; `body` is None where more came than we take."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


class BoundedSession:
    """One `requests.Session`, for one thread; close it.

    A call may outlast its bound by one connecting; nothing is sent after it. `ca_file`
    replaces the system's authorities.
    """

    def __init__(
        self,
        steady: Callable[[], float],
        *,
        bounds: Bounds,
        ca_file: str | None = None,
    ) -> None:
        self._bounds = bounds
        self._verify = ca_file
        self._call = _Call(steady, bounds)
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(self._call))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        auth: AuthBase,
        content: Mapping[str, str] | bytes | None = None,
    ) -> Page:
        """Return what came; follows no redirection. `content` is a form or a body.

        Raises `Unreachable`, without a cause: the errors of the library carry the
        request and with it the secrets.
        """
        self._call.begin()
        try:
            with self._session.request(
                method,
                url,
                auth=auth,
                data=content,
                timeout=(self._bounds.connect_seconds, self._bounds.read_seconds),
                verify=self._verify,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._body(response)
                return Page(response.status_code, response.headers, body)
        except (requests.RequestException, HTTPError, TimeoutError) as error:
            raise Unreachable(self._word(error), sent=self._call.sent) from None

    def _word(self, error: Exception) -> str:
        # A time-out in the body arrives in the guise of a lost connection.
        if isinstance(error, requests.Timeout) or self._call.is_over:
            return "timeout"
        return (
            "tls" if isinstance(error, requests.exceptions.SSLError) else "connection"
        )

    def _body(self, response: requests.Response) -> bytes | None:
        body = bytearray()
        for piece in response.iter_content(_PIECE_BYTES):
            # What is already buffered is not read from the socket.
            self._call.check()
            body += piece
            if len(body) > self._bounds.body_bytes:
                return None
        return bytes(body)


class _Call:
    """One call: by when it must be over, and whether anything of it has left.

    The clock is one that nobody can set.
    """

    def __init__(self, steady: Callable[[], float], bounds: Bounds) -> None:
        self._steady, self._bounds = steady, bounds
        self._ends_at = 0.0
        self.sent = False

    def begin(self) -> None:
        self._ends_at = self._steady() + self._bounds.call_seconds
        self.sent = False

    @property
    def is_over(self) -> bool:
        return self._steady() >= self._ends_at

    def check(self) -> float:
        """Return how many seconds the next step may take."""
        left = self._ends_at - self._steady()
        if left <= 0:
            raise TimeoutError("the call as a whole takes too long")
        return min(left, self._bounds.read_seconds)


class _Adapter(HTTPAdapter):
    """Opens connections that look at the deadline before each step."""

    def __init__(self, call: _Call) -> None:
        super().__init__()
        self._pools = _pools(call)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: object) -> object:
        """Return the pools behind a proxy; they look at the deadline as well."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(call: _Call) -> dict[str, type[HTTPConnectionPool]]:
    class Watched(client.HTTPResponse):
        def __init__(
            self,
            sock: socket.socket,
            debuglevel: int = 0,
            method: str | None = None,
            url: str | None = None,
        ) -> None:
            super().__init__(sock, debuglevel, method, url)
            watched = _WatchedSocket(self.fp.detach(), sock, call)
            self.fp = io.BufferedReader(watched)

    class Plain(HTTPConnection):
        response_class = Watched

        def send(self, data: Any) -> None:
            _may_send(self, call)
            super().send(data)

    class Tls(HTTPSConnection):
        response_class = Watched

        def send(self, data: Any) -> None:
            _may_send(self, call)
            super().send(data)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


def _may_send(connection: HTTPConnection, call: _Call) -> None:
    """Connect where that is still to be done; from here on something has left."""
    if connection.sock is None:
        connection.connect()
    connection.sock.settimeout(call.check())
    call.sent = True


class _WatchedSocket(io.RawIOBase):
    """Reads from a socket while there is time, and no longer than there is."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, call: _Call) -> None:
        self._raw, self._sock, self._call = raw, sock, call

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]  # what a BufferedReader passes
        self._sock.settimeout(self._call.check())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
