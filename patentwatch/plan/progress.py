"""How far a plan is on a day, as values; `planstatus` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from patentwatch.plan.lights import Light
from patentwatch.plan.values import Commitment, Counted, Item, Plan


@dataclass(frozen=True, slots=True)
class Progress:
    """One commitment on a day.

    `due_on` has every extension in it. `rate` is actual to target, None without one.
    `county_lights` has the counties that have a target of their own, and of milestones
    and activities all in scope.
    """

    item: Item
    commitment: Commitment
    counted: Counted
    due_on: date
    target: Decimal | None
    rate: Decimal | None
    light: Light
    county_lights: Mapping[str, Light] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A whole plan on a day, in the order of its text."""

    plan: Plan
    on: date
    progress: tuple[Progress, ...]
