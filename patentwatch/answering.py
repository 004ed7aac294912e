"""Taking an answer, whichever way it came: kept, heeded at once, told to officials.

All in the caller's transaction: when it ends, the answer is stored and what it forbids
no longer waits in the outbox. What is on the wire at that moment keeps its outcome.
"""

import dataclasses
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from patentwatch import clock, routing
from patentwatch.alerts import CITY
from patentwatch.answers import Given, Via, Word, payment
from patentwatch.cases import Case, cases
from patentwatch.errors import UsageError
from patentwatch.look import look_at
from patentwatch.model import Audience, PatentNumber, RecipientId
from patentwatch.rules import Rules
from patentwatch.status.news import News, NewsKind
from patentwatch.store import answers, facts, patents, people, queued, standings
from patentwatch.store.vault import Vault
from patentwatch.tokens import Purpose, Token

log = logging.getLogger(__name__)

WORDS: Final[Mapping[Purpose, Word]] = {
    Purpose.PAID: Word.PAID,
    Purpose.AGENT: Word.AGENT,
    Purpose.ABANDON: Word.ABANDON,
    Purpose.WRONG_PERSON: Word.WRONG_PERSON,
}
"""What a token answers."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something about an answer that a person should know; `code` is for scripts."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did. `new` False: it was known already, and nothing was done.

    `extended`: known, but not with all it says now. `payment`: a fact that was not
    known came of it. `cancelled` counts the messages that no longer wait.
    """

    new: bool = False
    extended: bool = False
    payment: bool = False
    confirmed: bool = False
    cancelled: int = 0
    notes: tuple[Note, ...] = ()


def take(
    connection: Connection, vault: Vault, rules: Rules, given: Given, *, now: datetime
) -> Answered:
    """Store one answer and heed it at once; see `record`."""
    done = record(connection, vault, rules, given, now=now)
    cancelled = heed(connection, vault, rules, [given], now=now)
    log.info(
        "answer taken number=%s fee_year=%s answer=%s via=%s cancelled=%s",
        given.application_no,
        given.fee_year,
        given.word,
        given.via,
        cancelled,
    )
    return dataclasses.replace(done, cancelled=cancelled)


def given_by(token: Token, *, on: date) -> Given:
    """Return the answer that a token stands for; a page may add what "paid" has."""
    return Given(
        application_no=PatentNumber(token.subject.application_no),
        fee_year=token.subject.fee_year,
        word=WORDS[token.purpose],
        given_on=on,
        via=Via.LINK,
        recipient=RecipientId(token.subject.recipient),
    )


def take_by_token(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    token: Token,
    given: Given,
    *,
    now: datetime,
) -> Answered:
    """Use a token up for the answer that `given_by` made of it.

    Only when somebody sends the form: opening the page changes nothing. A second use
    does nothing and says so (`new` False).
    """
    patents.lock(connection, [given.application_no])
    if not answers.use_up(connection, token, now=now):
        return Answered()
    return take(connection, vault, rules, given, now=now)


def record(
    connection: Connection, vault: Vault, rules: Rules, given: Given, *, now: datetime
) -> Answered:
    """Store one answer and what follows for contacts, facts and officials.

    For one who takes many and heeds them together. Raises `UsageError` where it names
    no patent of the register, or calls an address wrong that is none of its people's.
    """
    on = clock.today(now)
    patents.lock(connection, [given.application_no])
    case = next(cases(connection, vault, rules, [given.application_no], on=on), None)
    if case is None:
        raise UsageError(f"登记中没有专利 {given.application_no}；请先导入含有它的清单")
    before, whole = answers.known(connection, given)
    if given.via is Via.SHEET and whole:
        return Answered()
    answers.add(connection, given, now=now)
    if given.word is Word.WRONG_PERSON:
        _disown(connection, case, given, on=on)
    fact = payment(given)
    paid = fact is not None and bool(
        facts.add(connection, [(given.application_no, fact)], by=given.by, now=now)
    )
    confirmed = given.word is Word.ABANDON and _is_confirmed(connection, given)
    notes = tuple(_notes(case, given, rules, confirmed=confirmed))
    _tell_officials(connection, case, given, notes, on=on)
    return Answered(
        new=True, extended=before, payment=paid, confirmed=confirmed, notes=notes
    )


