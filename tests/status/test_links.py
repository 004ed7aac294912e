"""Pledges, licences and preservations: from when until when they tie a patent."""

from dataclasses import replace

import pytest

from patentwatch.status.events import Event, distinct
from patentwatch.status.links import Link, links, merged, parties
from tests.make_events import event
from tests.make_situations import day

NUMBER = "Y2023410000011"
PLEDGED = (
    f"专利权质押合同登记的生效\n登记号：{NUMBER}\n登记生效日：20230112\n"
    "出质人：甲示例公司\n质权人：示例银行"
)
FREED = (
    f"专利权质押合同登记的注销\n登记号：{NUMBER}\n出质人：甲示例公司\n解除日：20240105"
)
OTHER = PLEDGED.replace("0011", "0022").replace("20230112", "20230601")


def tied(*events: Event) -> list[Link]:
    return links(distinct(events, on=day("2030-01-01")))


def spans(found: list[Link]) -> list[tuple[str, str, str, str]]:
    return [
        (
            one.kind,
            one.party,
            one.from_on.isoformat(),
            one.until_on.isoformat() if one.until_on else "",
        )
        for one in found
    ]


def test_a_pledge_ties_its_bank_from_its_registration_to_its_cancellation() -> None:
    found = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PC01", "2024-01-26", text=FREED),
    )
    assert spans(found) == [("pledge", "示例银行", "2023-01-12", "2024-01-05")]
    assert (found[0].number, found[0].title) == (NUMBER, "质押 示例银行")


@pytest.mark.parametrize(
    ("on", "live"),
    [
        ("2023-01-11", False),
        ("2023-01-12", True),
        ("2023-01-13", True),
        ("2024-01-04", True),
        ("2024-01-05", False),
        ("2024-01-06", False),
    ],
)
def test_a_registration_stands_from_its_day_until_before_its_end(
    on: str, *, live: bool
) -> None:
    (link,) = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PC01", "2024-01-26", text=FREED),
    )
    assert link.live(day(on)) is live


def test_a_cancellation_ends_the_registration_with_its_number() -> None:
    found = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PE01", "2023-06-23", text=OTHER),
        event("PC01", "2024-01-26", text=FREED.replace("0011", "0022")),
    )
    assert [until for *_, until in spans(found)] == ["", "2024-01-05"]


def test_a_cancellation_without_a_number_ends_the_oldest_that_stands() -> None:
    found = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PE01", "2023-06-23", text=OTHER),
        event("PC01", "2024-01-26"),
    )
    assert [until for *_, until in spans(found)] == ["2024-01-26", ""]


def test_a_cancellation_of_another_number_ends_nothing_that_has_its_own() -> None:
    found = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PC01", "2024-01-26", text=FREED.replace("0011", "0099")),
    )
    assert [until for *_, until in spans(found)] == [""]


def test_a_change_speaks_of_the_registration_that_stands() -> None:
    changed = f"专利权质押合同登记的变更\n登记号：{NUMBER}\n变更日：20230901"
    found = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PM01", "2023-09-22", text=changed),
    )
    assert spans(found) == [("pledge", "示例银行", "2023-01-12", "")]


def test_a_change_can_move_a_pledge_to_another_bank() -> None:
    changed = (
        f"专利权质押合同登记的变更\n登记号：{NUMBER}\n变更日：20230901\n"
        "变更事项：质权人\n变更前：示例银行\n变更后：另一示例银行"
    )
    found = tied(
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PM01", "2023-09-22", text=changed),
    )
    assert spans(found) == [("pledge", "另一示例银行", "2023-01-12", "")]


def test_a_second_notice_without_a_number_is_the_first_once_more() -> None:
    found = tied(event("PE01", "2023-02-03"), event("PE01", "2023-06-23"))
    assert spans(found) == [("pledge", "", "2023-02-03", "")]


def test_a_notice_without_a_number_is_not_the_registration_that_has_one() -> None:
    found = tied(event("PE01", "2023-02-03", text=PLEDGED), event("PE01", "2023-06-23"))
    assert len(found) == 2


def test_an_old_code_that_says_nothing_speaks_of_what_stands() -> None:
    found = tied(event("PE01", "2023-02-03", text=PLEDGED), event("PLDC", "2023-09-22"))
    assert spans(found) == [("pledge", "示例银行", "2023-01-12", "")]


def test_an_old_code_that_says_nothing_is_a_registration_where_none_stands() -> None:
    assert spans(tied(event("PLDC", "2023-09-22"))) == [
        ("pledge", "", "2023-09-22", "")
    ]


