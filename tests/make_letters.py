"""One imagined patent, with the dates the law gives it, and letters about it.

Filed on 2010-06-10, so year 17 falls due on 2026-06-10; 8000 yuan in full. Only W4,
10 October 2026, is a Saturday and rolls to Monday the 12th.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Any

from patentwatch.letters import Item, Letter, WindowAmount
from patentwatch.model import Audience, Channel, Evidence, Office, Tier
from patentwatch.render import Rendered, message

OFFICE = Office("濮阳市知识产权局", "0393-1234567")
SENT_AT = datetime(2026, 6, 1, 9, 0, tzinfo=timezone(timedelta(hours=8)))
D = date(2026, 6, 10)
ENDS = [
    date(2026, 7, 10),
    date(2026, 8, 10),
    date(2026, 9, 10),
    date(2026, 10, 12),
    date(2026, 11, 10),
    date(2026, 12, 10),
]
WINDOWS = tuple(
    WindowAmount(5 * k, begin + timedelta(days=1), end, 8000 + 400 * k)
    for k, (begin, end) in enumerate(zip([D, *ENDS], ENDS, strict=False))
)
IN_TIME = (Tier.NOTICE, Tier.REMINDER, Tier.URGENT)
LATE = [
    Tier.OVERDUE,
    Tier.SURCHARGE_1,
    Tier.SURCHARGE_2,
    Tier.SURCHARGE_3,
    Tier.SURCHARGE_4,
    Tier.FINAL,
]


def item(tier: Tier, **changes: Any) -> Item:
    """Return the annuity as it is while `tier` is the true one."""
    facts: dict[str, Any] = {
        "application_no": "201010123456.7",
        "title": "一种石油钻采设备用密封装置及其制造方法",
        "fee_year": 17,
        "tier": tier,
        "evidence": Evidence.CONFIRMED,
        "due_on": D,
        "last_in_time_on": D,
        "ends_on": ENDS[-1],
        "terminated_from_on": D,
        "full_fee_yuan": 8000,
        "payable_fee_yuan": 8000,
        "amount_due_yuan": 8000,
        "reduction": 0,
        "amounts_by_window": WINDOWS,
    }
    if tier in IN_TIME:
        facts["evidence"] = Evidence.BEFORE_DUE
    elif tier in (Tier.LAPSED, Tier.RESTORE):
        facts |= {"surcharge_yuan": 2000, "amount_due_yuan": 10000}
        facts |= {"confirmed_on": date(2027, 1, 5)}
        facts |= {"restoration_until_on": date(2027, 3, 11)}
    else:
        late = Tier.FINAL if tier is Tier.LAST_WEEK else tier
        k = LATE.index(late)
        facts |= {
            "window_percent": 5 * k,
            "window_until_on": ENDS[k],
            "next_percent": 5 * k + 5 if k < 5 else None,
            "surcharge_yuan": 400 * k,
            "amount_due_yuan": 8000 + 400 * k,
            "confirmed_on": ENDS[k] - timedelta(days=25),
        }
    return Item(**(facts | changes))


def on(tier: Tier) -> date:
    """Return a day on which `tier` is true."""
    if tier in IN_TIME:
        return D - timedelta(days={"notice": 85, "reminder": 28, "urgent": 5}[tier])
    if tier in (Tier.LAPSED, Tier.RESTORE):
        return date(2027, 1, 8 if tier is Tier.LAPSED else 20)
    late = Tier.FINAL if tier is Tier.LAST_WEEK else tier
    before = 4 if tier is Tier.LAST_WEEK else 20
    return ENDS[LATE.index(late)] - timedelta(days=before)


def letter(*items: Item, **changes: Any) -> Letter:
    """Return a letter about `items` on a day when the first one's tier is true."""
    parts: dict[str, Any] = {
        "channel": Channel.EMAIL,
        "audience": Audience.PATENTEE,
        "party": "濮阳市龙都机械有限公司",
        "items": items,
        "office": OFFICE,
        "on": on(items[0].tier) if items else date(2026, 6, 1),
        "message_id": "m0123456789abcdef",
    }
    return Letter(**(parts | changes))


def rendered(of: Letter) -> Rendered:
    """Return `of` as it would leave the house."""
    return message(of, sender="ip@puyang.example", to="a@b.example", sent_at=SENT_AT)


