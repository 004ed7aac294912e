"""Every date and amount of one patent, with rule, inputs and source of law."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from patentwatch import standing
from patentwatch.cases import Case, cases
from patentwatch.errors import LawError
from patentwatch.highvalue import reasons
from patentwatch.law import answers, explain, terms
from patentwatch.model import Fact, FactKind, Standing
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.standing import Situation
from patentwatch.status.codes import Effect
from patentwatch.status.events import Event
from patentwatch.status.links import Link
from patentwatch.status.mismatches import MismatchKind
from patentwatch.status.state import RightState
from patentwatch.store.vault import Vault


def explained(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    number: str,
    *,
    on: date,
) -> dict[str, Any] | None:
    """Return what `explain --json` tells of one patent; None when it is not known."""
    case = next(cases(connection, vault, rules, [number], on=on), None)
    if case is None:
        return None
    patent, known = (
        case.patent,
        [fact for fact in case.known_facts if fact.dated_on <= on],
    )
    right, folded = case.judged.right, case.judged.fold
    state, since_on = _state(case, on=on)
    paid_through, paid_evidence = _paid_through(case, known, rules, on=on)
    following = _following(case)
    names = {county.code: county.name for county in settings.counties}
    tied = [link for link in case.judged.links if link.from_on <= on]
    return {
        "application_no": patent.application_no,
        "title": patent.title,
        "county": patent.county,
        "county_name": names.get(patent.county or ""),
        "patentees": list(patent.patentees),
        "filing_date": patent.filing_on,
        "grant_date": patent.grant_on,
        "state": state,
        "state_since": since_on,
        "state_reason": right.reason,
        "state_known_on": right.known_on,
        "in_force": right.in_force,
        "suspended_since": folded.suspended_since_on,
        "term_ends_on": right.term_ends_on,
        "next": _next(case, following, rules, on=on) if state != "expired" else None,
        "paid_through": paid_through,
        "paid_evidence": paid_evidence,
        "facts": [_shown(fact) for fact in known],
        "rules": _rules(case, following, rules, on=on) if following else [],
        "linked": [_tie(link) for link in tied],
        "consequential": any(link.live(on) and link.ties for link in tied),
        "high_value": list(
            reasons(patent, tied, on=on, strategic=rules.strategic)
            if right.in_force
            else ()
        ),
        "events": [
            _event(event, waits=waits)
            for some, waits in ((folded.events, False), (folded.waiting, True))
            for event in some
        ],
        "mismatches": [
            {
                "kind": question.kind.value,
                "severity": question.severity.value,
                "since": question.since_on,
                "text": question.text,
                "holds": question.holds,
            }
            for question in case.mismatches
        ],
    }


def _tie(link: Link) -> dict[str, Any]:
    """Return a tie; `record` is there where a record of the office tells of it."""
    shown = {
        "kind": link.kind,
        "title": link.title,
        "link": link.link,
        "id": link.number,
        "from": link.from_on,
        "until": link.until_on,
    }
    return shown if link.record is None else shown | {"record": link.record}


def _event(event: Event, *, waits: bool) -> dict[str, Any]:
    return {
        "code": event.code or None,
        "event": event.event,
        "effect": event.effect.value,
        "reason": event.reason,
        "announced_on": event.announced_on,
        "effective_on": event.effective_on,
        "source": event.source.value,
        "text": event.text,
        "changes_state": event.effect in _CHANGES and not waits,
        "needs_review": waits,
    }


_CHANGES = frozenset({Effect.GRANT, Effect.END, Effect.RESTORE, Effect.TERM})


def _state(case: Case, *, on: date) -> tuple[str, date | None]:
    """Return pending, in_force, late, on_hold, ended or expired, and since when.

    Late: the newest day in time has passed and nothing settles the fee. The right
    lives on in its late period; it ends backwards, from the due day.
    """
    right = case.judged.right
    if right.state is not RightState.IN_FORCE:
        return right.state.value, right.since_on
    for question in case.mismatches:
        if question.kind in _CONTRADICTIONS:
            return "on_hold", question.since_on
    for situation in reversed(case.situations):
        late = on > situation.dates.last_in_time_on
        if late and situation.standing is Standing.ON_HOLD:
            return "on_hold", situation.dates.last_in_time_on
        if late and situation.standing is Standing.OPEN:
            return "late", situation.dates.last_in_time_on
    return "in_force", right.since_on


_CONTRADICTIONS = frozenset({MismatchKind.PAID_BUT_ENDED, MismatchKind.UNEXPECTED_END})
"""An end was announced, and what is known of the fees says that it cannot be."""


def _following(case: Case) -> Situation | None:
    """Return the oldest fee year that still asks for something, else the newest."""
    for situation in case.situations:
        if situation.standing in (Standing.OPEN, Standing.ON_HOLD, Standing.ENDED):
            return situation
    return case.situations[-1] if case.situations else None


def _next(
    case: Case, following: Situation | None, rules: Rules, *, on: date
) -> dict[str, object] | None:
    patent = case.patent
    if following is None or patent.grant_on is None:
        return None
    line: dict[str, object] = {
        "patent_type": patent.patent_type.value,
        "filing_date": patent.filing_on.isoformat(),
        "grant_date": patent.grant_on.isoformat(),
        "fee_year": following.dates.fee_year,
        "as_of": on.isoformat(),
        "reduction": patent.reduction or 0,
        "open_licence": patent.openly_licensed(following.dates.due_on),
        "suspended": following.suspended,
        "payments": [
            {"date": fact.dated_on.isoformat(), "amount": fact.amount_yuan}
            for fact in case.facts
            if fact.kind is FactKind.PAYMENT
            and fact.fee_year == following.dates.fee_year
            and fact.dated_on <= on
        ],
    }
    if following.dates.extended_due_on is not None:
        line["extended_due"] = following.dates.extended_due_on.isoformat()
    if following.dates.notice is not None:
        line["notice"] = {
            "dispatched": following.dates.notice.dispatched_on.isoformat(),
            "delivery": following.dates.notice.delivery or "electronic",
        }
    try:
        return answers.answer(line, on=on, rulebook=rules.rulebook)
    except LawError as error:
        return {"error": {"code": error.code, "message": str(error)}}


def _paid_through(
    case: Case, known: Sequence[Fact], rules: Rules, *, on: date
) -> tuple[int | None, str]:
    """Return the last year that somebody's word settles, and whose word it is.

    A payment that does not cover what was owed, or a word that a later one has taken
    back, settles nothing.
    """
    said = {
        fact.paid_through if fact.kind is FactKind.LISTED else fact.fee_year
        for fact in known
        if fact.kind in (FactKind.PAYMENT, FactKind.PAID, FactKind.LISTED)
    }
    # Whoever pays a year has paid the one before.
    said |= {f.fee_year - 1 for f in known if f.kind is FactKind.PAYMENT and f.fee_year}
    for year in sorted((year for year in said if year), reverse=True):
        evidence = _settled_by(case, year, known, rules, on=on)
        if evidence:
            return year, evidence
    return None, "none"


def _settled_by(
    case: Case, year: int, known: Sequence[Fact], rules: Rules, *, on: date
) -> str:
    try:
        situation = standing.situation_of(
            case.patent,
            year,
            known,
            on=on,
            rulebook=rules.rulebook,
            lag_days=rules.lag_days,
        )
    except LawError:  # a year before the first fee or after the last
        return "register"
    if situation.standing is not Standing.PAID:
        return ""
    paid = situation.account.paid_on is not None
    later = any(
        fact.kind is FactKind.PAYMENT and (fact.fee_year or 0) > year for fact in known
    )
    return "payment" if paid or later else "register"


def _shown(fact: Fact) -> dict[str, Any]:
    value: object = fact.fee_year
    if fact.kind is FactKind.PAYMENT:
        value = f"第{fact.fee_year}年 {fact.amount_yuan} 元"
    elif fact.kind is FactKind.LISTED:
        value = fact.paid_through
    elif fact.kind is FactKind.NOTICE:
        value = f"第{fact.fee_year}年 {fact.delivery or ''}".strip()
    return {
        "fact": fact.kind.value,
        "value": value,
        "source": fact.source.value,
        "as_of": fact.dated_on,
    }


def _rules(
    case: Case, following: Situation, rules: Rules, *, on: date
) -> list[dict[str, Any]]:
    patent = case.patent
    found = explain.explain(
        following.dates.annuity,
        following.account,
        patent_type=patent.patent_type,
        filing_on=patent.filing_on,
        grant_year=terms.grant_year(
            patent.filing_on, patent.grant_on or patent.filing_on
        ),
        reduction=patent.reduction,
        open_licence=patent.openly_licensed(following.dates.due_on),
        on=on,
        rulebook=rules.rulebook,
        extended_due_on=following.dates.extended_due_on,
    )
    return [
        {
            "rule": rule.rule,
            "inputs": dict(rule.inputs),
            "result": rule.result,
            "citation": rule.citation.article,
            "text": rule.citation.text,
        }
        for rule in found
    ]
