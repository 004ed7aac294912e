"""What transfers and changes of address move: people, reduction, county."""

from dataclasses import replace

import pytest

from patentwatch.model import Patent
from patentwatch.status import owners
from patentwatch.status.events import Event
from tests.make_events import COUNTIES, TRANSFER, event
from tests.make_situations import PATENT, day

OWNED = replace(
    PATENT,
    patentees=("甲示例公司",),
    credit_codes=("91410900MA00000001",),
    reduction=85,
)
TO_NANLE = (
    "专利权人的地址的变更\n变更事项：地址\n变更前：457300 河南省濮阳市清丰县1号\n"
    "变更后：457400 河南省濮阳市南乐县2号"
)
TO_ELSEWHERE = TO_NANLE.replace(
    "457400 河南省濮阳市南乐县", "450000 河南省郑州市金水区"
)
BOTH = (
    "专利权的转移\n变更事项：专利权人\n变更前权利人：甲示例公司\n变更后权利人：乙示例公司\n"
    "变更事项：地址\n变更前权利人：河南省濮阳市清丰县1号\n"
    "变更后权利人：河南省濮阳市南乐县2号\n登记生效日：20240301"
)


def moved(*events: Event, listed_on: str | None = "2024-01-05") -> Patent:
    return owners.moved(
        OWNED,
        owners.changes(events),
        listed_on=day(listed_on) if listed_on else None,
        county_of=COUNTIES.find,
    )


def test_a_transfer_moves_the_people_and_puts_the_reduction_in_doubt() -> None:
    found = moved(event("TR01", "2024-03-15", text=TRANSFER))
    assert found.patentees == ("乙示例公司",)
    assert (found.credit_codes, found.reduction) == ((), None)
    assert found.county == OWNED.county


def test_a_transfer_leaves_the_dates_alone() -> None:
    found = moved(event("TR01", "2024-03-15", text=TRANSFER))
    kept = replace(found, patentees=OWNED.patentees, reduction=85)
    assert replace(kept, credit_codes=OWNED.credit_codes) == OWNED


@pytest.mark.parametrize(
    ("listed_on", "owner"),
    [
        pytest.param("2024-03-14", "乙示例公司", id="list-of-the-day-before"),
        pytest.param("2024-03-15", "甲示例公司", id="list-of-the-day"),
        pytest.param("2024-03-16", "甲示例公司", id="list-of-the-day-after"),
        pytest.param(None, "乙示例公司", id="no-list"),
    ],
)
def test_a_list_that_is_not_older_is_believed(
    listed_on: str | None, owner: str
) -> None:
    found = moved(event("TR01", "2024-03-15", text=TRANSFER), listed_on=listed_on)
    assert found.patentees == (owner,)


def test_a_transfer_without_names_puts_only_the_reduction_in_doubt() -> None:
    found = moved(event("C41", "2024-03-15"))
    assert (found.patentees, found.reduction) == (OWNED.patentees, None)


def test_the_transfer_of_an_application_moves_nobody() -> None:
    assert moved(event("TA01", "2024-03-15", text=TRANSFER)) == OWNED


def test_a_new_name_is_no_transfer_and_keeps_the_reduction() -> None:
    text = (
        "专利权人的姓名或者名称的变更\n变更事项：专利权人\n"
        "变更前：甲示例公司\n变更后：甲示例集团"
    )
    found = moved(event("CP01", "2024-03-15", text=text))
    assert (found.patentees, found.reduction) == (("甲示例集团",), 85)


def test_of_two_transfers_the_later_decides() -> None:
    later = TRANSFER.replace("乙示例", "丙示例").replace("甲示例", "乙示例")
    found = moved(
        event("TR01", "2024-03-15", text=TRANSFER),
        event("TR01", "2024-06-14", text=later),
    )
    assert found.patentees == ("丙示例公司",)


def test_several_owners_are_told_apart() -> None:
    text = TRANSFER.replace(
        "变更后权利人：乙示例公司", "变更后权利人：乙示例公司;丙示例、丁示例"
    )
    found = moved(event("TR01", "2024-03-15", text=text))
    assert found.patentees == ("乙示例公司", "丙示例", "丁示例")


def test_a_new_address_in_another_county_moves_the_county() -> None:
    found = moved(event("CP02", "2024-03-15", text=TO_NANLE))
    assert (found.county, found.patentees) == ("410923", OWNED.patentees)
    assert found.address.endswith("濮阳市南乐县2号")


def test_an_address_outside_moves_nothing() -> None:
    assert moved(event("CP02", "2024-03-15", text=TO_ELSEWHERE)) == OWNED


def test_one_notice_may_move_people_and_county() -> None:
    found = moved(event("TR01", "2024-03-15", text=BOTH))
    assert (found.patentees, found.county) == (("乙示例公司",), "410923")


def test_a_change_tells_since_when_it_is_known_and_counts() -> None:
    (change,) = owners.changes([event("TR01", "2024-03-15", text=TRANSFER)])
    assert (change.known_on, change.effective_on) == (
        day("2024-03-15"),
        day("2024-03-01"),
    )
    assert (change.owners_before, change.transfer) == (("甲示例公司",), True)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["甲（濮阳）公司"], ["甲(濮阳)公司", "乙"], True),
        (["甲"], ["乙"], False),
        ([], ["乙"], False),
    ],
)
def test_who_shares_an_owner(one: list[str], other: list[str], *, same: bool) -> None:
    assert owners.same_people(one, other) is same
