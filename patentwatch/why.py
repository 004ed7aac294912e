"""What was said, what would be said, and why not: the rows of `alerts` and `why`.

Reads only. An address is shown masked, or in clear where an administrator asked and
the asking was recorded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from patentwatch.alerts import Verdict
from patentwatch.cases import Case, cases
from patentwatch.changes import beginning, verdict_key
from patentwatch.model import Channel, Contact, Reason, State
from patentwatch.register import masking
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import directory, patents
from patentwatch.store.tables import alerts, messages
from patentwatch.store.vault import Vault
from patentwatch.unsaid import backfilled

AlertRow = dict[str, Any]


def said(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    *,
    number: str | None = None,
    unmask: bool = False,
) -> Iterator[AlertRow]:
    """Yield every alert that exists, in the order in which they were decided."""
    query = select(alerts, messages.c.ref).select_from(
        alerts.outerjoin(messages, alerts.c.message_id == messages.c.id)
    )
    if number is not None:
        query = query.where(alerts.c.application_no == number)
    after = 0
    while True:
        page = query.where(alerts.c.id > after).order_by(alerts.c.id).limit(1000)
        rows = connection.execute(page).all()
        if not rows:
            return
        known = directory.by_recipients(
            connection, vault, {row.recipient for row in rows}
        )
        for row in rows:
            yield _stored(row, known, settings, unmask=unmask)
        after = rows[-1].id


def planned(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    *,
    on: date,
    county: str | None = None,
    silent: bool = False,
) -> Iterator[AlertRow]:
    """Yield what would be said on a day; with `silent` also what would not, and why."""
    for numbers in patents.due_for_a_look(connection, on=on, everything=True):
        for case in cases(connection, vault, rules, numbers, on=on):
            if county is None or case.patent.county == county:
                yield from _of_case(case, rules, settings, on=on, silent=silent)


def why(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    number: str,
    *,
    on: date,
    unmask: bool = False,
) -> list[AlertRow]:
    """Return everything that was and is said and not said about one patent.

    A call that came early has in `because` what depends on the patent.
    """
    rows = list(said(connection, vault, settings, number=number, unmask=unmask))
    known = {row["key"] for row in rows}
    spoken = {row["fee_year"] for row in rows}
    for case in cases(connection, vault, rules, [number], on=on):
        rows += [
            row
            for row in backfilled(connection, case.registered, rules, on=on)
            if row["fee_year"] not in spoken
        ]
        rows += [
            row
            for row in _of_case(
                case, rules, settings, on=on, silent=True, unmask=unmask
            )
            if row["key"] is None or row["key"] not in known
        ]
        for row in rows:
            if because := _because(case, rules, row):
                row["because"] = because
    return rows


def _because(case: Case, rules: Rules, row: AlertRow) -> list[str]:
    """Return what made an official ring earlier than he does for others, [] nothing."""
    usual = {rung.tier for rung in rules.rungs if rung.calls}
    if row["channel"] != Channel.CALL or row["tier"] in (None, *usual):
        return []
    live = [link for link in case.judged.links if link.live(row["decided_on"])]
    return [link.title for link in live if link.ties]


def addressed_to(rows: Iterable[AlertRow], recipient: str) -> list[AlertRow]:
    """Keep the rows about one recipient, given in clear, masked or as shown."""
    shown = {recipient, masking.address(recipient)}
    return [row for row in rows if row["recipient"] in shown]


def shown_recipient(
    recipient: str,
    contacts: Mapping[str, Contact],
    settings: Settings,
    *,
    unmask: bool,
) -> str:
    """Return a recipient for people: a masked address, or who is to ring."""
    if recipient.startswith("county:"):
        return office_name(recipient.removeprefix("county:"), settings)
    contact = contacts.get(recipient)
    if contact is None:
        return ""
    return contact.address if unmask else masking.address(contact.address)


def office_name(code: str, settings: Settings) -> str:
    """Return the name of the county with this code, the office's for the city."""
    names = {county.code: county.name for county in settings.counties}
    return names.get(code, code if code != "city" else settings.office.name)


def _of_case(
    case: Case,
    rules: Rules,
    settings: Settings,
    *,
    on: date,
    silent: bool,
    unmask: bool = False,
) -> Iterator[AlertRow]:
    contacts = {contact.recipient: contact for contact in case.contacts}
    for verdict in case.verdicts:
        if verdict.speaks or silent:
            yield _decided(verdict, rules, contacts, settings, on=on, unmask=unmask)


