"""One call to a provider: made once, over in time, and what its failure means.

A message is never sent twice from here. Only questions are put again, a few times.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

from requests import PreparedRequest
from requests.auth import AuthBase
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    wait_random_exponential,
)

from patentwatch.bounded import BoundedSession, Bounds, Page, Unreachable
from patentwatch.delivery.gateway import GatewayDown
from patentwatch.delivery.outcome import (
    Envelope,
    OnOutcomes,
    Outcome,
    OutcomeKind,
    Transport,
    until,
)
from patentwatch.delivery.sms.line import SmsLine

T = TypeVar("T")

_CONNECT_SECONDS = 5.0
_ANSWER_BYTES = 4 * 1024 * 1024
_ATTEMPTS = 3

# A provider that falls silent would cost a deadline and a doubt for every message
# that waits; the next look finds out whether it is back.
_MOST_SILENCES = 3


@dataclass(frozen=True, slots=True)
class Request:
    """A signed POST, ready to leave."""

    url: str
    headers: Mapping[str, str]
    body: bytes = b""


Call = Callable[[Request], Page]
"""Makes one call; raises `Unreachable`."""


class Unanswered(GatewayDown):
    """A question got no answer, or one that says "later"; it may be put again."""


@contextmanager
def opened(line: SmsLine) -> Iterator[Call]:
    """Yield what makes calls, over connections that are kept for the time being."""
    bounds = Bounds(
        call_seconds=line.deadline_seconds,
        connect_seconds=min(_CONNECT_SECONDS, line.deadline_seconds),
        read_seconds=line.deadline_seconds,
        body_bytes=_ANSWER_BYTES,
    )
    session = BoundedSession(line.steady, bounds=bounds, ca_file=line.ca_file)

    def call(request: Request) -> Page:
        headers = _Headers(request.headers)
        return session.call("POST", request.url, auth=headers, content=request.body)

    try:
        yield call
    finally:
        session.close()


class _Headers(AuthBase):
    """Adds our headers; as `auth`, so that no login from elsewhere replaces them."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.update(self._headers)
        return request


def one_by_one(line: SmsLine, send: Callable[[Call, Envelope], Outcome]) -> Transport:
    """Return the transport that gives messages to `send`, each once.

    Ends early when the channel is down or silent: the rest is not taken.
    """

    def transport(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        silences = 0
        with opened(line) as call:
            for envelope in until(stop, envelopes):
                try:
                    outcome = send(call, envelope)
                except Unreachable as why:
                    outcome = silence(why)
                on_outcomes({envelope.message_key: outcome})
                unknown = outcome.kind is OutcomeKind.UNKNOWN
                silences = silences + 1 if unknown else 0
                down = outcome.kind is OutcomeKind.CHANNEL_DOWN
                if down or silences == _MOST_SILENCES:
                    return

    return transport


def silence(why: Unreachable) -> Outcome:
    """Return what it means that no answer came.

    Before the first byte has left nothing was taken; after it nobody knows.
    """
    kind = OutcomeKind.UNKNOWN if why.sent else OutcomeKind.CHANNEL_DOWN
    return Outcome(kind, str(why))


def by_status(page: Page) -> Outcome:
    """Return what an answer means that is not in the provider's own words.

    A refusal by HTTP (400 to 499) was made before the message was looked at. Behind
    anything else, and be it a redirection, somebody may have taken it.
    """
    refused = 400 <= page.status < 500
    kind = OutcomeKind.CHANNEL_DOWN if refused else OutcomeKind.UNKNOWN
    return Outcome(kind, f"http_{page.status}")


def asked(call: Call, request: Request) -> Page:
    """Return the answer to a question; raises `Unanswered`."""
    try:
        page = call(request)
    except Unreachable as why:
        raise Unanswered(str(why)) from None
    if page.status >= 500:
        raise Unanswered(f"http_{page.status}")
    return page


def persistently(line: SmsLine, question: Callable[[], T]) -> T:
    """Return the answer to `question`, put again where none came; raises GatewayDown.

    Never for sending.
    """
    retrying = Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=1, max=4),
        retry=retry_if_exception_type(Unanswered),
        sleep=sleep_using_event(line.stop),
        reraise=True,
    )
    return retrying(question)
