"""The files of a backfill: found, recognised, dated, and put into one order.

In whatever order they are named, lists go first by their days, then events, then
payments: what comes out is the same.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from patentwatch import clock
from patentwatch.errors import InputError, UsageError
from patentwatch.register import magic, readers
from patentwatch.register.cells import day
from patentwatch.register.columns import Kind
from patentwatch.register.limits import Limits
from patentwatch.register.magic import Format

_PIECE = 1 << 20
_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[-_.年]?(\d{1,2})[-_.月]?(\d{1,2})日?(?!\d)"
)


class FileKind(StrEnum):
    """What a file of a backfill brings; the order of the members is that of taking."""

    REGISTER = "register"
    STATUS = "status"
    PAYMENTS = "payments"
    CHECK_SHEET = "check_sheet"


@dataclass(frozen=True, slots=True)
class BackfillFile:
    """One file: what it is, what it holds, and its day.

    `as_of_on` is the day of a list; of legal status the day on which it was written,
    which is the day of the look-up where it says none. `stem`: the name of a saved
    page, which may be all that says whose page it is.
    """

    path: Path
    sha256: str
    kind: FileKind
    as_of_on: date | None = None
    stem: str = ""

    @property
    def key(self) -> str:
        """Return what makes it the same file: content and, for a list, its day."""
        dated = self.as_of_on if self.kind is FileKind.REGISTER else ""
        return hashlib.sha256(f"{self.sha256}|{dated}|{self.stem}".encode()).hexdigest()

    @property
    def order(self) -> tuple[int, date, str, str]:
        """Return its place, which does not depend on folders."""
        place = list(FileKind).index(self.kind)
        return place, self.as_of_on or date.min, self.sha256, self.stem


def find(
    sources: Iterable[Path], *, limits: Limits, to_on: date, on: date
) -> tuple[list[BackfillFile], list[Path]]:
    """Return the files in the order of taking, and the lists that are too new.

    A folder stands for the files in it and below it. The same file twice counts once,
    but a list that did not change from one day to another is two. Nothing is of a later
    day than `on`. Raises `InputError` for a file that is nothing to fill the past with,
    or a list that does not say its day; `UsageError` for what does not exist.
    """
    found: dict[str, BackfillFile] = {}
    late = []
    for path in _files(sources):
        one = recognised(path, limits=limits, on=on)
        if one.kind is FileKind.REGISTER and (one.as_of_on or on) > to_on:
            late.append(path)
            continue
        known = found.get(one.key)
        if known is None or one.order < known.order:
            found[one.key] = one  # a copy is younger, what it tells is not
    return sorted(found.values(), key=lambda one: one.order), late


def _files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            yield from sorted(
                p for p in source.rglob("*") if p.is_file() and p.name[0] not in ".~"
            )
        elif source.is_file():
            yield source
        else:
            raise UsageError(f"--source {source} 不存在")


def recognised(path: Path, *, limits: Limits, on: date) -> BackfillFile:
    """Return what a file is; a list takes its day from the file, else from its name."""
    try:
        return _recognised(path, limits, on)
    except OSError as error:
        raise InputError(
            f"{path.name}：无法读取（{error.strerror}）；请检查文件权限",
            code="file_unreadable",
        ) from error


def _recognised(path: Path, limits: Limits, on: date) -> BackfillFile:
    found = path.stat()
    if found.st_size == 0:
        raise InputError(f"{path.name}：文件为空；请重新导出", code="empty_file")
    kind, as_of_on, stem = _kind(path, limits), None, ""
    match kind:
        case FileKind.REGISTER:
            as_of_on = _listed_on(path, limits)
        case FileKind.STATUS:
            written_on = clock.today(datetime.fromtimestamp(found.st_mtime, UTC))
            as_of_on = min(written_on, on)
            stem = path.stem if magic.of(path) is Format.JSON else ""
    return BackfillFile(path.resolve(), sha256_of(path), kind, as_of_on, stem)


def _kind(path: Path, limits: Limits) -> FileKind:
    if magic.of(path) in (Format.XML, Format.ZIP, Format.JSON, Format.HTML):
        return FileKind.STATUS
    kind = readers.kind_of(path, limits=limits)
    if kind in (Kind.STATUS, Kind.CASE_STATUS):
        return FileKind.STATUS
    if kind in (None, Kind.CONTACTS):
        raise InputError(
            f"{path.name}：不是清单、法律状态、缴费记录或核查表，不能用于回填；"
            "请从来源中去掉",
            code="kind_unknown",
        )
    return FileKind(kind)


def _listed_on(path: Path, limits: Limits) -> date:
    sheets = readers.read(path, Kind.REGISTER, limits=limits).sheets
    named = [sheet.listed_on for sheet in sheets if sheet.listed_on]
    if named:
        return min(named)
    in_name = _day_in(path.stem)
    if in_name is None:
        raise InputError(
            f"{path.name}：看不出清单的截至日期；请在表头上方写明“截至日期”，"
            "或把日期写进文件名，如 清单_2023-12-31.csv",
            code="as_of_unknown",
        )
    return in_name


def _day_in(stem: str) -> date | None:
    days = {
        meant
        for year, month, day_ in _IN_NAME.findall(stem)
        if (meant := day(f"{year}-{month}-{day_}")) is not None
    }
    return days.pop() if len(days) == 1 else None


def sha256_of(path: Path) -> str:
    """Return the hash of a file's content, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def key_of(files: Sequence[BackfillFile], *parts: object) -> str:
    """Return the name of a backfill: of its files and of all else it depends on."""
    named = [f"{one.key}|{one.as_of_on}" for one in files]
    text = "|".join([*named, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()
