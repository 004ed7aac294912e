"""What a plan must not say: where its parts do not fit one another or the kinds."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from patentwatch.plan.kinds import Kind
from patentwatch.plan.measurecheck import wrong_with
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    MeasureType,
    Plan,
)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
_COUNTY = re.compile(r"[0-9]{6}")
_ID = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
_MOST = 10**15
_PLACES = 6

# Whose actual is there or not: what a milestone is done by.
_DONE_OR_NOT = {
    MeasureType.COUNT,
    MeasureType.DISTINCT,
    MeasureType.LINKED,
    MeasureType.REGISTER,
}

# Where nothing is there to be better than.
_NEEDS_A_NUMBER = {MeasureType.COVERAGE, MeasureType.LINKED}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a key of the plan; `at` is the table it stands in, "" the top.

    `commitment` is the id of the one it is about, "" for none. The message is Chinese
    and names the value and the remedy.
    """

    at: str
    commitment: str
    key: str
    message: str


def faults(plan: Plan, kinds: Mapping[str, Kind]) -> Iterator[Remark]:
    """Yield what makes a plan impossible to take."""
    yield from _head(plan)
    yield from _lists(plan)
    yield from _residents(plan)
    if not plan.items:
        yield Remark("", "", "item", "一项任务也没有；请写 [[item]]")
    numbers = Counter(item.number for item in plan.items)
    ids: set[str] = set()
    for at, item in enumerate(plan.items):
        path = f"item[{at}]"
        yield from _item(item, plan, path)
        if numbers[item.number] > 1:
            yield Remark(
                path, "", "number", f"{item.number} 用了不止一次；每项任务一个序号"
            )
        for place, one in enumerate(item.commitments):
            where = f"{path}.commitment[{place}]"
            yield from _commitment(one, item, plan, kinds, where)
            if one.id in ids:
                yield Remark(
                    where, one.id, "id", f"“{one.id}”用了两次；每条承诺一个编号"
                )
            ids.add(one.id)


def warnings(plan: Plan, counties: Collection[str]) -> Iterator[Remark]:
    """Yield what is taken, but should be looked at; `counties`: of the configuration.

    A county is spoken of once, at the first commitment that has it.
    """
    told = set(counties)
    for at, item in enumerate(plan.items):
        for place, one in enumerate(item.commitments):
            for code in one.counties:
                if code not in told:
                    told.add(code)
                    yield Remark(
                        f"item[{at}].commitment[{place}]",
                        one.id,
                        "counties",
                        f"配置中没有说明县区 {code}，照样采用；"
                        "请在 patentwatch.toml 加上 [[county]]，或核对代码",
                    )


def _head(plan: Plan) -> Iterator[Remark]:
    if not _NAME.fullmatch(plan.name):
        yield Remark(
            "",
            "",
            "name",
            f"“{plan.name}”不行；请用 2 至 40 个小写字母、数字和连字符，如 puyang-2023",
        )
    for key in ("title", "document_no"):
        if not getattr(plan, key).strip():
            yield Remark("", "", key, "是空的；请照文件填写")
    if not plan.sections:
        yield Remark("", "", "sections", "是空的；请写至少一个部分的标题")
    if plan.starts_on > plan.ends_on:
        yield Remark(
            "",
            "",
            "ends_on",
            f"{plan.ends_on} 早于 starts_on {plan.starts_on}；请核对两个日期",
        )
    if not plan.starts_on.year <= plan.year <= plan.ends_on.year:
        yield Remark(
            "",
            "",
            "year",
            f"{plan.year} 不在 {plan.starts_on} 至 {plan.ends_on} 之内；请核对",
        )


def _lists(plan: Plan) -> Iterator[Remark]:
    for name, entries in plan.lists.items():
        for entry, times in Counter(entries).items():
            if times > 1:
                message = f"“{entry}”写了 {times} 次；请只留一次"
                yield Remark("", "", f"lists.{name}", message)


def _residents(plan: Plan) -> Iterator[Remark]:
    for at, one in enumerate(plan.residents):
        path = f"residents[{at}]"
        if one.county and not _COUNTY.fullmatch(one.county):
            yield Remark(path, "", "county", _wrong_county(one.county))
        if one.persons < 1:
            yield Remark(
                path, "", "persons", f"{one.persons} 不行；请写常住人口数（人）"
            )
        if not one.source.strip():
            yield Remark(path, "", "source", "是空的；请写明数字的出处")


