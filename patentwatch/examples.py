"""An example patent that exists nowhere, and what the real rules say of it on a day.

Never in the register, in no count and in no digest: no real number has the serial 0.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from patentwatch import alerts, ladder
from patentwatch.alerts import Circumstances
from patentwatch.deadlines import FeeDates
from patentwatch.items import item_of
from patentwatch.ladder import Rung
from patentwatch.law import terms
from patentwatch.letters import Item
from patentwatch.model import (
    Audience,
    Channel,
    Fact,
    FactKind,
    FactSource,
    Patent,
    PatentNumber,
    PatentType,
    RecipientId,
)
from patentwatch.register.numbers import check_digit
from patentwatch.routing import Route
from patentwatch.rules import Rules
from patentwatch.status import state

FEE_YEAR = 11

_NOBODY = RecipientId("example")


def patent(due_on: date, *, owner: str, title: str, county: str | None) -> Patent:
    """Return an example whose fee of year 11 is due on a day."""
    filing_on = terms.months_after(due_on, -12 * (FEE_YEAR - 1))
    digits = f"{filing_on.year}10000000"
    return Patent(
        PatentNumber(f"{digits}.{check_digit(digits)}"),
        PatentType.INVENTION,
        filing_on,
        title=title,
        grant_on=terms.months_after(filing_on, 30),
        patentees=(owner,),
        county=county,
        reduction=0,
    )


def spoken(
    example: Patent,
    facts: Sequence[Fact],
    rules: Rules,
    *,
    channel: Channel,
    on: date,
) -> Item | None:
    """Return what is said of an example on a day, over one channel; None: nothing."""
    judged = state.judge(
        example, [], facts, on=on, rulebook=rules.rulebook, lag_days=rules.lag_days
    )
    circumstances = Circumstances(routes=[Route(_NOBODY, channel, Audience.PATENTEE)])
    for situation in judged.situations:
        for verdict in alerts.decide(
            situation, circumstances, on=on, rungs=rules.rungs
        ):
            if verdict.speaks and verdict.channel is channel and verdict.tier:
                return item_of(
                    situation,
                    tier=verdict.tier,
                    evidence=verdict.evidence,
                    correction=False,
                    on=on,
                    rulebook=rules.rulebook,
                )
    return None


def through_the_ladder(
    example: Patent, rules: Rules, *, channel: Channel
) -> Iterator[tuple[date, Item]]:
    """Yield what is said on the first day of each tier, confirmed and presumed."""
    due_on = terms.months_after(example.filing_on, 12 * (FEE_YEAR - 1))
    dates = _dates(example, rules, on=due_on)
    for rung in rules.rungs:
        for soft in (False, True):
            if channel in (rung.soft if soft else rung.sure):
                on, _ = ladder.span(rung, dates, soft=soft)
                facts = [] if soft else [_known(rung, on)]
                if item := spoken(example, facts, rules, channel=channel, on=on):
                    yield on, item


def _dates(example: Patent, rules: Rules, *, on: date) -> FeeDates:
    judged = state.judge(
        example, [], [], on=on, rulebook=rules.rulebook, lag_days=rules.lag_days
    )
    found = [one.dates for one in judged.situations if one.dates.fee_year == FEE_YEAR]
    return found[0]


def _known(rung: Rung, on: date) -> Fact:
    """Return what somebody has found out when a tier is said for sure."""
    ended = rung.tier in ladder.AFTER_THE_END
    kind = FactKind.ENDED if ended else FactKind.UNPAID
    return Fact(kind, FactSource.CHECK_SHEET, on, fee_year=FEE_YEAR)
