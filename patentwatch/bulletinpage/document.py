"""A bulletin as a DOCX file in the form of an official paper, for Word and WPS.

The same bulletin gives the same bytes.
"""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import (
    WD_ALIGN_PARAGRAPH,
    WD_BREAK,
    WD_LINE_SPACING,
    WD_TAB_ALIGNMENT,
)
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from patentwatch.bulletinpage import ooxml, parts, words
from patentwatch.bulletinpage.parts import Cell, Part, Table
from patentwatch.plan.bulletinvalues import Bulletin

_SONG, _HEI, _FANG = "宋体", "黑体", "仿宋"
_BODY, _SMALL, _CELL = 16.0, 10.0, 9.0
_SHORT = 12
"""So many rows are kept on one page with their heading."""
_LINE = 28.0
# The type area of an official paper on A4 is 156 mm wide (GB/T 9704-2012, 5.2).
_WIDTH_MM = 156.0
_HEAD_COLOR: Final = RGBColor(0xC8, 0x10, 0x2E)
_COLORS: Final = {
    "green": RGBColor(0x14, 0x62, 0x39),
    "yellow": RGBColor(0x7A, 0x52, 0x00),
    "red": RGBColor(0xB3, 0x26, 0x1E),
}


def docx(found: Bulletin) -> bytes:
    """Return the bulletin as a DOCX file."""
    paper = Document()
    _prepare(paper, found)
    _head(paper, found)
    for part in parts.parts(found):
        _heading(paper, part.heading)
        _content(paper, part)
    _sign(paper, found)
    _annex(paper, found)
    target = BytesIO()
    paper.save(target)
    return ooxml.undated(target.getvalue())


def _prepare(paper: Paper, found: Bulletin) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    normal = paper.styles["Normal"]
    normal.font.size = Pt(_BODY)
    ooxml.set_fonts(normal.element.get_or_add_rPr(), _FANG)
    heading = paper.styles["Heading 1"]
    heading.font.size = Pt(_BODY)
    heading.font.bold = False
    heading.font.color.rgb = RGBColor(0, 0, 0)
    ooxml.set_fonts(heading.element.get_or_add_rPr(), _HEI)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    ooxml.add_page_number(footer)
    made = datetime.combine(found.made_on, time())
    properties = paper.core_properties
    properties.title = words.short_title(found)[:255]
    properties.author = properties.last_modified_by = words.office(found)[:255]
    properties.comments = ""
    properties.created = properties.modified = made
    properties.revision = 1
    properties.language = "zh-CN"


def _head(paper: Paper, found: Bulletin) -> None:
    office = _paragraph(paper, centred=True, line=44)
    _write(
        office, words.office(found), font=_SONG, size=34, color=_HEAD_COLOR, bold=True
    )
    issue = _paragraph(paper)
    issue.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    _write(issue, f"{words.issue(found)}\t{words.day(found.made_on)}")
    ooxml.rule_below(issue, color=str(_HEAD_COLOR))
    if found.draft:
        draft = _paragraph(paper, centred=True)
        _write(draft, words.draft(found), font=_HEI, size=14, color=_HEAD_COLOR)
    title = _paragraph(paper, centred=True, line=34)
    title.paragraph_format.space_before = Pt(18)
    title.paragraph_format.space_after = Pt(14)
    _write(title, words.title(found), font=_SONG, size=22, bold=True)


def _heading(paper: Paper, words_: str) -> None:
    heading = paper.add_heading(level=1)
    _space(heading, _LINE)
    heading.paragraph_format.space_before = Pt(14)
    heading.paragraph_format.space_after = Pt(4)
    heading.paragraph_format.first_line_indent = Pt(2 * _BODY)
    _write(heading, words_, font=_HEI)


def _content(paper: Paper, part: Part) -> None:
    for line in part.lines:
        body = _paragraph(paper)
        body.paragraph_format.first_line_indent = Pt(2 * _BODY)
        _write(body, line)
    if part.table is not None:
        _table(paper, part.table)
    if part.note:
        note = _paragraph(paper, line=16)
        note.paragraph_format.space_before = Pt(4)
        _write(note, part.note, size=_SMALL)


def _sign(paper: Paper, found: Bulletin) -> None:
    for line, told in enumerate((words.office(found), words.day(found.made_on))):
        sign = _paragraph(paper)
        sign.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        sign.paragraph_format.right_indent = Pt(2 * _BODY)
        sign.paragraph_format.space_before = Pt(0 if line else _LINE)
        _write(sign, told)


def _annex(paper: Paper, found: Bulletin) -> None:
    annexed = parts.annex(found)
    if not annexed:
        return
    _paragraph(paper).add_run().add_break(WD_BREAK.PAGE)
    _heading(paper, "附件：承诺进展情况")
    for part in annexed:
        title = _paragraph(paper, line=22)
        title.paragraph_format.space_before = Pt(10)
        title.paragraph_format.keep_with_next = True
        _write(title, part.heading, font=_HEI, size=12)
        for line in part.lines:
            count = _paragraph(paper, line=18)
            count.paragraph_format.keep_with_next = True
            _write(count, line, size=_SMALL)
        if part.table is not None:
            _table(paper, part.table)
    end = _paragraph(paper, line=18)
    _write(end, words.basis(found), size=_SMALL)


def _table(paper: Paper, table: Table) -> None:
    made = paper.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = [Mm(_WIDTH_MM * column.share / 100) for column in table.columns]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    titles = [Cell(column.title) for column in table.columns]
    _fill(made.rows[0].cells, titles, widths, head=True)
    ooxml.repeat_on_every_page(made.rows[0])
    for row in table.rows:
        added = made.add_row()
        ooxml.keep_whole(added)
        _fill(added.cells, row, widths, head=False)
    for kept in made.rows[:-1] if len(table.rows) <= _SHORT else ():
        for cell in kept.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(
    cells: Sequence[_Cell], texts: Sequence[Cell], widths: Sequence[Mm], *, head: bool
) -> None:
    for cell, told, width in zip(cells, texts, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        _space(paragraph, 13)
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.paragraph_format.space_after = Pt(2)
        font = _HEI if head or told.light else _FANG
        color = _COLORS.get(told.light)
        _write(paragraph, told.text, font=font, size=_CELL, color=color)


def _paragraph(
    paper: Paper, *, centred: bool = False, line: float = _LINE
) -> Paragraph:
    made = paper.add_paragraph()
    _space(made, line)
    made.paragraph_format.space_after = Pt(0)
    if centred:
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return made


def _space(paragraph: Paragraph, line: float) -> None:
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    paragraph.paragraph_format.line_spacing = Pt(line)


def _write(
    paragraph: Paragraph,
    told: str,
    *,
    font: str = _FANG,
    size: float = _BODY,
    color: RGBColor | None = None,
    bold: bool = False,
) -> None:
    run = paragraph.add_run(told)
    run.font.size = Pt(size)
    run.bold = bold
    if color is not None:
        run.font.color.rgb = color
    ooxml.set_fonts(run._r.get_or_add_rPr(), font)  # noqa: SLF001 - no word for east Asia
