"""A clerk at the command line, in a folder of his own with a configuration."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from patentwatch import clock, config, installation
from patentwatch.cli import main
from patentwatch.look import look
from patentwatch.store.engine import connect, reading
from patentwatch.store.tables import metadata
from patentwatch.store.vault import unlock
from tests.lists import CONFIG

ON = ("--on", "2026-11-22")


@dataclass
class Clerk:
    """Runs commands as a clerk would; `run` checks the exit status."""

    folder: Path
    runner: CliRunner = field(default_factory=CliRunner)

    def __post_init__(self) -> None:
        (self.folder / "patentwatch.toml").write_text(CONFIG, encoding="utf-8")
        self.run("db", "upgrade")

    def invoke(self, *arguments: str) -> Result:
        """Run a command, whatever its end; no traceback ever."""
        result = self.runner.invoke(main, arguments)
        assert "Traceback" not in result.output
        assert "程序出错" not in result.output, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def run(self, *arguments: str, status: int = 0) -> str:
        """Return what a command printed; its exit status must be `status`."""
        result = self.invoke(*arguments)
        assert result.exit_code == status, result.output
        return result.stdout if status != 2 else result.stderr

    def json(self, *arguments: str, status: int = 0) -> Any:
        """Return the one JSON document that a command printed."""
        return json.loads(self.run(*arguments, "--json", status=status))

    def look(self, on: date) -> None:
        """Let the office decide as of nine on a day; nothing leaves."""
        found = config.load(self.folder / "patentwatch.toml")
        engine = connect(found.database.url)
        try:
            vault = unlock(found.database.key_file)
            rules = installation.rules_of(found, vault)
            look(engine, vault, rules, now=clock.at_nine(on))
        finally:
            engine.dispose()

    def stored(self) -> dict[str, list[str]]:
        """Return every row of the database."""
        engine = connect(f"sqlite:///{self.folder / 'patentwatch.db'}")
        try:
            with reading(engine) as connection:
                return {
                    table.name: sorted(map(repr, connection.execute(table.select())))
                    for table in metadata.sorted_tables
                }
        finally:
            engine.dispose()

    def rows(self, table: str) -> Sequence[Any]:
        """Return the rows of one table, by name of column."""
        engine = connect(f"sqlite:///{self.folder / 'patentwatch.db'}")
        try:
            with reading(engine) as connection:
                found = connection.execute(metadata.tables[table].select())
                return [dict(row) for row in found.mappings()]
        finally:
            engine.dispose()

    def files(self) -> list[str]:
        """Return every file of the folder but the database's own."""
        found = (path for path in self.folder.rglob("*") if path.is_file())
        return sorted(
            str(path.relative_to(self.folder))
            for path in found
            if not path.name.startswith("patentwatch.db")
        )
