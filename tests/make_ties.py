"""Records as their import would store them, written straight into the tables."""

from datetime import date
from typing import Any

from sqlalchemy import insert, update

from patentwatch import clock
from patentwatch.store.engine import transaction
from patentwatch.store.patents import look_again
from patentwatch.store.tables import record_links, records
from tests.line import Line

LENDER = "示例银行"


def record(
    line: Line,
    kind: str,
    *numbers: str,
    on: date,
    until: date | None = None,
    link: str = "secures",
    title: str = "甲公司",
    **fields: Any,
) -> int:
    """Store a record about patents; returns its id."""
    with transaction(line.engine) as connection:
        (id_,) = connection.execute(
            insert(records)
            .values(
                kind=kind,
                natural_key=f"{kind}|{on}|{title}|{numbers}|{sorted(fields.items())}",
                title=title,
                occurred_on=on,
                until_on=until,
                fields=fields,
                recorded_at=clock.at_nine(on),
            )
            .returning(records.c.id)
        ).one()
        rows = [
            {"record_id": id_, "link": link, "to_kind": "patent", "to_key": number}
            for number in numbers
        ]
        connection.execute(insert(record_links), rows)
        look_again(connection, numbers)
    return int(id_)


def loan(
    line: Line, *numbers: str, on: date, until: date | None = None, **more: Any
) -> int:
    """Store a loan of the bank for which patents are pledged."""
    fields = {"lender": LENDER, "registration_no": "Y2026000000001"} | more
    return record(line, "pledge_loan", *numbers, on=on, until=until, **fields)


def licence(
    line: Line, number: str, *, on: date, until: date | None = None, **more: Any
) -> int:
    """Store an open licence that is carried out since a day."""
    fields = {"effective_on": on.isoformat(), "contract_no": "X2024410000001"} | more
    return record(
        line,
        "open_licence",
        number,
        on=date(2024, 7, 20),
        until=until,
        link="licensed_to",
        title="一种密封装置",
        **fields,
    )


def change(line: Line, id_: int, number: str, **columns: Any) -> None:
    """Change columns of a record, as another import of its row would."""
    with transaction(line.engine) as connection:
        connection.execute(update(records).where(records.c.id == id_).values(**columns))
        look_again(connection, [number])
