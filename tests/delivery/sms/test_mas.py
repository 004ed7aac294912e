"""Cloud MAS: free text and templates, refusals, reports and replies."""

import base64
import json
from collections.abc import Iterator

import pytest

from patentwatch.clock import SHANGHAI
from patentwatch.delivery.gateway import Fate, GatewayDown
from patentwatch.delivery.outcome import OutcomeKind
from patentwatch.delivery.sms import mas
from tests.delivery.sms.emulator import APP_ID, COMPANY, Emulator, emulator
from tests.delivery.sms.lines import KEY, NOW, TEXT, WRONG, ZHANG, envelope, line, sent


@pytest.fixture
def here() -> Iterator[Emulator]:
    with emulator() as one:
        one.today = lambda: NOW.astimezone(SHANGHAI)
        yield one


def test_free_text_leaves_without_our_signature(here: Emulator) -> None:
    told = sent(mas.gateway(line(here)), [envelope(template="")])
    assert told[KEY].kind is OutcomeKind.ACCEPTED
    (body,) = here.bodies
    assert body.pop("mac")
    assert body == {
        "ecName": COMPANY,
        "apId": APP_ID,
        "mobiles": "13800000001",
        "content": TEXT.removeprefix("【某某市知识产权局】"),
        "sign": "某某市知识产权局",
        "addSerial": "",
    }
    assert here.requests == ["/sms/norsubmit"]


def test_a_template_leaves_with_its_parameters_as_one_text(here: Emulator) -> None:
    sent(mas.gateway(line(here, serial="0001")), [envelope(template="t1")])
    (body,) = here.bodies
    assert body["params"] == '["ZL2020101234567", "17", "12月31日"]'
    assert (body["templateId"], body["addSerial"]) == ("t1", "0001")
    assert here.requests == ["/sms/tmpsubmit"]


def test_a_template_without_variables_has_one_empty_parameter(here: Emulator) -> None:
    sent(mas.gateway(line(here)), [envelope(template="t1", variables=())])
    assert here.bodies[0]["params"] == '[""]'


def test_the_encrypted_door_is_another_one() -> None:
    contract = line(endpoint="https://mas.example.cn:28888")
    request = mas._submission(contract, envelope(template=""))
    assert request.url == "https://mas.example.cn:28888/sms/submit"
    assert json.loads(base64.b64decode(request.body))["apId"] == APP_ID


def test_a_wrong_secret_closes_the_channel(here: Emulator) -> None:
    told = sent(mas.gateway(line(here, secret=WRONG)), [envelope()])[KEY]
    assert (told.kind, told.code) == (OutcomeKind.CHANNEL_DOWN, "IllegalMac")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("IllegalSignId", OutcomeKind.CHANNEL_DOWN),
        ("NoSignId", OutcomeKind.CHANNEL_DOWN),
        ("InvalidUsrOrPwd", OutcomeKind.CHANNEL_DOWN),
        ("InvalidMessage", OutcomeKind.TEXT_REFUSED),
        ("TooManyMobiles", OutcomeKind.RETRY),
        pytest.param("NeverHeardOf", OutcomeKind.RETRY, id="unmapped"),
        pytest.param("success", OutcomeKind.UNKNOWN, id="says-both"),
    ],
)
def test_every_refusal_has_its_meaning(
    here: Emulator, code: str, kind: OutcomeKind
) -> None:
    here.behaviour.refuse[ZHANG] = code
    assert sent(mas.gateway(line(here)), [envelope()])[KEY].kind is kind


def test_nothing_can_be_asked() -> None:
    assert mas.gateway(line(endpoint="https://mas.example.cn")).ask is None


def test_reports_are_pulled_until_none_is_left(here: Emulator) -> None:
    gateway = mas.gateway(line(here))
    sent(gateway, [envelope(str(number)) for number in range(3)])
    here.behaviour.copies = 2
    assert gateway.pull is not None
    found = list(gateway.pull())
    assert [one.provider_ref for one in found] == [
        *("mas-1", "mas-1", "mas-2", "mas-2", "mas-3", "mas-3")
    ]
    assert {(one.fate, one.to, one.reported_at) for one in found} == {
        (Fate.DELIVERED, ZHANG, NOW)
    }
    assert list(gateway.pull()) == []


def test_a_failure_does_not_give_the_number_up(here: Emulator) -> None:
    here.behaviour.fates[ZHANG] = "undelivered"
    gateway = mas.gateway(line(here))
    sent(gateway, [envelope()])
    assert gateway.pull is not None
    (found,) = gateway.pull()
    assert (found.fate, found.code, found.bad_address) == (
        Fate.UNDELIVERED,
        "UNDELIV",
        False,
    )


def test_replies_are_pulled(here: Emulator) -> None:
    here.reply(ZHANG, "退订")
    gateway = mas.gateway(line(here))
    assert gateway.replies is not None
    (found,) = gateway.replies()
    assert (found.to, found.text, found.replied_at) == (ZHANG, "退订", NOW)


def test_a_refused_pull_is_told(here: Emulator) -> None:
    gateway = mas.gateway(line(here, secret=WRONG))
    assert gateway.pull is not None
    with pytest.raises(GatewayDown, match="InvalidUsrOrPwd"):
        list(gateway.pull())
