"""What became of one file that somebody brought, row by row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from patentwatch.model import RowNote

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

    def note(self, notes: list[RowNote], found: Iterable[RowNote]) -> None:
        """Keep notes, up to the limit of what is shown."""
        room = NOTES_KEPT - len(notes)
        notes.extend([*found][: max(0, room)])
