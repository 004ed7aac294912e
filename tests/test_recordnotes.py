"""What a loan, a licence or an award is told of the patents that it is tied to."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from patentwatch.recordnotes import Note, notes_of
from patentwatch.settings import Settings
from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, days
from tests.make_ties import loan, record

LENT = date(2025, 9, 1)
ENDED = date(2027, 1, 8)
LAPSED = "未缴年费专利权终止\n终止日期：20260511"
RESTORED = "专利权的恢复"
SOLD = "专利权的转移\n变更事项：专利权人\n变更前权利人：甲公司\n变更后权利人：乙公司"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings())


def notes(line: Line, *ids: int, on: date) -> dict[int, list[Note]]:
    with reading(line.engine) as connection:
        return notes_of(connection, ids, on=on)


def texts(line: Line, id_: int, *, on: date) -> list[tuple[date, str]]:
    return [(one.day, one.text) for one in notes(line, id_, on=on).get(id_, [])]


def test_a_lapse_stands_with_the_loan_and_the_award_since_it_was_known(
    line: Line,
) -> None:
    number, other = line.patent(), line.patent()
    lent = loan(line, number, other, on=LENT)
    award = record(line, "patent_award", number, on=LENT, link="awarded_to")
    line.event(number, "CF01", ENDED, text=LAPSED)
    line.look(ENDED)
    assert notes(line, lent, award, on=ENDED - days(1)) == {}
    what = f"{number} 因未缴年费终止（自{DUE}起）"
    assert notes(line, lent, award, on=ENDED) == {
        lent: [Note(ENDED, number, f"出质专利 {what}")],
        award: [Note(ENDED, number, f"获奖专利 {what}")],
    }


def test_a_restoration_and_a_transfer_follow_in_their_order(line: Line) -> None:
    number = line.patent()
    lent = loan(line, number, on=LENT)
    back, sold = ENDED + days(60), ENDED + days(90)
    line.event(number, "CF01", ENDED, text=LAPSED)
    line.event(number, "RA01", back, text=RESTORED)
    line.event(number, "TR01", sold, text=SOLD)
    line.look(sold)
    assert texts(line, lent, on=sold) == [
        (ENDED, f"出质专利 {number} 因未缴年费终止"),
        (back, f"出质专利 {number} 恢复权利"),
        (sold, f"出质专利 {number} 已转让给乙公司"),
    ]


@pytest.mark.parametrize(
    ("settled", "told"),
    [
        pytest.param(ENDED, 0, id="settled-by-then"),
        pytest.param(ENDED + days(1), 1, id="settled-later"),
        pytest.param(None, 1, id="not-settled"),
    ],
)
def test_what_comes_after_a_loan_is_no_matter_of_it(
    line: Line, settled: date | None, told: int
) -> None:
    number = line.patent()
    lent = loan(line, number, on=LENT, until=settled)
    line.event(number, "CF01", ENDED, text=LAPSED)
    line.look(ENDED)
    assert len(texts(line, lent, on=ENDED)) == told


def test_a_loan_on_a_patent_that_was_over_says_so(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", ENDED, text=LAPSED)
    lent = loan(line, number, on=ENDED + days(30))
    line.look(ENDED + days(30))
    assert [day for day, _ in texts(line, lent, on=ENDED + days(30))] == [ENDED]
    line.event(number, "RA01", ENDED + days(60), text=RESTORED)
    later = loan(line, number, on=ENDED + days(70), registration_no="later")
    line.look(ENDED + days(70))
    assert texts(line, later, on=ENDED + days(70)) == []


def test_the_end_of_the_term_is_no_news_before_it_comes(line: Line) -> None:
    number = line.patent()
    lent = loan(line, number, on=LENT)
    line.look(LENT)
    term_ends_on = date(2036, 5, 11)  # twenty years after 2016-05-11
    assert texts(line, lent, on=term_ends_on - days(1)) == []
    assert texts(line, lent, on=term_ends_on) == [
        (term_ends_on, f"出质专利 {number} 期限届满终止")
    ]


def test_a_patent_that_no_register_has_is_told_nothing_of(line: Line) -> None:
    lent = loan(line, "201310199708.X", on=LENT)
    assert notes(line, lent, on=ENDED) == {}
