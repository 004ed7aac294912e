"""What is pushed to us: any order, any number of times, never forged."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.delivery.gateway import Fate, Receipt
from patentwatch.delivery.sms import GATEWAYS, callbacks
from patentwatch.delivery.sms.callbacks import CallbackForged, CallbackMalformed, Pushed
from tests.delivery.sms.emulator import SECRET, emulator
from tests.delivery.sms.lines import KEY, LI, NOW, ZHANG, envelope, line, sent

TENCENT = {
    "user_receive_time": "2026-03-02 09:30:00",
    "nationcode": "86",
    "mobile": "13800000001",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": "5000:1",
}
ALIYUN = {
    "phone_number": "13800000001",
    "report_time": "2026-03-02 09:30:00",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "1^2",
    "out_id": KEY,
}
MAS = {
    "mobile": "13800000001",
    "msgGroup": "g1",
    "errorCode": "DELIVRD",
    "reportStatus": "CM:0000",
    "receiveDate": "20260302093000",
}
EVERY = {"aliyun": ALIYUN, "tencent": TENCENT, "mas": MAS}


def read(provider: str, value: object, presented: str | None = None) -> Pushed:
    ours = callbacks.token(provider, SECRET) if presented is None else presented
    body = json.dumps(value, ensure_ascii=False).encode()
    return callbacks.read(provider, body, presented=ours, secret=SECRET)


@pytest.mark.parametrize("provider", EVERY)
def test_a_delivery_is_told(provider: str) -> None:
    (found,) = read(provider, [EVERY[provider]]).receipts
    assert (found.fate, found.to, found.reported_at) == (Fate.DELIVERED, ZHANG, NOW)
    assert (
        found.provider_ref
        == {"aliyun": "1^2", "tencent": "5000:1", "mas": "g1"}[provider]
    )


def test_one_object_will_do() -> None:
    assert len(read("mas", MAS).receipts) == 1


def test_unknown_fields_are_passed_over() -> None:
    assert read("aliyun", [ALIYUN | {"new": {"a": [1]}}]) == read("aliyun", [ALIYUN])


@pytest.mark.parametrize(
    ("provider", "item"),
    [
        (
            "aliyun",
            {
                "phone_number": "13900000002",
                "content": "TD",
                "send_time": "2026-03-02 09:30:00",
                "sequence_id": 7,
            },
        ),
        ("tencent", {"mobile": "13900000002", "text": "TD", "time": 1772415000}),
        (
            "mas",
            {
                "mobile": "13900000002",
                "smsContent": "TD",
                "sendTime": "20260302093000",
            },
        ),
    ],
)
def test_a_reply_is_told(provider: str, item: dict[str, object]) -> None:
    (found,) = read(provider, [item]).replies
    assert (found.to, found.text, found.replied_at) == (LI, "TD", NOW)
    assert read(provider, [item, item]).replies == (found, found)


@pytest.mark.parametrize("provider", EVERY)
def test_a_forged_call_is_refused_before_it_is_read(provider: str) -> None:
    right = callbacks.token(provider, SECRET)
    others = [callbacks.token(other, SECRET) for other in EVERY if other != provider]
    for wrong in ("", right[:-1], right.upper(), "密", "\ud800", *others):
        with pytest.raises(CallbackForged):
            callbacks.read(provider, b"{", presented=wrong, secret=SECRET)


def test_without_a_secret_every_call_is_forged() -> None:
    token = callbacks.token("aliyun", "")
    with pytest.raises(CallbackForged):
        callbacks.read("aliyun", b"[]", presented=token, secret="")


@pytest.mark.parametrize("provider", ["sheet", "file", "other"])
def test_who_pushes_nothing_is_a_forger(provider: str) -> None:
    with pytest.raises(CallbackForged):
        read(provider, [])


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"1", b'"x"', b"[1]", b"[{}]", b"\xff", b"[" * 5000],
)
def test_another_body_is_one_named_error(body: bytes) -> None:
    token = callbacks.token("aliyun", SECRET)
    with pytest.raises(CallbackMalformed) as caught:
        callbacks.read("aliyun", body, presented=token, secret=SECRET)
    assert caught.value.code == "callback_malformed"


def test_a_whole_body_is_refused_for_one_bad_element() -> None:
    with pytest.raises(CallbackMalformed):
        read("tencent", [TENCENT, {"sid": "x"}])


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=6))
def test_any_order_and_any_repetition_says_the_same(
    order: list[int], again: list[int]
) -> None:
    items = [ALIYUN | {"out_id": f"k{n}", "success": n % 2 == 0} for n in range(6)]
    calls = [read("aliyun", [items[n]]).receipts for n in (*order, *again)]
    told = set(itertools.chain.from_iterable(calls))
    assert told == set(read("aliyun", items).receipts)


def test_what_the_provider_pushes_is_what_was_sent() -> None:
    with emulator() as here:
        sent(GATEWAYS["aliyun"](line(here)), [envelope("a"), envelope("b", LI)])
        here.behaviour.fates[LI] = "undelivered"
        token = callbacks.token("aliyun", SECRET)
        pushed = callbacks.read(
            "aliyun", here.aliyun_report(), presented=token, secret=SECRET
        )
    fates: dict[str, Receipt] = {one.message_key: one for one in pushed.receipts}
    assert fates["a"].fate is Fate.DELIVERED
    assert fates["b"].fate is Fate.UNDELIVERED


def test_every_pushing_provider_hears_that_it_was_kept() -> None:
    assert set(callbacks.TAKEN) == set(EVERY)
    assert json.loads(callbacks.TAKEN["aliyun"])["code"] == 0
    assert json.loads(callbacks.TAKEN["tencent"]) == {"result": 0, "errmsg": "OK"}
