"""Patents, facts and situations for tests of the decisions; dates are ISO texts.

The patent of most tests was filed on 2018-04-10 and granted in its year 3. Year 7 is
due on Wednesday 2024-04-10; its windows end on 10 May, 11 June (the Dragon Boat
holiday rolls 10 June), 10 July, 12 August (10 August is a Saturday), 10 September and
10 October. The first possible notice is of 11 November; two months later is Saturday
2025-01-11, so restoration is estimated until Monday 2025-01-13.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from patentwatch import alerts, standing
from patentwatch.alerts import Circumstances, Verdict
from patentwatch.ladder import LADDER, Rung
from patentwatch.model import (
    Answer,
    Audience,
    Channel,
    Fact,
    FactKind,
    FactSource,
    Hold,
    Patent,
    PatentNumber,
    PatentType,
    Reason,
    RecipientId,
    Said,
    State,
    Tier,
)
from patentwatch.routing import Route
from patentwatch.rulefiles import load
from patentwatch.standing import Situation

BOOK = load(None)
DAY = timedelta(days=1)

PATENT = Patent(
    PatentNumber("201810123456.7"),
    PatentType.INVENTION,
    date(2018, 4, 10),
    grant_on=date(2020, 9, 4),
    county="410922",
)
ROLLED = replace(PATENT, filing_on=date(2018, 9, 15), grant_on=date(2021, 1, 5))
"""Year 7 is due on Sunday 2024-09-15, paid in time until Wednesday 18 September."""

PUT_OFF = replace(
    PATENT,
    patent_type=PatentType.UTILITY_MODEL,
    filing_on=date(2018, 8, 10),
    grant_on=date(2019, 3, 1),
    reduction=85,
)
"""Year 5 was due on 2022-08-10, put off by announcement 486 to 2023-06-15."""

MAIL = Route(RecipientId("mail"), Channel.EMAIL, Audience.PATENTEE)
SMS = Route(RecipientId("phone"), Channel.SMS, Audience.PATENTEE)
DESK = Route(RecipientId("desk"), Channel.EMAIL, Audience.LINKED)
COUNTY = RecipientId("county:410922")


def day(text: str) -> date:
    return date.fromisoformat(text)


def payment(on: str, yuan: int, year: int = 7) -> Fact:
    return Fact(
        FactKind.PAYMENT, FactSource.RECEIPT, day(on), fee_year=year, amount_yuan=yuan
    )


def paid(on: str, source: FactSource, year: int = 7) -> Fact:
    return Fact(FactKind.PAID, source, day(on), fee_year=year)


def unpaid(
    on: str, source: FactSource = FactSource.FEE_PAGE, year: int | None = 7
) -> Fact:
    return Fact(FactKind.UNPAID, source, day(on), fee_year=year)


def ended(
    on: str, source: FactSource = FactSource.EVENT, year: int | None = None
) -> Fact:
    return Fact(FactKind.ENDED, source, day(on), fee_year=year)


def restored(on: str, year: int | None = None) -> Fact:
    return Fact(FactKind.RESTORED, FactSource.EVENT, day(on), fee_year=year)


def notice(on: str, delivery: str | None = None, year: int = 7) -> Fact:
    return Fact(
        FactKind.NOTICE, FactSource.WORD, day(on), fee_year=year, delivery=delivery
    )


def listed(on: str, paid_through: int | None = None) -> Fact:
    return Fact(FactKind.LISTED, FactSource.COLUMN, day(on), paid_through=paid_through)


def situation(
    *facts: Fact, on: str | date, year: int = 7, patent: Patent = PATENT
) -> Situation:
    """Return one fee year on a day, as it stands beside the patent's other years."""
    when = day(on) if isinstance(on, str) else on
    found = standing.situations(patent, facts, on=when, rulebook=BOOK)
    return next(one for one in found if one.dates.fee_year == year)


def years(*facts: Fact, on: str, patent: Patent = PATENT) -> list[int]:
    found = standing.situations(patent, facts, on=day(on), rulebook=BOOK)
    return [one.dates.fee_year for one in found]


def said(
    tier: Tier,
    *,
    route: Route = MAIL,
    anchor: str = "2024-04-10",
    state: State = State.ACCEPTED,
    counts: bool = True,
    year: int = 7,
) -> Said:
    return Said(
        fee_year=year,
        anchor_on=day(anchor),
        tier=tier,
        channel=route.channel,
        recipient=route.recipient,
        state=state,
        counts=counts,
    )


CALL = Route(COUNTY, Channel.CALL, Audience.OFFICIAL)


def answer(word: str, on: str, *, confirmed: bool = False, year: int = 7) -> Answer:
    return Answer(year, word, day(on), confirmed=confirmed)


def decided(
    *facts: Fact,
    on: str | date,
    routes: Sequence[Route] = (MAIL, SMS),
    history: Sequence[Said] = (),
    answers: Sequence[Answer] = (),
    holds: Sequence[Hold] = (),
    silenced: bool = False,
    consequential: bool = False,
    linked: Sequence[Route] = (),
    unheard: bool = False,
    patent: Patent = PATENT,
    rungs: Sequence[Rung] = LADDER,
    year: int = 7,
) -> list[Verdict]:
    when = day(on) if isinstance(on, str) else on
    circumstances = Circumstances(
        routes=routes,
        said=history,
        answers=answers,
        holds=holds,
        silenced=silenced,
        consequential=consequential,
        linked=linked,
        unheard=unheard,
    )
    found = situation(*facts, on=when, patent=patent, year=year)
    return alerts.decide(found, circumstances, on=when, rungs=rungs)


def told(verdicts: Sequence[Verdict]) -> dict[str, tuple[Tier | None, Reason]]:
    """Return tier and reason by channel; for tests with one route of each channel."""
    return {
        verdict.channel.value: (verdict.tier, verdict.reason) for verdict in verdicts
    }


def spoken(verdicts: Sequence[Verdict]) -> set[tuple[str, Tier | None]]:
    """Return what is to be said: channel and tier."""
    return {(v.channel.value, v.tier) for v in verdicts if v.speaks}
