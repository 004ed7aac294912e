"""Whatever a provider or a portal sends, reading it gives values or one refusal."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.bounded import Page
from patentwatch.delivery.outcome import OutcomeKind
from patentwatch.delivery.sms import aliyun, callbacks, mas, reports, tencent
from patentwatch.delivery.sms.sheetrows import Written
from patentwatch.errors import InputError
from tests.delivery.sms.emulator import SECRET
from tests.delivery.sms.lines import DAY, ZHANG, line
from tests.fuzz.fuzzing import fuzz

CONTRACT = line()
WORDS = st.sampled_from(
    [
        *("OK", "Ok", "success", "isv.OUT_OF_SERVICE", "Throttling", "", "\ud800"),
        *("2026-03-02 09:30:00", "0001-01-01 00:00:00", "13800000001", "9" * 400),
        *("DELIVRD", "CM:0000", "SUCCESS", "FAIL"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS
NAMES = st.sampled_from(
    [
        *("Code", "BizId", "Response", "Error", "SendStatusSet", "SerialNo", "success"),
        *("rspcod", "msgGroup", "mgsGroup", "mobile", "out_id", "biz_id", "sid", "ext"),
        *("phone_number", "report_time", "report_status", "user_receive_time", "text"),
        *("content", "send_time", "time", "smsContent", "sendTime", "errorCode"),
        *("SendStatus", "ReportStatus", "UserReceiveTime", "sms_size", "err_msg"),
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=8)
    ),
    max_leaves=20,
)
BODIES = st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode())
STATUS = st.sampled_from([200, 200, 200, 302, 400, 404, 500, 503])


@fuzz
@given(BODIES, STATUS)
def test_any_answer_gives_an_outcome(body: bytes, status: int) -> None:
    page = Page(status, {}, body)
    for provider in (aliyun, tencent, mas):
        told = provider._outcome(page, CONTRACT)
        assert len(told.provider_ref) <= 80
        told.text.encode()
        if told.kind is OutcomeKind.ACCEPTED:
            assert status == 200
            assert json.loads(body)


@fuzz
@given(BODIES, st.sampled_from(["aliyun", "tencent", "mas"]))
def test_any_push_gives_values_or_one_error(body: bytes, provider: str) -> None:
    token = callbacks.token(provider, SECRET)
    try:
        pushed = callbacks.read(provider, body, presented=token, secret=SECRET)
    except callbacks.CallbackMalformed:
        return
    for receipt in pushed.receipts:
        assert len(receipt.code) <= 40
        f"{receipt.code}{receipt.message_key}{receipt.provider_ref}".encode()
        assert receipt.reported_at is None or receipt.reported_at.tzinfo


ROWS = {"a1": Written("a1", ZHANG, DAY)}
CELLS = st.sampled_from(
    ["a1", "13800000001", "成功", "失败", "2026-03-02 10:00", "=1+1", '"', "", "1e99"]
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports") / "r.csv"


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        found = reports.read(path, ROWS, today=date(2026, 3, 3))
    except InputError:
        return
    assert {receipt.message_key for receipt in found.receipts} <= {"a1"}
    assert "13800000001" not in "".join(found.note)


@fuzz
@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_report_or_refused(path: Path, content: bytes) -> None:
    check(path, content)


@fuzz
@given(
    rows=st.lists(st.lists(CELLS | st.text(max_size=8), max_size=6), max_size=6),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_any_rows_are_a_report_or_refused(
    path: Path, rows: list[list[str]], encoding: str
) -> None:
    head = "编号,手机号码,发送状态,时间,失败原因,条数\n"
    body = "\n".join(",".join(row) for row in rows)
    check(path, (head + body).encode(encoding, "replace"))
