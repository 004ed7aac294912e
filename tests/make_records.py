"""A kind of record with every type of field, and rows of it, made small."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.records import Link, LinkTo, NewRecord
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    Measure,
    MeasureType,
    Plan,
)
from patentwatch.store import plans as stored
from tests.lists import NOW

LOAN = Kind(
    key="loan",
    label="贷款",
    fields=(
        Field("number", "登记号", FieldType.TEXT, required=True),
        Field("borrower", "借款人", FieldType.PARTY, required=True, link="counts_for"),
        Field("county", "县区", FieldType.COUNTY),
        Field("lender", "质权人", FieldType.PARTY, link="held_by"),
        Field("amount", "贷款金额", FieldType.YUAN, required=True, unit="元"),
        Field("from_on", "起始日期", FieldType.DATE, required=True),
        Field("to_on", "到期日期", FieldType.DATE),
        Field("settled_on", "结清日期", FieldType.DATE),
        Field(
            "collateral", "质押物", FieldType.CHOICE, choices=("专利", "商标", "A 类")
        ),
        Field("patents", "专利号", FieldType.PATENTS, link="secures"),
        Field("jobs", "就业人数", FieldType.INTEGER, unit="人"),
        Field("rate", "利率", FieldType.NUMBER, unit="%"),
        Field("note", "备注", FieldType.TEXT),
    ),
    natural_key=("number",),
    title="borrower",
    dated="from_on",
    until="settled_on",
    holds=True,
)


def loan(**changes: str) -> dict[str, str]:
    """Return one row of the table of loans; keywords are Chinese headers."""
    return {
        "序号": "1",
        "登记号": "Y1",
        "借款人": "甲公司",
        "县区": "华龙区",
        "质权人": "某银行",
        "贷款金额（元）": "5000000",
        "起始日期": "2026-03-15",
        "到期日期": "2027-03-14",
        "结清日期": "",
        "质押物": "专利",
        "专利号": "",
        "就业人数（人）": "",
        "利率（%）": "",
        "备注": "",
        "对应承诺": "",
    } | changes


def record(key: str = "Y1", **changes: Any) -> NewRecord:
    """Return a loan as a value; keywords are its attributes."""
    values: dict[str, Any] = {
        "kind": "loan",
        "natural_key": key,
        "title": "甲公司",
        "county": "410902",
        "occurred_on": date(2026, 3, 15),
        "until_on": None,
        "fields": {"number": key, "amount": 500_000_000},
        "links": (),
    }
    return NewRecord(**values | changes)


def secures(number: str) -> Link:
    """Return the link of a loan to its patent."""
    return Link("secures", LinkTo.PATENT, number, number)


def lender(name: str = "某银行") -> Link:
    """Return the link of a loan to its lender."""
    return Link("held_by", LinkTo.PARTY, name, name)


def plan(
    connection: Connection,
    name: str = "city-2026",
    *,
    year: int = 2026,
    ids: Sequence[str] = ("3.1", "3.2"),
    now: datetime = NOW,
) -> None:
    """Store a wording of a plan with these commitments."""
    promises = tuple(
        Commitment(
            id=one,
            text=f"承诺{one}",
            kind=CommitmentKind.ACTIVITY,
            due_on=date(year, 12, 31),
            measure=Measure(MeasureType.LINKED),
        )
        for one in ids
    )
    made = Plan(
        name=name,
        title=f"{year}年工作要点",
        document_no="",
        year=year,
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
        in_force_on=date(year, 1, 1),
        sections=("一",),
        items=(Item(3, "指标", 1, promises),),
    )
    stored.save(connection, made, file="plan.toml", by="", now=now)
