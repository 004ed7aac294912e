"""Every code has the effect that the source table gives it.

`epo_2024w17.csv`: the 110 codes of CN in the EPO's list of week 17/2024, and our
reading of each, written before the program.
"""

import csv
from pathlib import Path

import pytest

from patentwatch.status.codes import Effect, StatusAfter
from patentwatch.status.notices import classify
from patentwatch.statusfiles import load

with (Path(__file__).parent / "epo_2024w17.csv").open(encoding="utf-8") as file:
    SOURCE = list(csv.DictReader(file))
OPEN = {"C32", "C35", "C60", "OR01", "C59", "C13", "ERR", "RECT"}
BY_HAND = {
    "CF01": ("END", "annual_fee_not_paid"),
    "CX01": ("END", "term_expired"),
    "AR01": ("END", "abandoned_double_patenting"),
    "IW01": ("END", "fully_invalidated"),
    "IP01": ("LIMIT", "partially_invalidated"),
    "RR01": ("RESTORE", "restored"),
    "TP01": ("TERM", "pharma_term_compensation"),
    "PP01": ("NONE", "preservation"),
    "PD01": ("NONE", "preservation"),
    "GR01": ("GRANT", "granted"),
    "WD01": ("APPLICATION_END", "application_deemed_withdrawn"),
}


def test_the_source_has_110_codes_and_all_are_known() -> None:
    codes = {row["code"] for row in SOURCE}
    assert (len(SOURCE), len(codes)) == (110, 110)
    assert set(load().codes) - codes == {"CD01", "CD02"}


@pytest.mark.parametrize("row", SOURCE, ids=lambda row: row["code"])
def test_a_code_alone_says_what_the_source_says(row: dict[str, str]) -> None:
    notice = classify(row["code"], None, table=load())
    assert notice.code == row["code"]
    assert notice.effect == row["effect"]
    assert notice.status_after == row["status_after"]
    assert notice.reason == row["reason"]
    assert notice.needs_review == (row["status_after"] == "REVIEW")


@pytest.mark.parametrize("row", SOURCE, ids=lambda row: row["code"])
def test_the_title_of_a_code_agrees_with_it(row: dict[str, str]) -> None:
    known = load().codes[row["code"]]
    notice = classify(known.code, known.zh, table=load())
    assert (notice.effect, notice.reason) == (row["effect"], row["reason"])
    assert notice.needs_review == (row["status_after"] == "REVIEW")


@pytest.mark.parametrize("code", BY_HAND)
def test_the_codes_that_matter_most_were_read_by_hand(code: str) -> None:
    known = load().codes[code]
    assert (known.effect, known.reason) == BY_HAND[code]


def test_the_codes_for_a_person_are_these() -> None:
    found = {c for c, one in load().codes.items() if one.effect is Effect.AMBIGUOUS}
    assert found == OPEN
    assert all(load().codes[c].status_after is StatusAfter.REVIEW for c in OPEN)


@pytest.mark.parametrize("written", ["cf01", " CF01 ", "ＣＦ０１", "CF 01"])
def test_a_code_is_known_however_it_is_written(written: str) -> None:
    notice = classify(written, None, table=load())
    assert (notice.code, notice.effect) == ("CF01", Effect.END)


def test_old_codes_come_padded_to_four() -> None:
    assert classify("C14 ", None, table=load()).effect is Effect.GRANT


def test_an_unknown_code_goes_to_a_person() -> None:
    notice = classify("XX99", None, table=load())
    assert (notice.effect, notice.needs_review) == (Effect.AMBIGUOUS, True)
    told = classify("XX99", "专利权的恢复", table=load())
    assert (told.effect, told.needs_review) == (Effect.RESTORE, True)
