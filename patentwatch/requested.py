"""Papers on request: what the database holds of one party, read for its statement."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from patentwatch.cases import Case, cases
from patentwatch.cliff import Cliff
from patentwatch.errors import UsageError
from patentwatch.holdings import Dossier, Holding, StatedFee
from patentwatch.model import Hold, PatentNumber
from patentwatch.names import name_key
from patentwatch.register.names import is_person
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.statements import Statement, statement
from patentwatch.status.links import Link
from patentwatch.store import patents, pauses
from patentwatch.store.holders import held_by
from patentwatch.store.vault import Vault


def stated(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    party: str,
    *,
    credit_code: str,
    numbers: Sequence[PatentNumber],
    on: date,
) -> Statement:
    """Return the statement of a party on a day.

    `numbers` limits it to these patents; a natural person needs them, because names
    repeat. Raises `UsageError` where the party or one of its numbers is not known.
    """
    if is_person(party) and not (credit_code or numbers):
        raise UsageError(f"“{party}”是个人，可能重名；请用 --number 逐件指明专利号")
    keys = [name_key(party)[:500]]
    theirs = held_by(connection, name_keys=keys, codes=[credit_code])
    wanted = sorted(theirs & set(numbers) if numbers else theirs)
    found = statement(
        party,
        dossiers(connection, vault, rules, wanted, on=on),
        credit_code=credit_code,
        office=settings.office,
        on=on,
        rulebook=rules.rulebook,
        lag_days=rules.lag_days,
    )
    strangers = sorted(set(numbers) - theirs)
    if strangers:
        raise UsageError(f"登记中 {'、'.join(strangers)} 的专利权人不是“{party}”")
    if not found.holdings:
        raise UsageError(
            f"登记中没有“{party}”名下有效的专利；名称须与清单完全一致，"
            "或用 --credit-code 给出统一社会信用代码"
        )
    return found


def dossiers(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    on: date,
) -> list[Dossier]:
    """Return what is known of these patents on a day."""
    found: list[Dossier] = []
    for some in patents.chunks(numbers):
        holds = pauses.holds_of(connection, some, on=on)
        found += [
            dossier(case, holds.get(case.patent.application_no, []))
            for case in cases(connection, vault, rules, some, on=on)
        ]
    return found


def dossier(case: Case, holds: Sequence[Hold]) -> Dossier:
    """Return a case as a statement sees it: what does not agree holds as well."""
    doubts = [
        Hold(question.text, fee_year=question.fee_year)
        for question in case.mismatches
        if question.holds
    ]
    return Dossier(
        patent=case.patent,
        judged=case.judged,
        facts=case.known_facts,
        answers=case.answers,
        holds=[*holds, *doubts],
        missing_since_on=case.missing_since_on,
    )


def document(found: Statement) -> dict[str, Any]:
    """Return what `statement --json` tells."""
    return {
        "party": found.party,
        "credit_code": found.credit_code or None,
        "on": found.on,
        "patents": [_patent(one) for one in found.holdings],
        "budget": {
            "until": found.budget_until_on,
            "unclear": found.unclear,
            "years": [
                {"year": one.year, "fees": one.fees, "yuan": one.yuan}
                for one in found.budget
            ],
        },
        "reductions_ending": [one.number for one in found.cliffs],
    }


def _patent(one: Holding) -> dict[str, Any]:
    patent, following = one.patent, one.next
    return {
        "application_no": one.number,
        "title": patent.title,
        "filing_date": patent.filing_on,
        "grant_date": patent.grant_on,
        "owners": len(patent.patentees),
        "state": one.state.value,
        "term_ends_on": one.term_ends_on,
        "missing_since": one.missing_since_on,
        "next": _fee(following) if following else None,
        "late": [_fee(fee) for fee in one.late],
        "reduction": patent.reduction,
        "reduction_ends": _cliff(one.cliff) if one.cliff else None,
        "linked": [_link(link) for link in one.links],
    }


def _fee(fee: StatedFee) -> dict[str, Any]:
    """Return one annuity; no amount of one that is held or cannot be paid any more."""
    item = fee.item
    return {
        "fee_year": item.fee_year,
        "due_on": item.due_on,
        "last_in_time_on": item.last_in_time_on,
        "window_until_on": item.window_until_on,
        "ends_on": item.ends_on,
        "standing": fee.standing.value,
        "evidence": item.evidence.value,
        "held": fee.held,
        "answer": fee.answer or None,
        "full_fee_yuan": item.full_fee_yuan,
        "payable_fee_yuan": item.payable_fee_yuan if fee.payable else None,
        "surcharge_yuan": item.surcharge_yuan if fee.payable else None,
        "already_paid_yuan": item.already_paid_yuan,
        "amount_due_yuan": item.amount_due_yuan if fee.payable else None,
        "provisional": item.provisional,
    }


def _cliff(cliff: Cliff) -> dict[str, Any]:
    return {
        "last_year": cliff.last_year,
        "last_fee_yuan": cliff.last_fee_yuan,
        "full_from_year": cliff.full_from_year,
        "full_from_on": cliff.full_from_on,
        "full_fee_yuan": cliff.full_fee_yuan,
        "more_yuan": cliff.more_yuan if cliff.full_from_year else None,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "kind": link.kind,
        "title": link.title,
        "id": link.number,
        "from": link.from_on,
    }
