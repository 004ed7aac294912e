"""What a DOCX file needs and python-docx has no word for."""

import zipfile
from io import BytesIO
from typing import Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.text.font import CT_RPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import _Row
from docx.text.paragraph import Paragraph

_LATIN: Final = "Times New Roman"
_OLDEST: Final = (1980, 1, 1, 0, 0, 0)
"""A zip knows no earlier day."""


def set_fonts(properties: CT_RPr, chinese: str) -> None:
    """Name the font of Chinese letters and that of the others.

    Without the attribute for east Asia Word writes Chinese in a font of its own choice.
    """
    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)  # a theme goes before a name
    for name, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{name}"), font)


def add_page_number(paragraph: Paragraph) -> None:
    """Write the number of the page between dashes: — 1 —."""
    for told in ("— ", "PAGE", " —"):
        run = paragraph.add_run("" if told == "PAGE" else told)
        set_fonts(run._r.get_or_add_rPr(), "宋体")  # noqa: SLF001
        if told == "PAGE":
            _add_field(run._r, told)  # noqa: SLF001


def _add_field(run: BaseOxmlElement, code: str) -> None:
    for kind in ("begin", "", "separate", "end"):
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = f" {code} "
        run.append(part)


def rule_below(paragraph: Paragraph, *, color: str) -> None:
    """Draw a thick line below a paragraph."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    values = {"val": "single", "sz": "18", "space": "4", "color": color}
    for name, value in values.items():
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def repeat_on_every_page(row: _Row) -> None:
    """Make a row the head of its table on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001


def keep_whole(row: _Row) -> None:
    """Let no page end within a row."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001


def undated(file: bytes) -> bytes:
    """Return a zip file with one and the same day on all its entries."""
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(file)) as before,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return target.getvalue()
