"""The words of portals."""

import pytest

from patentwatch.delivery.gateway import Fate
from patentwatch.delivery.sms.reports import fate_of


@pytest.mark.parametrize(
    ("word", "fate"),
    [
        ("成功", Fate.DELIVERED),
        ("发送成功", Fate.DELIVERED),
        ("已送达", Fate.DELIVERED),
        (" 接收 成功 ", Fate.DELIVERED),
        ("DELIVRD", Fate.DELIVERED),
        ("delivrd", Fate.DELIVERED),
        ("CM:0000", Fate.DELIVERED),
        ("提交成功", Fate.ACCEPTED),
        ("等待送达", Fate.ACCEPTED),
        ("未知", Fate.ACCEPTED),
        ("发送中", Fate.ACCEPTED),
        ("失败", Fate.UNDELIVERED),
        ("提交失败", Fate.UNDELIVERED),
        ("未送达", Fate.UNDELIVERED),
        ("不成功", Fate.UNDELIVERED),
        ("空号", Fate.UNDELIVERED),
        ("停机", Fate.UNDELIVERED),
        ("关机", Fate.UNDELIVERED),
        ("UNDELIV", Fate.UNDELIVERED),
        ("UNDELIVRD", Fate.UNDELIVERED),
        ("EXPIRED", Fate.UNDELIVERED),
        ("MK:0001", Fate.UNDELIVERED),
        ("好", None),
        ("1", None),
        ("", None),
    ],
)
def test_a_word_is_delivery_failure_or_neither(word: str, fate: Fate | None) -> None:
    assert fate_of(word) is fate
