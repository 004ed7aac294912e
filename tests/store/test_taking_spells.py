"""Rights are counted from the import on, before any look, as a look counts them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch.model import County
from patentwatch.registerintake import Order, import_register
from patentwatch.settings import Settings
from patentwatch.store import counting, takingback
from patentwatch.store.engine import reading, transaction
from patentwatch.store.standings import AS_KNOWN, BY_LAW
from patentwatch.store.tables import spells
from patentwatch.store.vault import Vault
from tests.line import Line
from tests.lists import NOW, number, row, write_csv
from tests.make_situations import day


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings(counties=(County("410902", "华龙区"),)))


def taken(line: Line, path: Path, *rows: dict[str, str], **order: Any) -> None:
    write_csv(path, rows)
    import_register(line.engine, line.settings, path, Order(**order), now=NOW)


def counted(line: Line) -> list[tuple[Any, ...]]:
    with reading(line.engine) as connection:
        query = select(spells).order_by(*spells.primary_key.columns)
        return [tuple(one) for one in connection.execute(query)]


def test_what_was_imported_is_counted_at_once_and_a_look_counts_the_same(
    line: Line, tmp_path: Path
) -> None:
    leap = {"申请日": "2016-02-29", "授权公告日": "2018-05-04"}
    # A leap day, a term that is over, a grant of the day itself and an unknown one.
    over = row(2, 申请日="2004-03-05", 授权公告日="2006-01-02")
    over["申请号"] = number(2, year=2004)
    taken(
        line,
        tmp_path / "list.csv",
        row(1, 申请号=number(1, year=2016), **leap),
        over,
        row(3, 授权公告日=NOW.date().isoformat()),
        row(4, 授权公告日=""),
    )
    before = counted(line)
    with reading(line.engine) as connection:
        assert sum(counting.valid(connection, NOW.date(), view=AS_KNOWN).values()) == 2
    assert (number(1, year=2016), BY_LAW, day("2018-05-04"), day("2036-02-29")) in {
        one[:4] for one in before
    }
    line.look(NOW)
    after = counted(line)
    unknown = [one for one in after if one[0] == number(4)]
    assert before == [one for one in after if one not in unknown]


def test_what_notices_came_before_is_left_to_the_look(
    line: Line, tmp_path: Path
) -> None:
    line.event(number(1), "CF01", day("2026-06-01"), text="未缴年费专利权终止")
    taken(line, tmp_path / "list.csv", row(1))
    assert counted(line) == []


def test_a_list_that_is_taken_back_takes_its_counts_along(
    line: Line, tmp_path: Path
) -> None:
    taken(line, tmp_path / "list.csv", row(1))
    with transaction(line.engine) as connection:
        takingback.restore(connection, 1)
    assert counted(line) == []
