"""The sample city as files: what a county, an agency or a clerk would really send.

A workbook with a sheet per county, a GB18030 list from one county, contacts, receipts,
a filled check sheet, notices, answers, and the configuration. Each has a few rows that
are wrong in the usual ways.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

from patentwatch.demo import dirt, people
from patentwatch.demo.answers import answers
from patentwatch.demo.city import City, Sample, late_until
from patentwatch.demo.notices import notices
from patentwatch.demo.people import Owner
from patentwatch.demo.table import Cell, Table
from patentwatch.law.rulebook import Rulebook

CONFIG = "patentwatch.toml"
REGISTER = "register.xlsx"
COUNTY_LIST = "taiqian-gb18030.csv"
CONTACTS = "contacts.csv"
PAYMENTS = "payments.csv"
CHECK_SHEET = "checksheet.xlsx"
NOTICES = "notices.csv"
ANSWERS = "answers.csv"

_CONSENT = {True: "是", False: "否", None: ""}
_STATUS = {"": "授权", "unpaid": "等年费滞纳金", "paid": "专利权维持"}
_ENDED = "未缴年费专利权终止，等恢复"


def write(city: City, folder: Path, *, rulebook: Rulebook) -> None:
    """Write the files that are missing in `folder`; what is there is left alone."""
    made: dict[str, Callable[[], bytes]] = {
        CONFIG: lambda: _config().encode(),
        REGISTER: lambda: _workbook(_register(city), city.today),
        COUNTY_LIST: lambda: _text(_county_list(city), "gb18030"),
        CONTACTS: lambda: _text(_contacts(city), "utf-8-sig"),
        PAYMENTS: lambda: _text(_payments(city), "utf-8"),
        CHECK_SHEET: lambda: _workbook([_check_sheet(city, rulebook)], city.today),
        NOTICES: lambda: _text(notices(city), "utf-8-sig"),
        ANSWERS: lambda: _text(answers(city), "utf-8-sig"),
    }
    for name, content in made.items():
        target = folder / name
        if not target.exists():
            unfinished = target.with_name(f".{name}.part")
            unfinished.write_bytes(content())
            unfinished.replace(target)


def _config() -> str:
    lines = [
        "# 示例城市的配置：没有邮件服务器和短信通道，消息写成文件放在 outbox 文件夹。",
        "# 单位、专利权人、专利和联系方式都是虚构的。",
        "[office]",
        f'name = "{people.OFFICE}"',
        f'phone = "{people.PHONE}"',
        'website = "https://www.example.org"',
    ]
    for code, name, _ in people.COUNTIES:
        lines += ["", "[[county]]", f'code = "{code}"', f'name = "{name}"']
        lines.append(f'unit = "{name}市场监督管理局（示例）"')
    return "\n".join(lines) + "\n"


_HEADERS = (
    (
        "序号", "专利号", "发明名称", "申请日", "授权公告日", "授权公告号", "专利权人",
        "县区", "专利类型", "代理机构", "费减比例", "已缴年费年度", "法律状态",
    ),
    (
        "序号", "申请号/专利号", "专利名称", "申请日期", "授权公告\n日期", "公告号",
        "当前专利权人", "县（市、区）", "类型", "专利代理机构", "减缴比例",
        "已缴年度", "当前法律状态",
    ),
)  # fmt: skip
_WIDTHS = (6, 20, 40, 13, 13, 15, 46, 20, 10, 32, 9, 12, 14)


def _register(city: City) -> list[Table]:
    found = []
    for place, (code, name, _) in enumerate(people.COUNTIES):
        if code == people.CSV_COUNTY:
            continue
        style = _STYLES[place % len(_STYLES)]
        rows = [
            _register_row(number, sample, name, style, place)
            for number, sample in enumerate(_of(city, code), 1)
        ]
        title = f"{name}有效发明专利清单（截至日期：{city.listed_on}）"
        table = Table(name, title, _HEADERS[place % 2], rows, _WIDTHS)
        dirt.soil_register(table, code, city)
        found.append(table)
    return found


def _register_row(
    number: int, sample: Sample, county: str, style: Callable[[date], Cell], place: int
) -> list[Cell]:
    return [
        number,
        f"{('ZL', '', 'CN')[place % 3]}{sample.number}",
        sample.title,
        style(sample.filing_on),
        style(sample.grant_on),
        sample.grant_publication_no,
        "；".join(owner.name for owner in sample.owners),
        county,
        "发明专利",
        sample.owners[0].agency,
        _percent(sample.reduction, place),
        "" if sample.paid_through is None else f"{sample.paid_through}",
        sample.stage.status or "授权",
    ]


def _percent(reduction: int | None, place: int) -> Cell:
    if reduction is None:
        return ""
    if not reduction:
        return "无"
    return f"{reduction}%" if place % 2 else reduction / 100


def _county_list(city: City) -> Table:
    table = Table(
        "",
        f"台前县有效发明专利清单 截至日期：{city.listed_on}",
        (
            "申请（专利）号", "名称", "申请日", "授权日", "权利人", "专利代理机构",
            "费减", "年费已缴至", "案件状态",
        ),
        [
            [
                sample.number,
                sample.title,
                f"{sample.filing_on:%Y%m%d}",
                f"{sample.grant_on:%Y.%m.%d}",
                "、".join(owner.name for owner in sample.owners),
                sample.owners[0].agency,
                "" if sample.reduction is None else f"{sample.reduction}%",
                f"第{sample.paid_through}年度" if sample.paid_through else "",
                sample.stage.status or "专利权维持",
            ]
            for sample in _of(city, people.CSV_COUNTY)
        ],
    )  # fmt: skip
    dirt.soil_county_list(table, city)
    return table


def _contacts(city: City) -> Table:
    headers = (
        "名称", "角色", "联系人", "手机", "固定电话", "邮箱", "县区", "短信同意",
        "邮件同意", "同意日期", "依据", "常设指示", "申请号",
    )  # fmt: skip
    agreed_on = f"{city.today.year - 1}-03-01"
    rows = [_contact(o, "专利权人", agreed_on) for o in city.owners if not o.person]
    rows += [
        _contact(owner, "专利权人", agreed_on, number=sample.number)
        for sample in city.samples
        for owner in sample.owners
        if owner.person
    ]
    rows += [_contact(agency, "代理机构", "") for agency in people.AGENCIES]
    rows += [
        _contact(official, role, "", county=county)
        for role, county, official in people.officials()
    ]
    rows.append(_contact(people.BANK, "质权人", ""))
    rows = [row for row in rows if row[3] or row[4] or row[5]]
    return Table("", "", headers, [*rows, *dirt.contact_rows(city)])


def _contact(
    owner: Owner, role: str, agreed_on: str, *, number: str = "", county: str = ""
) -> list[Cell]:
    asked = owner.sms_consent is not None or owner.email_consent is not None
    return [
        owner.name,
        role,
        owner.contact,
        owner.mobile,
        owner.landline,
        owner.email,
        county,
        _CONSENT[owner.sms_consent],
        _CONSENT[owner.email_consent],
        agreed_on if asked else "",
        "登记表签字" if asked else "",
        owner.standing,
        number,
    ]


def _payments(city: City) -> Table:
    rows: list[list[Cell]] = [
        [
            sample.number,
            f"第{sample.fee_year}年",
            sample.receipt[0].isoformat(),
            f"{sample.receipt[1]}.00",
            f"示例{i:06d}",
        ]
        for i, sample in enumerate(city.samples, 1)
        if sample.receipt
    ]
    headers = ("申请号", "年度", "缴费日期", "金额", "票据号")
    return Table("", "", headers, [*rows, *dirt.payment_rows(city)])


def _check_sheet(city: City, rulebook: Rulebook) -> Table:
    headers = (
        "县区", "专利号", "发明名称", "专利权人", "应缴年度", "缴费期限", "补缴期限",
        "案件状态", "已缴年度", "应缴金额", "查询日", "备注",
    )  # fmt: skip
    names = {code: name for code, name, _ in people.COUNTIES}
    rows = [
        _checked(sample, names[sample.county], rulebook)
        for sample in city.samples
        if sample.stage.sheet
    ]
    widths = (20, 20, 40, 40, 9, 12, 12, 26, 9, 10, 12, 16)
    table = Table("核查表", "", headers, rows, widths)
    dirt.soil_check_sheet(table, city)
    return table


def _checked(sample: Sample, county: str, rulebook: Rulebook) -> list[Cell]:
    assert sample.queried_on is not None  # noqa: S101 - every checked stage has it
    said = sample.stage.sheet
    return [
        county,
        f"ZL{sample.number}",
        sample.title,
        "；".join(owner.name for owner in sample.owners),
        str(sample.fee_year),
        sample.due_on.isoformat(),
        late_until(sample, rulebook=rulebook).isoformat(),
        _STATUS.get(said, _ENDED),
        str(sample.fee_year - (said != "paid")),
        str(sample.asked_yuan) if said != "paid" else "",
        sample.queried_on.isoformat(),
        "",
    ]


def _of(city: City, county: str) -> Iterator[Sample]:
    return (sample for sample in city.samples if sample.county == county)


def _text(table: Table, encoding: str) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    if table.title:
        writer.writerow([table.title])
    writer.writerow(table.headers)
    writer.writerows(table.rows)
    return target.getvalue().encode(encoding)


def _workbook(tables: Sequence[Table], today: date) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "default_date_format": "yyyy/m/d"}
    )
    book.set_properties({"created": datetime.combine(today, time())})
    title = book.add_format({"bold": True, "font_size": 14, "align": "center"})
    head = book.add_format(
        {"bold": True, "border": 1, "bg_color": "#E8EDF3", "text_wrap": True}
    )
    text = book.add_format({"num_format": "@"})
    for table in tables:
        sheet = book.add_worksheet(table.name)
        first = 0
        if table.title:
            sheet.merge_range(0, 0, 0, len(table.headers) - 1, table.title, title)
            first = 1
        for column, (name, width) in enumerate(
            zip(table.headers, table.widths, strict=True)
        ):
            sheet.set_column(column, column, width)
            sheet.write_string(first, column, name, head)
        sheet.freeze_panes(first + 1, 2)
        for number, row in enumerate(table.rows, first + 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell, text)
                else:
                    sheet.write(number, column, cell)
    book.close()
    return target.getvalue()


_STYLES: tuple[Callable[[date], Cell], ...] = (
    lambda day: day,
    lambda day: f"{day:%Y.%m.%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: day.isoformat(),
)
