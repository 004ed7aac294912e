"""The conversation with the EPO's service: token, pace, second tries, refusals.

A path goes in; a page comes out, or why there is none now. What a page says is read
elsewhere.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from requests import PreparedRequest
from requests.auth import AuthBase, HTTPBasicAuth
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from patentwatch.bounded import BoundedSession, Bounds, Page, Unreachable
from patentwatch.sources import ops_limits
from patentwatch.sources.ops_answers import Answer, later
from patentwatch.sources.ops_limits import Closed, Pace, Quota

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 90.0
"""A longer wait is the caller's; every wait for the usual pace is shorter."""

TRY_LATER = timedelta(minutes=15)
REFUSED_PAUSE = timedelta(hours=1)

FAILURES = frozenset(("unreachable", "server_error", "throttled"))
"""Codes of a question that was put several times, in vain."""

_ATTEMPTS = 3
_SHORTEST_WAIT_SECONDS = 0.05
_TOKEN_LIFE_USED = 0.9
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")

STOPPED = "stopped"
"""The code of LATER where nothing was asked because somebody said stop."""

_REASONS = {
    STOPPED: "程序正在停止，尚未查询",
    "black": "欧专局服务要求暂停访问",
    "throttled": "欧专局服务暂时限制访问",
    "unreachable": "连不上欧专局服务，或回答中断、超时",
    "server_error": "欧专局服务出错",
    "troubled": "连续几次没有得到可用的回答，暂停一会儿再查询",
    "quota_hour": "本小时流量额度将满或已满，下一小时再查询",
    "quota_week": "本周流量额度将满或已满，下周再查询",
    "robot_detected": "欧专局服务判定访问过于频繁，暂停一小时",
    "credentials_refused": "欧专局服务不接受密钥，请检查配置中的 key 和 secret",
    "token_refused": "欧专局服务两次拒绝新取得的令牌，暂停一小时",
    "token_unexpected": "欧专局服务取令牌的回答不符合约定，请检查服务地址",
}


class _NotNow(Exception):
    """The question has to wait; nothing is gained by trying again at once."""

    def __init__(self, closed: Closed) -> None:
        super().__init__(closed.code)
        self.closed = closed


class _Failed(Exception):
    """An attempt came to nothing; another may be made."""