def heed(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    given: Sequence[Given],
    *,
    now: datetime,
) -> int:
    """Decide again about what answers touch; return how many messages wait no more.

    A wrong address is that party's for all its patents, so all that waits for it is
    decided again.
    """
    numbers: set[str] = {one.application_no for one in given}
    for one in given:
        if one.word is Word.WRONG_PERSON and one.recipient is not None:
            numbers |= set(queued.numbers_for(connection, one.recipient))
    look_at(connection, vault, rules, sorted(numbers), now=now)
    return queued.close_empty(connection, numbers)


def _disown(connection: Connection, case: Case, given: Given, *, on: date) -> None:
    """Flag the address for this patent's people.

    Who follows a link that is older than the address book has nothing to flag.
    """
    if given.recipient is None:
        raise UsageError("“不是我”要指明是哪个地址")
    theirs = {contact.recipient for contact in case.contacts}
    if given.recipient not in theirs and given.via is not Via.LINK:
        raise UsageError(
            f"这个地址不是专利 {given.application_no} 的联系方式；请核对地址和专利号"
        )
    people.disown(connection, case.patent, given.recipient, on=on)


def _is_confirmed(connection: Connection, given: Given) -> bool:
    number = given.application_no
    stored = answers.of(connection, [number], on=given.given_on)[number]
    return any(
        one.confirmed
        for one in stored
        if one.fee_year == given.fee_year and one.answer == given.word
    )


_INCOMPLETE = "有票据号但缺少{missing}，只作答复，不作缴费事实；补全后请再登记"
_NO_AGENT = "没有可用的代理机构联系方式，仍提醒本人；请补充代理机构的联系方式"
_AGENT_TOLD = "此后提醒代理机构，最后一月抄送本人"
_FIRST = "不再维持须再次确认；确认之前照常提醒"
_CONFIRMED = "不再维持已经确认，不再提醒；查得新的事实或进入最后一月时另行判断"


def _notes(
    case: Case, given: Given, rules: Rules, *, confirmed: bool
) -> Sequence[Note]:
    match given.word:
        case Word.PAID if given.receipt_no and given.via is not Via.LINK:
            missing = "、".join(given.missing_for_a_fact)
            text = _INCOMPLETE.format(missing=missing)
            return [Note("receipt_incomplete", text)] if missing else []
        case Word.AGENT if _has_agent(case, rules):
            return [Note("agent_told", _AGENT_TOLD)]
        case Word.AGENT:
            return [Note("no_agent", _NO_AGENT)]
        case Word.ABANDON if confirmed:
            return [Note("abandon_confirmed", _CONFIRMED)]
        case Word.ABANDON:
            return [Note("abandon_first", _FIRST)]
        case _:
            return []


def _has_agent(case: Case, rules: Rules) -> bool:
    found = routing.routes(
        [one for one in case.contacts if one.role == routing.AGENT],
        agent_answered=True,
        lawful_basis=rules.lawful_basis,
    )
    return any(r.usable and r.audience is Audience.AGENT for r in found)


_NEWS = {
    "abandon_first": "权利人答复不再维持（第{year}年年费起），待其再次确认",
    "abandon_confirmed": "权利人已确认不再维持（第{year}年年费起），请知悉",
    "no_agent": "权利人答复第{year}年年费由代理机构办理，但没有代理机构的联系方式",
    "wrong_person": "一个联系地址答复“不是我”，请补充正确的联系方式",
}


def _tell_officials(
    connection: Connection,
    case: Case,
    given: Given,
    notes: Sequence[Note],
    *,
    on: date,
) -> None:
    """Leave for the county's next letter what an answer asks its officials to know."""
    codes = [note.code for note in notes if note.code in _NEWS]
    if given.word is Word.WRONG_PERSON:
        codes.append("wrong_person")
    told = [
        News(
            kind=NewsKind.ANSWERED,
            fact_key=f"answer|{code}|{given.fee_year}|{given.given_on}",
            happened_on=given.given_on,
            audience=Audience.OFFICIAL,
            recipient=f"county:{case.patent.county or CITY}",
            text=_NEWS[code].format(year=given.fee_year),
        )
        for code in codes
    ]
    standings.add_news(connection, {given.application_no: told}, on=on)
