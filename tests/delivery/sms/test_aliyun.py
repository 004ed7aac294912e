"""Aliyun: what is sent, what every refusal means, what is found when it is asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from patentwatch.bounded import Page
from patentwatch.clock import SHANGHAI
from patentwatch.delivery.gateway import Asked, Fate, GatewayDown
from patentwatch.delivery.outcome import OutcomeKind
from patentwatch.delivery.sms import aliyun
from tests.delivery.sms.emulator import Emulator, emulator
from tests.delivery.sms.lines import (
    DAY,
    KEY,
    LI,
    NOW,
    WRONG,
    ZHANG,
    envelope,
    line,
    sent,
)

RETRY, REFUSED = OutcomeKind.RETRY, OutcomeKind.REFUSED
TEXT_REFUSED, DOWN = OutcomeKind.TEXT_REFUSED, OutcomeKind.CHANNEL_DOWN


@pytest.fixture
def here() -> Iterator[Emulator]:
    with emulator() as one:
        one.today = lambda: NOW.astimezone(SHANGHAI)
        yield one


def asked(**changes: object) -> Asked:
    values: dict[str, object] = {"message_key": KEY, "to": ZHANG, "sent_on": DAY}
    return Asked(**values | changes)  # type: ignore[arg-type]  # any of its fields


def test_the_template_goes_with_its_variables_and_our_name(here: Emulator) -> None:
    sent(aliyun.gateway(line(here)), [envelope()])
    assert here.bodies == [
        {
            "PhoneNumbers": "13800000001",
            "SignName": "某某市知识产权局",
            "TemplateCode": "SMS_1",
            "TemplateParam": '{"number": "ZL2020101234567", "year": "17", '
            '"day": "12月31日"}',
            "OutId": KEY,
        }
    ]


def test_a_wrong_secret_closes_the_channel(here: Emulator) -> None:
    told = sent(aliyun.gateway(line(here, secret=WRONG)), [envelope()])
    assert (told[KEY].kind, told[KEY].code) == (DOWN, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("code", "kind", "bad"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", REFUSED, True),
        ("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", TEXT_REFUSED, False),
        ("isv.SMS_CONTENT_ILLEGAL", TEXT_REFUSED, False),
        ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", TEXT_REFUSED, False),
        ("isv.SMS_TEMPLATE_ILLEGAL", TEXT_REFUSED, False),
        ("isv.OUT_OF_SERVICE", DOWN, False),
        ("isv.ACCOUNT_ABNORMAL", DOWN, False),
        ("isv.ACCOUNT_NOT_EXISTS", DOWN, False),
        ("isv.PRODUCT_UN_SUBSCRIPT", DOWN, False),
        ("isv.SMS_SIGN_ILLEGAL", DOWN, False),
        ("isv.SIGN_STATE_ILLEGAL", DOWN, False),
        ("isv.DENY_IP_RANGE", DOWN, False),
        ("isp.RAM_PERMISSION_DENY", DOWN, False),
        ("InvalidAccessKeyId.NotFound", DOWN, False),
        ("isp.SYSTEM_ERROR", RETRY, False),
        ("Throttling.User", RETRY, False),
        ("SignatureNonceUsed", OutcomeKind.UNKNOWN, False),
        pytest.param("isv.NEVER_HEARD_OF", RETRY, False, id="unmapped"),
    ],
)
def test_every_refusal_has_its_meaning(
    here: Emulator, code: str, kind: OutcomeKind, *, bad: bool
) -> None:
    here.behaviour.refuse[ZHANG] = code
    told = sent(aliyun.gateway(line(here)), [envelope()])[KEY]
    assert (told.kind, told.code, told.bad_address) == (kind, code, bad)
    assert here.accepted == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (503, b'{"Code": "ServiceUnavailable"}', OutcomeKind.UNKNOWN),
        (500, b'{"Code": "InternalError"}', OutcomeKind.UNKNOWN),
        (503, b'{"Code": "Throttling.Api"}', RETRY),
        (500, b'{"Code": "OK", "BizId": "1"}', OutcomeKind.UNKNOWN),
        (200, b'{"BizId": "1"}', OutcomeKind.UNKNOWN),
        (403, b"<html>", DOWN),
    ],
)
def test_a_broken_server_may_have_taken_the_message(
    status: int, body: bytes, kind: OutcomeKind
) -> None:
    assert aliyun._outcome(Page(status, {}, body), line()).kind is kind


@pytest.mark.parametrize(
    ("words", "wait"),
    [
        ("触发分钟级流控Permits:1", timedelta(minutes=1)),
        ("触发小时级流控Permits:5", timedelta(hours=1)),
        ("触发天级流控Permits:50", timedelta(hours=24)),
        ("业务限流", timedelta(hours=24)),
    ],
)
def test_a_limit_of_one_number_lets_its_message_wait(
    here: Emulator, words: str, wait: timedelta
) -> None:
    here.behaviour.refuse[ZHANG] = "isv.BUSINESS_LIMIT_CONTROL"
    here.behaviour.words[ZHANG] = words
    told = sent(aliyun.gateway(line(here)), [envelope(), envelope("b", LI)])
    assert (told[KEY].kind, told[KEY].wait) == (RETRY, wait)
    assert told["b"].kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("span", ["DAY", "MONTH"])
def test_a_limit_of_the_channel_closes_it_until_midnight(
    here: Emulator, span: str
) -> None:
    here.behaviour.refuse[ZHANG] = f"isv.{span}_LIMIT_CONTROL"
    told = sent(aliyun.gateway(line(here)), [envelope()])[KEY]
    # 09:30 to 24:00 in Shanghai
    assert (told.kind, told.wait) == (DOWN, timedelta(hours=14, minutes=30))


def test_what_a_server_says_of_numbers_does_not_reach_the_log(here: Emulator) -> None:
    here.behaviour.refuse[ZHANG] = "isv.SMS_CONTENT_ILLEGAL"
    here.behaviour.words[ZHANG] = "号码 13800000001 的内容不合规"
    assert "13800000001" not in sent(aliyun.gateway(line(here)), [envelope()])[KEY].text


@pytest.mark.parametrize(
    ("fate", "known"),
    [
        ("delivered", Fate.DELIVERED),
        ("undelivered", Fate.UNDELIVERED),
        ("waiting", Fate.ACCEPTED),
    ],
)
def test_a_message_whose_answer_was_lost_is_found(
    here: Emulator, fate: str, known: Fate
) -> None:
    here.behaviour.lose_answers = 1
    here.behaviour.fates[ZHANG] = fate
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope()])
    assert gateway.ask is not None
    found = gateway.ask(asked())
    assert (found.fate, found.message_key) == (known, KEY)


def test_a_message_that_was_never_taken_may_be_sent_again(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope("another")])
    assert gateway.ask is not None
    assert gateway.ask(asked()).fate is Fate.UNHEARD_OF


def test_during_the_lag_a_message_is_not_found(here: Emulator) -> None:
    seconds = 0.0
    here.steady = lambda: seconds
    here.behaviour.lag_seconds = 100.0
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope()])
    assert gateway.ask is not None
    assert gateway.ask(asked()).fate is Fate.UNHEARD_OF
    seconds = 100.0
    assert gateway.ask(asked()).fate is Fate.DELIVERED


def test_every_page_is_turned(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope(f"k{number}") for number in range(120)])
    here.requests.clear()
    assert gateway.ask is not None
    assert gateway.ask(asked(message_key="k119")).fate is Fate.DELIVERED
    assert len(here.requests) == 3
    assert gateway.ask(asked(message_key="k120")).fate is Fate.UNHEARD_OF


def test_what_left_about_midnight_is_looked_for_on_both_days(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope()])  # filed under 2 March
    assert gateway.ask is not None
    assert gateway.ask(asked(sent_on=date(2026, 3, 1))).fate is Fate.DELIVERED
    assert gateway.ask(asked(sent_on=date(2026, 2, 28))).fate is Fate.UNHEARD_OF
    days = [body["SendDate"] for body in here.bodies if "SendDate" in body]
    assert days == ["20260301", "20260302", "20260228", "20260301"]


def test_a_day_that_has_not_come_is_not_asked_for(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    assert gateway.ask is not None
    gateway.ask(asked())
    assert [body["SendDate"] for body in here.bodies] == ["20260302"]


def test_of_two_copies_the_delivered_one_counts(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    here.behaviour.fates[ZHANG] = "undelivered"
    sent(gateway, [envelope()])
    sent(gateway, [envelope()])
    here.behaviour.fates[ZHANG] = "delivered"
    assert gateway.ask is not None
    assert gateway.ask(asked()).fate is Fate.DELIVERED


def test_a_count_without_its_records_proves_nothing(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope()])
    here.behaviour.hide_records = True
    assert gateway.ask is not None
    with pytest.raises(GatewayDown, match="records_missing"):
        gateway.ask(asked())


def test_a_question_is_put_again_where_no_answer_came(here: Emulator) -> None:
    gateway = aliyun.gateway(line(here))
    sent(gateway, [envelope()])
    here.behaviour.fail_questions = 2
    assert gateway.ask is not None
    assert gateway.ask(asked()).fate is Fate.DELIVERED
    here.behaviour.fail_questions = 3
    with pytest.raises(GatewayDown, match="http_503"):
        gateway.ask(asked())
    assert here.requests.count("SendSms") == 1


def test_an_outage_is_no_absence(here: Emulator) -> None:
    here.behaviour.outage = "login"
    gateway = aliyun.gateway(line(here))
    assert gateway.ask is not None
    with pytest.raises(GatewayDown):
        gateway.ask(asked())


def test_the_address_of_the_provider_is_known() -> None:
    assert aliyun.gateway(line()).name == "aliyun"
    request = aliyun._request(line(), "SendSms", {})
    assert request.url == "https://dysmsapi.aliyuncs.com/?"
    assert request.headers["x-acs-date"] == "2026-03-02T01:30:00Z"


def test_a_report_is_read_with_its_time() -> None:
    found = aliyun.receipt(
        {
            "phone_number": "13800000001",
            "report_time": "2026-03-02 09:31:00",
            "success": False,
            "err_code": "MK:0001",
            "err_msg": "空号",
            "sms_size": "2",
            "biz_id": "123^4",
            "out_id": KEY,
            "unknown": [1],
        }
    )
    assert found is not None
    assert (found.fate, found.message_key, found.provider_ref, found.to) == (
        Fate.UNDELIVERED,
        KEY,
        "123^4",
        ZHANG,
    )
    assert (found.code, found.text, found.parts) == ("MK:0001", "空号", 2)
    assert found.reported_at == datetime(2026, 3, 2, 1, 31, tzinfo=UTC)
    assert found.bad_address
