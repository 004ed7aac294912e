"""The yearly statement of one party: its rights, their next fees, reductions that end.

Facts and a day in, values out, no wording. What another party owns is not in it, nor
who owns a right together with this one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch.holdings import (
    AHEAD_MONTHS,
    Dossier,
    Holding,
    HoldingState,
    StatedFee,
    holding,
)
from patentwatch.law import terms
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Office, Patent
from patentwatch.names import name_key

CLIFF_MONTHS = 24
"""So far ahead it warns of the first full fee: once before the year it falls in."""


@dataclass(frozen=True, slots=True)
class YearBudget:
    """What falls due in one calendar year, without surcharges."""

    year: int
    fees: int
    yuan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """All rights of one party on a day, the most pressing first.

    `unclear`: how many coming fees the budget leaves out because they are held.
    """

    party: str
    credit_code: str
    on: date
    office: Office
    holdings: tuple[Holding, ...]
    budget: tuple[YearBudget, ...]
    unclear: int

    @property
    def budget_until_on(self) -> date:
        """Return the day before which a fee must be due to be in the budget."""
        return terms.months_after(self.on, AHEAD_MONTHS)

    @property
    def late(self) -> tuple[StatedFee, ...]:
        """Return every late annuity of every right."""
        return tuple(fee for holding in self.holdings for fee in holding.late)

    @property
    def cliffs(self) -> tuple[Holding, ...]:
        """Return the rights whose first full fee comes soon, the next one first."""
        until_on = terms.months_after(self.on, CLIFF_MONTHS)
        dated = [
            (holding.cliff.full_from_on, holding.number, holding)
            for holding in self.holdings
            if holding.cliff is not None and holding.cliff.full_from_on is not None
        ]
        found = sorted(one for one in dated if self.on <= one[0] <= until_on)
        return tuple(holding for _, _, holding in found)


def owns(patent: Patent, name: str, *, credit_code: str) -> bool:
    """Tell whether a party owns a patent; matched as its contacts are.

    By the credit code where both have one, else by the exact normalised name.
    """
    if credit_code and patent.credit_codes:
        return credit_code in patent.credit_codes
    return name_key(name) in {name_key(owner) for owner in patent.patentees}


def statement(
    party: str,
    dossiers: Iterable[Dossier],
    *,
    credit_code: str,
    office: Office,
    on: date,
    rulebook: Rulebook,
    lag_days: int,
) -> Statement:
    """Return the statement of a party on a day; dossiers of others are left out."""
    found = [
        held
        for dossier in dossiers
        if owns(dossier.patent, party, credit_code=credit_code)
        and (held := holding(dossier, on=on, rulebook=rulebook, lag_days=lag_days))
    ]
    budget, unclear = _budget(found, until_on=terms.months_after(on, AHEAD_MONTHS))
    return Statement(
        party=party,
        credit_code=credit_code or only_code(found),
        on=on,
        office=office,
        holdings=tuple(sorted(found, key=_pressing)),
        budget=budget,
        unclear=unclear,
    )


def only_code(found: Sequence[Holding]) -> str:
    """Return the party's credit code where the lists leave no doubt, else "".

    Of a right with several owners nobody can tell whose code is whose.
    """
    alone = [one.patent for one in found if len(one.patent.patentees) == 1]
    codes = {code for patent in alone for code in patent.credit_codes}
    return codes.pop() if len(codes) == 1 else ""


def _budget(
    found: Sequence[Holding], *, until_on: date
) -> tuple[tuple[YearBudget, ...], int]:
    coming = [
        fee
        for one in found
        for fee in one.fees
        if not fee.late and fee.item.due_on < until_on
    ]
    by_year: dict[int, list[int]] = {}
    for fee in coming:
        if not fee.held:
            owed = fee.item.amount_due_yuan
            by_year.setdefault(fee.item.due_on.year, []).append(owed)
    years = tuple(
        YearBudget(year, len(owed), sum(owed)) for year, owed in sorted(by_year.items())
    )
    return years, sum(fee.held for fee in coming)


def _pressing(one: Holding) -> tuple[int, date, str]:
    """Order rights: what can be lost first, then by the day of the next fee."""
    if one.state is HoldingState.RESTORABLE:
        return 0, one.fees[0].item.due_on, one.number
    if one.late:
        return 1, one.late[0].item.due_on, one.number
    following = one.next
    if following is None:
        return 3, one.term_ends_on or date.max, one.number
    return 2, following.item.due_on, one.number
