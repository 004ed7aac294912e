"""Which encoding a text file is in: a strict ladder, judged by the header words.

GB18030 decodes Big5 without an error, and some UTF-8 too: that the bytes decode is
not enough, words must appear that a list has.
"""

import codecs
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
_MOJIBAKE = ("锟斤拷", "涓€", "烫烫烫", "ï»¿")
_LOST = "\ufffd"

Recognises = Callable[[str], bool]
"""Whether the beginning of a file holds words that a list has."""


class _Trial(NamedTuple):
    """How far an encoding goes; the lines are None when nothing is wrong."""

    encoding: str
    undecodable: int | None
    garbled: int | None
    recognised: bool
    misread: bool


def detect(path: Path, recognises: Recognises, *, forced: str | None = None) -> str:
    """Return the name of the encoding of `path`; reads it in pieces, once per try.

    Raises InputError `encoding_damaged` with the line, or `encoding_unknown` for a
    `forced` name that Python does not know.
    """
    trials = []
    for encoding in _ladder(path, forced):
        trial = _try(path, encoding, recognises)
        if trial.undecodable is None and trial.recognised:
            return _sound(path, trial)
        trials.append(trial)
    for trial in trials:
        if trial.undecodable is not None and trial.recognised:
            raise _damaged(path, trial.undecodable)
    for trial in trials:
        if trial.undecodable is None:
            return _sound(path, trial)
    raise _damaged(path, trials[0].undecodable or 1)


def _ladder(path: Path, forced: str | None) -> tuple[str, ...]:
    if forced is not None:
        try:
            return (codecs.lookup(forced).name,)
        except LookupError as error:
            raise InputError(
                f"{path.name}：没有名为“{forced}”的编码；可用 utf-8、gb18030、utf-16",
                code="encoding_unknown",
            ) from error
    with path.open("rb") as file:
        head = file.read(_HEAD)
    marked = next((name for bom, name in _BOMS if head.startswith(bom)), None)
    told = marked or _utf_16(head)
    return (told,) if told else LADDER


def _sound(path: Path, trial: _Trial) -> str:
    """Return the encoding, unless the text was ruined before it was saved in it."""
    if trial.garbled is not None:
        raise _damaged(path, trial.garbled)
    if trial.misread:
        raise _damaged(path, 1)
    return trial.encoding


def _damaged(path: Path, line: int) -> InputError:
    return InputError(
        f"{path.name}：第 {line} 行编码损坏（乱码）；"
        "请从原始文件重新导出并另存为 UTF-8",
        code="encoding_damaged",
    )


def _try(path: Path, encoding: str, recognises: Recognises) -> _Trial:
    head, line = "", 1
    garbled: int | None = None
    undecodable: int | None = None
    try:
        for text in _decoded(path, encoding):
            if garbled is None:
                garbled = _garbled(text, line, is_first=not head)
            head = head or text[:_HEAD]
            line += text.count("\n")
    except _Undecodable as fault:
        head = head or fault.before[:_HEAD]
        undecodable = line + fault.before.count("\n")
    recognised = recognises(head)
    misread = not recognised and recognises(_reread(head))
    return _Trial(encoding, undecodable, garbled, recognised, misread)


def _garbled(text: str, line: int, *, is_first: bool) -> int | None:
    """Return the line of the first damage in `text`, whose own first line is `line`."""
    if is_first and _LOST in text.partition("\n")[0]:
        return line
    places = [text.find(sign) for sign in _MOJIBAKE if sign in text]
    return line + text.count("\n", 0, min(places)) if places else None


def _reread(head: str) -> str:
    """Return `head` as it was before UTF-8 was taken for GBK: 鐢宠鍙 was 申请号."""
    return head.encode("gb18030", "ignore").decode("utf-8", "ignore")


class _Undecodable(Exception):
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
