"""The cells of a ledger, sheet by sheet, and the contract of its columns.

Whoever reads the file by program relies on the tuples below.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from patentwatch.plan.acts import COLOUR_WORDS
from patentwatch.plan.ledger import ACT_WORDS, Ledger, situation
from patentwatch.plan.lights import LIGHT_WORDS
from patentwatch.plan.values import KIND_WORDS, Commitment, CommitmentKind

Value = str | int | Decimal | date | None
"""A cell: text, a whole or exact number, a day, or nothing. A light is its word."""

# The contract: order and words stay as they are. What is added goes to the right end;
# nothing is renamed, removed or moved, because offices' own sheets refer to them.
LEDGER_COLUMNS: Final = (
    ("编号", "承诺的编号：条目号.序号，全年不变"),
    ("条目", "工作要点的条目"),
    ("承诺", "工作要点原文"),
    ("类型", "目标：到期须达到的数；节点：到期须办成的事；常态：持续开展的工作"),
    ("牵头单位", "牵头单位"),
    ("配合单位", "配合单位"),
    ("县区", "涉及的县区；“各县区”为计划涉及的全部县区，空白为全市"),
    ("期限", "现行期限（含延期）"),
    ("原期限", "延期前的期限；空白为没有延期。理由见“办理记录”"),
    ("目标", "到期须达到的数"),
    ("单位", "目标和实际的单位"),
    ("实际", "按记录和专利登记算出，不由人填；“未知”的原因见“说明”列"),
    ("完成率", "实际÷目标"),
    ("灯", "绿：按进度；黄：滞后；红：严重滞后或逾期"),
    ("签收", "牵头单位和各县区的签收、退办；3/9：九个单位中三个已签收"),
    ("最新进展", "最近一次登记的进展"),
    ("最近记录日", "计入的记录中最近的日期"),
    ("证据数", "本承诺及其关联记录的证据文件，内容相同的只算一件"),
    ("记录数", "算出“实际”所用的记录或专利"),
    ("督办单", "督办单编号和回复情况"),
    ("关联记录数", "由人关联到本承诺的记录"),
    ("说明", "“实际”未知的原因"),
)
COUNTY_COLUMNS: Final = (
    ("编号", "承诺的编号"),
    ("承诺", "工作要点原文"),
    ("县区代码", "县区的行政区划代码"),
    ("县区", "县区名称"),
    ("目标", "分解给本县区的数；空白为没有分解"),
    ("单位", "目标和实际的单位"),
    ("实际", "本县区的数，算法与全市相同"),
    ("完成率", "实际÷目标"),
    ("灯", "本县区的灯；空白为没有分解目标"),
    ("签收", "本县区的签收、退办"),
    ("最新进展", "本县区最近一次登记的进展"),
    ("督办单", "发给本县区的督办单和回复情况"),
)
SLIP_COLUMNS: Final = (
    ("督办单号", "年份-序号，每年从 1 起，不重复使用"),
    ("颜色", "蓝：首次；黄：蓝色逾期未回复；红：黄色之后"),
    ("编号", "所督办承诺的编号"),
    ("承诺", "工作要点原文"),
    ("发给", "县区，或牵头单位"),
    ("发出日", "发出日"),
    ("回复期限", "回复的最后一日（含）"),
    ("内容", "督办内容"),
    ("发出人", "发出人"),
    ("上一张", "由哪一张升级而来"),
    ("情况", "待回复、逾期未回复、已回复"),
    ("回复日", "回复日"),
    ("回复", "回复内容"),
    ("回复人", "回复人"),
)
ACT_COLUMNS: Final = (
    ("日期", "办理日"),
    ("编号", "承诺的编号"),
    ("办理单位", "县区，或牵头单位"),
    ("办理", "签收、退办、进展、延期"),
    ("内容", "进展，或退办、延期的理由"),
    ("新期限", "延期后的期限"),
    ("经办人", "经办人"),
    ("登记日", "登入系统的日期；晚于办理日的是补登"),
)

UNKNOWN: Final = "未知"
_DONE = {True: "已完成", False: "未完成"}


def ledger_rows(ledger: Ledger) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `LEDGER_COLUMNS`, in the order of the plan's text."""
    for line in ledger.lines:
        one = line.progress
        promise, counted = one.commitment, one.counted
        moved = one.due_on != promise.due_on
        yield (
            promise.id,
            f"{one.item.number}. {one.item.title}",
            promise.text,
            KIND_WORDS[promise.kind],
            promise.lead,
            "、".join(promise.support),
            line.counties,
            one.due_on,
            promise.due_on if moved else None,
            one.target,
            promise.unit,
            _actual(promise, counted.actual),
            one.rate,
            LIGHT_WORDS[one.light],
            line.signed,
            line.note,
            counted.latest_on,
            line.evidence,
            counted.records,
            line.slips,
            line.linked,
            counted.reason,
        )


def county_rows(ledger: Ledger) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `COUNTY_COLUMNS`: a row for each commitment of each county."""
    for line in ledger.lines:
        for one in line.by_county:
            promise = one.commitment
            yield (
                promise.id,
                promise.text,
                one.county,
                one.name,
                one.target,
                promise.unit,
                _actual(promise, one.actual) if one.counted else None,
                one.rate,
                LIGHT_WORDS[one.light] if one.light else None,
                one.signed,
                one.note,
                one.slips,
            )


def slip_rows(ledger: Ledger) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `SLIP_COLUMNS`, in the order of their numbers."""
    for slip in ledger.slips:
        promise = ledger.plan.commitment(slip.commitment)
        yield (
            slip.name,
            COLOUR_WORDS[slip.colour],
            slip.commitment,
            promise.text if promise else None,
            ledger.unit(slip.county),
            slip.issued_on,
            slip.reply_by_on,
            slip.text,
            slip.issued_by,
            slip.follows,
            situation(slip, ledger.on),
            slip.replied_on,
            slip.reply,
            slip.replied_by,
        )


def act_rows(
    ledger: Ledger, *, day: Callable[[datetime], date]
) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `ACT_COLUMNS`, oldest first; `day` is that of an instant."""
    for act in ledger.acts:
        yield (
            act.acted_on,
            act.commitment,
            ledger.unit(act.county),
            ACT_WORDS[act.kind],
            act.text,
            act.until_on,
            act.acted_by,
            day(act.recorded_at),
        )


def _actual(commitment: Commitment, actual: Decimal | None) -> Value:
    if actual is None:
        return UNKNOWN
    if commitment.kind is CommitmentKind.MILESTONE:
        return _DONE[bool(actual)]
    return actual
