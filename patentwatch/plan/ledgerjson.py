"""The ledger as one JSON document, for machines; keys as `plan status` has them."""

from datetime import date
from typing import Any

from patentwatch.plan.acts import Act, Slip
from patentwatch.plan.ledger import CountyLine, Ledger, Line
from patentwatch.plan.measures import number


def document(ledger: Ledger) -> dict[str, Any]:
    """Return the ledger in the types of JSON; days stay dates."""
    return {
        "plan": ledger.plan.name,
        "title": ledger.plan.title,
        "document_no": ledger.plan.document_no,
        "as_of": ledger.on,
        "county": ledger.county or None,
        "lines": [_line(line) for line in ledger.lines],
        "slips": [slip(one, on=ledger.on) for one in ledger.slips],
        "acts": [_act(act) for act in ledger.acts],
    }


def _line(line: Line) -> dict[str, Any]:
    one = line.progress
    promise, counted = one.commitment, one.counted
    return {
        "id": promise.id,
        "item": one.item.number,
        "text": promise.text,
        "kind": promise.kind.value,
        "lead": promise.lead,
        "support": list(promise.support),
        "counties": list(promise.counties),
        "due_on": one.due_on,
        "first_due_on": promise.due_on,
        "target": number(one.target),
        "unit": promise.unit or None,
        "actual": number(counted.actual),
        "unknown": counted.unknown or None,
        "rate": number(one.rate),
        "light": one.light.value,
        "signed": line.signed,
        "progress": line.note or None,
        "latest_on": counted.latest_on,
        "evidence": line.evidence,
        "records": counted.records,
        "linked": line.linked,
        "slips": line.slips or None,
        "by_county": [_county(share) for share in line.by_county],
    }


def _county(share: CountyLine) -> dict[str, Any]:
    return {
        "county": share.county,
        "name": share.name,
        "target": number(share.target),
        "actual": number(share.actual),
        "rate": number(share.rate),
        "light": share.light.value if share.light else None,
        "signed": share.signed,
        "progress": share.note or None,
        "slips": share.slips or None,
    }


def slip(one: Slip, *, on: date) -> dict[str, Any]:
    """Return a supervision slip as it stands on a day."""
    return {
        "slip": one.name,
        "colour": one.colour.value,
        "commitment": one.commitment,
        "county": one.county,
        "issued_on": one.issued_on,
        "reply_by_on": one.reply_by_on,
        "text": one.text,
        "issued_by": one.issued_by,
        "follows": one.follows or None,
        "replied_on": one.replied_on,
        "reply": one.reply or None,
        "replied_by": one.replied_by or None,
        "overdue": one.is_overdue(on),
    }


def _act(act: Act) -> dict[str, Any]:
    return {
        "commitment": act.commitment,
        "county": act.county,
        "act": act.kind.value,
        "acted_on": act.acted_on,
        "until_on": act.until_on,
        "text": act.text or None,
        "by": act.acted_by,
        "recorded_at": act.recorded_at,
    }