class Line:
    """Asks for pages, one at a time, no more often than the service allows.

    `wait` gets seconds and returns True when told to stop. For one thread.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str,
        secret: str,
        tell_time: Callable[[], datetime],
        steady: Callable[[], float],
        wait: Callable[[float], bool],
        quota: Quota,
        bounds: Bounds,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        # As bytes, because the library would refuse what is not Latin-1 and show it.
        self._login = HTTPBasicAuth(key.encode(), secret.encode())
        self._now, self._steady, self._wait = tell_time, steady, wait
        self._quota = quota
        self._session = BoundedSession(steady, bounds=bounds)
        self._pace = Pace()
        self._closed: Closed | None = None
        self._token: _Bearer | None = None
        self._token_ends_at = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, path: str) -> Page | Answer:
        """Return the page under `path`, whatever its status, or LATER."""
        try:
            return self._with_token(path)
        except _NotNow as told:
            return self._later(told.closed)
        except _Failed as failed:
            return self._later(Closed(self._now() + TRY_LATER, str(failed)))

    def closed(self) -> Answer | None:
        """Return LATER while nothing at all may be asked."""
        closed = self._forbidden()
        return self._later(closed) if closed else None

    def close_for(self, span: timedelta, code: str) -> Closed:
        """Ask nothing for a while."""
        return self._shut(Closed(self._now() + span, code))

    def _later(self, closed: Closed) -> Answer:
        return later(closed.until, code=closed.code, reason=_REASONS[closed.code])

    def _shut(self, closed: Closed) -> Closed:
        log.warning("ops closed code=%s until=%s", closed.code, closed.until)
        self._closed = closed
        return closed

    def _with_token(self, path: str) -> Page:
        """Return the page; a token that is refused is replaced once."""
        for _ in range(2):
            page = self._persistently("GET", path, auth=self._valid_token())
            if not _refuses_token(page):
                return page
            self._token = None
        raise _NotNow(self.close_for(REFUSED_PAUSE, "token_refused"))

    def _valid_token(self) -> "_Bearer":
        if self._token is not None and self._steady() < self._token_ends_at:
            return self._token
        page = self._persistently(
            "POST",
            "/auth/accesstoken",
            auth=self._login,
            form={"grant_type": "client_credentials"},
        )
        if page.status in (400, 401, 403):
            raise _NotNow(self.close_for(REFUSED_PAUSE, "credentials_refused"))
        given = _token(page)
        if given is None:
            raise _NotNow(self.close_for(TRY_LATER, "token_unexpected"))
        token, seconds = given
        self._token = _Bearer(token)
        self._token_ends_at = self._steady() + seconds * _TOKEN_LIFE_USED
        log.info("ops token renewed seconds=%d", seconds)
        return self._token

    def _persistently(
        self,
        method: str,
        path: str,
        *,
        auth: AuthBase,
        form: Mapping[str, str] | None = None,
    ) -> Page:
        """Make the call, again where that may help; both kinds may be repeated."""
        retrying = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential(multiplier=2, max=30) + wait_random(0, 2),
            retry=retry_if_exception_type(_Failed),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._once, method, path, auth=auth, form=form)

    def _once(
        self,
        method: str,
        path: str,
        *,
        auth: AuthBase,
        form: Mapping[str, str] | None,
    ) -> Page:
        self._take_turn()
        try:
            page = self._session.call(
                method, self._base_url + path, auth=auth, content=form
            )
        except Unreachable as why:
            log.info("ops unreachable path=%s why=%s", path, why)
            raise _Failed("unreachable") from None
        finally:
            self._pace.ended(self._steady())
        self._heed(page)
        return page

    def _take_turn(self) -> None:
        """Wait until a request may go; raise where that is forbidden or takes long."""
        while True:
            if closed := self._forbidden():
                raise _NotNow(closed)
            seconds = self._pace.wait_seconds(self._steady())
            if not seconds:
                return
            self._sleep(seconds)

    def _forbidden(self) -> Closed | None:
        if self._closed is not None and self._now() < self._closed.until:
            return self._closed
        seconds = self._pace.wait_seconds(self._steady())
        if seconds > LONGEST_WAIT_SECONDS:
            return Closed(self._now() + timedelta(seconds=seconds), "black")
        return None

    def _sleep(self, seconds: float) -> None:
        # What is left after rounding would not move a clock at all.
        if self._wait(max(seconds, _SHORTEST_WAIT_SECONDS)):
            raise _NotNow(Closed(self._now(), STOPPED))

    def _heed(self, page: Page) -> None:
        """Take what the page says of limits; raise when it is a refusal."""
        now = self._now()
        throttled = self._pace.heard(page, steady=self._steady())
        if closed := ops_limits.refused(page, now=now):
            raise _NotNow(self._shut(closed))
        if closed := ops_limits.nearly_used(page, self._quota, now=now):
            self._shut(closed)
        if throttled:
            raise _Failed("throttled")
        if page.status >= 500:
            raise _Failed("server_error")


class _Bearer(AuthBase):
    """Adds the token to a request; as `auth`, so that no other login is looked for."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def _refuses_token(page: Page) -> bool:
    """Return whether the token was refused: 400 as captured; 401 and 403 were told."""
    if page.status not in (400, 401, 403):
        return False
    challenge = page.headers.get("WWW-Authenticate", "")
    return "invalid_token" in challenge or b"invalid_access_token" in (page.body or b"")


def _token(page: Page) -> tuple[str, float] | None:
    """Return the token and its life in seconds, which comes as a string."""
    try:
        given = json.loads(page.body or b"")
        token, seconds = given["access_token"], float(given["expires_in"])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    if page.status != 200 or not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    return (token, seconds) if 0 < seconds < 1e9 else None
