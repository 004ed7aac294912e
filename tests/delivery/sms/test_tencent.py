"""Tencent Cloud: what is sent, what refusals mean, what can be asked and pulled."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from patentwatch.clock import SHANGHAI
from patentwatch.delivery.gateway import Asked, Fate, GatewayDown
from patentwatch.delivery.outcome import OutcomeKind
from patentwatch.delivery.sms import tencent
from tests.delivery.sms.emulator import APP_ID, Emulator, emulator
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
UNKNOWN = OutcomeKind.UNKNOWN
MIDNIGHT = timedelta(hours=14, minutes=30)  # from 09:30 in Shanghai


@pytest.fixture
def here() -> Iterator[Emulator]:
    with emulator() as one:
        one.today = lambda: NOW.astimezone(SHANGHAI)
        yield one


def test_the_variables_go_in_their_order(here: Emulator) -> None:
    sent(tencent.gateway(line(here)), [envelope(template="1110")])
    assert here.bodies == [
        {
            "PhoneNumberSet": [ZHANG],
            "SmsSdkAppId": APP_ID,
            "TemplateId": "1110",
            "SignName": "某某市知识产权局",
            "TemplateParamSet": ["ZL2020101234567", "17", "12月31日"],
            "SessionContext": KEY,
        }
    ]
    assert here.headers[0]["x-tc-region"] == "ap-guangzhou"


@pytest.mark.parametrize(
    ("code", "kind", "wait"),
    [
        ("InvalidParameterValue.IncorrectPhoneNumber", REFUSED, None),
        ("FailedOperation.PhoneNumberInBlacklist", REFUSED, None),
        ("FailedOperation.ContainSensitiveWord", TEXT_REFUSED, None),
        ("FailedOperation.TemplateIncorrectOrUnapproved", TEXT_REFUSED, None),
        ("FailedOperation.SignatureIncorrectOrUnapproved", TEXT_REFUSED, None),
        ("FailedOperation.InsufficientBalanceInSmsPackage", DOWN, None),
        ("AuthFailure.SignatureExpire", DOWN, None),
        ("UnauthorizedOperation.SdkAppIdIsDisabled", DOWN, None),
        (
            "LimitExceeded.PhoneNumberThirtySecondLimit",
            RETRY,
            timedelta(seconds=30),
        ),
        ("LimitExceeded.DeliveryFrequencyLimit", RETRY, timedelta(seconds=30)),
        ("LimitExceeded.PhoneNumberOneHourLimit", RETRY, timedelta(hours=1)),
        ("LimitExceeded.PhoneNumberDailyLimit", RETRY, MIDNIGHT),
        ("LimitExceeded.AppDailyLimit", DOWN, MIDNIGHT),
        ("RequestLimitExceeded.IPLimitExceeded", RETRY, None),
        ("InternalError.SendAndRecvFail", RETRY, None),
        ("InternalError.Timeout", UNKNOWN, None),
        ("InternalError.OtherError", UNKNOWN, None),
        pytest.param("FailedOperation.NeverHeardOf", RETRY, None, id="unmapped"),
    ],
)
def test_every_refusal_has_its_meaning(
    here: Emulator, code: str, kind: OutcomeKind, wait: timedelta | None
) -> None:
    here.behaviour.refuse[ZHANG] = code
    told = sent(tencent.gateway(line(here)), [envelope()])[KEY]
    assert (told.kind, told.code, told.wait) == (kind, code, wait)
    assert told.bad_address is (kind is REFUSED)


def test_a_wrong_secret_closes_the_channel(here: Emulator) -> None:
    told = sent(tencent.gateway(line(here, secret=WRONG)), [envelope()])[KEY]
    assert (told.kind, told.code) == (DOWN, "AuthFailure.SignatureFailure")


def test_a_daily_limit_is_kept_by_the_provider(here: Emulator) -> None:
    here.behaviour.daily_limit = 2
    told = sent(tencent.gateway(line(here)), [envelope(k) for k in "abc"])
    assert [told[k].kind for k in "abc"] == [OutcomeKind.ACCEPTED] * 2 + [RETRY]


def test_a_reported_message_is_found_by_our_name(here: Emulator) -> None:
    here.behaviour.lose_answers = 1
    gateway = tencent.gateway(line(here))
    sent(gateway, [envelope()])
    assert gateway.ask is not None
    found = gateway.ask(Asked(KEY, ZHANG, DAY))
    assert (found.fate, found.message_key) == (Fate.DELIVERED, KEY)
    assert found.reported_at == NOW


def test_without_a_report_nothing_is_proved(here: Emulator) -> None:
    here.behaviour.fates[ZHANG] = "waiting"
    gateway = tencent.gateway(line(here))
    sent(gateway, [envelope()])
    assert gateway.ask is not None
    assert gateway.ask(Asked(KEY, ZHANG, DAY)).fate is Fate.UNSURE
    assert gateway.ask(Asked("never-sent", LI, DAY)).fate is Fate.UNSURE


def test_no_more_than_seven_days_are_asked_for(here: Emulator) -> None:
    gateway = tencent.gateway(line(here))
    assert gateway.ask is not None
    gateway.ask(Asked(KEY, ZHANG, date(2026, 2, 1)))
    oldest = int(datetime(2026, 2, 23, 1, 30, tzinfo=UTC).timestamp())
    assert here.bodies[-1]["BeginTime"] - oldest == 3600
    gateway.ask(Asked(KEY, ZHANG, DAY))
    midnight = int(datetime(2026, 3, 1, 16, tzinfo=UTC).timestamp())
    assert here.bodies[-1]["BeginTime"] == midnight


def test_the_queue_is_emptied_a_hundred_at_a_time(here: Emulator) -> None:
    gateway = tencent.gateway(line(here))
    keys = [f"k{number}" for number in range(150)]
    sent(gateway, [envelope(key) for key in keys])
    here.behaviour.fates[ZHANG] = "undelivered"
    here.behaviour.words[ZHANG] = "用户停机"
    here.requests.clear()
    assert gateway.pull is not None
    found = list(gateway.pull())
    assert [one.message_key for one in found] == keys
    assert {one.fate for one in found} == {Fate.UNDELIVERED}
    assert not any(one.bad_address for one in found)  # a bill may be paid
    assert here.requests == ["PullSmsSendStatus"] * 2
    assert list(gateway.pull()) == []


def test_a_second_hundred_is_fetched_only_when_the_first_is_kept(
    here: Emulator,
) -> None:
    gateway = tencent.gateway(line(here))
    sent(gateway, [envelope(f"k{number}") for number in range(150)])
    here.requests.clear()
    assert gateway.pull is not None
    receipts = iter(gateway.pull())
    for _ in range(100):
        next(receipts)
    assert here.requests == ["PullSmsSendStatus"]


def test_a_number_that_does_not_exist_is_bad(here: Emulator) -> None:
    here.behaviour.fates[ZHANG] = "undelivered"
    here.behaviour.words[ZHANG] = "号码为空号"
    gateway = tencent.gateway(line(here))
    sent(gateway, [envelope()])
    assert gateway.pull is not None
    assert [one.bad_address for one in gateway.pull()] == [True]


def test_replies_are_pulled(here: Emulator) -> None:
    here.reply(ZHANG, "已缴费")
    here.reply(LI, "TD")
    gateway = tencent.gateway(line(here))
    assert gateway.replies is not None
    found = list(gateway.replies())
    assert [(one.to, one.text, one.replied_at) for one in found] == [
        (ZHANG, "已缴费", NOW),
        (LI, "TD", NOW),
    ]
    assert len({one.key for one in found}) == 2


def test_a_pull_is_put_again_and_then_given_up(here: Emulator) -> None:
    gateway = tencent.gateway(line(here))
    assert gateway.pull is not None
    here.behaviour.fail_questions = 2
    assert list(gateway.pull()) == []
    here.behaviour.fail_questions = 3
    with pytest.raises(GatewayDown, match="RequestLimitExceeded"):
        list(gateway.pull())


def test_a_refused_pull_is_not_put_again(here: Emulator) -> None:
    gateway = tencent.gateway(line(here, secret=WRONG))
    assert gateway.pull is not None
    with pytest.raises(GatewayDown, match=r"AuthFailure\.SignatureFailure"):
        list(gateway.pull())
    assert here.requests == ["PullSmsSendStatus"]