SOFT = {"evidence": Evidence.PRESUMED, "confirmed_on": None}
NOTICED = {"restoration_known": True, "restoration_until_on": date(2027, 3, 19)}
ROLLED = {"due_on": date(2026, 10, 3), "last_in_time_on": date(2026, 10, 8)}

CASES: dict[str, Letter] = {
    "notice": letter(item(Tier.NOTICE, reduction=None)),
    "notice_provisional": letter(
        item(
            Tier.NOTICE,
            due_on=date(2027, 10, 2),
            last_in_time_on=date(2027, 10, 2),
            provisional=True,
            amounts_by_window=(),
        ),
        on=date(2027, 7, 5),
    ),
    "reminder": letter(item(Tier.REMINDER)),
    "reminder_rolled_reduced": letter(
        item(
            Tier.REMINDER,
            **ROLLED,
            reduction=85,
            payable_fee_yuan=1200,
            amount_due_yuan=1200,
            amounts_by_window=(),
        ),
        on=date(2026, 9, 10),
    ),
    "reminder_could_be_reduced": letter(
        item(Tier.REMINDER, reduction=None, reduced_fees=((85, 1200), (70, 2400)))
    ),
    "reminder_agent": letter(item(Tier.REMINDER), audience=Audience.AGENT),
    "urgent": letter(item(Tier.URGENT)),
    "urgent_corrected": letter(item(Tier.URGENT, correction=True)),
    "overdue": letter(item(Tier.OVERDUE)),
    "overdue_list_part_paid": letter(
        item(
            Tier.OVERDUE,
            confirmed_by="list",
            already_paid_yuan=6000,
            amount_due_yuan=2000,
            amounts_by_window=(),
        )
    ),
    "overdue_presumed": letter(item(Tier.OVERDUE, **SOFT)),
    "overdue_linked": letter(
        item(Tier.OVERDUE, consequential=True), audience=Audience.LINKED
    ),
    "surcharge_1": letter(item(Tier.SURCHARGE_1)),
    "surcharge_2": letter(item(Tier.SURCHARGE_2, confirmed_by="list")),
    "surcharge_3": letter(item(Tier.SURCHARGE_3, consequential=True)),
    "surcharge_4": letter(item(Tier.SURCHARGE_4, suspended=True)),
    "final": letter(item(Tier.FINAL)),
    "final_linked": letter(item(Tier.FINAL), audience=Audience.LINKED),
    "final_presumed": letter(item(Tier.FINAL, **SOFT)),
    "last_week": letter(item(Tier.LAST_WEEK)),
    "last_week_presumed": letter(item(Tier.LAST_WEEK, **SOFT)),
    "last_week_suspended": letter(item(Tier.LAST_WEEK, suspended=True)),
    "lapsed": letter(item(Tier.LAPSED)),
    "lapsed_linked": letter(item(Tier.LAPSED), audience=Audience.LINKED),
    "lapsed_noticed": letter(item(Tier.LAPSED, **NOTICED)),
    "restore": letter(item(Tier.RESTORE)),
    "restore_noticed": letter(item(Tier.RESTORE, **NOTICED), on=date(2027, 3, 8)),
    "several": letter(
        item(Tier.FINAL),
        item(
            Tier.SURCHARGE_2,
            application_no="201110234567.8",
            title="一种耐高温玻璃瓶的生产方法",
            fee_year=16,
            due_on=date(2026, 8, 31),
            last_in_time_on=date(2026, 8, 31),
            window_until_on=date(2026, 11, 30),
            ends_on=date(2027, 3, 1),
            terminated_from_on=date(2026, 8, 31),
            confirmed_on=date(2026, 11, 10),
        ),
        item(
            Tier.OVERDUE,
            **SOFT,
            application_no="201210345678.9",
            title="羽绒制品的清洗设备",
            fee_year=15,
            due_on=date(2026, 10, 28),
            last_in_time_on=date(2026, 10, 28),
            window_until_on=date(2026, 11, 30),
            ends_on=date(2027, 4, 28),
            full_fee_yuan=6000,
            payable_fee_yuan=6000,
            amount_due_yuan=6000,
        ),
        item(
            Tier.REMINDER,
            application_no="201510456789.X",
            title="",
            fee_year=12,
            due_on=date(2026, 12, 14),
            last_in_time_on=date(2026, 12, 14),
            full_fee_yuan=4000,
            payable_fee_yuan=4000,
            amount_due_yuan=4000,
            reduction=None,
        ),
        on=date(2026, 11, 20),
    ),
    "test": letter(test=True, party=""),
}
