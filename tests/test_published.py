"""A published figure beside ours, patent by patent, each with its reason."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from patentwatch import clock, installation
from patentwatch.look import look
from patentwatch.model import PatentNumber
from patentwatch.published import ENDS, Difference, difference
from patentwatch.settings import Settings
from patentwatch.status.codes import Effect
from patentwatch.status.events import EventSource, understood
from patentwatch.statusfiles import load
from patentwatch.store import events
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault
from tests.lists import NOW, ON, Desk, number, row, rows, write_csv

LAPSED = "未缴年费专利权终止\n终止日期：20250601"


@pytest.fixture
def desk(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> Desk:
    return Desk(sqlite_engine, vault, settings(), tmp_path)


def happened(desk: Desk, serial: int, code: str, on: date, text: str = "") -> None:
    found = understood(
        PatentNumber(number(serial)),
        source=EventSource.PRS,
        code=code,
        text=text,
        announced_on=on,
        table=load(),
    )
    assert found is not None
    with transaction(desk.engine) as connection:
        events.add(connection, [found], now=NOW)


def looked(desk: Desk) -> None:
    rules = installation.rules_of(desk.settings, desk.vault)
    look(desk.engine, desk.vault, rules, now=NOW)


def compared(
    desk: Desk, figure: int | None, listed: Path | None, on: date = ON
) -> Difference | None:
    with reading(desk.engine) as connection:
        return difference(
            connection, desk.settings, figure, listed, on, today=clock.today(NOW)
        )


def test_without_a_figure_there_is_nothing_to_compare(desk: Desk) -> None:
    assert compared(desk, None, None) is None


def test_a_figure_alone_names_no_patent(desk: Desk) -> None:
    desk.take(rows(3))
    looked(desk)
    found = compared(desk, 5, None)
    assert found == Difference(ours=3, theirs=5)
    assert next(found.lines()) == "上级公布 5 件，我们 3 件，相差 2"
    assert found.document()["only_theirs"] is None


def test_a_list_names_each_difference_with_its_reason(desk: Desk) -> None:
    five = rows(5, 已缴年费年度="10")  # year 11 was due on 2025-06-01
    desk.take(five, on=date(2026, 5, 1))
    desk.take([*five[:2], *five[3:]], on=date(2026, 11, 1))
    happened(desk, 2, "CF01", date(2026, 1, 9), LAPSED)
    happened(desk, 4, "AV01", date(2026, 2, 6))
    looked(desk)
    theirs = write_csv(desk.path(), [row(1), row(2), row(4), row(9)])
    found = compared(desk, None, theirs)
    assert found is not None
    assert (found.ours, found.theirs) == (3, 4)  # 1, 3 and 5 are ours
    assert found.only_theirs == (
        (number(2), "2026-01-09 起失效：未缴年费"),
        (number(4), "2026-02-06 起失效：主动放弃"),
        (number(9), "不在登记中"),
    )
    assert found.only_ours == (
        (number(3), "自 2026-11-01 不在清单上，待查"),
        (number(5), "自 2018-03-02 有效"),
    )


def test_a_past_day_is_compared_with_what_was_known_then(desk: Desk) -> None:
    desk.take(rows(2))
    happened(desk, 2, "CF01", date(2026, 1, 9), LAPSED)
    looked(desk)
    theirs = write_csv(desk.path(), [row(1)])
    before = compared(desk, None, theirs, date(2026, 1, 8))
    after = compared(desk, None, theirs, date(2026, 1, 9))
    assert before is not None
    assert before.only_ours == ((number(2), "自 2018-03-02 有效"),)
    assert after is not None
    assert after.only_ours == ()


def test_before_its_grant_a_patent_is_told_to_be_none_yet(desk: Desk) -> None:
    desk.take(rows(1))
    looked(desk)
    theirs = write_csv(desk.path(), [row(1)])
    found = compared(desk, None, theirs, date(2018, 3, 1))
    assert found is not None
    assert found.only_theirs == ((number(1), "当日尚未授权或没有记录"),)


def test_rows_that_cannot_be_read_are_counted(desk: Desk) -> None:
    desk.take(rows(1))
    looked(desk)
    theirs = write_csv(desk.path(), [row(1), row(2, 申请日="2015-02-30")])
    found = compared(desk, None, theirs)
    assert found is not None
    assert (found.theirs, found.unreadable, found.only_theirs) == (1, 1, ())
    assert "1 行无法识别" in list(found.lines())[-1]


def test_a_figure_beside_a_list_is_the_published_one(desk: Desk) -> None:
    desk.take(rows(1))
    looked(desk)
    found = compared(desk, 7, write_csv(desk.path(), [row(1)]))
    assert found is not None
    assert (found.theirs, found.document()["difference"]) == (7, 6)


def test_every_end_that_the_code_table_knows_has_words_for_a_clerk() -> None:
    table = load()
    known = [*(code.meaning for code in table.codes.values()), *table.words.values()]
    assert {one.reason for one in known if one.effect is Effect.END} <= ENDS.keys()
