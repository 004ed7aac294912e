"""What a section of a mail is made of: rows of figures, or a list of matters."""

from dataclasses import dataclass

from patentwatch import clean
from patentwatch.digestmail import words
from patentwatch.digests.values import Digest


@dataclass(frozen=True, slots=True)
class Entry:
    """One matter: what it is on the left, by when or how on the right."""

    position: str
    title: str
    lines: tuple[str, ...]
    right: str
    right_small: str = ""
    mark: str = ""
    grave: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of figures; `text` says the same in one line without the table."""

    cells: tuple[str, ...]
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the mail; everything but the title may be empty."""

    title: str
    lead: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[GridRow, ...] = ()
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def place(digest: Digest, county: str | None) -> str:
    """Return the county before a line of the city's digest, "" in a county's own."""
    if not digest.of_the_city:
        return ""
    names = {one.county: one.name for one in digest.counties}
    return f"{clean.name(names.get(county, county or words.COUNTY_UNKNOWN))}，"


def more(all_of_them: int, shown: int, sheet: str) -> tuple[str, ...]:
    """Return the note where the rest stands, none where nothing is left out."""
    rest = all_of_them - shown
    return (f"另有{rest}件，见附件表格“{sheet}”。",) if rest > 0 else ()


def or_dash(figure: int) -> str:
    """Return a figure; a table is read faster without its noughts."""
    return str(figure) if figure else "–"
