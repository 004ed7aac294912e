"""Whether an XLSX may be opened at all: its parts are inflated and counted first.

The sizes written in a ZIP are claims; only what really comes out counts. A cell far
out on a sheet costs as much memory as all the cells before it, so places count too.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from patentwatch.errors import InputError
from patentwatch.register.limits import Limits

FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    ValueError,
)
"""What reading a damaged ZIP raises."""

_PIECE = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED = 0x1
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PLACE = re.compile(rb"""\br=["']([A-Za-z]+)[0-9]""")
_FILLED = (
    rb"""<(?:\w+:)?c\s[^<>]*?\br=["']([A-Za-z]+)([0-9]+)(?:["']|["'][^<>]*[^/<>])>"""
)
_FILLED_COLUMN = re.compile(_FILLED.replace(b"([0-9]+)", b"[0-9]+"))
_FILLED_ROW = re.compile(_FILLED.replace(b"([A-Za-z]+)", b"[A-Za-z]+"))
_UNPLACED = re.compile(rb"<(?:\w+:)?(?:(row)\b|c>|c\s(?![^<>]*\br=))")
_CELL_TAGS = (b"<c ", b"<c>", b":c ", b":c>")
_USUAL_COLUMNS = 64
_NEAR_END = 64 * 1024


def check(path: Path, limits: Limits) -> None:
    """Raise InputError when `path` is no sound XLSX or inflates to too much.

    Codes: `workbook_broken`, `file_too_large`, `too_many_columns`.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            _check_claims(path, archive.infolist(), limits)
            total = area = 0
            for entry in archive.infolist():
                size, cells = _count(path, raw, entry, limits)
                total, area = total + size, area + cells
                if total > limits.total_bytes or area > limits.cells:
                    raise _too_large(path)
    except FAULTS as error:
        raise InputError(
            f"{path.name}：工作簿已损坏；请用 Excel 或 WPS 打开后另存为新的 xlsx",
            code="workbook_broken",
        ) from error


def _check_claims(path: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    sizes = [entry.file_size for entry in entries]
    if (
        len(entries) > limits.entries
        or max(sizes, default=0) > limits.entry_bytes
        or sum(sizes) > limits.total_bytes
    ):
        raise _too_large(path)


def _count(
    path: Path, raw: IO[bytes], entry: zipfile.ZipInfo, limits: Limits
) -> tuple[int, int]:
    """Return how many bytes `entry` really inflates to, and over how many cells."""
    size, extent = 0, _Extent()
    for piece in inflated(raw, entry):
        size += len(piece)
        packed = max(entry.compress_size, 1)
        if size > limits.entry_bytes or (
            size > limits.ratio_floor and size > limits.ratio * packed
        ):
            raise _too_large(path)
        extent.feed(piece)
    if extent.columns > limits.columns:
        raise _too_wide(path, limits)
    return size, extent.columns * extent.rows


class _Extent:
    """How far out the filled cells of a sheet reach, followed piece by piece.

    Cells may leave out their place; then they stand next to the one before.
    """

    def __init__(self) -> None:
        self.columns = 0
        self.rows = 0
        self._row_tags = 0
        self._unplaced = 0
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the part."""
        text = self._tail + piece
        cut = text.rfind(b"<")
        whole, self._tail = text[:cut], text[cut:][:_PIECE]
        places = _PLACE.findall(whole)
        self._see_columns(whole, set(places))
        # Rows ascend; the reader takes the last cell for the last row, and so do we.
        last = _FILLED_ROW.findall(whole, max(0, len(whole) - _NEAR_END))
        self.rows = max(self.rows, int(last[-1]) if last else 0)
        if sum(map(whole.count, _CELL_TAGS)) > len(places):
            for row_tag in _UNPLACED.findall(whole):
                self._step(is_row=bool(row_tag))

    def _see_columns(self, whole: bytes, letters: set[bytes]) -> None:
        """Take the widest column; only a far one is asked whether it is filled."""
        widest = max(map(_column, letters), default=0)
        if widest > _USUAL_COLUMNS:
            filled = set(_FILLED_COLUMN.findall(whole))
            widest = max(map(_column, filled), default=0)
        self.columns = max(self.columns, widest)

    def _step(self, *, is_row: bool) -> None:
        self._row_tags += is_row
        self._unplaced = 0 if is_row else self._unplaced + 1
        if self._unplaced:
            self.columns = max(self.columns, self._unplaced)
            self.rows = max(self.rows, self._row_tags)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.decode("ascii").upper()[:4]:
        number = number * 26 + _LETTERS.index(letter) + 1
    return number


def inflated(raw: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what `entry` of the archive `raw` really holds, in pieces of a MiB.

    Raises one of FAULTS; neither size nor checksum is compared with the directory.
    """
    if entry.flag_bits & _ENCRYPTED or entry.header_offset < 0:
        raise zipfile.BadZipFile("unreadable entry")
    raw.seek(entry.header_offset)
    signature, name, extra = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
    if signature != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    raw.seek(name + extra, 1)
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (piece := raw.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile("unusual compression")
    yield from _deflated(raw, left)


def _deflated(raw: IO[bytes], left: int) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    while left > 0 and not inflate.eof:
        packed = raw.read(min(left, _PIECE))
        if not packed:
            raise zipfile.BadZipFile("cut off")
        left -= len(packed)
        while packed and not inflate.eof:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail


def _too_large(path: Path) -> InputError:
    return InputError(
        f"{path.name}：文件解压后过大，未读取；请删去图片和多余内容，或另存为 CSV",
        code="file_too_large",
    )


def _too_wide(path: Path, limits: Limits) -> InputError:
    return InputError(
        f"{path.name}：有内容的单元格超出 {limits.columns} 列，未读取；"
        "请删除右侧多余的列",
        code="too_many_columns",
    )
