"""The values a template gets: every date and amount already written out in Chinese."""

from dataclasses import dataclass
from datetime import date

from patentwatch import clean
from patentwatch.errors import PatentwatchError
from patentwatch.letters import Item, Letter
from patentwatch.model import Audience, Evidence, Tier

IN_TIME = (Tier.NOTICE, Tier.REMINDER, Tier.URGENT)
SURCHARGED = (Tier.SURCHARGE_1, Tier.SURCHARGE_2, Tier.SURCHARGE_3, Tier.SURCHARGE_4)
LAST = (Tier.FINAL, Tier.LAST_WEEK)
ENDED = (Tier.LAPSED, Tier.RESTORE)

# A request for a reduction must come two and a half months before the due day; no two
# and a half months have more days than this.
_REDUCTION_ASKED_DAYS = 78

_FOUND = {
    "query": "经{day}查询",
    "fee_page": "经{day}查询",
    "check_sheet": "经{day}查询",
    "case_status": "经{day}查询",
    "list": "据{day}名单",
    "column": "据{day}名单",
    "word": "据{day}核实",
    "event": "据{day}公布的法律状态",
}
_WHOSE = {
    Audience.PATENTEE: "贵方",
    Audience.AGENT: "贵机构代理的",
    Audience.OFFICIAL: "贵单位辖区的",
    Audience.LINKED: "与贵方权益相关的",
}


@dataclass(frozen=True, slots=True)
class WindowText:
    """One row of what paying costs and when; `now` marks the letter's day."""

    dates: str
    percent: str
    amount: str
    now: bool


@dataclass(frozen=True, slots=True)
class ItemText:
    """One annuity in words. An empty text means that the fact does not exist."""

    tier: str
    kind: str
    soft: bool
    urgent: bool
    number: str
    plain_number: str
    title: str
    year: str
    due: str
    last: str
    rolled: bool
    finding: str
    checked: str
    unpaid: str
    fee: str
    full_fee: str
    reduction: str
    open_licence: str
    reduced_fees: str
    unknown_reduction: bool
    may_ask_reduction: bool
    surcharge: str
    already_paid: str
    amount_due: str
    percent: str
    next_percent: str
    window_until: str
    ends: str
    terminated_from: str
    restoration_until: str
    restoration_known: bool
    restoration_fee: str
    windows: tuple[WindowText, ...]
    act_by: str
    act_by_short: str
    provisional: bool
    suspended: bool
    correction: bool
    consequential: bool


def day(when: date) -> str:
    """Return `when` as it is written in a letter: 2026年3月2日."""
    return f"{when.year}年{when.month}月{when.day}日"


def short_day(when: date, *, seen_on: date) -> str:
    """Return `when` without its year where a reader on `seen_on` cannot mistake it."""
    near = 0 <= (when - seen_on).days < 300
    return f"{when.month}月{when.day}日" if near else day(when)


def number(application_no: str) -> str:
    """Return the patent number as people write it: ZL202010123456.7."""
    return f"ZL{application_no}"


def whose(audience: Audience) -> str:
    """Return the words before 专利 that tell a reader why he is written to."""
    return _WHOSE[audience]


def kind(item: Item) -> str:
    """Return the name of the message that is true for `item`: its template folder.

    Raises `letter_impossible` for a surcharge or a lapse that nobody has confirmed:
    on a guess nobody is told that money is owed or that his right has ended.
    """
    if item.tier in IN_TIME:
        return item.tier.value
    confirmed = item.evidence is Evidence.CONFIRMED
    if confirmed and item.confirmed_on is None:
        raise _impossible(item, "已确认欠费，但没有查询日")
    if item.tier in SURCHARGED:
        return "surcharge" if confirmed else _unconfirmed(item)
    if item.tier in ENDED:
        return item.tier.value if confirmed else _unconfirmed(item)
    if item.tier is Tier.OVERDUE:
        return "overdue" if confirmed else "overdue_presumed"
    return item.tier.value if confirmed else "final_presumed"


def _unconfirmed(item: Item) -> str:
    raise _impossible(item, f"未确认欠费，不能发送 {item.tier.value}")


