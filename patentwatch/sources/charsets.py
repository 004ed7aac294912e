"""The text of an XML, in the encoding it declares, provided that this is the true one.

A wrong declaration turns names into other names without any error: it is refused.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from patentwatch.errors import InputError
from patentwatch.sources.unexpected import unexpected

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_KNOWN = {
    "utf-8": "utf-8-sig",
    "ascii": "utf-8-sig",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
}
_UTF_16 = ("utf-16", "utf-16-le", "utf-16-be")
_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_REMEDY = "请改正编码声明，或在导入时指明编码"
_HEAD = 1 << 16


def utf_16(head: bytes) -> str | None:
    """Return which UTF-16 `head` is in, None when it is in none."""
    return _BOMS.get(head[:2]) or _UNMARKED.get(head[:2])


def plain_head(head: bytes) -> bytes:
    """Return `head` in UTF-8 where it is UTF-16, so that its signs are found."""
    wide = utf_16(head)
    return head.decode(wide, "ignore").encode("utf-8", "ignore") if wide else head


def texts(
    pieces: Iterable[bytes], *, name: str, forced: str | None = None
) -> Iterator[str]:
    """Yield the XML in `pieces` as text; `forced` goes before what it declares.

    Raises InputError `unexpected_content` that names the true encoding, or
    `encoding_unknown` for a `forced` one that XML of this kind is never in.
    """
    pieces = iter(pieces)
    head = _first(pieces)
    encoding = encoding_of(head, name=name, forced=forced)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for piece in chain((head,), pieces):
        try:
            text = decoder.decode(piece)
        except UnicodeDecodeError as error:
            raise _wrong(name, encoding, error) from error
        if text:
            yield text
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise unexpected(name, "XML 不完整，下载可能中断") from error


def encoding_of(head: bytes, *, name: str, forced: str | None = None) -> str:
    """Return the encoding to read with; raises InputError as `texts` does."""
    if forced is not None:
        return _forced(forced, name)
    if wide := utf_16(head):
        return wide
    found = _DECLARED.search(head[:1024])
    declared = found[1].decode("ascii") if found else "utf-8"
    encoding = _KNOWN.get(_normal(declared))
    if encoding is None:
        raise unexpected(name, f"XML 声明的编码是 {declared}{_really(head)}", _REMEDY)
    if encoding == "gb18030" and not head.isascii() and _decodes(head, "utf-8"):
        raise unexpected(name, f"XML 声明的编码是 {declared}{_really(head)}", _REMEDY)
    return encoding


def _first(pieces: Iterator[bytes]) -> bytes:
    """Return the first pieces joined, so that the declaration is in one."""
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, b"")):
        head += piece
    return head


def _forced(forced: str, name: str) -> str:
    normal = _normal(forced)
    encoding = normal if normal in _UTF_16 else _KNOWN.get(normal)
    if encoding is None:
        raise InputError(
            f"{name}：XML 不能按“{forced}”读取；可用 utf-8、gb18030、utf-16",
            code="encoding_unknown",
        )
    return encoding


def _normal(declared: str) -> str:
    try:
        return codecs.lookup(declared).name
    except LookupError:
        return ""


def _really(head: bytes) -> str:
    for encoding, shown in (("utf-8", "UTF-8"), ("gb18030", "GB18030")):
        if _decodes(head, encoding):
            return f"，实际是 {shown}"
    return ""


def _decodes(head: bytes, encoding: str) -> bool:
    """Return whether `head` is in `encoding`; it may end within a character."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _wrong(name: str, encoding: str, error: UnicodeDecodeError) -> InputError:
    rest = error.object[max(0, error.start) : error.start + _HEAD]
    declared = encoding.removesuffix("-sig").upper()
    return unexpected(
        name, f"XML 按 {declared} 读到坏字节{_really(bytes(rest))}", _REMEDY
    )
