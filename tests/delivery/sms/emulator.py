"""Aliyun, Tencent Cloud and cloud MAS in small: one real HTTP server on loopback.

It recomputes every signature by itself, keeps what it took, and behaves as badly as it
is told to: lag, lost answers, refusals, duplicates, limits, outages. It may be used by
several threads and, over its port, by other processes.
"""

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from patentwatch import clock
from patentwatch.clock import SHANGHAI

KEY_ID, SECRET = "key-of-the-test", "secret-of-the-test"
APP_ID, COMPANY = "1400000001", "某某市知识产权局"

Answer = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that was taken and will be delivered and billed."""

    provider: str
    to: str
    key: str
    template: str
    text: str
    ref: str
    at: float
    taken_at: datetime


@dataclass(slots=True)
class Behaviour:
    """How the providers behave; to be changed at will between requests.

    `lag_seconds` passes until a question finds a message. Of the next `lose_answers`
    sends the answer is lost after the message was taken; of every `lose_every`-th too.
    `refuse` is a provider's code by number, `fates` "delivered", "undelivered" or
    "waiting" by number. `copies`: how often a receipt is given. `daily_limit` is for
    one number. `outage`: "drop" hangs up before anything is taken, "hang" and
    "trickle" take nothing and do not end, "slow" answers after a second, "error" is a
    500, "busy" a 503, "login" a page, "redirect" a redirection.
    """

    lag_seconds: float = 0.0
    lose_answers: int = 0
    lose_every: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    fates: dict[str, str] = field(default_factory=dict)
    copies: int = 1
    daily_limit: int | None = None
    outage: str = ""
    fail_questions: int = 0
    hide_records: bool = False


class _Lost(Exception):
    """The answer is lost on its way."""


class Emulator:
    """What was taken, and how everything behaves."""

    def __init__(self) -> None:
        self.behaviour = Behaviour()
        self.accepted: list[Accepted] = []
        self.requests: list[str] = []  # the action or path of every call
        self.headers: list[Mapping[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.today: Callable[[], datetime] = lambda: clock.now().astimezone(SHANGHAI)
        self.steady: Callable[[], float] = time.monotonic
        self.port = 0
        self.closing = Event()
        self.scheme = "http"
        self._lock = RLock()
        self._nonces: set[str] = set()
        self._sends = 0
        self._told: Counter[str] = Counter()
        self._replies: deque[tuple[str, str, datetime]] = deque()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def keys(self) -> Counter[str]:
        """Return how often each of our names was taken: more than once is a double."""
        with self._lock:
            return Counter(one.key for one in self.accepted)

    def reply(self, to: str, text: str) -> None:
        """Let somebody send a message back."""
        with self._lock:
            self._replies.append((to, text, self.today().replace(microsecond=0)))

    def answer(
        self, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer | None:
        """Return status and body, None to hang up."""
        url = urlsplit(path)
        with self._lock:
            self.headers.append(headers)
            try:
                if "x-acs-action" in headers:
                    query = dict(parse_qsl(url.query, keep_blank_values=True))
                    return self._aliyun(query, url.query, headers, body)
                if "x-tc-action" in headers:
                    return self._tencent(headers, body)
                return self._mas(url.path, body)
            except _Lost:
                return None

    # -- what all have in common

    def _take(self, provider: str, to: str, **what: str) -> str:
        """Keep a message and return the provider's name for it."""
        self._sends += 1
        ref = f"{provider}-{self._sends}"
        self.accepted.append(
            Accepted(
                provider, to, ref=ref, at=self.steady(), taken_at=self.today(), **what
            )
        )
        behaviour = self.behaviour
        lost = behaviour.lose_answers > 0 or (
            behaviour.lose_every and self._sends % behaviour.lose_every == 0
        )
        if lost:
            behaviour.lose_answers = max(0, behaviour.lose_answers - 1)
            raise _Lost
        return ref

    def _refusal(self, to: str, limit_code: str) -> str:
        """Return the code that refuses a message to `to`, "" when none does."""
        if to in self.behaviour.refuse:
            return self.behaviour.refuse[to]
        most = self.behaviour.daily_limit
        today = self.today().date()
        sent = sum(o.to == to and o.taken_at.date() == today for o in self.accepted)
        return limit_code if most is not None and sent >= most else ""

    def _seen(self) -> list[Accepted]:
        """Return the messages that a question finds by now."""
        by = self.steady() - self.behaviour.lag_seconds
        return [one for one in self.accepted if one.at <= by]

    def _fate(self, to: str) -> str:
        return self.behaviour.fates.get(to, "delivered")

    def _untold(self, most: int) -> list[Accepted]:
        """Return the receipts that a queue gives now; each only `copies` times."""
        given: list[Accepted] = []
        for one in self._seen():
            if self._fate(one.to) == "waiting":
                continue
            while self._told[one.ref] < self.behaviour.copies and len(given) < most:
                self._told[one.ref] += 1
                given.append(one)
        return given

    def _question_fails(self) -> bool:
        fails = self.behaviour.fail_questions > 0
        self.behaviour.fail_questions -= fails
        return fails

    # -- Aliyun

    def _aliyun(
        self,
        query: dict[str, str],
        raw_query: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        action = headers["x-acs-action"]
        self.requests.append(action)
        self.bodies.append(dict(query))
        if not self._acs3_is_right(raw_query, headers, body):
            return _json(400, {"Code": "SignatureDoesNotMatch", "Message": "wrong"})
        nonce = headers["x-acs-signature-nonce"]
        if nonce in self._nonces:
            return _json(400, {"Code": "SignatureNonceUsed", "Message": "twice"})
        self._nonces.add(nonce)
        if action == "SendSms":
            return self._aliyun_send(query)
        if self._question_fails():
            return _json(503, {"Code": "ServiceUnavailable", "Message": "later"})
        return self._aliyun_details(query)

    def _acs3_is_right(
        self, raw_query: str, headers: Mapping[str, str], body: bytes
    ) -> bool:
        given = headers.get("authorization", "")
        scheme, _, rest = given.partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        names = parts["SignedHeaders"].split(";")
        pairs = sorted(parse_qsl(raw_query, keep_blank_values=True))
        query = "&".join(f"{quote(k, '~')}={quote(v, '~')}" for k, v in pairs)
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        hashed = hashlib.sha256(body).hexdigest()
        whole = "\n".join(["POST", "/", query, lines, ";".join(names), hashed])
        to_sign = f"{scheme}\n{hashlib.sha256(whole.encode()).hexdigest()}"
        right = hmac.new(SECRET.encode(), to_sign.encode(), "sha256").hexdigest()
        return (
            scheme == "ACS3-HMAC-SHA256"
            and parts["Credential"] == KEY_ID
            and hashed == headers["x-acs-content-sha256"]
            and {"host", "x-acs-action", "x-acs-date"} <= set(names)
            and right == parts["Signature"]
        )

    def _aliyun_send(self, query: dict[str, str]) -> Answer:
        to = f"+86{query['PhoneNumbers']}"
        if code := self._refusal(to, "isv.BUSINESS_LIMIT_CONTROL"):
            words = self.behaviour.words.get(to, "触发天级流控Permits:50")
            return _json(200, {"Code": code, "Message": words, "RequestId": "1"})
        text = query["SignName"] + query["TemplateParam"]
        ref = self._take(
            "aliyun",
            to,
            key=query["OutId"],
            template=query["TemplateCode"],
            text=text,
        )
        answer = {"Code": "OK", "Message": "OK", "BizId": ref, "RequestId": "1"}
        return _json(200, answer)

    def _aliyun_details(self, query: dict[str, str]) -> Answer:
        size, page = int(query["PageSize"]), int(query["CurrentPage"])
        found = [
            self._aliyun_detail(one)
            for one in self._seen()
            if one.to == f"+86{query['PhoneNumber']}"
            and f"{one.taken_at:%Y%m%d}" == query["SendDate"]
            and query.get("BizId", one.ref) == one.ref
        ]
        shown = found[size * (page - 1) : size * page]
        if self.behaviour.hide_records:
            shown = []
        answer = {
            "Code": "OK",
            "TotalCount": len(found),
            "SmsSendDetailDTOs": {"SmsSendDetailDTO": shown},
        }
        return _json(200, answer)

    def _aliyun_detail(self, one: Accepted) -> dict[str, object]:
        fate = self._fate(one.to)
        status = {"waiting": 1, "undelivered": 2, "delivered": 3}[fate]
        return {
            "OutId": one.key,
            "PhoneNum": one.to.removeprefix("+86"),
            "SendStatus": status,
            "ErrCode": "DELIVERED" if status == 3 else "UNDELIV",
            "SendDate": f"{one.taken_at:%Y-%m-%d %H:%M:%S}",
            "ReceiveDate": f"{one.taken_at:%Y-%m-%d %H:%M:%S}",
        }

    def aliyun_report(self) -> bytes:
        """Return what would be pushed about everything that was taken."""
        with self._lock:
            items = [
                {
                    "phone_number": one.to.removeprefix("+86"),
                    "send_time": f"{one.taken_at:%Y-%m-%d %H:%M:%S}",
                    "report_time": f"{one.taken_at:%Y-%m-%d %H:%M:%S}",
                    "success": self._fate(one.to) == "delivered",
                    "err_code": "DELIVERED",
                    "err_msg": "用户接收成功",
                    "sms_size": "1",
                    "biz_id": one.ref,
                    "out_id": one.key,
                }
                for one in self.accepted
            ]
        return json.dumps(items, ensure_ascii=False).encode()

    # -- Tencent Cloud

    def _tencent(self, headers: Mapping[str, str], body: bytes) -> Answer:
        action = headers["x-tc-action"]
        wanted = json.loads(body)
        self.requests.append(action)
        self.bodies.append(wanted)
        if not self._tc3_is_right(headers, body):
            return _tencent_error("AuthFailure.SignatureFailure")
        if wanted["SmsSdkAppId"] != APP_ID:
            return _tencent_error("InvalidParameterValue.SdkAppIdNotExist")
        if action == "SendSms":
            return self._tencent_send(wanted)
        if self._question_fails():
            return _tencent_error("RequestLimitExceeded.IPLimitExceeded")
        if action == "PullSmsReplyStatus":
            return self._tencent_replies(wanted)
        return self._tencent_statuses(wanted, once=action == "PullSmsSendStatus")

    def _tc3_is_right(self, headers: Mapping[str, str], body: bytes) -> bool:
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(", "))
        key_id, day, service, end = parts["Credential"].split("/")
        names = parts["SignedHeaders"].split(";")
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
        hashed = hashlib.sha256(body).hexdigest()
        whole = "\n".join(["POST", "/", "", lines, ";".join(names), hashed])
        stamp = headers["x-tc-timestamp"]
        to_sign = "\n".join(
            [
                scheme,
                stamp,
                f"{day}/{service}/{end}",
                hashlib.sha256(whole.encode()).hexdigest(),
            ]
        )
        key = f"TC3{SECRET}".encode()
        for part in (day, service, end):
            key = hmac.new(key, part.encode(), "sha256").digest()
        right = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
        return (
            scheme == "TC3-HMAC-SHA256"
            and (key_id, service) == (KEY_ID, "sms")
            and day == datetime.fromtimestamp(int(stamp), UTC).date().isoformat()
            and headers["x-tc-version"] == "2021-01-11"
            and right == parts["Signature"]
        )

    def _tencent_send(self, wanted: dict[str, Any]) -> Answer:
        (to,) = wanted["PhoneNumberSet"]
        status = {"PhoneNumber": to, "SessionContext": wanted["SessionContext"]}
        code = self._refusal(to, "LimitExceeded.PhoneNumberDailyLimit")
        if code.startswith(("AuthFailure", "InternalError", "RequestLimit")):
            return _tencent_error(code)
        if code:
            told = status | {"Code": code, "Message": "refused", "SerialNo": ""}
        else:
            ref = self._take(
                "tencent",
                to,
                key=wanted["SessionContext"],
                template=wanted["TemplateId"],
                text=wanted["SignName"] + "|".join(wanted["TemplateParamSet"]),
            )
            told = status | {"Code": "Ok", "Message": "ok", "SerialNo": ref, "Fee": 1}
        return _json(200, {"Response": {"SendStatusSet": [told], "RequestId": "1"}})

    def _tencent_statuses(self, wanted: dict[str, Any], *, once: bool) -> Answer:
        if once:
            found = self._untold(wanted["Limit"])
        else:
            span = range(wanted["BeginTime"], wanted["EndTime"] + 1)
            found = [
                one
                for one in self._seen()
                if one.to == wanted["PhoneNumber"]
                and int(one.taken_at.timestamp()) in span
                and self._fate(one.to) != "waiting"
            ][: wanted["Limit"]]
        rows = [
            {
                "PhoneNumber": one.to,
                "SerialNo": one.ref,
                "SessionContext": one.key,
                "ReportStatus": "SUCCESS"
                if self._fate(one.to) == "delivered"
                else "FAIL",
                "Description": self.behaviour.words.get(one.to, "DELIVRD"),
                "UserReceiveTime": int(one.taken_at.timestamp()),
            }
            for one in found
        ]
        return _json(200, {"Response": {"PullSmsSendStatusSet": rows}})

    def _tencent_replies(self, wanted: dict[str, Any]) -> Answer:
        rows = [
            {"PhoneNumber": to, "ReplyContent": text, "ReplyTime": int(at.timestamp())}
            for to, text, at in self._some_replies(wanted["Limit"])
        ]
        return _json(200, {"Response": {"PullSmsReplyStatusSet": rows}})

    def _some_replies(self, most: int) -> list[tuple[str, str, datetime]]:
        count = min(most, len(self._replies))
        return [self._replies.popleft() for _ in range(count)]

    # -- cloud MAS

    def _mas(self, path: str, body: bytes) -> Answer:
        wanted = json.loads(base64.b64decode(body))
        self.requests.append(path)
        self.bodies.append(wanted)
        if path in ("/sms/report", "/sms/deliver"):
            return self._mas_pull(path, wanted)
        free = path in ("/sms/submit", "/sms/norsubmit")
        names = ("mobiles", "content") if free else ("templateId", "mobiles", "params")
        signed = wanted["ecName"] + wanted["apId"] + SECRET
        signed += "".join(wanted[name] for name in (*names, "sign", "addSerial"))
        right = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
        if wanted["mac"] != right:
            return _json(200, {"rspcod": "IllegalMac", "success": False})
        to = f"+86{wanted['mobiles']}"
        if code := self._refusal(to, "TooManyMobiles"):
            return _json(200, {"rspcod": code, "success": False, "msgGroup": ""})
        text = wanted.get("content") or wanted["params"]
        template = wanted.get("templateId", "")
        ref = self._take("mas", to, key="", template=template, text=text)
        return _json(200, {"rspcod": "success", "success": True, "mgsGroup": ref})

    def _mas_pull(self, path: str, wanted: dict[str, Any]) -> Answer:
        if wanted["secretKey"] != SECRET:
            return _json(200, {"rspcod": "InvalidUsrOrPwd", "success": False})
        if self._question_fails():
            return _json(500, {})
        if path == "/sms/deliver":
            rows = [
                {
                    "mobile": to.removeprefix("+86"),
                    "smsContent": text,
                    "sendTime": f"{at:%Y%m%d%H%M%S}",
                    "addSerial": "",
                }
                for to, text, at in self._some_replies(100)
            ]
            return _json(200, rows)
        rows = [
            {
                "mobile": one.to.removeprefix("+86"),
                "msgGroup": one.ref,
                "reportStatus": "CM:0000",
                "errorCode": "DELIVRD"
                if self._fate(one.to) == "delivered"
                else "UNDELIV",
                "submitDate": f"{one.taken_at:%Y%m%d%H%M%S}",
                "receiveDate": f"{one.taken_at:%Y%m%d%H%M%S}",
            }
            for one in self._untold(100)
        ]
        return _json(200, rows)


