"""A backup that is checked before it counts, and a restore that starts on hold."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from patentwatch.errors import InputError, StoreBroken, UsageError
from patentwatch.store import backups, halts, migrate
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.memory import recall, remember
from tests.line import DUE, at

NOW = at(DUE, 9)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def database(engine: Engine) -> Path:
    """Return the file of a database that remembers something."""
    with transaction(engine) as connection:
        for number in range(500):
            remember(connection, f"word {number}", "一二三四五六七八九十" * 20)
    engine.dispose()
    return Path(make_url(str(engine.url)).database or "")


def test_a_backup_holds_what_the_database_held(database: Path, tmp_path: Path) -> None:
    told: list[int] = []
    found = backups.backup(
        database, tmp_path / "kept.db", on_part=lambda done, _: told.append(done)
    )
    assert (found.revision, found.rows["meta"]) == (migrate.head(), 500)
    assert found.path.stat().st_mode & 0o077 == 0
    assert told
    assert [path.name for path in tmp_path.iterdir() if "kept" in path.name] == [
        "kept.db"
    ]


def test_a_backup_is_made_while_somebody_writes(
    database: Path, engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as connection:
        remember(connection, "word 0", "not yet committed")
        found = backups.backup(database, tmp_path / "kept.db")
    with closing(sqlite3.connect(found.path)) as copy:
        (value,) = copy.execute(
            "SELECT value FROM meta WHERE key = 'word 0'"
        ).fetchone()
    assert value != "not yet committed"


def test_a_damaged_database_replaces_no_backup(database: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.db"
    backups.backup(database, kept)
    before = kept.read_bytes()
    damage(database, page=3)
    with pytest.raises(StoreBroken, match="已损坏"):
        backups.backup(database, kept)
    assert kept.read_bytes() == before


def test_damage_to_the_structure_is_found_every_time(database: Path) -> None:
    sound = database.read_bytes()
    assert backups.damage(database) == []
    pages = structural(sound)
    assert len(pages) > 50
    for page in pages:
        damage(database, page=page)
        assert backups.damage(database) != [], f"page {page}"
        database.write_bytes(sound)


def structural(content: bytes) -> list[int]:
    """Return the pages that are nodes of a tree and not empty."""
    return [
        page
        for page in range(1, len(content) // 4096)
        if content[page * 4096] in (2, 5, 10, 13)
        and content[page * 4096 + 3 : page * 4096 + 5] != b"\0\0"
    ]


def damage(file: Path, *, page: int) -> None:
    """Write over the head of a page, where its cells are listed."""
    with file.open("r+b") as opened:
        opened.seek(page * 4096)
        opened.write(b"\xff" * 16)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "不是"), (b"no database at all" * 500, "损坏"), (None, "找不到")],
)
def test_what_is_no_backup_is_refused(
    database: Path, tmp_path: Path, content: bytes | None, said: str
) -> None:
    del database
    path = tmp_path / "kept.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        backups.checked(path)


def test_what_is_restored_sends_nothing_until_released(
    database: Path, engine: Engine, tmp_path: Path
) -> None:
    found = backups.backup(database, tmp_path / "kept.db")
    with transaction(engine) as connection:
        remember(connection, "word 0", "since the backup")
    engine.dispose()
    aside = backups.restore(found, database, now=NOW)
    assert aside is not None
    assert backups.damage(aside) == []
    restored = connect(f"sqlite:///{database}")
    with reading(restored) as connection:
        assert recall(connection, "word 0") == "一二三四五六七八九十" * 20
        (halt,) = halts.standing(connection)
    assert "kept.db" in halt.text
    restored.dispose()


def test_a_restore_into_an_empty_place_makes_the_database(
    database: Path, tmp_path: Path
) -> None:
    found = backups.backup(database, tmp_path / "kept.db")
    place = tmp_path / "new" / "patentwatch.db"
    place.parent.mkdir()
    assert backups.restore(found, place, now=NOW) is None
    assert [path.name for path in place.parent.iterdir()] == ["patentwatch.db"]


def test_postgresql_is_told_to_use_its_own_tools(database: Path) -> None:
    del database
    with pytest.raises(UsageError, match="pg_dump"):
        backups.file_of("postgresql+psycopg://localhost/patentwatch")


def test_a_folder_that_is_not_there_is_said(database: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有文件夹"):
        backups.backup(database, tmp_path / "no folder" / "kept.db")
