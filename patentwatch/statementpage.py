"""From a statement to what its reader holds in his hands: a text or a printed page.

Everything a reader sees comes from `alerts/templates/statement`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from patentwatch import clean, templates
from patentwatch.cliff import Cliff
from patentwatch.holdings import Holding, HoldingState, StatedFee
from patentwatch.letters import Item
from patentwatch.phrases import ENDED, act_by_on, day, finding, number
from patentwatch.render import OFFICE_SITE, OFFICE_SITE_NAME
from patentwatch.statements import Statement
from patentwatch.status.links import Link

TITLE = "专利年费一览表"
_LIMIT = 20_000_000

_KINDS = {
    "pledge": "质押",
    "licence": "实施许可",
    "openly_licensed": "开放许可实施",
    "preservation": "保全",
}


@dataclass(frozen=True, slots=True)
class _FeeText:
    """One annuity in words; an empty text means that the fact does not exist."""

    year: str
    last: str
    ends: str
    act_by: str
    amount: str
    full_fee: str
    sum: str
    percent: str
    open_licence: str
    reduced: bool
    reduced_fees: str
    finding: str
    unpaid: str
    answer: str
    held: bool
    ended: bool
    over: bool
    confirmed: bool
    more_later: bool
    suspended: bool
    restoration_known: bool
    restoration_until: str
    restoration_fee: str


@dataclass(frozen=True, slots=True)
class _CliffText:
    last_year: str
    last_fee: str
    full_from_year: str
    full_from: str
    full_fee: str
    more: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One right of the long list."""

    position: str
    name: str
    filed: str
    granted: str
    term_end: str
    owners: str
    next: str
    reduction: str
    ties: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """One line of the short lists: a late annuity, or a reduction that ends."""

    position: str
    name: str
    year: str
    text: str


def text(statement: Statement) -> str:
    """Return the statement as plain text."""
    values = _values(statement)
    filled = templates.fill("statement/body.txt", values, limit=_LIMIT)
    return filled.strip("\n") + "\n"


def html(statement: Statement) -> str:
    """Return the statement as a page to print on A4; it needs nothing else."""
    return templates.fill("statement/body.html", _values(statement), limit=_LIMIT)


def _values(statement: Statement) -> dict[str, object]:
    holdings = statement.holdings
    fees = [fee for one in holdings for fee in one.fees]
    ended = sum(one.state is HoldingState.RESTORABLE for one in holdings)
    values: dict[str, object] = {
        "title": TITLE,
        "party": clean.name(statement.party),
        "credit_code": clean.line(statement.credit_code),
        "today": day(statement.on),
        "count": str(len(holdings) - ended),
        "restorable": str(ended) if ended else "",
        "late": str(len(statement.late)) if statement.late else "",
        "budget": bool(statement.budget),
        "budget_until": day(statement.budget_until_on),
        "budget_fees": str(sum(year.fees for year in statement.budget)),
        "budget_yuan": str(sum(year.yuan for year in statement.budget)),
        "budget_years": _years(statement) if len(statement.budget) > 1 else (),
        "unclear": str(statement.unclear) if statement.unclear else "",
        "cliffs": bool(statement.cliffs),
        "unknown_reduction": any(one.patent.reduction is None for one in holdings),
        "provisional": any(fee.item.provisional for fee in fees),
        "items": holdings,
        "office": {
            "name": clean.line(statement.office.name),
            "phone": clean.line(statement.office.phone),
            "website": clean.line(statement.office.website),
        },
        "office_site": OFFICE_SITE,
        "office_site_name": OFFICE_SITE_NAME,
    }
    return values | {
        "lead": _sentence("lead.txt", values),
        "late_lines": tuple(_late_lines(statement)),
        "cliff_lines": tuple(_cliff_lines(statement)),
        "lines": tuple(_line(n, one) for n, one in enumerate(holdings, 1)),
        "notes": tuple(_lines("notes.txt", values)),
    }


def _years(statement: Statement) -> tuple[dict[str, str], ...]:
    return tuple(
        {"year": str(one.year), "fees": str(one.fees), "yuan": str(one.yuan)}
        for one in statement.budget
    )


def _sentence(file: str, values: Mapping[str, object]) -> str:
    return "".join(_lines(file, values))


def _lines(file: str, values: Mapping[str, object]) -> Iterator[str]:
    for line in templates.fill(f"statement/{file}", values).splitlines():
        if line.strip():
            yield line.strip()


def _late_lines(statement: Statement) -> Iterator[_Told]:
    late = [(one, fee) for one in statement.holdings for fee in one.late]
    for position, (one, fee) in enumerate(late, 1):
        year = str(fee.item.fee_year)
        yield _Told(str(position), _name(one), year, how_late(fee))


