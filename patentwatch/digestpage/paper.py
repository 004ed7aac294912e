"""One sheet of A4 to draw on: a font that needs no file, texts that fit, a table.

The only module that knows the PDF library. Equal drawings give equal bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from patentwatch.errors import ConfigError

WIDTH: float = A4[0]
HEIGHT: float = A4[1]
MARGIN = 42.0
INNER = WIDTH - 2 * MARGIN

INK, MUTE, RULE = "#1d2329", "#59626d", "#d5dbe2"
CALM, GRAVE, TINT = "#1f5fa8", "#b3261e", "#f0f5fb"

_SONG = "STSong-Light"
_LAST_OF_PLANE_0 = "\uffff"
_UNKNOWN = "〓"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its width in points, and its side."""

    title: str
    width: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a table, with a smaller one below it or none."""

    text: str
    below: str = ""
    grave: bool = False


class Sheet:
    """A single page; `y` is where the next thing goes, counted from below."""

    def __init__(self, *, title: str, author: str, font: Path | None) -> None:
        self._target = BytesIO()
        self._canvas = Canvas(self._target, pagesize=A4, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self._embedded = font is not None
        self._face = face(font, title) if font else _song()
        self.y = HEIGHT - MARGIN

    def finish(self) -> bytes:
        """Return the page as a PDF file."""
        self._canvas.showPage()
        self._canvas.save()
        return self._target.getvalue()

    def room(self, below: float) -> float:
        """Return how much is free above `below`."""
        return self.y - below

    def text(
        self,
        words: str,
        *,
        x: float = MARGIN,
        y: float,
        size: float,
        width: float = INNER,
        color: str = INK,
        right: bool = False,
    ) -> None:
        """Write one line on `y`, cut with an ellipsis where it does not fit."""
        fitted = self.fit(words, size=size, width=width)
        self._canvas.setFillColor(HexColor(color))
        self._canvas.setFont(self._face, size)
        if right:
            self._canvas.drawRightString(x + width, y, fitted)
        else:
            self._canvas.drawString(x, y, fitted)

    def fit(self, words: str, *, size: float, width: float) -> str:
        """Return a text as far as it fits into a width, in points."""
        shown = self._writable(words)
        if self._wide(shown, size) <= width:
            return shown
        while shown and self._wide(shown + "…", size) > width:
            shown = shown[:-1]
        return shown.rstrip() + "…"

    def paragraph(
        self, words: str, *, size: float, color: str = INK, lines: int = 3
    ) -> None:
        """Write a text over several lines; what exceeds them ends in an ellipsis."""
        rest = self._writable(words)
        for line in range(lines):
            take = len(rest)
            while self._wide(rest[:take], size) > INNER:
                take -= 1
            last = line == lines - 1
            shown = rest if last else rest[:take]
            self.y -= size * 1.55
            self.text(shown, y=self.y, size=size, color=color)
            rest = rest[take:]
            if not rest:
                return

    def box(
        self, *, x: float, y: float, width: float, height: float, fill: str
    ) -> None:
        """Fill a rectangle whose lower left corner is given."""
        self._canvas.setFillColor(HexColor(fill))
        self._canvas.rect(x, y, width, height, stroke=0, fill=1)

    def rule(self, *, x: float = MARGIN, y: float, width: float = INNER) -> None:
        """Draw a thin line."""
        self._canvas.setStrokeColor(HexColor(RULE))
        self._canvas.setLineWidth(0.6)
        self._canvas.line(x, y, x + width, y)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        x: float = MARGIN,
        y: float,
        row_height: float,
        size: float = 9.5,
    ) -> float:
        """Draw a table whose head begins at `y`; return where it ends."""
        wide = sum(column.width for column in columns)
        self.box(x=x, y=y - HEAD, width=wide, height=HEAD, fill=TINT)
        titles = [Cell(column.title) for column in columns]
        self._row(columns, titles, x=x, top=y, height=HEAD, size=8.5)
        y -= HEAD
        for row in rows:
            self._row(columns, row, x=x, top=y, height=row_height, size=size)
            y -= row_height
            self.rule(x=x, y=y, width=wide)
        return y

    def _row(
        self,
        columns: Sequence[Column],
        cells: Sequence[Cell],
        *,
        x: float,
        top: float,
        height: float,
        size: float,
    ) -> None:
        for column, cell in zip(columns, cells, strict=True):
            inner = column.width - 2 * PAD
            first = top - height + (height - size) / 2 + 1.5
            if cell.below:
                first = top - size - 3
                below = first - size - 1
                self.text(
                    cell.below, x=x + PAD, y=below, size=size - 1.5, width=inner,
                    color=MUTE, right=column.right,
                )  # fmt: skip
            color = GRAVE if cell.grave else INK
            self.text(
                cell.text, x=x + PAD, y=first, size=size, width=inner, color=color,
                right=column.right,
            )  # fmt: skip
            x += column.width

    def _wide(self, words: str, size: float) -> float:
        wide: float = pdfmetrics.stringWidth(words, self._face, size)
        return wide

    def _writable(self, words: str) -> str:
        """Replace what the reader's own font has no sign for by a visible mark."""
        if self._embedded:
            return words
        return "".join(c if c <= _LAST_OF_PLANE_0 else _UNKNOWN for c in words)


HEAD = 17.0
PAD = 4.0


def _song() -> str:
    """Return the name of a font that every reader of PDF brings along."""
    if _SONG not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_SONG))
    return _SONG


def face(path: Path, needed: str) -> str:
    """Return the name of a TrueType font to embed; it must have the signs `needed`.

    Raises `ConfigError` for a file that is no such font.
    """
    name = f"page-{sha256(str(path).encode()).hexdigest()[:12]}"
    if name not in pdfmetrics.getRegisteredFontNames():
        try:
            pdfmetrics.registerFont(TTFont(name, path))
        except (TTFError, OSError) as error:
            raise ConfigError(
                f"digest.font: {path} 不是可嵌入的 TrueType 字体；"
                "请换一个 .ttf 文件，或删去这一行"
            ) from error
    known = pdfmetrics.getFont(name).face.charToGlyph
    missing = "".join(sign for sign in needed if ord(sign) not in known)
    if missing:
        raise ConfigError(f"digest.font: {path} 缺少汉字“{missing[:6]}”，请换一个")
    return name