def test_a_licence_ties_the_licensee() -> None:
    text = (
        "专利实施许可合同备案的生效\n合同备案号：X2023410000009\n让与人：甲示例公司\n"
        "受让人：乙示例公司\n许可种类：普通许可\n备案日期：20230301"
    )
    (link,) = tied(event("EE01", "2023-03-24", text=text))
    assert (link.link, link.party, link.from_on) == (
        "licensed_to",
        "乙示例公司",
        day("2023-03-01"),
    )


def test_an_open_licence_ties_nobody() -> None:
    assert tied(event("OL01", "2024-08-02")) == []


def test_a_preservation_holds_until_it_is_discharged() -> None:
    found = tied(event("PP01", "2024-06-07"), event("PD01", "2024-12-06"))
    assert spans(found) == [("preservation", "", "2024-06-07", "2024-12-06")]


def test_every_party_that_a_registration_ever_named_is_known() -> None:
    told = [
        event("PE01", "2023-02-03", text=PLEDGED),
        event("PC01", "2024-01-26", text=FREED),
        event("PE01", "2023-06-03", text=OTHER.replace("示例银行", "示例信用社")),
        event("CP01", "2024-03-15", text="变更后权利人：乙公司"),
    ]
    assert parties(told) == {"示例银行", "示例信用社"}


def loan(from_on: str, until_on: str = "", *, number: str = NUMBER) -> Link:
    return Link(
        "pledge",
        "secures",
        number,
        "示例 银行",
        day(from_on),
        day(until_on) if until_on else None,
        record=7,
        named="质押贷款 示例 银行",
        held=True,
    )


def both(*events: Event, records: list[Link]) -> list[tuple[str, str, int | None]]:
    """Return from, until and record of what notices and records tell together."""
    return [
        (
            one.from_on.isoformat(),
            one.until_on.isoformat() if one.until_on else "",
            one.record,
        )
        for one in merged(tied(*events), records)
    ]


BEGUN = event("PE01", "2023-02-03", text=PLEDGED)
OVER = event("PC01", "2024-01-26", text=FREED)


@pytest.mark.parametrize(
    ("events", "record", "expected"),
    [
        pytest.param(
            [BEGUN], loan("2023-01-20"), ("2023-01-12", "", 7), id="same-number"
        ),
        pytest.param(
            [BEGUN],
            loan("2023-01-20", number=""),
            ("2023-01-12", "", 7),
            id="same-party",
        ),
        pytest.param(
            [BEGUN],
            loan("2023-01-10", number="Y9"),
            ("2023-01-10", "", 7),
            id="same-party-under-another-number",
        ),
        pytest.param(
            [BEGUN, OVER],
            loan("2023-01-20", "2024-03-01"),
            ("2023-01-12", "2024-01-05", 7),
            id="the-registration-ends-first",
        ),
        pytest.param(
            [BEGUN, OVER],
            loan("2023-01-20", "2023-12-20"),
            ("2023-01-12", "2023-12-20", 7),
            id="the-loan-ends-first",
        ),
    ],
)
def test_a_pledge_known_twice_is_one_that_ends_with_the_first_end(
    events: list[Event], record: Link, expected: tuple[str, str, int]
) -> None:
    assert both(*events, records=[record]) == [expected]


def test_loans_at_different_times_or_of_different_banks_stay_apart() -> None:
    later = loan("2024-01-05", number="")
    assert len(both(BEGUN, OVER, records=[later])) == 2
    elsewhere = replace(loan("2023-01-20", number=""), party="另一银行")
    assert len(both(BEGUN, records=[elsewhere])) == 2
    award = replace(loan("2023-01-20"), kind="patent_award")
    assert len(both(BEGUN, records=[award])) == 2


def test_each_of_two_pledges_to_one_bank_ends_with_its_own_loan() -> None:
    second = event("PE01", "2023-06-20", text=OTHER)
    found = both(
        BEGUN,
        second,
        records=[
            loan("2023-01-12", "2023-09-01"),
            loan("2023-06-01", number=NUMBER.replace("0011", "0022")),
        ],
    )
    assert found == [("2023-01-12", "2023-09-01", 7), ("2023-06-01", "", 7)]


def test_a_loan_that_follows_under_one_registration_begins_on_its_own_day() -> None:
    found = both(
        BEGUN,
        records=[loan("2023-01-20", "2024-02-01"), loan("2024-02-01")],
    )
    assert found == [("2023-01-12", "2024-02-01", 7), ("2024-02-01", "", 7)]


def test_a_second_pledge_to_a_bank_is_not_taken_for_the_loan_of_the_first() -> None:
    second = event("PE01", "2023-06-20", text=OTHER)
    found = both(BEGUN, second, records=[loan("2023-01-12", "2023-09-01")])
    assert found == [("2023-01-12", "2023-09-01", 7), ("2023-06-01", "", None)]
