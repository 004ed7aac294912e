"""What a file is by its first bytes, whatever its name says."""

import re
import zipfile
from enum import StrEnum
from pathlib import Path

from patentwatch.register.archives import FAULTS

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIRECTORY = 1 << 22

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""How a ZIP begins; a text may begin with PK too."""


class Format(StrEnum):
    """The formats that are told apart."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    ENCRYPTED = "encrypted"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    PDF = "pdf"
    WORD = "word"
    ODS = "ods"
    ZIP = "zip"
    RAR = "rar"
    IMAGE = "image"
    BINARY = "binary"


NAMES = {
    Format.TEXT: "文本",
    Format.XLSX: "xlsx 工作簿",
    Format.XLS: "xls 工作簿",
    Format.ENCRYPTED: "加密的工作簿",
    Format.HTML: "网页 HTML",
    Format.XML: "XML",
    Format.JSON: "JSON",
    Format.PDF: "PDF",
    Format.WORD: "Word 文档",
    Format.ODS: "OpenDocument 表格",
    Format.ZIP: "压缩包",
    Format.RAR: "压缩包",
    Format.IMAGE: "图片",
    Format.BINARY: "未知的二进制文件",
}
"""How a message names them."""

_MAGIC = (
    (b"%PDF", Format.PDF),
    *((sign, Format.ZIP) for sign in ZIP),
    (_OLE, Format.BINARY),
    (b"Rar!", Format.RAR),
    (b"7z\xbc\xaf", Format.RAR),
    (b"\x1f\x8b", Format.RAR),
    (b"\x89PNG", Format.IMAGE),
    (b"\xff\xd8\xff", Format.IMAGE),
    (b"GIF8", Format.IMAGE),
)
_STREAMS = (
    ("EncryptedPackage", Format.ENCRYPTED),
    ("Workbook", Format.XLS),
    ("Book", Format.XLS),
    ("WordDocument", Format.WORD),
)
# Not every bracket opens a document: exporters write headers like [标]申请人.
_JSON = re.compile(rb'\{|\[\s*(?:[\[{"\d\]-]|$)')
_HTML = (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body", b"<div")


def of(path: Path) -> Format:
    """Return what `path` is; text is what holds no sign of anything else."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(ZIP):
        return _archive(path)
    if head.startswith(_OLE):
        return _compound(path)
    return of_head(head)


def of_head(head: bytes) -> Format:
    """Return what begins with `head`; any ZIP is ZIP, any compound file BINARY."""
    known = next((form for sign, form in _MAGIC if head.startswith(sign)), None)
    return known or _textual(head)


def _textual(head: bytes) -> Format:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Format.TEXT
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    lower = bare[:1024].lower()
    if lower.startswith(_HTML) or (lower.startswith(b"<") and b"<html" in lower):
        return Format.HTML
    if bare.startswith(b"<"):
        return Format.XML
    if _JSON.match(bare):
        return Format.JSON
    # NUL bytes in one half of the places are UTF-16 without a mark; in both, no text.
    low, high = head[0::2].count(0), head[1::2].count(0)
    return Format.BINARY if min(low, high) > len(head) // 50 else Format.TEXT


def _archive(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (*FAULTS, OSError):
        return Format.XLSX  # cut off or damaged; the reader says so
    if any(name.startswith("xl/") for name in names):
        return Format.XLSX
    if any(name.startswith("word/") for name in names):
        return Format.WORD
    return Format.ODS if "content.xml" in names else Format.ZIP


def _compound(path: Path) -> Format:
    with path.open("rb") as file:
        content = file.read(_DIRECTORY)
        file.seek(max(0, path.stat().st_size - _DIRECTORY))
        content += file.read(_DIRECTORY)
    for stream, form in _STREAMS:
        if stream.encode("utf-16-le") in content:
            return form
    return Format.BINARY
