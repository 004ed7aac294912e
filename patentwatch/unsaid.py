"""What a backfill left unsaid for good, as rows of `why`.

Nothing is stored of it: which annuities these are follows from the time that was
rebuilt, and a million of them are not a million rows.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection

from patentwatch import clock
from patentwatch.longpast import PastAnnuity, over
from patentwatch.model import (
    Audience,
    Channel,
    Evidence,
    FactKind,
    Patent,
    Reason,
    State,
)
from patentwatch.rules import Rules
from patentwatch.store import counting, facts, runs


def backfilled(
    connection: Connection, patent: Patent, rules: Rules, *, on: date
) -> Iterator[dict[str, Any]]:
    """Yield the annuities that were long past when a backfill brought them, once."""
    number = patent.application_no
    until_on = counting.in_force_until(connection, [number]).get(number, date.min)
    notices = facts.of(connection, [number], kind=FactKind.NOTICE).get(number, [])
    shown: set[int] = set()
    for done in runs.backfills(connection):
        done_on = clock.today(done.applied_at)
        if done_on > on:
            continue
        for annuity in over(
            patent,
            notices,
            from_on=done.from_on,
            to_on=min(done.to_on, until_on),
            on=done_on,
            rulebook=rules.rulebook,
        ):
            if annuity.fee_year not in shown:
                yield _never_said(annuity, rules, on=done_on)
            shown.add(annuity.fee_year)


def _never_said(annuity: PastAnnuity, rules: Rules, *, on: date) -> dict[str, Any]:
    return {
        "key": None,
        "application_no": annuity.application_no,
        "fee_year": annuity.fee_year,
        "due_on": annuity.due_on,
        "tier": None,
        "audience": Audience.PATENTEE,
        "channel": Channel.EMAIL,
        "transport": rules.transports.get(Channel.EMAIL, "file"),
        "recipient": "",
        "state": State.SUPPRESSED,
        "reason": Reason.BACKFILLED,
        "evidence": Evidence.PRESUMED,
        "decided_on": on,
        "sent_at": None,
        "message_id": None,
        "superseded_by": None,
    }
