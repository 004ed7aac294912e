"""Lines that can be asked, lines that cannot, and what is said about those."""

from datetime import date
from typing import Any

import pytest

from patentwatch.errors import LawError, NotOwed
from patentwatch.law.answers import answer
from patentwatch.law.questions import question
from patentwatch.law.rulebook import Rulebook

ON = date(2024, 4, 1)
LINE: dict[str, Any] = {
    "patent_type": "invention",
    "filing_date": "2018-04-10",
    "grant_date": "2020-09-04",
    "fee_year": 7,
    "as_of": "2024-06-20",
}


def without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in LINE.items() if key not in keys}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"colour": "red"}, "unknown_key"),
        ({"filing_date": None}, "missing_key"),
        ({"patent_type": None}, "missing_key"),
        ({"grant_date": None}, "missing_key"),
        ({"filing_date": 20180410}, "wrong_type"),
        ({"filing_date": "20180410"}, "date_impossible"),
        ({"filing_date": "2018-W15-2"}, "date_impossible"),
        ({"filing_date": "2019-02-29"}, "date_impossible"),
        ({"filing_date": "1985-03-31"}, "date_impossible"),
        ({"as_of": "9999-12-31"}, "date_impossible"),
        ({"grant_date": "2018-04-09"}, "impossible"),
        ({"as_of": "2018-04-09"}, "impossible"),
        ({"patent_type": "plant"}, "patent_type"),
        ({"patent_type": 1}, "wrong_type"),
        ({"fee_year": "7"}, "wrong_type"),
        ({"fee_year": 7.0}, "wrong_type"),
        ({"fee_year": True}, "wrong_type"),
        ({"fee_year": 0}, "fee_year"),
        ({"fee_year": 3}, "not_owed"),
        ({"fee_year": 21}, "not_owed"),
        ({"fee_year": 10**30}, "not_owed"),
        ({"reduction": 60}, "reduction"),
        ({"reduction": "85"}, "wrong_type"),
        ({"open_licence": 1}, "wrong_type"),
        ({"suspended": "yes"}, "wrong_type"),
        ({"grant_year_paid": "3"}, "wrong_type"),
        ({"grant_year_paid": 7}, "not_owed"),
        ({"payments": {"date": "2024-04-01", "amount": 1}}, "wrong_type"),
        ({"payments": [["2024-04-01", 1]]}, "wrong_type"),
        ({"payments": [{"date": "2024-04-01"}]}, "missing_key"),
        ({"payments": [{"date": "2024-04-01", "amount": 9.5}]}, "wrong_type"),
        ({"payments": [{"date": "2024-04-01", "amount": 0}]}, "payment"),
        ({"payments": [{"date": "2024-04-01", "amount": -5}]}, "payment"),
        ({"payments": [{"date": "2018-04-09", "amount": 5}]}, "impossible"),
        ({"payments": [{"date": "2024-04-01", "amount": 5, "x": 1}]}, "unknown_key"),
        ({"notice": "2024-11-15"}, "wrong_type"),
        ({"notice": {"delivery": "paper"}}, "missing_key"),
        ({"notice": {"dispatched": "2024-11-15", "delivery": "fax"}}, "delivery"),
        ({"notice": {"dispatched": "2018-01-15"}}, "impossible"),
        ({"extended_due": "2024-04-09"}, "extension"),
        ({"extended_due": "2024-05-10", "fee_year": None}, "missing_key"),
    ],
)
def test_a_line_that_cannot_be_asked_is_refused(
    change: dict[str, Any], code: str, book: Rulebook
) -> None:
    with pytest.raises(LawError) as refused:
        answer(LINE | change, on=ON, rulebook=book)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize("line", [[], "x", 7, None])
def test_a_line_that_is_no_object_is_refused(line: object) -> None:
    with pytest.raises(LawError) as refused:
        question(line, on=ON)
    assert refused.value.code == "not_an_object"


def test_dates_that_do_not_matter_change_nothing(book: Rulebook) -> None:
    other = {
        "divisional_submitted": "2021-01-01",
        "priority_date": "2017-04-11",
        "national_entry_date": "2019-10-01",
    }
    assert answer(LINE | other, on=ON, rulebook=book) == answer(
        LINE, on=ON, rulebook=book
    )


