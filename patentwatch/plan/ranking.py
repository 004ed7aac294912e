"""The order of the counties in a month, by the lights of what each has promised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lights there are of each colour."""

    green: int = 0
    yellow: int = 0
    red: int = 0

    @property
    def total(self) -> int:
        """Return how many lights there are."""
        return self.green + self.yellow + self.red


@dataclass(frozen=True, slots=True)
class CountyPlace:
    """Where a county stands; `rank` and `score` None: it has no light of its own.

    `score` is in percent with one decimal; `records` are those of the county that the
    plan's year had by the day.
    """

    code: str
    name: str
    rank: int | None
    score: Decimal | None
    tally: Tally
    records: int


def tally(lights: Iterable[Light]) -> Tally:
    """Count lights by colour."""
    found = list(lights)
    return Tally(
        green=found.count(Light.GREEN),
        yellow=found.count(Light.YELLOW),
        red=found.count(Light.RED),
    )


def ranking(
    status: PlanStatus, *, names: Mapping[str, str], records: Mapping[str, int]
) -> tuple[CountyPlace, ...]:
    """Return every county of the plan, the best first, those without a light last.

    A green light counts one, a yellow one half, in shares of all lights of the county.
    Of equal scores the county with more records goes first; where these are equal too
    the place is shared, in the order of the codes.
    """
    lights: dict[str, list[Light]] = {code: [] for code in _counties(status)}
    for one in status.progress:
        for code, light in one.county_lights.items():
            lights[code].append(light)
    tallies = {code: tally(found) for code, found in lights.items()}
    merits = {
        code: (_score(found), records.get(code, 0))
        for code, found in tallies.items()
        if found.total
    }
    best_first = sorted(merits.values(), reverse=True)
    placed = [
        CountyPlace(
            code=code,
            name=names.get(code, code),
            rank=best_first.index(merits[code]) + 1 if code in merits else None,
            score=_percent(merits[code][0]) if code in merits else None,
            tally=found,
            records=records.get(code, 0),
        )
        for code, found in sorted(tallies.items())
    ]
    return tuple(sorted(placed, key=lambda one: one.rank or len(placed) + 1))


def _counties(status: PlanStatus) -> set[str]:
    promised = {code for one in status.progress for code in one.commitment.counties}
    return promised.union(*(one.county_lights for one in status.progress))


def _score(found: Tally) -> Fraction:
    return Fraction(2 * found.green + found.yellow, 2 * found.total)


def _percent(share: Fraction) -> Decimal:
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
