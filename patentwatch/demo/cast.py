"""Who plays a part in the year of records: owners of the sample city and their patents.

A part is a patent of the register, so that what the records say of it reaches the
watch. Most are of patents that nobody has to be written about; a few are of those that
are late, and become consequential.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from patentwatch.demo import people
from patentwatch.demo.city import City, Sample

_GRANTED_BEFORE = date(2023, 1, 1)
_QUIET = "paid_column"
_ANY = ""

_PARTS = (
    # (part, county of the owner or any, stage of the patent), the picky ones first.
    ("质押1", _ANY, "surcharge_2"),
    ("质押2", _ANY, "notice"),
    ("质押3", _ANY, "final"),
    ("获奖", _ANY, "reminder"),
    ("华龙1", "410902", _QUIET),
    ("华龙2", "410902", _QUIET),
    ("华龙3", "410902", _QUIET),
    ("清丰1", "410922", _QUIET),
    ("清丰2", "410922", _QUIET),
    ("南乐1", "410923", _QUIET),
    ("南乐2", "410923", _QUIET),
    ("范县1", "410926", _QUIET),
    ("范县2", "410926", _QUIET),
    ("台前1", "410927", _QUIET),
    ("濮阳1", "410928", _QUIET),
    ("濮阳2", "410928", _QUIET),
    ("濮阳3", "410928", _QUIET),
    ("工业1", "410971", _QUIET),
    ("工业2", "410971", _QUIET),
    ("经开1", "410972", _QUIET),
    ("经开2", "410972", _QUIET),
    ("经开3", "410972", _QUIET),
)
_SHARED_BY_THE_UNIVERSITY = (
    ("学院", "notice"),
    ("学院2", _QUIET),
    ("学院3", _QUIET),
)


def cast(city: City) -> Mapping[str, Sample]:
    """Return the patent of each part; its first owner is the enterprise.

    Every enterprise plays one part, the university three with a patent each.
    """
    found: dict[str, Sample] = {}
    firms: set[str] = set()
    for part, county, stage in _PARTS:
        free = [
            one
            for one in city.samples
            if not one.owners[0].person
            and one.owners[0] != people.UNIVERSITY
            and one.owners[0].name not in firms
        ]
        found[part] = _best(free, _wishes(county, stage))
        firms.add(found[part].owners[0].name)
    for part, stage in _SHARED_BY_THE_UNIVERSITY:
        own = [
            one
            for one in city.samples
            if one.owners[0] == people.UNIVERSITY and one not in found.values()
        ]
        found[part] = _best(own, _wishes(_ANY, stage))
    return found


_Wish = Callable[[Sample], bool]


def _wishes(county: str, stage: str) -> tuple[_Wish, ...]:
    return (
        lambda one: county in (_ANY, one.county),
        lambda one: one.stage.name == stage,
        lambda one: one.grant_on < _GRANTED_BEFORE,
    )


def _best(free: Sequence[Sample], wishes: Sequence[_Wish]) -> Sample:
    """Return the first that comes nearest: on some days a stage is empty.

    The wish that is named first weighs most.
    """
    return max(free, key=lambda one: [wish(one) for wish in wishes])
