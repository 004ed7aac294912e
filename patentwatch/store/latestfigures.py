"""The newest figures as of a day: of each county its own, or the city's for all.

A newest figure may be from before the plan, whatever the span.
"""

from decimal import Decimal

from sqlalchemy import func, select

from patentwatch.plan.kinds import FieldType
from patentwatch.plan.values import Counted
from patentwatch.store.bycounty import Group, Groups, in_yuan
from patentwatch.store.selecting import Asked, amount_of, as_date, chosen
from patentwatch.store.tables import records


def latest(asked: Asked) -> Counted:
    """Return the sum of the counties' newest figures, or the city's own."""
    field, selection = asked.commitment.measure.field, asked.selection
    groups = _newest_figures(asked)
    if asked.type_of(selection, field) is FieldType.YUAN:
        groups = {county: in_yuan(group) for county, group in groups.items()}
    wanted = asked.commitment.counties or tuple(code for code in groups if code)
    missing = [code for code in wanted if code not in groups]
    if (not wanted or missing) and None in groups:
        used = [groups[None]]  # the city's own figure, before half a sum
    else:
        used = [groups[code] for code in wanted if code in groups]
    by_county = {
        code: groups[code].value if code in groups else None
        for code in asked.commitment.counties
    }
    if not used:
        why = f"还没有“{asked.labels(selection)}”的数字"
        return Counted(None, 0, by_county=by_county, unknown=why)
    unknown = ""
    if missing:
        names = "、".join(asked.names.get(code, code) for code in missing)
        unknown = (
            f"{names} 没有数字，用的是全市的数字"
            if None in groups
            else f"{names} 没有数字，合计不含这些县区"
        )
    total = sum((group.value or Decimal(0) for group in used), Decimal(0))
    return Counted(
        total,
        len(used),
        max(group.latest_on for group in used if group.latest_on),
        by_county=by_county,
        unknown=unknown,
    )


def _newest_figures(asked: Asked) -> Groups:
    """Return the newest figure of each county; of one day's the last recorded."""
    amount = amount_of(asked, asked.selection, asked.commitment.measure.field)
    found = chosen(asked, asked.selection, from_on=None, to_on=asked.to_on)
    order = (
        func.row_number()
        .over(
            partition_by=records.c.county,
            order_by=(found.day.desc(), records.c.id.desc()),
        )
        .label("place")
    )
    ranked = (
        select(
            records.c.county,
            amount.label("amount"),
            found.day.label("day"),
            order,
        )
        .where(found.where, amount.is_not(None))
        .subquery()
    )
    query = select(ranked.c.county, ranked.c.amount, ranked.c.day).where(
        ranked.c.place == 1
    )
    return {
        row.county: Group(Decimal(row.amount), 1, as_date(row.day))
        for row in asked.connection.execute(query)
    }
