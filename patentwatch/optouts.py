"""Whether a short message that somebody sent back says: no more of these."""

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    """What a reply says; what is not surely an opt-out is for a person to read."""

    OPT_OUT = "opt_out"
    OTHER = "other"


# A question stays one: “退订？” and “T?” are not heeded as orders.
_QUESTION = re.compile(r"[?？]")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_OPT_OUT = re.compile(
    r"(?:请|我要|我想|要求|申请)?(?:回复?|回覆|发送)?"
    r"(?:(?:td|t|r)(?:退订|退定)?|退订|退定)"
    r"(?:短信|消息|提醒|通知)?(?:了|吧|谢谢)?"
)


def meaning(text: str) -> Meaning:
    """Return what a reply means: T, TD, R, 退订, however spelt, and nothing more.

    Full width, case, blanks, punctuation and signs do not count; 退定 is how 退订 is
    often typed. A word that only begins so (T恤, TDS) is none.
    """
    folded = unicodedata.normalize("NFKC", text)
    if _QUESTION.search(folded):
        return Meaning.OTHER
    letters = _NOT_A_LETTER.sub("", folded).casefold()
    return Meaning.OPT_OUT if _OPT_OUT.fullmatch(letters) else Meaning.OTHER
