"""Bulletins as they are kept: once, and word for word."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from patentwatch import bulletinpage, clock
from patentwatch.plan.bulletin import bulletin
from patentwatch.plan.bulletinvalues import Bulletin
from patentwatch.store import bulletins
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import bulletins as table
from patentwatch.store.tables import records
from tests.make_bulletins import HUALONG, JUNE, NANLE, PLAN, material

NOW = clock.at_nine(date(2023, 7, 3))


def made(by: str = "李", *, draft: bool = False) -> Bulletin:
    return bulletin(material(), draft=draft, made_on=date(2023, 7, 3), made_by=by)


def test_a_bulletin_is_kept_as_it_was_first_made(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert bulletins.find(connection, PLAN.name, JUNE) is None
        assert bulletins.keep(connection, made(), now=NOW) == made()
    later = clock.at_nine(date(2023, 8, 1))
    with transaction(engine) as connection:
        again = bulletins.keep(connection, made("王"), now=later)
    with reading(engine) as connection:
        found = bulletins.find(connection, PLAN.name, JUNE)
        row = connection.execute(select(table)).one()
    assert found == again == made()
    assert bulletinpage.html(again) == bulletinpage.html(made())
    assert (row.made_by, row.made_at) == ("李", NOW)


def test_each_month_and_plan_has_its_own(engine: Engine) -> None:
    other = replace(made(), plan="puyang-2024")
    july = replace(made(), month_on=date(2023, 7, 1))
    with transaction(engine) as connection:
        for one in (made(), other, july):
            bulletins.keep(connection, one, now=NOW)
        assert bulletins.find(connection, "puyang-2024", JUNE) == other
        assert bulletins.find(connection, PLAN.name, date(2023, 7, 1)) == july


def test_a_draft_is_not_kept(engine: Engine) -> None:
    with transaction(engine) as connection, pytest.raises(ValueError, match="draft"):
        bulletins.keep(connection, made(draft=True), now=NOW)


def record(number: int, **more: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "kind": "training",
        "natural_key": str(number),
        "title": f"培训{number}",
        "county": HUALONG,
        "occurred_on": date(2023, 3, 1),
        "state": "active",
        "fields": {},
        "recorded_at": NOW,
    }
    return values | more


def test_records_are_counted_by_county_within_the_plan_until_the_day(
    engine: Engine,
) -> None:
    rows = [
        record(1, occurred_on=date(2022, 12, 31)),
        record(2, occurred_on=date(2023, 1, 1)),
        record(3, occurred_on=date(2023, 6, 30)),
        record(4, occurred_on=date(2023, 7, 1)),
        record(5, state="withdrawn"),
        record(6, county=NANLE),
        record(7, county=None),
    ]
    with transaction(engine) as connection:
        connection.execute(insert(records), rows)
        found = bulletins.records_by_county(connection, PLAN, on=date(2023, 6, 30))
    assert found == {HUALONG: 2, NANLE: 1}
