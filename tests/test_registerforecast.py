"""What will be left on the day of assessment if nobody pays: reckoned by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import registerforecast
from patentwatch.cases import cases
from patentwatch.model import County, Evidence, FactKind, FactSource, Standing
from patentwatch.registerforecast import Forecast
from patentwatch.settings import Population
from patentwatch.store import patents
from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import Line
from tests.status.test_links import PLEDGED
from tests.test_registermeasures import HERE, THERE, plan, promise

ON = date(2026, 6, 20)
DUE = date(2026, 5, 11)  # its six months end on 2026-11-11
SAFE = date(2026, 8, 3)  # its six months end in 2027
PEOPLE = {"": (Population(2025, 30_000),)}
PRESERVED = "专利权的保全\n登记生效日：20260302"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(
        counties=(County(HERE, "华龙区"), County(THERE, "南乐县")), population=PEOPLE
    )
    return line


def foreseen(
    line: Line, register: str = "valid_per_10k", on: date = ON, **more: Any
) -> Forecast:
    with reading(line.engine) as connection:
        found = registerforecast.forecast(
            connection,
            line.vault,
            line.here.rules,
            line.settings,
            plan(),
            promise(register, **more),
            on=on,
        )
    assert found is not None
    return found


def lapsing(line: Line, on: date = ON, **more: Any) -> int | None:
    return foreseen(line, "valid", on, **more).lapsing


def test_of_ten_patents_two_lapse_before_the_day_of_assessment(line: Line) -> None:
    line.patent(county=HERE, due_on=DUE)
    line.patent(county=THERE, due_on=DUE)
    for _ in range(8):
        line.patent(county=HERE, due_on=SAFE)
    line.look(ON)
    found = foreseen(line)
    # 10 for 30,000 are 3.33, 8 are 2.67; three for ten thousand are nine patents.
    assert (found.valid, found.lapsing, found.expiring) == (10, 2, 0)
    assert (found.actual, found.target) == (Decimal("2.67"), Decimal(3))
    assert (found.missed, found.short) == (True, 1)
    assert found.by_county == {HERE: 1, THERE: 1}
    assert found.presumed == 2
    assert found.until_on == date(2026, 12, 31)
    enough = foreseen(line, target=Decimal("2.6"))
    assert (enough.missed, enough.short) == (False, 0)


@pytest.mark.parametrize(
    ("until_on", "lost"),
    [
        pytest.param(date(2026, 11, 10), 0, id="day-before-the-last"),
        pytest.param(date(2026, 11, 11), 1, id="last-day"),
        pytest.param(date(2026, 11, 12), 1, id="day-after"),
    ],
)
def test_a_right_is_lost_when_its_six_months_end_by_the_due_day(
    line: Line, until_on: date, lost: int
) -> None:
    line.patent(county=HERE, due_on=DUE)
    line.look(ON)
    with reading(line.engine) as connection:
        found = registerforecast.forecast(
            connection,
            line.vault,
            line.here.rules,
            line.settings,
            plan(),
            replace(promise("valid"), due_on=until_on),
            on=ON,
        )
    assert found is not None
    assert found.lapsing == lost


@pytest.mark.parametrize(
    ("due_on", "lost"),
    [
        # 30 December 2026 is a Wednesday; 31 December a Thursday; both are worked.
        pytest.param(date(2026, 6, 29), 1, id="ends-on-29-december"),
        pytest.param(date(2026, 6, 30), 1, id="ends-on-30-december"),
        pytest.param(date(2026, 7, 1), 0, id="rolls-over-new-year"),
    ],
)
def test_a_fee_that_is_not_due_yet_counts_where_its_six_months_end_in_time(
    line: Line, due_on: date, lost: int
) -> None:
    line.patent(county=HERE, due_on=due_on)
    line.look(ON)
    found = foreseen(line, "valid")
    assert (found.lapsing, found.presumed) == (lost, 0)


def test_a_year_ahead_this_years_fee_and_the_last_ones_count_once(line: Line) -> None:
    # Six months after 2 July 2025 is a holiday, the 4th a Sunday: until 5 January.
    line.patent(county=HERE, due_on=date(2025, 7, 2))
    line.patent(county=HERE, due_on=date(2025, 9, 10))  # until 10 March
    line.patent(county=HERE, due_on=date(2026, 3, 10))  # until 10 September
    line.patent(county=HERE, due_on=date(2026, 8, 10))  # of 2025 until 10 February
    line.patent(county=HERE, due_on=date(2026, 6, 30))  # until 30 December
    line.look(date(2026, 1, 1))
    assert lapsing(line, date(2026, 1, 5)) == 5
    assert lapsing(line, date(2026, 1, 6)) == 4
    assert lapsing(line, date(2026, 2, 11)) == 3
    assert lapsing(line, date(2026, 4, 1)) == 2


def test_who_has_paid_is_not_lost(line: Line) -> None:
    paid = line.patent(county=HERE, due_on=DUE)
    line.paid(paid, date(2026, 5, 4))
    line.patent(county=HERE, due_on=DUE)
    later = line.patent(county=HERE, due_on=DUE)
    line.paid(later, date(2026, 9, 1))
    line.look(date(2026, 9, 1))
    assert lapsing(line, date(2026, 5, 3)) == 3
    assert lapsing(line, ON) == 2
    assert lapsing(line, date(2026, 9, 1)) == 1


@pytest.mark.parametrize(
    ("paid_through", "lost"),
    [pytest.param(11, 0, id="paid"), pytest.param(10, 1, id="only-the-year-before")],
)
def test_a_list_that_says_paid_settles_a_fee(
    line: Line, paid_through: int, lost: int
) -> None:
    number = line.patent(county=HERE, due_on=DUE)
    line.fact(
        number,
        FactKind.LISTED,
        date(2026, 6, 15),
        source=FactSource.COLUMN,
        paid_through=paid_through,
    )
    line.look(ON)
    found = foreseen(line, "valid")
    # 15 June is more than thirty days after the due day: what the list says is sure.
    assert (found.lapsing, found.presumed) == (lost, 0)


def test_a_word_that_it_is_unpaid_outweighs_the_column(line: Line) -> None:
    number = line.patent(county=HERE, due_on=DUE)
    line.fact(
        number,
        FactKind.LISTED,
        date(2026, 5, 20),
        source=FactSource.COLUMN,
        paid_through=11,
    )
    line.unpaid(number, date(2026, 6, 1))
    line.look(ON)
    found = foreseen(line, "valid")
    assert (found.lapsing, found.presumed) == (1, 0)


def test_six_months_that_are_over_count_only_with_a_word_that_it_is_unpaid(
    line: Line,
) -> None:
    known = line.patent(county=HERE, due_on=DUE)
    line.patent(county=HERE, due_on=DUE)
    line.unpaid(known, date(2026, 7, 1))
    on = date(2026, 11, 12)  # the day after
    line.look(on)
    assert lapsing(line, date(2026, 11, 11)) == 2
    assert lapsing(line, on) == 1


def test_a_right_under_preservation_is_not_lost(line: Line) -> None:
    number = line.patent(county=HERE, due_on=DUE)
    line.event(number, "PP01", date(2026, 3, 3), text=PRESERVED)
    line.look(ON)
    assert lapsing(line) == 0


def test_what_has_lapsed_already_is_not_lost_again(line: Line) -> None:
    gone = line.patent(county=HERE, due_on=date(2025, 5, 11))
    line.event(
        gone,
        "CF01",
        date(2026, 3, 3),
        text="未缴年费专利权终止\n终止日期：20250511",
    )
    line.patent(county=HERE, due_on=DUE)
    line.look(ON)
    found = foreseen(line, "valid")
    assert (found.valid, found.lapsing, found.actual) == (1, 1, Decimal(0))


def test_a_term_that_ends_takes_its_right_away_once(line: Line) -> None:
    # Filed on 2006-09-01: over on 2026-09-01; the fee of year 20 fell due in 2025.
    line.patent(county=HERE, filing_on=date(2006, 9, 1))
    # Filed on 2007-05-11: year 20 is owed since 2026-05-11, the term ends in 2027.
    line.patent(county=HERE, filing_on=date(2007, 5, 11))
    line.look(ON)
    found = foreseen(line, "valid")
    assert (found.valid, found.lapsing, found.expiring) == (2, 1, 1)
    assert found.actual == 0


def test_the_year_of_the_grant_owes_nothing(line: Line) -> None:
    # Granted on 2026-01-11, in the year before 2026-05-11: that is owed.
    line.patent(county=HERE, due_on=DUE, grant_on=date(2026, 1, 11))
    # Granted on the anniversary: its year is paid at registration.
    line.patent(county=HERE, due_on=DUE, grant_on=DUE)
    line.look(ON)
    assert lapsing(line) == 1


def test_without_a_grant_day_what_follows_the_first_list_is_owed(line: Line) -> None:
    line.patent(county=HERE, due_on=DUE, grant_on=None)
    line.look(ON)
    assert lapsing(line) == 1


def test_a_leap_day_falls_due_on_the_28th(line: Line) -> None:
    # Filed on 2016-02-29: due on 28 February 2026, the six months end on 28 August.
    line.patent(county=HERE, filing_on=date(2016, 2, 29))
    line.look(date(2026, 3, 2))
    assert lapsing(line, date(2026, 3, 2)) == 1


def test_a_high_value_promise_loses_only_what_it_counts(line: Line) -> None:
    pledged = line.patent(county=HERE, due_on=DUE)
    line.event(pledged, "PE01", date(2026, 1, 6), text=PLEDGED)
    line.patent(county=HERE, filing_on=date(2018, 5, 11))
    line.patent(county=THERE, filing_on=date(2018, 5, 11), high_value=True)
    line.look(ON)
    found = foreseen(line, "high_value", target=Decimal(1))
    assert (found.valid, found.lapsing) == (2, 2)
    assert found.by_county == {HERE: 1, THERE: 1}
    assert (found.missed, found.short) == (True, 1)
    assert lapsing(line) == 3


def test_counties_out_of_scope_lose_nothing(line: Line) -> None:
    line.patent(county=HERE, due_on=DUE)
    line.patent(county=THERE, due_on=DUE)
    line.look(ON)
    assert lapsing(line, counties=(THERE,)) == 1


def test_without_residents_the_patents_are_foreseen_and_the_figure_is_not(
    line: Line,
) -> None:
    line.change(population={})
    line.patent(county=HERE, due_on=DUE)
    line.look(ON)
    found = foreseen(line)
    assert (found.valid, found.lapsing) == (1, 1)
    assert (found.actual, found.missed, found.short) == (None, None, None)
    assert found.unknown


def test_of_an_empty_register_nothing_is_foreseen(line: Line) -> None:
    found = foreseen(line)
    assert (found.valid, found.lapsing, found.missed) == (None, None, None)
    assert found.unknown


def test_from_the_due_day_on_and_of_other_measures_there_is_no_forecast(
    line: Line,
) -> None:
    for register, on in (("valid", date(2026, 12, 31)), ("lapses", ON)):
        with reading(line.engine) as connection:
            assert (
                registerforecast.forecast(
                    connection,
                    line.vault,
                    line.here.rules,
                    line.settings,
                    plan(),
                    promise(register),
                    on=on,
                )
                is None
            )


def test_the_short_way_and_deciding_every_patent_agree(line: Line) -> None:
    """On every day the database leaves out only what is settled or not due."""
    for month in range(1, 13):
        due_on = date(2026, month, 28)
        silent = line.patent(county=HERE, due_on=due_on)
        paid = line.patent(county=HERE, due_on=due_on)
        line.paid(paid, date(2026, month, 20))
        line.patent(county=THERE, due_on=due_on, grant_on=None)
        column = line.patent(county=THERE, due_on=due_on)
        line.fact(
            column,
            FactKind.LISTED,
            date(2026, 6, 15),
            source=FactSource.COLUMN,
            paid_through=10 + month % 2,
        )
        if month % 3 == 0:
            line.event(silent, "PE01", date(2026, 1, 6), text=PLEDGED)
    line.look(date(2026, 12, 30))
    for step in range(13):
        on = date(2026, 1, 6) + timedelta(days=29 * step)
        found = foreseen(line, "valid", on)
        assert (found.lapsing, found.presumed) == _decided(line, on)


def _decided(line: Line, on: date) -> tuple[int, int]:
    """Decide every patent; return how many are lost by 31 December, and how sure."""
    with reading(line.engine) as connection:
        numbers = [number for page in patents.pages(connection) for number in page]
        held = list(cases(connection, line.vault, line.here.rules, numbers, on=on))
    lost = [
        [
            one.evidence
            for one in case.situations
            if one.standing in (Standing.OPEN, Standing.ON_HOLD)
            and one.dates.ends_on <= date(2026, 12, 31)
            and (one.dates.ends_on >= on or one.unpaid_on is not None)
        ]
        for case in held
    ]
    lost = [evidence for evidence in lost if evidence]
    return len(lost), sum(set(one) == {Evidence.PRESUMED} for one in lost)
