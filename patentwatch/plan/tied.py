"""What a record of the work plan is to the patents it names: a pledge, an award.

Every kind that holds makes its patents consequential. Those named here are more than
that: they count as high-value, lower a fee, or have a party that depends on the patent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from patentwatch.plan.kinds import Kind
from patentwatch.status.links import Link


@dataclass(frozen=True, slots=True)
class Tying:
    """What the records of one kind are to a patent, and where they say so.

    `party`, `number` and `person` are the fields of who depends on the patent, of the
    registration and of the official in charge, "" for none. `begins`: the field of the
    day from which it is that, "" for the day of the record. `where`: only with one of
    these values in a field; `needs`: only with something in it. A record that is not
    (yet) that is to its patents what its kind is called.
    """

    record: str
    link: str
    party: str = ""
    number: str = ""
    person: str = ""
    begins: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def meant(self, fields: Mapping[str, object]) -> bool:
        """Whether a record with these fields is one."""
        needed = (*self.needs, self.begins) if self.begins else self.needs
        right = all(fields.get(key) in values for key, values in self.where.items())
        return right and all(_text(fields.get(key)) for key in needed)


_LICENCES = ("独占许可", "排他许可", "普通许可", "开放许可")

TYINGS = (
    Tying("pledge_loan", "pledge", party="lender", number="registration_no"),
    # Not the declaration lowers the fee but a contract that is on the office's file.
    Tying(
        "open_licence",
        "openly_licensed",
        party="licensee",
        number="contract_no",
        begins="effective_on",
        needs=("contract_no",),
    ),
    Tying(
        "technology_transfer",
        "licence",
        party="recipient",
        number="contract_no",
        where={"type": _LICENCES},
    ),
    Tying(
        "patent_award",
        "national_award",
        where={"level": ("国家科学技术奖", "中国专利奖")},
    ),
    Tying(
        "overseas_application",
        "overseas_family",
        begins="granted_on",
        where={"type": ("专利",)},
    ),
    Tying("enforcement_case", "case", person="officer"),
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
) -> Link:
    """Return what a record is to a patent; `link` is the word by which it names it."""
    named = (one for one in TYINGS if one.record == kind.key and one.meant(fields))
    tying = next(named, Tying(kind.key, kind.key))
    party = _text(fields.get(tying.party))
    person = _text(fields.get(tying.person))
    words = " ".join(part for part in (kind.label, party or title) if part)
    return Link(
        kind=tying.link,
        link=link,
        number=_text(fields.get(tying.number)),
        party=party,
        from_on=_day(fields.get(tying.begins)) or occurred_on,
        until_on=until_on,
        record=record,
        named=f"{words}（办案人：{person}）" if person else words,
        held=kind.holds,
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
