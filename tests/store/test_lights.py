"""Sealed months: written once, the same for everybody, never changed."""

import threading
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from patentwatch import clock
from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus
from patentwatch.plan.sealing import Month, SealedLight, lights_of
from patentwatch.store import lights, plans
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import lights as table
from tests.make_bulletins import (
    GREEN,
    HUALONG,
    JUNE,
    JUNE_END,
    OVERSEAS,
    PLAN,
    RED,
    YELLOW,
    june,
    progress,
)

JULY = clock.at_nine(date(2023, 7, 1))
NAME = PLAN.name


def small(light: Light, actual: str, on: date = JUNE_END) -> PlanStatus:
    one = progress(OVERSEAS, actual, light, counties={HUALONG: light})
    return replace(june(), on=on, progress=(one,))


def test_a_month_is_sealed_with_everything_it_was_judged_by(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert lights.seal(connection, june(), now=JULY)
    with reading(engine) as connection:
        found = lights.month(connection, NAME, JUNE)
        assert found is not None
        key = {(one.commitment, one.county): one for one in lights_of(june())}
        assert {(one.commitment, one.county): one for one in found.lights} == key
        assert lights.month(connection, NAME, date(2023, 5, 1)) is None
        assert lights.month(connection, "puyang-2024", JUNE) is None


def test_large_and_unknown_figures_come_back_as_they_were(engine: Engine) -> None:
    with transaction(engine) as connection:
        lights.seal(connection, june(), now=JULY)
        found = lights.month(connection, NAME, JUNE)
    assert found is not None
    assert found.whole["9.1"].actual == Decimal("119999999.99")
    assert found.whole["3.3"].actual is None
    assert found.whole["17.4"].target is None


def test_a_second_seal_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert lights.seal(connection, small(RED, "2"), now=JULY)
    later = clock.at_nine(date(2023, 9, 1))
    with transaction(engine) as connection:
        assert not lights.seal(connection, small(GREEN, "9"), now=later)
        # Not even by what the month did not have.
        assert not lights.seal(connection, june(), now=later)
        found = lights.month(connection, NAME, JUNE)
        at = connection.execute(select(table.c.sealed_at).distinct()).scalars().all()
    assert found == Month(
        JUNE,
        (
            SealedLight("3.6", "", RED, Decimal(2), Decimal(10)),
            SealedLight("3.6", HUALONG, RED, None, None),
        ),
    )
    assert at == [JULY]


@pytest.mark.parametrize(
    ("on", "now"),
    [
        pytest.param("2023-06-29", "2023-07-01", id="not-its-last-day"),
        pytest.param("2023-06-30", "2023-06-30", id="not-over"),
    ],
)
def test_only_a_month_that_is_over_is_sealed(engine: Engine, on: str, now: str) -> None:
    status = replace(june(), on=date.fromisoformat(on))
    with transaction(engine) as connection, pytest.raises(ValueError, match=on):
        lights.seal(connection, status, now=clock.at_nine(date.fromisoformat(now)))


def test_two_daemons_at_once_seal_one_of_both_and_no_mixture(engine: Engine) -> None:
    """One has a commitment more; a mixture would keep it beside the other's lights."""
    with transaction(engine) as connection:
        plans.save(connection, PLAN, file="plan.toml", by="李", now=JULY)
    both = threading.Barrier(2)
    done: list[bool] = []

    def run(status: PlanStatus) -> None:
        both.wait()
        with transaction(engine) as connection:
            done.append(lights.seal(connection, status, now=JULY))

    more = replace(
        june(),
        progress=(progress(OVERSEAS, "9", GREEN), *june().progress[2:]),
    )
    threads = [
        threading.Thread(target=run, args=(one,)) for one in (small(RED, "2"), more)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    with reading(engine) as connection:
        found = lights.month(connection, NAME, JUNE)
    assert found is not None
    wanted = more if found.whole["3.6"].light is GREEN else small(RED, "2")
    assert set(found.lights) == set(lights_of(wanted))


def test_the_history_is_told_by_commitment_oldest_first(engine: Engine) -> None:
    may = small(YELLOW, "1", on=date(2023, 5, 31))
    with transaction(engine) as connection:
        lights.seal(connection, small(RED, "2"), now=JULY)
        lights.seal(connection, may, now=JULY)
        found = lights.history(connection, NAME)
        other = lights.history(connection, "puyang-2024")
    assert found == {"3.6": [(date(2023, 5, 1), YELLOW), (JUNE, RED)]}
    assert other == {}


def test_a_month_without_counties_is_read_without_them(engine: Engine) -> None:
    with transaction(engine) as connection:
        lights.seal(connection, small(RED, "2"), now=JULY)
        (found,) = lights.months(connection, NAME)
        rows = connection.execute(select(func.count()).select_from(table)).scalar()
    assert [one.county for one in found.lights] == [""]
    assert rows == 2
