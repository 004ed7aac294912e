"""`explain`: every key, and what the register's facts make of a patent's life."""

from pathlib import Path
from typing import Any

import pytest

from tests.clerk import ON, Clerk
from tests.lists import number, row, write_csv
from tests.test_people_intake import looked_up

KEYS = {
    "application_no": str,
    "title": str,
    "county": str,
    "patentees": list,
    "filing_date": str,
    "grant_date": str,
    "state": str,
    "state_since": str,
    "in_force": bool,
    "term_ends_on": str,
    "next": dict,
    "paid_through": int,
    "paid_evidence": str,
    "facts": list,
    "rules": list,
    "linked": list,
    "consequential": bool,
    "high_value": list,
}


def load(clerk: Clerk, as_of: str = "2026-05-01", **changes: str) -> None:
    write_csv(Path("list.csv"), [row(1, **changes)])
    clerk.run("import", "list.csv", "--as-of", as_of, *ON)


def explained(clerk: Clerk, on: str = "2026-11-22") -> dict[str, Any]:
    found = clerk.json("explain", number(1), "--on", on)
    assert isinstance(found, dict)
    return found


def add(clerk: Clerk, says: str, dated: str, year: int = 12) -> None:
    clerk.run(
        "fact", "add", number(1), "--year", str(year), "--says", says,
        "--dated", dated, "--by", "李", "--on", "2030-01-01",
    )  # fmt: skip


def pay(clerk: Clerk, yuan: int, paid_on: str = "2026-05-20", year: int = 12) -> None:
    clerk.run(
        "payments", "add", number(1), "--year", str(year), "--paid-on", paid_on,
        "--yuan", str(yuan), "--by", "李", "--on", "2030-01-01",
    )  # fmt: skip


def test_explain_has_exactly_the_promised_keys_and_types(clerk: Clerk) -> None:
    load(clerk, 专利权人="甲公司;乙公司")
    found = explained(clerk)
    assert {key: type(found[key]) for key in KEYS} == KEYS
    assert found["patentees"] == ["甲公司", "乙公司"]
    assert (found["application_no"], found["county"]) == (number(1), "410902")
    assert (found["filing_date"], found["grant_date"]) == ("2015-06-01", "2018-03-02")
    assert found["term_ends_on"] == "2035-06-01"
    for fact in found["facts"]:
        assert set(fact) == {"fact", "value", "source", "as_of"}
    assert found["facts"] == [
        {"fact": "listed", "value": 11, "source": "column", "as_of": "2026-05-01"}
    ]
    for rule in found["rules"]:
        assert {"rule", "inputs", "result", "citation"} <= set(rule)
        assert isinstance(rule["inputs"], dict)
        assert (
            "条" in rule["citation"]
            or "节" in rule["citation"]
            or "公告" in (rule["citation"])
        )


def test_next_is_the_annuity_that_is_asked_for(clerk: Clerk) -> None:
    load(clerk)
    following = explained(clerk)["next"]
    asked = clerk.json(
        "annuity", "--filing-date", "2015-06-01", "--grant-date", "2018-03-02",
        "--fee-year", "12", "--reduction", "85", *ON,
    )  # fmt: skip
    assert following == asked
    assert (following["fee_year"], following["due_rolled"]) == (12, "2026-06-01")
    pay(clerk, following["full_fee"])
    assert explained(clerk)["next"]["fee_year"] == 13


@pytest.mark.parametrize(
    ("on", "state", "since", "in_force"),
    [
        pytest.param("2026-06-01", "in_force", "2018-03-02", True, id="in-time"),
        pytest.param("2026-06-02", "late", "2026-06-01", True, id="late"),
        pytest.param("2026-12-01", "late", "2026-06-01", True, id="last-day"),
        pytest.param("2035-05-31", "late", "2034-06-01", True, id="last-day-of-term"),
        pytest.param("2035-06-01", "expired", "2035-06-01", False, id="expired"),
    ],
)
def test_the_state_follows_the_day(
    clerk: Clerk, on: str, state: str, since: str, *, in_force: bool
) -> None:
    load(clerk)
    found = explained(clerk, on)
    assert (found["state"], found["state_since"]) == (state, since)
    assert found["in_force"] is in_force
    assert (found["next"] is None) is (state == "expired")