def _decided(
    verdict: Verdict,
    rules: Rules,
    contacts: Mapping[Any, Contact],
    settings: Settings,
    *,
    on: date,
    unmask: bool,
) -> AlertRow:
    state, reason = State.SUPPRESSED, verdict.reason
    if verdict.speaks:
        state, reason = beginning(rules, verdict)
    return {
        "key": verdict_key(verdict, verdict.tier) if verdict.tier else None,
        "application_no": verdict.application_no,
        "fee_year": verdict.fee_year,
        "due_on": verdict.due_on,
        "tier": verdict.tier,
        "audience": verdict.audience,
        "channel": verdict.channel,
        "transport": rules.transports.get(verdict.channel, "file"),
        "recipient": shown_recipient(
            verdict.recipient, contacts, settings, unmask=unmask
        ),
        "state": state,
        "reason": reason,
        "evidence": verdict.evidence,
        "decided_on": on,
        "sent_at": None,
        "message_id": None,
        "superseded_by": None,
    }


def _stored(
    row: Row[Any],
    contacts: Mapping[str, Contact],
    settings: Settings,
    *,
    unmask: bool,
) -> AlertRow:
    return {
        "key": row.key,
        "application_no": row.application_no,
        "fee_year": row.fee_year,
        "due_on": row.due_on,
        "tier": row.tier,
        "audience": row.audience,
        "channel": row.channel,
        "transport": row.transport,
        "recipient": shown_recipient(row.recipient, contacts, settings, unmask=unmask),
        "state": row.state,
        "reason": row.reason,
        "evidence": row.evidence,
        "decided_on": row.decided_on,
        "sent_at": row.sent_at,
        "message_id": row.ref,
        "superseded_by": row.superseded_by,
    }


TIER_WORDS = {
    "notice": "预告",
    "reminder": "提醒",
    "urgent": "临期",
    "overdue": "逾期（免滞纳金）",
    "surcharge_1": "滞纳金5%",
    "surcharge_2": "滞纳金10%",
    "surcharge_3": "滞纳金15%",
    "surcharge_4": "滞纳金20%",
    "final": "最后一月",
    "last_week": "最后一周",
    "lapsed": "补缴期满",
    "restore": "恢复期将满",
}

REASON_WORDS = {
    Reason.DUE: "应当发送",
    Reason.SAID: "已说过",
    Reason.NOT_REACHED: "尚未到时间",
    Reason.SUPERSEDED: "已由更紧急的提醒代替",
    Reason.NOT_CONFIRMED: "未核实是否欠费，不发",
    Reason.PAID: "已缴费",
    Reason.ASSUMED_PAID: "仍在有效名单上，视为已缴",
    Reason.ACKNOWLEDGED: "对方已答复",
    Reason.ON_HOLD: "暂停：待核实",
    Reason.SILENCED: "已静默",
    Reason.OPTED_OUT: "对方不愿接收",
    Reason.NO_CONSENT: "未同意接收",
    Reason.NO_CONTACT: "没有联系方式",
    Reason.BAD_CONTACT: "联系方式无效",
    Reason.QUIET_HOURS: "不在发送时段",
    Reason.CAPPED: "当日已达上限",
    Reason.NOT_IN_FORCE: "专利权已终止",
    Reason.ABANDONED_BY_CHOICE: "对方表示不再维持",
    Reason.BACKFILLED: "补录历史时早已过期，不再发送",
    Reason.BRAKED: "数量异常，等待放行",
    Reason.OBSERVED: "观察模式，未发送",
}

STATE_WORDS = {
    State.PENDING: "待发",
    State.SENDING: "发送中",
    State.ACCEPTED: "已发出",
    State.DELIVERED: "已送达",
    State.UNDELIVERED: "未送达",
    State.REFUSED: "被拒收",
    State.UNKNOWN: "结果未知",
    State.SUPERSEDED: "已被代替",
    State.CANCELLED: "已取消",
    State.EXPIRED: "已过期",
    State.SUPPRESSED: "未发",
}

CHANNEL_WORDS = {Channel.EMAIL: "邮件", Channel.SMS: "短信", Channel.CALL: "电话"}

COLUMNS: Sequence[str] = (
    "专利号", "年度", "期限", "层级", "渠道", "对象", "状态", "原因", "决定日",
)  # fmt: skip


def table_row(row: AlertRow) -> tuple[str, ...]:
    """Return a row for a person's eyes, under `COLUMNS`."""
    because = ["、".join(row["because"])] if "because" in row else []
    return (
        row["application_no"],
        str(row["fee_year"]),
        row["due_on"].isoformat(),
        TIER_WORDS.get(row["tier"] or "", "–"),
        CHANNEL_WORDS[Channel(row["channel"])],
        row["recipient"] or "–",
        STATE_WORDS[State(row["state"])],
        "，因".join([REASON_WORDS[Reason(row["reason"])], *because]),
        row["decided_on"].isoformat(),
    )
