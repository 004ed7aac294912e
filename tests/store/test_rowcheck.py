"""Every row by which is decided is read; those that nobody wrote so are named."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select, update

from patentwatch.model import FactKind
from patentwatch.store import rowcheck
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import contacts, events, facts, patents
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, days

PLEDGE = "专利权质押合同登记的生效 登记号:Y2025980000001 质权人:甲银行"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an office with three patents, and something known of each."""
    line = Line(engine, vault, settings())
    for n in range(3):
        number = line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
        line.fact(number, FactKind.PAID, DUE - days(400), fee_year=10)
        line.event(number, "PE01", DUE - days(90), text=PLEDGE)
    return line


def damaged(line: Line) -> list[str]:
    with reading(line.engine) as connection:
        return list(rowcheck.damaged(connection, line.vault))


def spoil(line: Line, table: Table, **values: Any) -> str:
    """Change the second row of a table behind everybody's back; return whose it is."""
    key = table.c.id if table is contacts else table.c.application_no
    with transaction(line.engine) as connection:
        names = connection.execute(select(key).order_by(key)).scalars().all()
        connection.execute(update(table).where(key == names[1]).values(values))
    return str(names[1])


def test_rows_as_they_were_written_are_sound(line: Line) -> None:
    assert damaged(line) == []


@pytest.mark.parametrize(
    ("table", "values"),
    [
        pytest.param(patents, {"filing_on": date(2016, 5, 12)}, id="filing-day"),
        pytest.param(patents, {"title": "一种密封装罝"}, id="title"),
        pytest.param(patents, {"reduction": 85}, id="reduction"),
        pytest.param(patents, {"patent_type": "inventiom"}, id="no-such-type"),
        pytest.param(facts, {"fee_year": 11}, id="year-paid"),
        pytest.param(facts, {"dated_on": DUE - days(399)}, id="day-paid"),
        pytest.param(facts, {"kind": "unpaid"}, id="kind-of-fact"),
        pytest.param(events, {"fields": {"登记号": "Y9"}}, id="field"),
        pytest.param(events, {"effect": "END"}, id="effect"),
        pytest.param(contacts, {"party": "公司9"}, id="name"),
        pytest.param(contacts, {"address_sealed": b"\x01abcdefgh"}, id="address"),
    ],
)
def test_a_changed_value_is_found_and_its_row_is_named(
    line: Line, table: Table, values: dict[str, Any]
) -> None:
    name = spoil(line, table, **values)
    (told,) = damaged(line)
    assert told.startswith(f"{name}：")


def test_the_others_are_decided_and_the_damaged_one_is_told(line: Line) -> None:
    number = spoil(line, patents, filing_on=DUE)
    looked = line.look(DUE - days(30))
    assert (looked.looked_at, looked.failed) == (2, 1)
    assert number not in {row.application_no for row in line.alerts()}
    assert line.deliver(DUE - days(30)).accepted == 2
