"""Calls to somebody outside: an alarm is posted, a watchman is told that all is well.

Whom to call is an address of the settings; it may hold a secret and stands in no log.
"""

import json
import logging
from collections.abc import Mapping
from threading import Event

from requests import PreparedRequest
from requests.auth import AuthBase
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    wait_random_exponential,
)

from patentwatch import clock
from patentwatch.bounded import BoundedSession, Bounds, Unreachable

log = logging.getLogger(__name__)

BOUNDS = Bounds(call_seconds=15.0, read_seconds=5.0, body_bytes=64 * 1024)

_ATTEMPTS = 3
_LONGEST_WAIT_SECONDS = 2.0


def post(url: str, document: Mapping[str, str], *, stop: Event | None = None) -> bool:
    """Post a JSON document; return whether it was taken (2xx).

    `stop` cuts the waits between the few attempts short. Posting may happen twice.
    """
    return _taken("POST", url, _Json(document), stop or Event())


def ask(url: str, *, stop: Event | None = None) -> bool:
    """Ask for an address and nothing else; return whether it answered with a 2xx."""
    return _taken("GET", url, _Bare(), stop or Event())


def _taken(method: str, url: str, content: AuthBase, stop: Event) -> bool:
    session = BoundedSession(clock.steady, bounds=BOUNDS)
    again = Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.2, max=_LONGEST_WAIT_SECONDS),
        retry=retry_if_exception_type(Unreachable),
        sleep=sleep_using_event(stop),
        reraise=True,
    )
    try:
        status = again(session.call, method, url, auth=content).status
    except Unreachable as error:
        log.warning("outside not reached method=%s why=%s", method, error)
        return False
    finally:
        session.close()
    if status // 100 != 2:
        log.warning("outside refused method=%s status=%s", method, status)
    return status // 100 == 2


class _Bare(AuthBase):
    """Adds nothing to a request; no login of this machine is looked up for it."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


class _Json(AuthBase):
    """Gives a request a JSON document to carry."""

    def __init__(self, document: Mapping[str, str]) -> None:
        self._body = json.dumps(document, ensure_ascii=False).encode()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_body(self._body, None)
        request.headers["Content-Type"] = "application/json; charset=utf-8"
        return request
