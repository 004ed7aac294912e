"""The migrations make exactly the tables of the code, and lose nobody's rows."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, inspect, select, text

from patentwatch import assets
from patentwatch.clock import at_nine
from patentwatch.errors import ConfigError, SchemaMismatch, StoreUnavailable
from patentwatch.store import migrate
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.tables import contacts, meta, metadata, run_notes, runs

DAY = date(2026, 11, 22)
VERSIONS = sorted((assets.migrations() / "versions").glob("[0-9]*.py"))


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine = connect(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        engine = connect(request.getfixturevalue("postgres_empty"))
    yield engine
    engine.dispose()


def test_models_and_migrations_agree(engine: Engine) -> None:
    assert migrate.differences(engine) == []


def test_names_differ_where_postgres_cuts_them(engine: Engine) -> None:
    names: list[str] = []
    with reading(engine) as connection:
        inspector = inspect(connection)
        for table in metadata.tables:
            found = [
                *inspector.get_indexes(table),
                *inspector.get_unique_constraints(table),
            ]
            names += {str(item["name"]) for item in found}
    assert len(names) == len(set(names))
    assert len(names) > len(metadata.tables)


def test_revisions_are_numbered_without_a_gap() -> None:
    assert [path.name[:4] for path in VERSIONS] == [
        f"{number:04}" for number in range(1, len(VERSIONS) + 1)
    ]
    for path in VERSIONS:
        source = path.read_text("utf-8")
        assert f'revision = "{path.name[:4]}"' in source
        assert "patentwatch" not in source, "a migration outlives the code of its day"
    assert migrate.head() == VERSIONS[-1].name[:4]


def test_upgrading_twice_does_nothing_the_second_time(empty: Engine) -> None:
    assert migrate.revision(empty) is None
    assert migrate.upgrade(empty)
    assert not migrate.upgrade(empty)
    migrate.check(empty)
    assert migrate.revision(empty) == migrate.head()


def test_an_empty_database_is_told_what_to_do(empty: Engine) -> None:
    with pytest.raises(SchemaMismatch, match="patentwatch db upgrade"):
        migrate.check(empty)


def test_a_newer_database_is_left_alone(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (migrate.check, migrate.upgrade):
        with pytest.raises(SchemaMismatch, match="请升级 patentwatch 程序"):
            act(engine)


def test_a_failing_migration_leaves_nothing_behind(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migrate._run

    def fail_at_the_end(connection: object) -> None:
        real(connection)  # type: ignore[arg-type]  # handed on as it came
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_run", fail_at_the_end)
        with pytest.raises(RuntimeError):
            migrate.upgrade(empty)
    assert migrate.revision(empty) is None
    assert migrate.upgrade(empty)


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(
    sqlite_engine: Engine,
) -> None:
    _add_run_with_note(sqlite_engine)
    with migrate._schema_transaction(sqlite_engine) as connection:
        connection.exec_driver_sql("CREATE TABLE runs_new AS SELECT * FROM runs")
        connection.exec_driver_sql("DROP TABLE runs")
        connection.exec_driver_sql(
            "CREATE TABLE runs (id INTEGER PRIMARY KEY, kind TEXT)"
        )
        connection.exec_driver_sql("INSERT INTO runs SELECT id, kind FROM runs_new")
    with reading(sqlite_engine) as connection:
        assert len(connection.execute(select(run_notes.c.id)).all()) == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_orphans_rows_is_taken_back(sqlite_engine: Engine) -> None:
    _add_run_with_note(sqlite_engine)
    with (
        pytest.raises(StoreUnavailable, match="run_notes"),
        migrate._schema_transaction(sqlite_engine) as connection,
    ):
        connection.exec_driver_sql("DELETE FROM runs")
    with reading(sqlite_engine) as connection:
        assert len(connection.execute(select(runs.c.id)).all()) == 1


def test_a_lost_key_is_not_replaced_while_addresses_are_sealed_with_it(
    engine: Engine, tmp_path: Path
) -> None:
    key_file = tmp_path / "lost.key"
    row = dict.fromkeys(
        (c.name for c in contacts.columns if not c.nullable and c.name != "id"), ""
    )
    day = {"valid_from_on": DAY}
    sealed = {"address_sealed": b"x", "person_sealed": b"x"}
    with transaction(engine) as connection:
        connection.execute(insert(contacts).values({**row, **day, **sealed}))
    with pytest.raises(ConfigError, match="不要新建"):
        migrate.install(engine, key_file)
    assert not key_file.exists()
    with transaction(engine) as connection:
        connection.execute(contacts.delete())
    assert migrate.install(engine, key_file) == (False, True)
    assert migrate.install(engine, key_file) == (False, False)


def test_an_empty_database_and_its_key_are_made_together(
    empty: Engine, tmp_path: Path
) -> None:
    assert migrate.install(empty, tmp_path / "new.key") == (True, True)


def test_the_database_has_no_column_that_the_code_lost(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("ALTER TABLE meta ADD COLUMN forgotten INTEGER"))
        connection.execute(insert(meta).values(key="a", value="b"))
    assert any("forgotten" in line for line in migrate.differences(engine))


def _add_run_with_note(engine: Engine) -> None:
    words = ("sheet", "column", "code", "value", "message")
    with transaction(engine) as connection:
        run = insert(runs).values(kind="import", state="done", started_at=at_nine(DAY))
        connection.execute(run)
        connection.execute(
            insert(run_notes).values(
                run_id=1, level="skip", row=1, **dict.fromkeys(words, "")
            )
        )