def _impossible(item: Item, why: str) -> PatentwatchError:
    text = f"{item.application_no} 第{item.fee_year}年：{why}"
    return PatentwatchError(text, code="letter_impossible")


def act_by_on(item: Item) -> date | None:
    """Return the last day on which what `item` asks for can be done, None if unknown.

    An estimated end of restoration is not such a day.
    """
    if item.tier in IN_TIME:
        return item.last_in_time_on
    if item.tier in ENDED:
        return item.restoration_until_on if item.restoration_known else None
    if item.tier in LAST:
        return item.ends_on
    if item.window_until_on is None:
        raise _impossible(item, f"{item.tier.value} 缺少所在缴费时段的末日")
    return item.window_until_on


def item_text(item: Item, letter: Letter) -> ItemText:
    """Return `item` in words for `letter`'s day."""
    act_by = act_by_on(item)
    return ItemText(
        tier=item.tier.value,
        kind=kind(item),
        soft=item.tier not in IN_TIME and item.evidence is not Evidence.CONFIRMED,
        urgent=item.tier in LAST + ENDED,
        number=number(item.application_no),
        plain_number=number(item.application_no).replace(".", ""),
        title=clean.name(item.title),
        year=str(item.fee_year),
        due=day(item.due_on),
        last=day(item.last_in_time_on),
        rolled=item.last_in_time_on != item.due_on,
        finding=finding(item),
        checked="据查" if item.confirmed_by in ("list", "column") else "经查",
        unpaid="尚未缴足" if item.already_paid_yuan else "尚未缴纳",
        fee=str(item.payable_fee_yuan),
        full_fee=str(item.full_fee_yuan),
        reduction=str(item.reduction)
        if item.reduction
        and item.licence_percent is None
        and item.payable_fee_yuan < item.full_fee_yuan
        else "",
        open_licence=_percent(item.licence_percent),
        reduced_fees="，".join(f"减缴{p}%的为{y}元" for p, y in item.reduced_fees),
        unknown_reduction=item.reduction is None,
        may_ask_reduction=_may_ask_reduction(item, letter.on),
        surcharge=str(item.surcharge_yuan) if item.surcharge_yuan else "",
        already_paid=str(item.already_paid_yuan) if item.already_paid_yuan else "",
        amount_due=str(item.amount_due_yuan),
        percent=_percent(item.window_percent),
        next_percent=_percent(item.next_percent),
        window_until=day(item.window_until_on) if item.window_until_on else "",
        ends=day(item.ends_on),
        terminated_from=day(item.terminated_from_on),
        restoration_until=_day_or_nothing(item.restoration_until_on),
        restoration_known=item.restoration_known,
        restoration_fee=str(item.restoration_fee_yuan),
        windows=_windows(item, letter.on),
        act_by=_day_or_nothing(act_by),
        act_by_short=short_day(act_by, seen_on=letter.on) if act_by else "",
        provisional=item.provisional and item.tier not in ENDED,
        suspended=item.suspended,
        correction=item.correction,
        consequential=item.consequential,
    )


def finding(item: Item) -> str:
    """Return by which look-up or list an unpaid fee was found, "" where by none."""
    if item.evidence is not Evidence.CONFIRMED or item.confirmed_on is None:
        return ""
    words = _FOUND.get(item.confirmed_by, "据{day}的记录")
    return words.format(day=day(item.confirmed_on))


def _may_ask_reduction(item: Item, on: date) -> bool:
    early = (item.due_on - on).days >= _REDUCTION_ASKED_DAYS
    return early and not item.reduction


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value}%"


def _day_or_nothing(when: date | None) -> str:
    return day(when) if when else ""


def _windows(item: Item, on: date) -> tuple[WindowText, ...]:
    """Return the windows that are still open on `on`."""
    return tuple(
        WindowText(
            dates=f"{day(from_on)}至{_later_day(until_on, from_on)}",
            percent="免" if percent == 0 else f"全额年费的{percent}%",
            amount=str(amount_yuan),
            now=from_on <= on <= until_on,
        )
        for percent, from_on, until_on, amount_yuan in item.amounts_by_window
        if until_on >= on and item.tier not in ENDED
    )


def _later_day(when: date, after: date) -> str:
    return f"{when.month}月{when.day}日" if when.year == after.year else day(when)
