"""Splits the text of a notice into its title and its labelled values."""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

TITLES = frozenset(("法律状态", "描述信息", "事务数据"))
"""Labels whose value is the title once more."""

_DATED = (
    "法律状态公告日", "事务数据公告日", "申请公布日", "授权公告日", "原决定公告日",
    "公告日", "公告日期", "终止日期", "终止日", "登记生效日", "放弃生效日", "生效日",
    "恢复权利日期", "恢复权利日", "恢复日期", "恢复日", "解除日", "变更日", "备案日期",
    "无效宣告决定日", "国际申请日", "申请日", "到期日", "专利权终止日期",
    "保全解除日", "届满日",
)  # fmt: skip
_OTHER = (
    *TITLES,
    "IPC(主分类)", "主分类号", "主分类", "分类号", "专利申请号", "申请号", "专利号",
    "变更事项", "变更前权利人", "变更后权利人", "变更前申请人", "变更后申请人",
    "变更前专利权人", "变更后专利权人", "变更前", "变更后", "无效宣告决定号",
    "委内编号", "审查结论", "登记号", "出质人", "质权人", "合同备案号", "让与人",
    "受让人", "许可种类", "原决定名称", "收件人", "文件名称", "发明名称", "专利权人",
    "申请人", "许可人", "被许可人", "公开号", "公告号", "序号",
)  # fmt: skip


def _any_of(labels: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(labels, key=len, reverse=True)))


# A title and the next label may stand together without anything between them; a label
# of dates may stand without its colon; an unknown label must begin its line.
_KNOWN = _any_of((*_DATED, *_OTHER))
_LABEL = re.compile(
    rf"(?P<known>{_KNOWN})\s*:"
    rf"|(?P<dated>{_any_of(_DATED)})\s*(?=\d{{4}})"
    rf"|(?:^|(?<=[;\n|]))\s*(?P<other>(?!\d)(?:(?!{_KNOWN})[^:;\s|()]){{1,15}})\s*:"
)
_DATE = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|[-./年](\d{1,2})[-./月](\d{1,2})日?)")
_FIRST_YEAR, _LAST_YEAR = 1985, 2200  # a day not known is 0001-01-01 or 9999-12-31
_BLANK = " \t\r\n"
_END = _BLANK + ";。,.|#"


@dataclass(frozen=True, slots=True)
class Text:
    """A notice taken apart; `values` keeps the values of a repeated label in order."""

    title: str
    values: dict[str, list[str]]
    truncated: bool  # holds an ellipsis
    title_truncated: bool  # the ellipsis stands in the title
    blocks: int  # how many notices the text holds

    @property
    def joined(self) -> dict[str, str]:
        """Return one value for each label; those of a repeated label with ` | `."""
        return {label: " | ".join(found) for label, found in self.values.items()}


def split(text: str, *, wordings: re.Pattern[str]) -> Text:
    """Return `text` in its parts; full-width letters and signs become half-width.

    What stands before a colon and holds one of `wordings` is title, not label.
    """
    clean = _clean(text)
    found = [
        match
        for match in _LABEL.finditer(clean)
        if not (match["other"] and wordings.search(match["other"]))
    ]
    first = found[0].start() if found else len(clean)
    title, values = [clean[:first]], dict[str, list[str]]()
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(clean)
        label = match["known"] or match["dated"] or match["other"]
        value, rest = _value(label, clean[match.end() : end], wordings)
        values.setdefault(label, []).append(value.strip(_END))
        title += [value, rest] if label in TITLES else [rest]
    titled = "".join(title)
    return Text(
        title=bare(_DATE.sub("", titled)),
        values=values,
        truncated="..." in clean,
        title_truncated="..." in titled,
        blocks=max(
            len(values.get("法律状态", ())), len(values.get("法律状态公告日", ())), 1
        ),
    )


def bare(text: str) -> str:
    """Return `text` without blanks, numbers and punctuation."""
    return re.sub(r"[\W\d_]", "", text)


def day(text: str) -> date | None:
    """Return the day that `text` is; None for anything else."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, *parts = (part for part in match.groups() if part)
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return date(int(year), int(parts[0]), int(parts[1]))
    except ValueError:
        return None


def _clean(text: str) -> str:
    once = html.unescape(text).replace("\\n", "\n")
    plain = unicodedata.normalize("NFKC", once)
    return "\n".join(" ".join(line.split()) for line in plain.splitlines())


def _value(label: str, text: str, wordings: re.Pattern[str]) -> tuple[str, str]:
    """Return the value at the start of `text`, and what is none of it.

    That of a label of dates ends with the date, another with its line or at `;` – save
    where no wording follows: names of several holders stand with `;` between them.
    """
    text = text.strip(_BLANK)
    date_ = _DATE.match(text) if label in _DATED else None
    if date_ is not None:
        return date_[0], text[date_.end() :]
    value, _, rest = text.replace("\n", ";").partition(";")
    if label in TITLES or label in _DATED or wordings.search(rest):
        return value, rest
    return text.replace("\n", " "), ""
