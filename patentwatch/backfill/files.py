"""The files of a backfill: found, recognised, dated, and put into one order.

In whatever order they are named, lists go first by their days, then events, then
payments: what comes out is the same.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

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
    """One file: what it is, what it holds, and for a list its day."""

    path: Path
    sha256: str
    kind: FileKind
    as_of_on: date | None = None

    @property
    def key(self) -> str:
        """Return what makes it the same file: content and, for a list, its day."""
        dated = f"{self.sha256}|{self.as_of_on or ''}"
        return hashlib.sha256(dated.encode()).hexdigest()

    @property
    def order(self) -> tuple[int, date, str]:
        """Return its place, which does not depend on name or folder."""
        place = list(FileKind).index(self.kind)
        return place, self.as_of_on or date.min, self.sha256


def find(
    sources: Iterable[Path], *, limits: Limits, to_on: date
) -> tuple[list[BackfillFile], list[Path]]:
    """Return the files in the order of taking, and the lists that are too new.

    A folder stands for the files in it and below it. The same file twice counts once,
    but a list that did not change from one day to another is two.
    Raises `InputError` for a file that is nothing to fill the past with, or a list that
    does not say its day; `UsageError` for what does not exist.
    """
    found: dict[str, BackfillFile] = {}
    late = []
    for path in _files(sources):
        one = recognised(path, limits=limits)
        if one.as_of_on is not None and one.as_of_on > to_on:
            late.append(path)
        else:
            found.setdefault(one.key, one)
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


def recognised(path: Path, *, limits: Limits) -> BackfillFile:
    """Return what a file is; a list takes its day from the file, else from its name."""
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}：文件为空；请重新导出", code="empty_file")
    kind = _kind(path, limits)
    as_of_on = _listed_on(path, limits) if kind is FileKind.REGISTER else None
    return BackfillFile(path.resolve(), sha256_of(path), kind, as_of_on)


def _kind(path: Path, limits: Limits) -> FileKind:
    if magic.of(path) in (Format.XML, Format.ZIP, Format.JSON, Format.HTML):
        return FileKind.STATUS
    match readers.kind_of(path, limits=limits):
        case Kind.REGISTER:
            return FileKind.REGISTER
        case Kind.PAYMENTS:
            return FileKind.PAYMENTS
        case Kind.CHECK_SHEET:
            return FileKind.CHECK_SHEET
        case Kind.STATUS | Kind.CASE_STATUS:
            return FileKind.STATUS
        case Kind.CONTACTS | None:
            raise InputError(
                f"{path.name}：不是清单、法律状态、缴费记录或核查表，不能用于回填；"
                "请从来源中去掉",
                code="kind_unknown",
            )


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
    text = "|".join([*(one.key for one in files), *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()
