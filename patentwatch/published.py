"""The province's published figure beside ours: the difference, patent by patent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from patentwatch import intake
from patentwatch.register import readers
from patentwatch.register.columns import Kind
from patentwatch.register.rows import RegisterRows
from patentwatch.settings import Settings
from patentwatch.store import counting, patents
from patentwatch.store.standings import AS_KNOWN

ENDS = {
    "annual_fee_not_paid": "未缴年费",
    "term_expired": "期限届满",
    "surrendered": "主动放弃",
    "deemed_abandoned": "视为放弃",
    "abandoned_double_patenting": "避免重复授权放弃",
    "abandoned_or_deemed_abandoned": "主动放弃或视为放弃",
    "fully_invalidated": "全部无效",
    "fully_revoked": "全部撤销",
    "terminated_reason_unstated": "终止，原因未说明",
    "moved": "转出",
}
"""Every reason of the code table for which a right ends, in a clerk's words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a published figure or list has that we have not, and the other way round.

    The lists are None where only a figure was given: then nobody can name a patent.
    `unreadable`: rows of the published list that could not be read.
    """

    ours: int
    theirs: int
    only_theirs: tuple[tuple[str, str], ...] | None = None
    only_ours: tuple[tuple[str, str], ...] | None = None
    unreadable: int = 0

    def document(self) -> dict[str, object]:
        """Return what `--json` tells."""
        return {
            "ours": self.ours,
            "theirs": self.theirs,
            "difference": self.theirs - self.ours,
            "only_theirs": _shown(self.only_theirs),
            "only_ours": _shown(self.only_ours),
            "unreadable": self.unreadable,
        }

    def lines(self) -> Iterator[str]:
        """Yield the difference in words for a clerk."""
        gap = self.theirs - self.ours
        yield f"上级公布 {self.theirs} 件，我们 {self.ours} 件，相差 {gap}"
        if self.only_theirs is None or self.only_ours is None:
            yield "给出上级的清单（--published-list）才能逐件列出差异"
            return
        for number, why in self.only_theirs:
            yield f"  上级有、我们没有：{number}（{why}）"
        for number, why in self.only_ours:
            yield f"  我们有、上级没有：{number}（{why}）"
        if self.unreadable:
            yield f"  上级清单中有 {self.unreadable} 行无法识别，未计入"


def _shown(
    found: tuple[tuple[str, str], ...] | None,
) -> list[dict[str, str]] | None:
    if found is None:
        return None
    return [{"application_no": number, "why": why} for number, why in found]


def difference(
    connection: Connection,
    settings: Settings,
    figure: int | None,
    listed: Path | None,
    day: date,
    *,
    today: date,
) -> Difference | None:
    """Return how a published figure differs from ours on `day`; None without one."""
    if figure is None and listed is None:
        return None
    ours = counting.valid_numbers(connection, day, view=AS_KNOWN)
    if listed is None:
        return Difference(len(ours), figure or 0)
    theirs, unreadable = _numbers(listed, settings, today=today)
    return Difference(
        ours=len(ours),
        theirs=len(theirs) if figure is None else figure,
        only_theirs=_explained(connection, theirs - ours, day),
        only_ours=_explained(connection, ours - theirs, day),
        unreadable=unreadable,
    )


def _numbers(path: Path, settings: Settings, *, today: date) -> tuple[set[str], int]:
    listed = readers.read(path, Kind.REGISTER, limits=intake.limits_of(settings))
    found: set[str] = set()
    unreadable = 0
    for sheet in listed.sheets:
        rows = RegisterRows(
            sheet.layout,
            counties=settings.counties,
            types=settings.register.types,
            today=today,
        )
        for row in sheet.rows():
            outcome = rows.read(row)
            if outcome.value is not None:
                found.add(outcome.value.application_no)
            unreadable += outcome.reject is not None
    return found, unreadable


def _explained(
    connection: Connection, numbers: set[str], day: date
) -> tuple[tuple[str, str], ...]:
    """Return each number with the reason why the other side does not count it."""
    spells = counting.last_spells(connection, numbers, day, view=AS_KNOWN)
    known = patents.registered(connection, numbers)
    listings = patents.listings(connection, numbers)
    return tuple(
        (number, _why(number, known, spells, listings, day))
        for number in sorted(numbers)
    )


def _why(
    number: str,
    known: set[str],
    spells: dict[str, tuple[date, date | None, str]],
    listings: dict[str, tuple[date, date | None]],
    day: date,
) -> str:
    if number not in known:
        return "不在登记中"
    spell = spells.get(number)
    if spell is None:
        return "当日尚未授权或没有记录"
    from_on, until_on, ended_by = spell
    if until_on is not None and until_on <= day:
        return f"{until_on} 起失效：{ENDS.get(ended_by, ended_by)}"
    missing_since_on = listings[number][1]
    if missing_since_on is not None and missing_since_on <= day:
        return f"自 {missing_since_on} 不在清单上，待查"
    return f"自 {from_on} 有效"
