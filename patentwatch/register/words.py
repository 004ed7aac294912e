"""Short answers in cells: a type, a fee year, a reduction, an amount, a credit code."""

import re
import unicodedata
from functools import lru_cache

from stdnum.cn import uscc

from patentwatch.model import PatentType
from patentwatch.register import cells

NAMES = {
    PatentType.INVENTION: "发明",
    PatentType.UTILITY_MODEL: "实用新型",
    PatentType.DESIGN: "外观设计",
}
LAST_FEE_YEAR = 20
REDUCTIONS = frozenset((0, 70, 85))

_TYPE_WORDS = {
    "1": PatentType.INVENTION,
    "2": PatentType.UTILITY_MODEL,
    "3": PatentType.DESIGN,
    "8": PatentType.INVENTION,
    "9": PatentType.UTILITY_MODEL,
}
_NO_REDUCTION = frozenset(
    ["无", "否", "不减", "未减", "无费减", "无减缴", "不减缴", "未减缴"]
)
_PERCENT = re.compile(r"[^0-9.]*([0-9]{1,3}(?:\.[0-9]+)?)\s*%?[^0-9.]*")
_YEAR = re.compile(r"第?\s*([0-9]{1,2})(?:\.0+)?\s*(?:年度?|年年费)?")
_CHINESE_YEAR = re.compile(r"第?([一二三四五六七八九十]{1,3})年?度?")
_AMOUNT = re.compile(
    r"[¥￥]?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0+)?\s*(?:元|圆)?整?"
)
_CODES = re.compile(r"[;；、|｜,，\s]+")
_DIGITS = "零一二三四五六七八九"


@lru_cache(maxsize=4096)
def patent_type(text: str) -> PatentType | None:
    """Return the type that 发明专利, 授权发明, 实用新型, 外观 … name; None if none."""
    word = "".join(unicodedata.normalize("NFKC", text).split()).removesuffix(".0")
    if "实用新型" in word or word == "新型":
        return PatentType.UTILITY_MODEL
    if "外观" in word:
        return PatentType.DESIGN
    if "发明" in word:
        return PatentType.INVENTION
    return _TYPE_WORDS.get(word)


@lru_cache(maxsize=4096)
def reduction(text: str) -> int | None:
    """Return the percent taken off, 0, 70 or 85; None when the cell says neither."""
    word = "".join(unicodedata.normalize("NFKC", text).split())
    if word in _NO_REDUCTION:
        return 0
    found = _PERCENT.fullmatch(word)
    if found is None:
        return None
    number = float(found[1])
    percent = round(number * 100, 6) if 0 < number < 1 else number
    return int(percent) if percent in REDUCTIONS else None


@lru_cache(maxsize=4096)
def fee_year(text: str) -> int | None:
    """Return N of 5, 5.0, 第5年, 第五年度; None unless it is between 1 and 20."""
    word = "".join(unicodedata.normalize("NFKC", text).split())
    found = _YEAR.fullmatch(word)
    if found:
        year = int(found[1])
    else:
        spelt = _CHINESE_YEAR.fullmatch(word)
        year = _spelt(spelt[1]) if spelt else 0
    return year if 1 <= year <= LAST_FEE_YEAR else None


@lru_cache(maxsize=4096)
def yuan(text: str) -> int | None:
    """Return whole yuan of 1200, 1,200.00, 1200元, ￥1200; None for anything else."""
    found = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    digits = found[1].replace(",", "") if found else ""
    return int(digits) if 0 < len(digits) <= 9 else None


@lru_cache(maxsize=1024)
def high_value(text: str) -> bool | None:
    """Return what 是否高价值 says; a named reason (战略性新兴产业 …) is a yes."""
    answer = cells.yes_or_no(text)
    if answer is not None or not text:
        return answer
    return None if text.startswith(("未", "待", "非")) else True


@lru_cache(maxsize=65_536)
def credit_codes(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the unified social credit codes in `text`: valid ones, invalid ones."""
    folded = unicodedata.normalize("NFKC", text).upper()
    found = [code for code in _CODES.split(folded) if code not in cells.EMPTY]
    valid = tuple(dict.fromkeys(code for code in found if uscc.is_valid(code)))
    return valid, tuple(code for code in found if not uscc.is_valid(code))


def _spelt(word: str) -> int:
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return _DIGITS.index(word) if len(word) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return 10 * (_DIGITS.index(tens) if tens else 1) + (
        _DIGITS.index(ones) if ones else 0
    )
