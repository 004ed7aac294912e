"""One look at a plan: what each of its promises counted to on a day, and its light.

The month rule is not here: a light is that of its day alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from patentwatch import registermeasures
from patentwatch.plan.acts import due_in_force
from patentwatch.plan.kinds import Kind
from patentwatch.plan.lights import Light, light_of
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    MeasureType,
    Plan,
)
from patentwatch.settings import Settings
from patentwatch.store import commitments
from patentwatch.store.measuring import ToBeat, measured, newest, number_to_beat
from patentwatch.store.selecting import Asked


@dataclass(frozen=True, slots=True)
class Reading:
    """A plan that is looked at, on as many days as needed."""

    connection: Connection
    settings: Settings
    plan: Plan
    kinds: Mapping[str, Kind]
    _extended: dict[date, Mapping[str, date]] = field(default_factory=dict)
    _first: dict[str, Counted] = field(default_factory=dict)
    _to_beat: dict[str, ToBeat | None] = field(default_factory=dict)

    def asked(self, commitment: Commitment, on: date) -> Asked:
        """Return the question about a commitment, for what counts records."""
        names = {county.code: county.name for county in self.settings.counties}
        return Asked(self.connection, self.plan, commitment, self.kinds, on, names)

    def counted(self, commitment: Commitment, on: date) -> Counted:
        """Return what the measure found; of what goes on the newest day ever."""
        if commitment.measure.type is MeasureType.REGISTER:
            found = registermeasures.counted(
                self.connection, self.settings, self.plan, commitment, on=on
            )
            # Only a promise of a number has one to beat.
            is_target = commitment.kind is CommitmentKind.TARGET
            return found if is_target else replace(found, target=None)
        counted = measured(self.asked(commitment, on))
        if (to_beat := self._number_to_beat(commitment)) is not None:
            counted = replace(
                counted,
                target=to_beat.value,
                unknown=counted.unknown or to_beat.unknown,
            )
        if commitment.kind is CommitmentKind.ACTIVITY and counted.latest_on is None:
            days = self.newest(commitment, on).values()
            return replace(counted, latest_on=max(days, default=None))
        return counted

    def _number_to_beat(self, commitment: Commitment) -> ToBeat | None:
        if commitment.id not in self._to_beat:
            asked = self.asked(commitment, self.plan.starts_on)
            self._to_beat[commitment.id] = number_to_beat(asked)
        return self._to_beat[commitment.id]

    def newest(self, commitment: Commitment, on: date) -> dict[str | None, date]:
        """Return the newest day by county, as far back as an activity's light looks."""
        asked = self.asked(commitment, on)
        quiet = timedelta(days=self.settings.plan.quiet_days)
        return newest(asked, since=asked.to_on - quiet)

    def due_on(self, commitment: Commitment, on: date) -> date:
        """Return the due day as it was set on a day, with every extension by then."""
        if on not in self._extended:
            self._extended[on] = commitments.extensions(
                self.connection, self.plan.name, on=on
            )
        return due_in_force(commitment, self._extended[on])

    def first(self, commitment: Commitment) -> Counted:
        """Return what a level stood at on the plan's first day."""
        if commitment.id not in self._first:
            found = self.counted(commitment, self.plan.starts_on)
            self._first[commitment.id] = found
        return self._first[commitment.id]

    def light(
        self,
        commitment: Commitment,
        counted: Counted,
        on: date,
        *,
        county: str = "",
        due_on: date | None = None,
    ) -> Light:
        """Return the light of a day alone; of a county `counted` is the county's.

        `due_on` None: as it was set on that day.
        """
        first = None
        if commitment.level:
            begun = self.first(commitment)
            first = begun.by_county.get(county) if county else begun.actual
        goes_on = commitment.kind is CommitmentKind.ACTIVITY
        return light_of(
            commitment,
            counted,
            on=min(on, self.plan.ends_on) if goes_on else on,
            starts_on=self.plan.starts_on,
            due_on=due_on or self.due_on(commitment, on),
            first=first,
            thresholds=self.settings.plan,
        )