def _json(status: int, value: object) -> Answer:
    return status, json.dumps(value, ensure_ascii=False).encode()


def _tencent_error(code: str) -> Answer:
    error = {"Code": code, "Message": "the call failed"}
    return _json(200, {"Response": {"Error": error, "RequestId": "1"}})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    emulator: Emulator

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with suppress(ConnectionError, ssl.SSLError):
            self._respond(body)

    def _respond(self, body: bytes) -> None:
        outage = self.emulator.behaviour.outage
        self.close_connection = True
        match outage:
            case "drop":
                return
            case "hang":
                self.emulator.closing.wait(30)
                return
            case "slow":
                self.emulator.closing.wait(1)
            case "trickle":
                self._trickle()
                return
            case "redirect":
                self._send(302, b"", {"Location": f"{self.emulator.url}/elsewhere"})
                return
            case "error" | "busy" | "login":
                status = {"error": 500, "busy": 503, "login": 200}[outage]
                self._send(status, b"<html>please log in</html>", {})
                return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.emulator.answer(self.path, headers, body)
        if answer is not None:
            self.close_connection = False
            self._send(*answer, {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        """Send a byte now and then, for ever."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.emulator.closing.wait(0.05):
            self.wfile.write(b" ")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def emulator(port: int = 0, *, certificate: Path | None = None) -> Iterator[Emulator]:
    """Yield the providers, listening; over TLS with a `certificate` and its key."""
    here = Emulator()
    handler = type("_Own", (_Handler,), {"emulator": here})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            here.scheme = "https"
        here.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield here
        finally:
            here.closing.set()
            server.shutdown()
            thread.join()
