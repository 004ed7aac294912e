"""What goes wrong in real lists, a little of each, so that a newcomer sees it told.

The numbers of rows are counted here, beside the rows.
"""

from datetime import date, timedelta

from patentwatch.demo.city import City
from patentwatch.demo.table import Cell, Table
from patentwatch.law.terms import months_after
from patentwatch.register.numbers import check_digit

_SPOILT = 9_900_000
"""Serials of rows that are no sample."""

_FIRM = "濮阳市华龙区示例无名科技有限公司"


def soil_register(table: Table, county: str, city: City) -> None:
    """Add to a county's sheet what clerks and spreadsheets do to lists."""
    add = _BY_COUNTY.get(county)
    if add is not None:
        add(table, city)


def _hualong(table: Table, city: City) -> None:
    """Add four rejects (digit, damage, date, future) and two skips (type, total)."""
    good = table.rows[0]
    wrong_digit = _number(2018, 1)
    last = "0123456789X".index(wrong_digit[-1])
    bad = f"{wrong_digit[:-1]}{'0123456789X'[(last + 1) % 11]}"
    table.rows[3:3] = [
        _row(good, f"ZL{bad}", date(2018, 5, 4)),
        _row(good, "2.01519E+12", date(2015, 5, 4)),
    ]
    table.rows[20:20] = [
        _row(good, f"ZL{_number(2019, 2)}", "2019-02-30"),
        _row(good, f"ZL{_number(2020, 3)}", city.today + timedelta(days=200)),
        _row(good, f"ZL{_number(2020, 4, kind=2)}", date(2020, 6, 1), "实用新型"),
    ]
    table.rows.append(["", "", f"合计：{len(table.rows)}件"])


def _puyang_county(table: Table, city: City) -> None:
    """Repeat a row (a skip), contradict one (two rejects), end one (a skip)."""
    first = table.rows[0]
    table.rows.insert(30, [31, *table.rows[5][1:]])
    number = f"ZL{_number(2017, 5)}"
    grant_on = f"{date(2019, 8, 6):%Y.%m.%d}"
    for filing_on in ("2017.03.02", "2017.03.12"):
        row = _row(first, number, filing_on)
        row[4] = grant_on
        table.rows.append(row)
    ended = _row(first, f"ZL{_number(2005, 6)}", "2005.05.10")
    ended[4], ended[-1] = "2008.05.07", "专利权届满终止"
    table.rows.append(ended)
    del city


def _zone(table: Table, city: City) -> None:
    """Add a patent whose county cannot be told, and repeat the header (a skip)."""
    filing_on = months_after(city.today, -36) - timedelta(days=100)
    row = _row(table.rows[0], f"ZL{_number(filing_on.year, 7)}", filing_on.isoformat())
    row[4] = (city.today - timedelta(days=50)).isoformat()
    row[7], row[-2] = "城乡一体化示范区", ""
    table.rows.append(row)
    table.rows.insert(40, list(table.headers))


def _qingfeng(table: Table, city: City) -> None:
    """Let a spreadsheet take a number for an amount: its check digit is gone."""
    number = str(table.rows[2][1]).removeprefix("ZL").removeprefix("CN")
    table.rows[2][1] = int(number.partition(".")[0])
    del city


def soil_county_list(table: Table, city: City) -> None:
    """Add a reduction that no law knows (a warning) and a date that cannot be."""
    row = next(row for row in table.rows if row[6] == "")
    row[6] = "80%"
    spoilt = list(table.rows[0])
    spoilt[0], spoilt[2] = _number(2016, 8), "9999-12-31"
    table.rows.append(spoilt)
    del city


def contact_rows(city: City) -> list[list[Cell]]:
    """Return two contacts that cannot be taken: a masked number, a bare person."""
    masked: list[Cell] = [_FIRM, "专利权人", "某示例", "138****0000", *[""] * 9]
    person: list[Cell] = ["钱示例", "专利权人", "钱示例", "13800009901", *[""] * 9]
    del city
    return [masked, person]


def payment_rows(city: City) -> list[list[Cell]]:
    """Return a receipt without an amount (a reject) and one of an unknown patent."""
    known = next(s.number for s in city.samples if s.receipt)
    paid_on = (city.today - timedelta(days=30)).isoformat()
    return [
        [known, "第6年", paid_on, "", "示例900001"],
        [_number(2014, 9), "第9年", paid_on, "2000.00", "示例900002"],
    ]


def soil_check_sheet(table: Table, city: City) -> None:
    """Add two rows nobody filled (skips) and one without its day (a reject)."""
    open_years = [s for s in city.samples if s.stage.name == "unconfirmed"]
    for i, sample in enumerate(open_years[:3]):
        filled: list[Cell] = ["专利权维持", "", "", "", ""] if i == 2 else [""] * 5
        table.rows.append(
            [
                table.rows[0][0],
                f"ZL{sample.number}",
                sample.title,
                sample.owners[0].name,
                str(sample.fee_year),
                sample.due_on.isoformat(),
                "",
                *filled,
            ]
        )


_BY_COUNTY = {
    "410902": _hualong,
    "410922": _qingfeng,
    "410928": _puyang_county,
    "410972": _zone,
}


def _row(like: list[Cell], number: str, filing_on: Cell, kind: str = "") -> list[Cell]:
    """Return a row of the same sheet about another patent, paid through nothing."""
    row = list(like)
    row[1], row[3] = number, filing_on
    row[2], row[5], row[6] = "一种示例待核对装置", "", _FIRM
    row[8] = kind or row[8]
    return row


def _number(year: int, serial: int, *, kind: int = 1) -> str:
    digits = f"{year}{kind}{_SPOILT + serial}"
    return f"{digits}.{check_digit(digits)}"
