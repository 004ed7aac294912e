"""Which encoding a text file is in: a strict ladder, judged by the header words.

GB18030 decodes Big5 without an error, and some UTF-8 too: that the bytes decode is
not enough, words must appear that a list has.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from patentwatch.errors import InputError

LADDER = ("utf-8", "gb18030", "big5")
_CHUNK = 1 << 20
_HEAD = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Chinese text looks like after a program has read it in the wrong encoding.
_MOJIBAKE = re.compile("锟斤拷|涓€|烫烫烫|ï»¿")

Recognises = Callable[[str], bool]
"""Whether the beginning of a file holds words that a list has."""


class _Trial(NamedTuple):
    encoding: str
    line: int | None  # where the bytes stop making sense, None: nowhere
    recognised: bool


def detect(path: Path, recognises: Recognises, *, forced: str | None = None) -> str:
    """Return the name of the encoding of `path`; reads it once or twice in pieces.

    Raises InputError `encoding_damaged` with the line, or `encoding_unknown` for a
    `forced` name that Python does not know.
    """
    if forced is not None:
        return _forced(path, recognises, forced)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    unmarked = _utf_16(head)
    ladder = (marked,) if marked else ((unmarked,) if unmarked else LADDER)
    trials = []
    for encoding in ladder:
        trial = _try(path, encoding, recognises)
        if trial.line is None and trial.recognised:
            return _sound(path, encoding)
        trials.append(trial)
    return _best(path, trials)


def _forced(path: Path, recognises: Recognises, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise InputError(
            f"{path.name}：没有名为“{encoding}”的编码；可用 utf-8、gb18030、utf-16",
            code="encoding_unknown",
        ) from error
    trial = _try(path, encoding, recognises)
    if trial.line is not None:
        raise _damaged(path, trial.line, f"不是 {encoding} 编码")
    return _sound(path, encoding)


def _best(path: Path, trials: list[_Trial]) -> str:
    """Return the encoding when no trial convinces, or say which line is damaged."""
    for trial in trials:
        if trial.recognised and trial.line is not None:
            raise _damaged(path, trial.line, "编码损坏")
    for trial in trials:
        if trial.line is None:
            return _sound(path, trial.encoding)
    raise _damaged(path, trials[0].line or 1, "编码损坏")


def _damaged(path: Path, line: int, what: str) -> InputError:
    return InputError(
        f"{path.name}：第 {line} 行{what}，请从原始文件重新导出并另存为 UTF-8",
        code="encoding_damaged",
    )


def _try(path: Path, encoding: str, recognises: Recognises) -> _Trial:
    head, line = "", 1
    try:
        for text in _decoded(path, encoding):
            if len(head) < _HEAD:
                head += text[:_HEAD]
            line += text.count("\n")
    except _Undecodable as fault:
        head = head or fault.before
        stop = line + fault.before.count("\n")
        return _Trial(encoding, stop, recognises(head))
    return _Trial(encoding, None, recognises(head))


def _sound(path: Path, encoding: str) -> str:
    """Return `encoding` unless the text was ruined before it was saved in it."""
    line = 1
    for number, text in enumerate(_decoded(path, encoding)):
        found = _MOJIBAKE.search(text)
        if found is None and number == 0 and "\ufffd" in _first_lines(text):
            found = re.search("\ufffd", text)
        if found:
            line += text.count("\n", 0, found.start())
            raise _damaged(path, line, "编码损坏（乱码）")
        line += text.count("\n")
    return encoding


def _first_lines(text: str) -> str:
    return "\n".join(text[:_HEAD].split("\n")[:3])


class _Undecodable(Exception):  # noqa: N818 - caught within this module
    def __init__(self, before: str) -> None:
        super().__init__()
        self.before = before


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while True:
            piece = file.read(_CHUNK)
            try:
                yield decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore")
                raise _Undecodable(before) from error
            if not piece:
                return


def _utf_16(head: bytes) -> str | None:
    """Return the byte order that the NUL bytes betray, None without such a pattern."""
    low, high = head[0::2].count(0), head[1::2].count(0)
    few = len(head) // 20
    if high > few and high > 8 * low:
        return "utf-16-le"
    return "utf-16-be" if low > few and low > 8 * high else None
