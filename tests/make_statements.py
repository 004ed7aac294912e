"""Statements for tests, made of the patents, facts and events of the other makers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from patentwatch.holdings import Dossier, Holding, holding
from patentwatch.model import Answer, Fact, Hold, Office, Patent
from patentwatch.statements import Statement, statement
from patentwatch.status import state
from patentwatch.status.events import Event
from tests.make_situations import BOOK, PATENT, day

OFFICE = Office("濮阳市知识产权局", "0393-1234567", website="https://ip.example")
PARTY = "甲示例公司"
OWNED = replace(PATENT, patentees=(PARTY,), title="一种密封装置", reduction=0)


def dossier(
    *facts: Fact,
    on: str,
    patent: Patent = OWNED,
    events: Sequence[Event] = (),
    answers: Sequence[Answer] = (),
    holds: Sequence[Hold] = (),
    missing_since_on: date | None = None,
) -> Dossier:
    """Return what is known of a patent on a day."""
    judged = state.judge(patent, events, facts, on=day(on), rulebook=BOOK)
    known = [*facts, *judged.fold.facts]
    return Dossier(patent, judged, known, answers, holds, missing_since_on)


def held(*facts: Fact, on: str, **more: Any) -> Holding | None:
    """Return one right as a statement of a day sees it."""
    found = dossier(*facts, on=on, **more)
    return holding(found, on=day(on), rulebook=BOOK, lag_days=30)


def one_right(*facts: Fact, on: str, **more: Any) -> Holding:
    """Return one right that a statement of a day does name."""
    found = held(*facts, on=on, **more)
    assert found is not None
    return found


def stated(
    *dossiers: Dossier, on: str, party: str = PARTY, credit_code: str = ""
) -> Statement:
    """Return the statement of a party on a day."""
    return statement(
        party,
        dossiers,
        credit_code=credit_code,
        office=OFFICE,
        on=day(on),
        rulebook=BOOK,
        lag_days=30,
    )