def _item(item: Item, plan: Plan, at: str) -> Iterator[Remark]:
    if not 1 <= item.section <= len(plan.sections):
        yield Remark(
            at,
            "",
            "section",
            f"没有第 {item.section} 部分；sections 里有 {len(plan.sections)} 个",
        )
    if not item.title.strip():
        yield Remark(at, "", "title", "是空的；请照文件填写")
    if not item.commitments:
        yield Remark(at, "", "commitment", "一条承诺也没有；请写 [[item.commitment]]")


def _commitment(
    one: Commitment, item: Item, plan: Plan, kinds: Mapping[str, Kind], at: str
) -> Iterator[Remark]:
    if not _ID.fullmatch(one.id) or not one.id.startswith(f"{item.number}."):
        yield Remark(
            at,
            one.id,
            "id",
            f"“{one.id}”不行；请写“任务序号.顺序号”，如 {item.number}.1",
        )
    if not one.text.strip():
        yield Remark(at, one.id, "text", "是空的；请照抄文件的原话")
    if not one.lead.strip():
        yield Remark(at, one.id, "lead", "没有牵头单位；请在这里或文件开头写 lead")
    if not plan.starts_on <= one.due_on <= plan.ends_on:
        yield Remark(
            at,
            one.id,
            "due_on",
            f"{one.due_on} 不在计划期 {plan.starts_on} 至 {plan.ends_on} 之内；请核对",
        )
    yield from _counties(one, at)
    yield from _numbers(one, at)
    for wrong in wrong_with(one.measure, kinds, plan.lists):
        yield Remark(at, one.id, f"measure.{wrong.key}", wrong.message)


def _counties(one: Commitment, at: str) -> Iterator[Remark]:
    for code, times in Counter(one.counties).items():
        if not _COUNTY.fullmatch(code):
            yield Remark(at, one.id, "counties", _wrong_county(code))
        if times > 1:
            yield Remark(at, one.id, "counties", f"{code} 写了 {times} 次；请只留一次")
    for code in one.county_targets:
        if code not in one.counties:
            yield Remark(
                at,
                one.id,
                "county_targets",
                f"“{code}”不在 counties 之中；请加上，或删去这一目标",
            )


def _wrong_county(code: str) -> str:
    return f"“{code}”不是县区代码；应为六位数字，如 410902"


def _numbers(one: Commitment, at: str) -> Iterator[Remark]:
    if one.kind is CommitmentKind.TARGET:
        found = [*_of_a_target(one), *_too_large(one)]
    else:
        found = list(_of_no_target(one))
    for key, message in found:
        yield Remark(at, one.id, key, message)


def _of_no_target(one: Commitment) -> Iterator[tuple[str, str]]:
    for key in ("target", "county_targets", "more_than", "at_most", "level"):
        if getattr(one, key) not in (None, False, {}):
            yield key, f'kind = "{one.kind}" 没有目标数；请删去，或改 kind'
    type_ = one.measure.type
    if one.kind is CommitmentKind.MILESTONE and type_ not in _DONE_OR_NOT:
        listed = "、".join(sorted(_DONE_OR_NOT))
        yield "measure.type", f"“{type_}”判断不了是否完成；可用：{listed}"


def _of_a_target(one: Commitment) -> Iterator[tuple[str, str]]:
    if not one.unit.strip():
        yield "unit", "缺少目标数的单位，如 件、家、%"
    if one.target is not None:
        return
    if one.measure.type in _NEEDS_A_NUMBER:
        yield "target", f'缺少这一项：type = "{one.measure.type}" 时必须写明'
    elif not one.more_than:
        yield (
            "target",
            "缺少这一项；没有写明数字、要比上年好的，请写 more_than = true",
        )


def _too_large(one: Commitment) -> Iterator[tuple[str, str]]:
    for key, number in (("target", one.target), *_shared(one)):
        if number is not None and not _is_plain(number):
            yield (
                key,
                f"{number:g} 不行；须在 0 至 {_MOST:,} 之间，至多 {_PLACES} 位小数",
            )


def _shared(one: Commitment) -> Iterator[tuple[str, Decimal]]:
    for code, number in one.county_targets.items():
        yield f"county_targets.{code}", number


def _is_plain(number: Decimal) -> bool:
    """Whether a number fits in a column; 1e-9999999 would fill the memory as text."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_PLACES and 0 <= number <= _MOST
