"""The order of the counties, worked out by hand."""

from dataclasses import replace
from decimal import Decimal

from patentwatch.plan.ranking import CountyPlace, Tally, ranking
from tests.make_bulletins import (
    FANXIAN,
    GREEN,
    HUALONG,
    NAMES,
    NANLE,
    QINGFENG,
    RED,
    YELLOW,
    june,
)


def places(**records: int) -> list[tuple[int | None, str, str]]:
    found = ranking(june(), names=NAMES, records=records)
    return [(one.rank, one.name, str(one.score)) for one in found]


def test_a_green_light_counts_one_and_a_yellow_one_half() -> None:
    # 华龙区: green, yellow: 1.5 of 2. 清丰县: red, green: 1 of 2. 南乐县: yellow: 0.5
    # of 1. 范县 has promised training, but has no light.
    first, second, third, last = ranking(
        june(), names=NAMES, records={QINGFENG: 2, NANLE: 1}
    )
    assert first == CountyPlace(
        HUALONG, "华龙区", 1, Decimal("75.0"), Tally(1, 1, 0), records=0
    )
    assert (second.code, second.rank, second.score) == (QINGFENG, 2, Decimal("50.0"))
    assert (third.code, third.rank, third.score) == (NANLE, 3, Decimal("50.0"))
    assert last == CountyPlace(FANXIAN, "范县", None, None, Tally(), records=0)


def test_of_equal_scores_the_one_with_more_records_goes_first() -> None:
    assert places(**{QINGFENG: 1, NANLE: 2})[1:3] == [
        (2, "南乐县", "50.0"),
        (3, "清丰县", "50.0"),
    ]


def test_a_place_is_shared_where_the_records_are_equal_too() -> None:
    assert places(**{QINGFENG: 2, NANLE: 2}) == [
        (1, "华龙区", "75.0"),
        (2, "清丰县", "50.0"),
        (2, "南乐县", "50.0"),
        (None, "范县", "None"),
    ]


def test_the_place_after_a_shared_one_is_left_out() -> None:
    status = june()
    *others, training = status.progress
    lights = {HUALONG: YELLOW, QINGFENG: GREEN, NANLE: YELLOW, FANXIAN: RED}
    found = ranking(
        replace(status, progress=(*others, replace(training, county_lights=lights))),
        names=NAMES,
        records={},
    )
    assert [one.rank for one in found] == [1, 2, 2, 4]


def test_more_records_do_not_make_up_for_a_lower_score() -> None:
    assert places(**{NANLE: 1000})[0] == (1, "华龙区", "75.0")


def test_a_share_is_compared_exactly_and_shown_with_one_decimal() -> None:
    # Two of three: 66.666…, half of one more light of three would be 83.333….
    status = june()
    *others, training = status.progress
    promised = replace(training, county_lights={QINGFENG: GREEN})
    found = ranking(
        replace(status, progress=(*others, promised, training)), names={}, records={}
    )
    best = {one.code: one for one in found}
    assert best[QINGFENG].score == Decimal("66.7")
    assert best[QINGFENG].name == QINGFENG


def test_a_plan_without_counties_ranks_nobody() -> None:
    status = june()
    overseas = status.progress[1]
    assert ranking(replace(status, progress=(overseas,)), names={}, records={}) == ()