def test_null_is_a_key_left_out(book: Rulebook) -> None:
    nulls = dict.fromkeys(
        ("reduction", "open_licence", "payments", "notice", "extended_due")
    )
    assert answer(LINE | nulls, on=ON, rulebook=book) == answer(
        LINE, on=ON, rulebook=book
    )


def test_a_line_without_a_day_is_asked_for_the_given_day(book: Rulebook) -> None:
    assert answer(without("as_of"), on=ON, rulebook=book)["state"] == "not_due"


def test_the_fee_record_goes_before_the_announcement(book: Rulebook) -> None:
    line = without("grant_date") | {"grant_year_paid": 2}
    found = answer(line, on=ON, rulebook=book)
    assert (found["grant_year"], found["first_monitored_year"]) == (2, 3)


def test_an_extension_that_is_not_in_the_line_is_not_applied(book: Rulebook) -> None:
    line = LINE | {
        "filing_date": "2016-08-10",
        "reduction": 85,
        "as_of": "2022-08-11",
    }
    assert answer(line, on=ON, rulebook=book)["due_rolled"] == "2022-08-10"


@pytest.mark.parametrize(
    ("as_of", "payments", "fee_year"),
    [
        pytest.param("2020-09-04", [], 4, id="just-granted"),
        pytest.param("2021-10-11", [], 4, id="last-day-of-the-six-months"),
        pytest.param("2021-10-12", [], 5, id="alive-so-it-was-paid"),
        pytest.param("2021-05-01", [("2021-04-01", 1200)], 5, id="paid"),
        pytest.param("2021-05-01", [("2021-04-01", 1199)], 4, id="one-yuan-short"),
        pytest.param("2022-01-01", [("2021-04-01", 1199)], 4, id="short-and-lapsed"),
        pytest.param("2022-01-01", [("2021-04-01", 1200)], 5, id="paid-last-year"),
        pytest.param(
            "2021-05-01",
            [("2021-04-01", 1200), ("2021-04-01", 1200)],
            6,
            id="paid-a-year-ahead",
        ),
        pytest.param("2021-05-01", [("2021-04-01", 2400)], 5, id="excess-is-refunded"),
        pytest.param("2021-03-01", [("2021-04-01", 1200)], 4, id="not-yet-paid"),
        pytest.param("2026-06-01", [("2026-03-20", 2000)], 10, id="only-the-latest"),
        pytest.param("2036-12-01", [], 20, id="before-the-last-year"),
        pytest.param("2037-10-12", [], 20, id="last-day-of-all"),
    ],
)
def test_without_a_year_the_next_unpaid_one_is_meant(
    as_of: str, payments: list[tuple[str, int]], fee_year: int, book: Rulebook
) -> None:
    line = without("fee_year") | {"as_of": as_of}
    line["payments"] = [{"date": day, "amount": yuan} for day, yuan in payments]
    assert answer(line, on=ON, rulebook=book)["fee_year"] == fee_year


def test_a_notice_names_the_year_that_ended(book: Rulebook) -> None:
    line = without("fee_year") | {
        "as_of": "2024-12-01",
        "notice": {"dispatched": "2024-11-15", "delivery": "electronic"},
    }
    found = answer(line, on=ON, rulebook=book)
    assert (found["fee_year"], found["state"]) == (7, "lapsed_restorable")


def test_a_notice_not_yet_dispatched_names_no_year(book: Rulebook) -> None:
    line = without("fee_year") | {
        "as_of": "2024-11-14",
        "notice": {"dispatched": "2024-11-15", "delivery": "electronic"},
    }
    assert answer(line, on=ON, rulebook=book)["fee_year"] == 8


def test_no_year_is_left_after_the_last(book: Rulebook) -> None:
    line = without("fee_year") | {"as_of": "2038-04-10"}
    with pytest.raises(NotOwed, match="已没有待缴的年费"):
        answer(line, on=ON, rulebook=book)
