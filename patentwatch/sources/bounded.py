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

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

_PIECE_BYTES = 64 * 1024


class Unreachable(Exception):
    """No whole answer came; the message is one word and holds nothing of the call."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a call may take, as a whole and for one read, and how much may come."""

    call_seconds: float = 60.0
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

    A call may outlast its bound by one connecting or one read.
    """

    def __init__(self, steady: Callable[[], float], *, bounds: Bounds) -> None:
        self._bounds = bounds
        self._deadline = _Deadline(steady, seconds=bounds.call_seconds)
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter(self._deadline))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        auth: AuthBase,
        form: Mapping[str, str] | None = None,
    ) -> Page:
        """Return what came; follows no redirection.

        Raises `Unreachable`, without a cause: the errors of the library carry the
        request and with it the secrets.
        """
        self._deadline.begin()
        try:
            with self._session.request(
                method,
                url,
                auth=auth,
                data=form,
                timeout=self._bounds.read_seconds,
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._body(response)
                return Page(response.status_code, response.headers, body)
        except (requests.RequestException, HTTPError, TimeoutError) as error:
            # A time-out in the body arrives in the guise of a lost connection.
            late = isinstance(error, requests.Timeout) or self._deadline.is_over
            raise Unreachable("timeout" if late else "connection") from None

    def _body(self, response: requests.Response) -> bytes | None:
        body = bytearray()
        for piece in response.iter_content(_PIECE_BYTES):
            # What is already buffered is not read from the socket.
            self._deadline.check()
            body += piece
            if len(body) > self._bounds.body_bytes:
                return None
        return bytes(body)


class _Deadline:
    """The instant, on a clock that nobody can set, at which a call must be over."""

    def __init__(self, steady: Callable[[], float], *, seconds: float) -> None:
        self._steady, self._seconds = steady, seconds
        self._ends_at = 0.0

    def begin(self) -> None:
        self._ends_at = self._steady() + self._seconds

    @property
    def is_over(self) -> bool:
        return self._steady() >= self._ends_at

    def check(self) -> None:
        if self.is_over:
            raise TimeoutError("the call as a whole takes too long")


class _Adapter(HTTPAdapter):
    """Opens connections whose reads look at the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._pools = _pools(deadline)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: object) -> object:
        """Return the pools behind a proxy; they look at the deadline as well."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(deadline: _Deadline) -> dict[str, type[HTTPConnectionPool]]:
    class Watched(client.HTTPResponse):
        def __init__(
            self,
            sock: socket.socket,
            debuglevel: int = 0,
            method: str | None = None,
            url: str | None = None,
        ) -> None:
            super().__init__(sock, debuglevel, method, url)
            self.fp = io.BufferedReader(_WatchedSocket(self.fp.detach(), deadline))

    class Plain(HTTPConnection):
        response_class = Watched

    class Tls(HTTPSConnection):
        response_class = Watched

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}


class _WatchedSocket(io.RawIOBase):
    """Reads from a socket while there is time."""

    def __init__(self, raw: io.RawIOBase, deadline: _Deadline) -> None:
        self._raw, self._deadline = raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]  # what a BufferedReader passes
        self._deadline.check()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
