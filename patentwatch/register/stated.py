"""Dated facts and legal events that a row or a page states about one patent."""

from dataclasses import dataclass

from patentwatch.model import Fact, PatentNumber
from patentwatch.status.events import Event


@dataclass(frozen=True, slots=True)
class Stated:
    """What one source says about one patent; `county` only where it names one."""

    application_no: PatentNumber
    facts: tuple[Fact, ...] = ()
    county: str | None = None
    events: tuple[Event, ...] = ()
