"""The XML files inside a ZIP, also in ZIPs inside it, counted while they are read.

What the directory of a ZIP says about sizes is a claim, and a name in it is only a
name: nothing is ever written under it.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from patentwatch.errors import InputError
from patentwatch.register import magic
from patentwatch.register.archives import FAULTS, inflated
from patentwatch.register.magic import Format
from patentwatch.sources.charsets import plain_head
from patentwatch.sources.limits import StatusLimits

_ENCRYPTED = 0x1
_UTF_8_NAME = 0x800
_HEAD = 4096
_LONGEST_NAME = 120
_IN_MEMORY = 16 << 20
_TAIL = 65_557  # the end record and the longest comment
# Where in an end record, plain or ZIP64, the length of the table of contents stands.
_ENDS = ((re.compile(rb"PK\x05\x06"), 8, 4), (re.compile(rb"PK\x06\x06"), 36, 8))
_WIDE = 0xFFFF_FFFF  # see the ZIP64 record
_OFFICE = "[Content_Types].xml"
_ENTRY_FAULTS = (*FAULTS, OSError, KeyError)


@dataclass(frozen=True, slots=True)
class Inner:
    """One file of the archive; `pieces` are its bytes, to be read before the next.

    `form` is what it is by its first bytes; there are `pieces` only where it is XML.
    """

    name: str
    form: Format
    pieces: Iterator[bytes] = field(default=iter(()), repr=False)


def check(path: Path, limits: StatusLimits) -> None:
    """Raise InputError when `path` is a ZIP that cannot be opened at all.

    Codes: archive_broken, file_too_large.
    """
    with path.open("rb") as raw:
        _entries(raw, _Budget(path.name, limits))


def xml_files(path: Path, limits: StatusLimits) -> Iterator[Inner]:
    """Yield the files inside `path`, those in ZIPs inside it too.

    Raises InputError archive_broken, encrypted or file_too_large, as soon as it shows.
    """
    with path.open("rb") as raw:
        yield from _walk(raw, (), _Budget(path.name, limits))


class _Budget:
    """What one archive may still use up, with all that is nested in it."""

    def __init__(self, name: str, limits: StatusLimits) -> None:
        self.name = name
        self.limits = limits
        self._entries = 0
        self._total = 0

    def count_entries(self, count: int) -> None:
        self._entries += count
        if self._entries > self.limits.entries:
            raise _too_large(self.name)

    def count_bytes(self, count: int) -> None:
        self._total += count
        if self._total > self.limits.total_bytes:
            raise _too_large(self.name)


def _walk(raw: IO[bytes], where: tuple[str, ...], budget: _Budget) -> Iterator[Inner]:
    entries = _entries(raw, budget)
    budget.count_entries(len(entries))
    if where and any(entry.filename == _OFFICE for entry in entries):
        yield Inner(_shown(where), Format.XLSX)
        return
    for entry in entries:
        if not entry.is_dir():
            yield from _file(raw, entry, (*where, _name(entry)), budget)


def _entries(raw: IO[bytes], budget: _Budget) -> list[zipfile.ZipInfo]:
    if _directory_bytes(raw) > budget.limits.directory_bytes:
        raise _too_large(budget.name)
    try:
        with zipfile.ZipFile(raw) as archive:
            return archive.infolist()
    except _ENTRY_FAULTS as error:
        raise _broken(budget.name) from error


def _directory_bytes(raw: IO[bytes]) -> int:
    """Return how long the table of contents claims to be, 0 where none is found.

    A false claim does not help: the library reads no more than what is claimed.
    """
    size = raw.seek(0, 2)
    raw.seek(max(0, size - _TAIL))
    tail = raw.read()
    claims = [
        int.from_bytes(tail[found.end() + at : found.end() + at + width], "little")
        for sign, at, width in _ENDS
        for found in sign.finditer(tail)
    ]
    return max((one for one in claims if one != _WIDE), default=0)


def _file(
    raw: IO[bytes], entry: zipfile.ZipInfo, where: tuple[str, ...], budget: _Budget
) -> Iterator[Inner]:
    name = _shown(where)
    if entry.flag_bits & _ENCRYPTED:
        raise InputError(
            f"{budget.name}：压缩包内的“{name}”已加密；请解密后再导入",
            code="encrypted",
        )
    pieces = _counted(raw, entry, budget)
    head = _first(pieces)
    form = magic.of_head(plain_head(head))
    match form:
        case Format.XML:
            yield Inner(name, form, chain((head,), pieces))
        case Format.ZIP:
            yield from _nested(chain((head,), pieces), where, budget)
        case _:
            yield Inner(name, form)


def _nested(
    pieces: Iterator[bytes], where: tuple[str, ...], budget: _Budget
) -> Iterator[Inner]:
    if len(where) >= budget.limits.depth:
        raise InputError(
            f"{budget.name}：压缩包嵌套超过 {budget.limits.depth} 层，未读取；"
            "请解压后再导入",
            code="file_too_large",
        )
    with SpooledTemporaryFile(_IN_MEMORY) as unpacked:
        for piece in pieces:
            unpacked.write(piece)
        yield from _walk(unpacked, where, budget)


def _counted(
    raw: IO[bytes], entry: zipfile.ZipInfo, budget: _Budget
) -> Iterator[bytes]:
    """Yield what the entry holds; the sizes and the checksum are what really comes."""
    limits = budget.limits
    size = checksum = 0
    packed = max(entry.compress_size, 1)
    try:
        for piece in inflated(raw, entry):
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            budget.count_bytes(len(piece))
            if size > limits.entry_bytes or (
                size > limits.ratio_floor and size > limits.ratio * packed
            ):
                raise _too_large(budget.name)
            if piece:
                yield piece
    except _ENTRY_FAULTS as error:
        raise _broken(budget.name) from error
    if checksum != entry.CRC:
        raise _broken(budget.name)


def _first(pieces: Iterator[bytes]) -> bytes:
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, b"")):
        head += piece
    return head


def _shown(where: tuple[str, ...]) -> str:
    """Return the path inside the archive, on one line; of a long one the end."""
    text = "/".join(where)[-_LONGEST_NAME:]
    return "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text)


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the name as it was typed: without the mark of UTF-8 it is mostly GBK."""
    if entry.flag_bits & _UTF_8_NAME:
        return entry.filename
    try:
        plain = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return plain.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _broken(name: str) -> InputError:
    return InputError(
        f"{name}：压缩包（或 xlsx 工作簿）已损坏，或压缩方式不受支持；请重新下载",
        code="archive_broken",
    )


def _too_large(name: str) -> InputError:
    return InputError(
        f"{name}：文件解压后过大，未读取；请核对来源，确需导入时请分批解压",
        code="file_too_large",
    )