def how_late(fee: StatedFee) -> str:
    """Return what is known of a late annuity and what can be done, in words."""
    return _sentence("late.txt", {"fee": _fee_text(fee)})


def _cliff_lines(statement: Statement) -> Iterator[_Told]:
    for position, one in enumerate(statement.cliffs, 1):
        yield _Told(str(position), _name(one), "", _reduction(one))


def _line(position: int, one: Holding) -> _Line:
    patent = one.patent
    owners = len(patent.patentees)
    return _Line(
        position=str(position),
        name=_name(one),
        filed=day(patent.filing_on),
        granted=day(patent.grant_on) if patent.grant_on else "",
        term_end=day(one.term_ends_on) if one.term_ends_on else "",
        owners=str(owners) if owners > 1 else "",
        next=_next(one),
        reduction=_reduction(one),
        ties=tuple(tie(link) for link in one.links),
        remarks=tuple(_remarks(one)),
    )


def _name(one: Holding) -> str:
    title = clean.name(one.patent.title)
    return f"{title}（{number(one.number)}）" if title else number(one.number)


def tie(link: Link) -> str:
    """Return who depends on a right, by which registration, since when."""
    party, registration = clean.name(link.party), clean.line(link.number)
    words = f"{_KINDS[link.kind]}{'：' if party else ''}{party}"
    found = [f"登记号{registration}"] if registration else []
    return f"{words}（{'，'.join([*found, f'自{day(link.from_on)}起'])}）"


def _remarks(one: Holding) -> Iterator[str]:
    if one.missing_since_on is not None:
        yield f"自{day(one.missing_since_on)}起不在有效专利清单上，正在核实"


def _next(one: Holding) -> str:
    following = one.next
    values = {
        "fee": _fee_text(following) if following else None,
        "restorable": one.state is HoldingState.RESTORABLE,
        "unknown_grant": one.patent.grant_on is None,
    }
    return _sentence("next.txt", values)


def _reduction(one: Holding) -> str:
    patent = one.patent
    values = {
        "cliff": _cliff_text(one.cliff) if one.cliff else None,
        "percent": str(patent.reduction) if patent.reduction else "",
        "unknown": patent.reduction is None,
        "unknown_grant": patent.grant_on is None,
    }
    return _sentence("reduction.txt", values)


def _cliff_text(cliff: Cliff) -> _CliffText:
    from_on = cliff.full_from_on
    return _CliffText(
        last_year=str(cliff.last_year),
        last_fee=str(cliff.last_fee_yuan),
        full_from_year=str(cliff.full_from_year) if cliff.full_from_year else "",
        full_from=day(from_on) if from_on else "",
        full_fee=str(cliff.full_fee_yuan),
        more=str(cliff.more_yuan),
    )


def _fee_text(fee: StatedFee) -> _FeeText:
    item = fee.item
    by_on = act_by(fee)
    until_on = item.restoration_until_on
    return _FeeText(
        year=str(item.fee_year),
        last=day(item.last_in_time_on),
        ends=day(item.ends_on),
        act_by=day(by_on) if by_on else "",
        amount=str(item.amount_due_yuan),
        full_fee=str(item.full_fee_yuan),
        sum=_sum(item),
        percent=str(item.reduction) if item.reduction else "",
        open_licence=str(item.licence_percent or ""),
        reduced=item.payable_fee_yuan < item.full_fee_yuan,
        reduced_fees="，".join(f"减缴{p}%则为{y}元" for p, y in item.reduced_fees),
        finding=finding(item),
        unpaid="尚未缴足" if item.already_paid_yuan else "尚未缴纳",
        answer=fee.answer,
        held=fee.held,
        ended=item.tier in ENDED,
        over=fee.over,
        confirmed=fee.confirmed,
        more_later=item.next_percent is not None,
        suspended=item.suspended,
        restoration_known=item.restoration_known,
        restoration_until=day(until_on) if until_on else "",
        restoration_fee=str(item.restoration_fee_yuan),
    )


def act_by(fee: StatedFee) -> date | None:
    """Return the last day for what a late annuity asks, None where none is known."""
    item = fee.item
    return act_by_on(item) if item.tier in ENDED or not fee.over else None


def _sum(item: Item) -> str:
    """Return of what the amount is made up, "" where it is the fee alone."""
    parts = [f"年费{item.payable_fee_yuan}元"]
    if item.surcharge_yuan:
        parts.append(f"滞纳金{item.surcharge_yuan}元")
    if item.already_paid_yuan:
        parts.append(f"减去已缴{item.already_paid_yuan}元")
    return "，".join(parts) if len(parts) > 1 else ""
