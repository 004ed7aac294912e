"""The shadow: a whole copy to try things on, found again, and thrown away."""

import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, make_url, select

from patentwatch import clock
from patentwatch.errors import ConfigError
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.memory import recall, remember
from patentwatch.store.patents import row_of
from patentwatch.store.runs import add_backfill
from patentwatch.store.shadow import Work, alone, drop_shadow, open_shadow, throwaway
from patentwatch.store.tables import meta, metadata, patents, runs
from tests.backfill.city import rows_of
from tests.store.test_patents import FULL

DAY = date(2026, 11, 22)
WORK = Work.BACKFILL


@pytest.fixture
def full(engine: Engine) -> Engine:
    """Return a database with something in it."""
    with transaction(engine) as connection:
        row = row_of(FULL) | {"listed_on": DAY}
        connection.execute(insert(patents).values(row))
        remember(connection, "known", "真")
    for plan in ("a", "b"):
        _add_run(engine, plan)
    return engine


def _add_run(engine: Engine, plan: str) -> int:
    with transaction(engine) as connection:
        return add_backfill(
            connection, plan, from_on=DAY, to_on=DAY, now=clock.at_nine(DAY)
        )


@pytest.fixture
def shadow(full: Engine, database_url: str) -> Iterator[Engine]:
    found, resumed = open_shadow(full, database_url, work=WORK, made_for="work")
    assert not resumed
    yield found
    found.dispose()
    drop_shadow(full, database_url, work=WORK)


def test_it_holds_every_row_and_says_for_what_it_was_made(
    full: Engine, shadow: Engine
) -> None:
    with transaction(shadow) as connection:
        assert recall(connection, "shadow.made_for") == "work"
        connection.execute(meta.delete().where(meta.c.key == "shadow.made_for"))
    assert rows_of(shadow) == rows_of(full)


def test_what_is_done_on_it_is_not_done_to_the_database(
    full: Engine, shadow: Engine
) -> None:
    before = rows_of(full)
    with transaction(shadow) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    assert rows_of(full) == before


def test_what_happens_meanwhile_is_not_seen_on_it(full: Engine, shadow: Engine) -> None:
    _add_run(full, "c")
    with reading(shadow) as connection:
        count = select(func.count()).select_from(runs)
        assert connection.execute(count).scalar_one() == 2


def test_its_numbers_go_on_behind_the_greatest(full: Engine, shadow: Engine) -> None:
    assert _add_run(shadow, "c") == 3
    assert _add_run(full, "c") == 3


def test_the_same_work_finds_it_again(
    full: Engine, shadow: Engine, database_url: str
) -> None:
    _add_run(shadow, "c")
    again, resumed = open_shadow(full, database_url, work=WORK, made_for="work")
    assert resumed
    assert rows_of(again) == rows_of(shadow)
    again.dispose()


def test_another_work_gets_a_new_one(
    full: Engine, shadow: Engine, database_url: str
) -> None:
    _add_run(shadow, "c")
    shadow.dispose()
    other, resumed = open_shadow(full, database_url, work=WORK, made_for="other")
    assert not resumed
    assert len(rows_of(other, "runs")["runs"]) == 2
    other.dispose()


def test_once_dropped_it_is_gone(
    full: Engine, shadow: Engine, database_url: str
) -> None:
    shadow.dispose()
    for _ in range(2):
        drop_shadow(full, database_url, work=WORK)
    found, resumed = open_shadow(full, database_url, work=WORK, made_for="work")
    assert not resumed
    found.dispose()


def test_only_its_owner_may_read_the_file(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'patentwatch.db'}"
    found, _ = open_shadow(sqlite_engine, url, work=WORK, made_for="work")
    found.dispose()
    file = tmp_path / "patentwatch.db.backfill"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    drop_shadow(sqlite_engine, url, work=WORK)
    assert not list(tmp_path.glob("*.backfill*"))


def test_what_a_kill_left_of_a_draft_does_no_harm(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'patentwatch.db'}"
    for suffix in ("", "-journal", "-wal"):
        left = tmp_path / f"patentwatch.db.backfill-draft{suffix}"
        left.write_bytes(b"left behind" * 100)
    found, resumed = open_shadow(sqlite_engine, url, work=WORK, made_for="work")
    assert not resumed
    assert _add_run(found, "c") == 1
    found.dispose()


def test_a_place_is_free_again_when_its_holder_is_done(
    engine: Engine, database_url: str
) -> None:
    for _ in range(2):
        with alone(engine, database_url, work=WORK):
            pass
        with pytest.raises(ZeroDivisionError), alone(engine, database_url, work=WORK):
            raise ZeroDivisionError


def test_a_user_who_may_not_make_a_schema_is_told_what_to_ask_for(
    postgres_server: str, postgres_template: str
) -> None:
    server = connect(postgres_server)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as bare:
        bare.exec_driver_sql("DROP ROLE IF EXISTS patentwatch_modest")
        bare.exec_driver_sql("CREATE ROLE patentwatch_modest LOGIN")
        address = make_url(postgres_server).set(
            database=postgres_template, username="patentwatch_modest"
        )
        url = address.render_as_string(hide_password=False)
        modest = connect(url)
        with pytest.raises(ConfigError, match="GRANT CREATE ON DATABASE"):
            open_shadow(modest, url, work=WORK, made_for="work")
        modest.dispose()
        bare.exec_driver_sql("DROP ROLE patentwatch_modest")
    server.dispose()


def test_a_throwaway_is_whole_new_and_gone_afterwards(
    full: Engine, database_url: str
) -> None:
    with throwaway(full, database_url, work=Work.SIMULATION) as copy:
        _add_run(copy, "c")
        assert len(rows_of(copy, "runs")["runs"]) == 3
    assert len(rows_of(full, "runs")["runs"]) == 2
    with (
        pytest.raises(ZeroDivisionError),
        throwaway(full, database_url, work=Work.SIMULATION) as copy,
    ):
        raise ZeroDivisionError
    found, resumed = open_shadow(
        full, database_url, work=Work.SIMULATION, made_for="simulation"
    )
    assert not resumed
    found.dispose()
    drop_shadow(full, database_url, work=Work.SIMULATION)


def test_what_a_killed_simulation_left_is_thrown_away(
    full: Engine, database_url: str
) -> None:
    left, _ = open_shadow(
        full, database_url, work=Work.SIMULATION, made_for="simulation"
    )
    _add_run(left, "c")
    left.dispose()
    with throwaway(full, database_url, work=Work.SIMULATION) as copy:
        assert len(rows_of(copy, "runs")["runs"]) == 2


def test_two_works_do_not_meet(full: Engine, shadow: Engine, database_url: str) -> None:
    _add_run(shadow, "c")
    with throwaway(full, database_url, work=Work.SIMULATION) as copy:
        assert len(rows_of(copy, "runs")["runs"]) == 2
    assert len(rows_of(shadow, "runs")["runs"]) == 3
