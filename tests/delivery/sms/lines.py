"""What the tests of the gateways share: a contract, messages, and one way to send."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from threading import Event
from typing import Any

from patentwatch.delivery.gateway import Gateway
from patentwatch.delivery.outcome import Envelope, Outcome
from patentwatch.delivery.sms import SmsLine
from patentwatch.model import Channel
from tests.delivery.sms.emulator import APP_ID, COMPANY, KEY_ID, SECRET, Emulator

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai, a Monday
DAY = date(2026, 3, 2)
ZHANG, LI, WANG = "+8613800000001", "+8613900000002", "+8615000000003"
KEY = "a1" * 20
WRONG = "other"
TEXT = (
    "【某某市知识产权局】专利ZL2020101234567第17年年费最迟12月31日缴纳，"
    "已缴请忽略。我局不收费，咨询0393-1234567"
)
VARIABLES = (("number", "ZL2020101234567"), ("year", "17"), ("day", "12月31日"))
REAL = ("aliyun", "tencent", "mas")


def line(here: Emulator | None = None, **changes: Any) -> SmsLine:
    """Return a contract; nobody waits between two tries."""
    hurried = Event()
    hurried.set()
    values: dict[str, Any] = {
        "tell_time": lambda: NOW,
        "endpoint": here.url if here else "",
        "app_id": APP_ID,
        "company": COMPANY,
        "access_key_id": KEY_ID,
        "secret": SECRET,
        "sign_name": "某某市知识产权局",
        "deadline_seconds": 5.0,
        "stop": hurried,
    }
    return SmsLine(**values | changes)


def envelope(
    key: str = KEY,
    to: str = ZHANG,
    *,
    template: str = "SMS_1",
    variables: tuple[tuple[str, str], ...] = VARIABLES,
    text: str = TEXT,
) -> Envelope:
    return Envelope(key, Channel.SMS, to, text.encode(), template, variables)


def sent(gateway: Gateway, envelopes: Iterable[Envelope]) -> dict[str, Outcome]:
    """Send and return the outcomes; every one is told once."""
    told: dict[str, Outcome] = {}

    def tell(outcomes: Mapping[str, Outcome]) -> None:
        assert told.keys().isdisjoint(outcomes)
        told.update(outcomes)

    gateway.send(envelopes, on_outcomes=tell)
    return told
