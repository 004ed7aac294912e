"""Installations in which things break."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.faults.proxy import Proxy
from tests.faults.worker import Job
from tests.line import DUE, Line, at, days

KINDS = ("sqlite", "postgres")
REMINDER = DUE - days(30)
NINE = at(REMINDER, 9)


@dataclass
class Office:
    """An installation, and what its processes need."""

    line: Line
    url: str
    key_file: Path

    def close(self) -> None:
        """Let the file go: a soak makes hundreds."""
        self.line.engine.dispose()
        if self.line.engine.dialect.name == "sqlite":
            Path(make_url(self.url).database or "").unlink()

    def job(self, now: datetime = NINE, **more: Any) -> Job:
        """Return what a process runs here."""
        self.line.engine.dispose()
        return Job(self.url, self.key_file, self.line.settings, now, **more)


@dataclass
class Wired:
    """An office whose database is behind a wire; `safe` is another way to it."""

    line: Line
    safe: Line
    proxy: Proxy
    url: str
    job: Job

    @property
    def safe_job(self) -> Job:
        """What a process runs that is on no wire."""
        return replace(self.job, url=self.url)
