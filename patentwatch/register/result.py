"""What became of one file that somebody brought, row by row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from patentwatch.model import RowNote
from patentwatch.register.outcome import Outcome

T = TypeVar("T")

NOTES_KEPT = 10_000
"""So many notes of each kind are shown; the counts are of all of them."""


@dataclass(slots=True)
class Intake:
    """What became of one file; the counts always add up."""

    file: str
    kind: str
    as_of: date | None = None
    encoding: str | None = None
    format: str = ""
    sheets: list[dict[str, Any]] = field(default_factory=list)
    run: int | None = None
    read: int = 0
    accepted: int = 0
    skipped: int = 0
    rejected: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    refused: bool = False
    refusal: str | None = None
    rejects: list[RowNote] = field(default_factory=list)
    skips: list[RowNote] = field(default_factory=list)
    warnings: list[RowNote] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to look: rejected rows or a refused list."""
        return self.refused or self.rejected > 0

    @property
    def summary(self) -> str:
        """Say the counts in one sentence."""
        vanished = f"，名单上少了 {self.vanished} 件" if self.vanished else ""
        return (
            f"{self.file}：读 {self.read} 行，采用 {self.accepted}"
            f"（新增 {self.created}、变更 {self.changed}、未变 {self.unchanged}），"
            f"略过 {self.skipped}，退回 {self.rejected}{vanished}"
        )

    def count(self, outcome: Outcome[T]) -> T | None:
        """Count one row and keep its notes; return its value when it is taken."""
        self.read += 1
        if outcome.warnings:
            self.note(self.warnings, outcome.warnings)
        if outcome.reject is not None:
            self.rejected += 1
            self.note(self.rejects, [outcome.reject])
        elif outcome.skip is not None:
            self.skipped += 1
            self.note(self.skips, [outcome.skip])
        return outcome.value

    def note(self, notes: list[RowNote], found: Iterable[RowNote]) -> None:
        """Keep notes, up to the limit of what is shown."""
        notes.extend(islice(found, max(0, NOTES_KEPT - len(notes))))
