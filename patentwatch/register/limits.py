"""How large a list may be before it is refused unread."""

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings of the readers; sizes in bytes.

    A real list of 300,000 rows and twelve columns inflates to some 150 MiB. A ratio
    counts only above `ratio_floor`: small files of equal cells pack very well.
    """

    text_rows: int = 10_000_000
    text_bytes: int = 4096 * _MIB
    sheet_rows: int = 300_000
    workbook_bytes: int = 128 * _MIB
    entries: int = 200
    entry_bytes: int = 320 * _MIB
    total_bytes: int = 448 * _MIB
    ratio: int = 100
    ratio_floor: int = 16 * _MIB
    columns: int = 200
    cells: int = 12_000_000


DEFAULT = Limits()
