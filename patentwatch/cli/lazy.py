"""A group of commands that imports none before it is called."""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

import click

Table = Mapping[str, tuple[str, str]]
"""Name → where it lives below this package, `module:attribute`, and its short help."""


class LazyGroup(click.Group):
    """A group that knows its commands by a table; those without a module are none."""

    table: ClassVar[Table] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the work, not of the alphabet."""
        return [name for name in self.table if self._exists(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command, imported now; None when there is none of that name."""
        if not self._exists(cmd_name):
            return None
        module, attribute = self.table[cmd_name][0].split(":")
        command = getattr(import_module(f"patentwatch.cli.{module}"), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - the table is ours
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the short texts without importing a command."""
        names = self.list_commands(ctx)
        with formatter.section("命令"):
            formatter.write_dl([(name, self.table[name][1]) for name in names])

    def _exists(self, name: str) -> bool:
        if name not in self.table:
            return False
        module = self.table[name][0].partition(":")[0]
        return find_spec(f"patentwatch.cli.{module}") is not None
