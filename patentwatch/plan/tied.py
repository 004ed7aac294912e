"""What a record of the work plan is to the patents it names: a pledge, an award.

Every kind that holds ties its patents; those named here are more than that: they count
as high-value, lower a fee, or have a party that depends on the patent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from patentwatch.plan.kinds import Kind
from patentwatch.status.links import Link

OTHER = "record"
"""What a kind that is not named here is to its patents."""


@dataclass(frozen=True, slots=True)
class Tying:
    """What the records of one kind are to a patent, and where they say so.

    `party` and `number` are the fields of who depends on the patent and of the
    registration, "" for none. `begins`: the field of the day from which it counts, ""
    for the day of the record; while it is empty, it does not. `where`: only with one
    of these values in a field.
    """

    record: str
    link: str
    party: str = ""
    number: str = ""
    begins: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def meant(self, fields: Mapping[str, object]) -> bool:
        """Whether a record with these fields is one."""
        return all(fields.get(key) in values for key, values in self.where.items())


TYINGS = (
    Tying("pledge_loan", "pledge", party="lender", number="registration_no"),
    Tying(
        "open_licence",
        "open_licence",
        party="licensee",
        number="filing_no",
        begins="implemented_on",
    ),
    Tying(
        "patent_award",
        "national_award",
        where={"award": ("国家科学技术奖", "中国专利奖")},
    ),
    Tying("overseas_application", "overseas_family", begins="granted_on"),
)


def tyings(link: str) -> list[Tying]:
    """Return which records are this kind of link."""
    return [one for one in TYINGS if one.link == link]


def link_of(
    kind: Kind,
    *,
    record: int,
    link: str,
    title: str,
    occurred_on: date,
    until_on: date | None,
    fields: Mapping[str, object],
) -> Link | None:
    """Return what a record is to a patent it is tied to, None when it is nothing yet.

    `link` is the word by which the record names the patent.
    """
    tying = next(
        (one for one in TYINGS if one.record == kind.key and one.meant(fields)),
        Tying(kind.key, OTHER),
    )
    from_on = _day(fields.get(tying.begins)) if tying.begins else occurred_on
    if from_on is None and kind.holds:
        tying, from_on = Tying(kind.key, OTHER), occurred_on
    if from_on is None or (tying.link == OTHER and not kind.holds):
        return None
    party = _text(fields.get(tying.party))
    return Link(
        kind=tying.link,
        link=link,
        number=_text(fields.get(tying.number)),
        party=party,
        from_on=from_on,
        until_on=until_on,
        record=record,
        named=" ".join(part for part in (kind.label, party or title) if part),
        held=kind.holds,
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
