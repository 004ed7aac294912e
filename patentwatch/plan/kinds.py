"""Kinds of records as data: what each has to say, and what it is recognised by.

A new kind is an entry of `kinds.toml`: no code, no table.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from patentwatch import toml
from patentwatch.errors import ConfigError, UsageError
from patentwatch.plan.values import OCCURRED_ON
from patentwatch.spelling import did_you_mean


class FieldType(StrEnum):
    """What a field holds, and as what it is stored.

    text, choice, county: text (a choice is one of the Chinese words, a county its
    code). date: ISO text. integer: int. number: decimal text. yuan: an int of fen.
    party: text, and a link. patents: a list of application numbers, and a link each.
    """

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    YUAN = "yuan"
    CHOICE = "choice"
    COUNTY = "county"
    PARTY = "party"
    PATENTS = "patents"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind; `link` is how a party or a patent in it is tied.

    `needs` names another field that must be filled in where this one is, unless it
    says 否: one half of such a pair would count as nothing.
    """

    key: str
    label: str
    type: FieldType
    required: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    link: str = ""
    needs: str = ""
    example: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    `natural_key` are the fields by which the same record is recognised, `title` the
    one that names it, `dated` the date field that is the record's own day, `until` the
    one from which it does not stand any more ("": it never ends). `holds`: while it
    stands its patents are consequential. `evidence`: what file proves it, in Chinese.
    """

    key: str
    label: str
    fields: tuple[Field, ...]
    natural_key: tuple[str, ...]
    title: str
    dated: str
    until: str = ""
    holds: bool = False
    evidence: str = ""

    def field(self, key: str) -> Field | None:
        """Return one field by its key, None when there is none."""
        return next((one for one in self.fields if one.key == key), None)


LINKS: Final = frozenset(
    {
        "secures",
        "awarded_to",
        "licensed_to",
        "held_by",
        "inspects",
        "counts_for",
        "follows_from",
    }
)
"""How a record may be tied to a patent, a party, a record or a commitment."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind by its key, in the order of the plan's items."""
    file = files("patentwatch.plan") / "kinds.toml"
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"kinds.toml 无法读取：{error}") from error
    return read(raw)


def kind_named(word: str) -> Kind:
    """Return the kind of that key or Chinese label; `UsageError` names the nearest."""
    known = kinds()
    by_word = {one.label: one for one in known.values()} | dict(known)
    if word in by_word:
        return by_word[word]
    raise UsageError(
        f"没有“{word}”这种记录{did_you_mean(word, by_word)}；"
        "patentwatch record kinds 可查全部种类"
    )


def read(raw: Mapping[str, object]) -> Mapping[str, Kind]:
    """Return the kinds of a parsed file; `ConfigError` names the kind and the fault."""
    found: dict[str, Kind] = {}
    for entry in toml.tables(raw.get("kind", []), "kind"):
        at = f"kinds.toml：{entry.get('key', 'kind')}"
        kind = toml.build(Kind, entry, at=at)
        if kind.key in found:
            raise ConfigError(f"{at}: 这一种类写了两次，请删去一个")
        for fault in _faults(kind):
            raise ConfigError(f"{at}: {fault}")
        found[kind.key] = kind
    return MappingProxyType(found)


def _faults(kind: Kind) -> Iterator[str]:
    """Yield what is wrong with a kind."""
    for what, words in (
        ("key", [one.key for one in kind.fields]),
        ("label", [one.label for one in kind.fields]),
    ):
        for word in sorted({w for w in words if words.count(w) > 1}):
            yield f"{what} {word} 写了两次"
    for one in kind.fields:
        yield from _faults_of_field(one)
        if one.needs and kind.field(one.needs) is None:
            yield f"字段 {one.key} 的 needs {one.needs} 不是本种类的字段"
    yield from _faults_of_roles(kind)


def _faults_of_field(one: Field) -> Iterator[str]:
    if not _KEY.fullmatch(one.key) or one.key == OCCURRED_ON:
        yield f"字段 {one.key} 的 key 须为小写字母、数字、下划线，不能是 {OCCURRED_ON}"
    if not one.label or _BRACKETS.search(one.label):
        yield f"字段 {one.key} 的 label 不能为空，不能有括号和顿号（单位写在 unit）"
    if (one.type is FieldType.CHOICE) != bool(one.choices):
        yield f"字段 {one.key}：choice 须有 choices，其他类型不能有"
    if len(set(one.choices)) < len(one.choices):
        yield f"字段 {one.key} 的 choices 有重复"
    if any(_NO_CHOICE.search(choice) or not choice for choice in one.choices):
        yield f"字段 {one.key} 的 choices 不能为空，不能有逗号和顿号"
    tied = one.type in (FieldType.PARTY, FieldType.PATENTS)
    if tied != bool(one.link) or (one.link and one.link not in LINKS):
        yield (
            f"字段 {one.key}：party 和 patents 须有 link"
            f"（{'、'.join(sorted(LINKS))}），其他类型不能有"
        )


def _faults_of_roles(kind: Kind) -> Iterator[str]:
    if not kind.natural_key:
        yield "natural_key 不能为空"
    for key in kind.natural_key:
        one = kind.field(key)
        if one is None or not one.required:
            yield f"natural_key 中的 {key} 须为本种类的必填字段"
    if kind.field(kind.title) is None:
        yield f"title {kind.title} 不是本种类的字段"
    dated = kind.field(kind.dated)
    if dated is None or dated.type is not FieldType.DATE or not dated.required:
        yield f"dated {kind.dated} 须为本种类的必填日期字段"
    until = kind.field(kind.until)
    if kind.until and (until is None or until.type is not FieldType.DATE):
        yield f"until {kind.until} 须为本种类的日期字段"
    if kind.holds and not any(f.type is FieldType.PATENTS for f in kind.fields):
        yield "holds 为 true 的种类须有 patents 字段"


_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NO_CHOICE = re.compile("[,，、]")
_BRACKETS = re.compile(r"[()（）\[\]【】、]")
