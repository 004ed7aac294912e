"""Which commitment a clerk means by 3.1, given every plan there is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

_LONE = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Promises:
    """The commitments of every plan: `ids` by the plan's name, `years` likewise."""

    ids: Mapping[str, frozenset[str]]
    years: Mapping[str, int]

    def find(self, text: str, on: date) -> str | None:
        """Return plan/id of `plan/3.1`, or of `3.1` in the plan of the year of `on`.

        Where that year has no plan and there is only one, that one is meant. None when
        there is no such commitment or it cannot be told which plan.
        """
        plan, slash, id_ = text.rpartition("/")
        if slash:
            return text if id_ in self.ids.get(plan, ()) else None
        if not _LONE.fullmatch(text):
            return None
        of_year = [name for name, year in self.years.items() if year == on.year]
        meant = of_year or list(self.years)
        if len(meant) != 1 or text not in self.ids[meant[0]]:
            return None
        return f"{meant[0]}/{text}"