def test_an_ended_right_is_not_in_force_from_its_due_day(clerk: Clerk) -> None:
    load(clerk)
    add(clerk, "ended", "2026-12-10")
    before, after = explained(clerk, "2026-12-09"), explained(clerk, "2026-12-10")
    assert (before["state"], before["in_force"]) == ("late", True)
    assert (after["state"], after["in_force"]) == ("ended", False)
    assert after["state_since"] == "2026-06-01"
    assert after["next"]["state"].startswith("lapsed")
    add(clerk, "notice", "2027-01-15")
    assert explained(clerk, "2027-01-15")["next"]["state"].startswith("lapsed")


def test_facts_that_contradict_each_other_are_on_hold(clerk: Clerk) -> None:
    load(clerk)
    pay(clerk, explained(clerk)["next"]["payable_fee"])
    assert explained(clerk)["state"] == "in_force"
    add(clerk, "unpaid", "2026-11-01")
    found = explained(clerk)
    assert (found["state"], found["state_since"]) == ("on_hold", "2026-06-01")


@pytest.mark.parametrize(
    ("column", "paid", "expected"),
    [
        pytest.param("", None, (None, "none"), id="nothing-known"),
        pytest.param("11", None, (11, "register"), id="column"),
        pytest.param("", (12, "full"), (12, "payment"), id="payment"),
        pytest.param("11", (12, "full"), (12, "payment"), id="payment-is-newer"),
        pytest.param("13", (12, "full"), (13, "register"), id="column-is-further"),
        pytest.param("11", (12, "one"), (11, "payment"), id="too-little"),
        pytest.param("", (13, "one"), (12, "payment"), id="of-a-later-year"),
    ],
)
def test_paid_through_is_what_a_word_settles_and_whose_word(
    clerk: Clerk,
    column: str,
    paid: tuple[int, str] | None,
    expected: tuple[int | None, str],
) -> None:
    load(clerk, 已缴年费年度=column, 费减比例="")
    if paid is not None:
        year, much = paid
        full = clerk.json(
            "annuity", "--filing-date", "2015-06-01", "--grant-date", "2018-03-02",
            "--fee-year", str(year), *ON,
        )["full_fee"]  # fmt: skip
        pay(clerk, full if much == "full" else 1, year=year)
    found = explained(clerk)
    assert (found["paid_through"], found["paid_evidence"]) == expected


def test_a_word_taken_back_settles_no_longer(clerk: Clerk) -> None:
    load(clerk, 已缴年费年度="12", as_of="2026-06-20")
    assert explained(clerk)["paid_through"] == 12
    write_csv(Path("sheet.csv"), [looked_up()])
    clerk.run("checksheet", "import", "sheet.csv", *ON)
    assert explained(clerk)["paid_through"] is None


def test_a_fact_of_tomorrow_is_not_known_today(clerk: Clerk) -> None:
    load(clerk)
    add(clerk, "paid", "2026-11-20")
    assert len(explained(clerk, "2026-11-19")["facts"]) == 1
    assert len(explained(clerk, "2026-11-20")["facts"]) == 2


def test_a_patent_without_a_grant_date_is_explained_too(clerk: Clerk) -> None:
    load(clerk, 授权公告日="", 授权公告号="")
    found = explained(clerk)
    assert (found["grant_date"], found["state"]) == (None, "late")
    shown = clerk.run("explain", number(1), *ON)
    assert "（自 2026-06-01）" in shown


def test_high_value_has_its_reasons(clerk: Clerk) -> None:
    load(clerk)
    assert explained(clerk, "2025-06-01")["high_value"] == []
    assert explained(clerk, "2025-06-02")["high_value"] == ["维持年限超过10年"]


def test_a_person_reads_state_next_fee_facts_and_sources_of_law(clerk: Clerk) -> None:
    load(clerk)
    add(clerk, "unpaid", "2026-11-20")
    shown = clerk.run("explain", number(1), *ON)
    assert f"专利 {number(1)} 一种第1号装置" in shown
    assert "专利权人：第1机械有限公司" in shown
    assert "期满终止日 2035-06-01" in shown
    assert "2026-11-20 查得未缴第12年（口头或书面告知）" in shown
    assert "2026-05-01 在有效专利清单上，已缴至第11年（清单）" in shown
    assert "专利法实施细则" in shown
