"""Take out of foreign text what could change the meaning of ours."""

import re
import unicodedata

# C0 and C1 controls, line and paragraph separators: they end a line or a header.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Zero-width, bidirectional and tag characters: they hide or reorder what is read.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[^?]*\?[^?]*\?=")
_NO_NAME = frozenset({"none", "null", "nan", "n/a", "#n/a", "undefined", "-"})
_MARKER = re.compile(r"=\?|\?=")


def line(text: str, *, limit: int = 500) -> str:
    """Return `text` as one visible line of at most `limit` characters.

    A longer text ends in an ellipsis. Emoji and rare characters stay.
    """
    seen = _UNSEEN.sub("", _BREAKS.sub(" ", text))
    seen = " ".join(unicodedata.normalize("NFC", seen).split())
    return seen if len(seen) <= limit else seen[: limit - 1].rstrip() + "…"


def name(text: str, *, limit: int = 120) -> str:
    """Return `line`, or "" for what a program wrote where it knew no name."""
    shown = line(text, limit=limit)
    return "" if shown.casefold() in _NO_NAME else shown


def header(text: str, *, limit: int = 200) -> str:
    """Return `text` fit for a mail header: `line` without any encoded-word marker.

    Some Python versions decode `=?utf-8?q?=0A?=` inside a value and write the line
    break it hides into the header block (CVE-2024-6923).
    """
    before, kept = "", line(text, limit=limit)
    while kept != before:
        before, kept = kept, _MARKER.sub("", _ENCODED_WORD.sub("", kept))
    return " ".join(kept.split())


def short_message(text: str) -> str:
    """Return `text` fit for a text message: only the signature may carry 【】."""
    return line(text).translate(str.maketrans("【】[]{}<>", "（）（）（）（）"))


def variable(text: str) -> str:
    """Return `text` fit for a variable of a gateway's template.

    Gateways take a stop for a part of a link and a quotation mark for an attack.
    """
    return short_message(text).translate(str.maketrans(".．。'’‘", "··，   "))
