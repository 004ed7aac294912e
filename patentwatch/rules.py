"""By what is decided: the law, the ladder, and how messages leave, as one value."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from patentwatch import __version__
from patentwatch.ladder import Rung
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Channel, County
from patentwatch.register.ipc import NOWHERE, Classes


@dataclass(frozen=True, slots=True)
class Rules:
    """By what is decided: the law, the ladder, and how messages leave.

    `transports` names how each channel leaves; `observing`: nothing leaves but to
    `guests`. `brake` None: computed from the last 28 days. `counties`: to tell where
    a new address lies. `strategic`: the classes of the strategic industries.
    """

    rulebook: Rulebook
    rungs: tuple[Rung, ...]
    lag_days: int
    lawful_basis: str
    transports: Mapping[Channel, str]
    observing: bool
    guests: frozenset[str]
    brake: int | None = None
    counties: tuple[County, ...] = ()
    strategic: Classes = NOWHERE

    @property
    def fingerprint(self) -> str:
        """Tell one set of rules from another: a change asks for a full pass.

        Another version of the program may decide otherwise, too.
        """
        parts = (
            __version__,
            self.rulebook.fingerprint,
            self.rungs,
            self.lag_days,
            self.lawful_basis,
            sorted(self.transports.items()),
            self.observing,
            sorted(self.guests),
            self.counties,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def real_now(self) -> frozenset[Channel]:
        """Return the channels on which real messages leave."""
        if self.observing:
            return frozenset()
        return frozenset(c for c, name in self.transports.items() if name != "file")
