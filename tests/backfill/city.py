"""A small city with a past: six rights, four yearly lists, notices, receipts.

What became of them, by hand:

    1  华龙区  in force; fee 12 (2026-06-01) is in its last month today, nobody knows
    2  清丰县  lapsed for fee 8 (2021-09-01), announced on 2022-05-06
    3  清丰县  lapsed for fee 9 (2021-09-01), announced on 2022-05-06, restored on
               2022-10-11; fee 14 (2026-09-01) was looked up on 2026-11-20: not paid
    4  南乐县  its term ended on 2024-03-10
    5  华龙区  in 南乐县 since the list of 2022-12-31
    6  华龙区  granted on 2023-05-04; notice of fee 9 begins tomorrow, on 2026-11-23
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from patentwatch import installation, pipeline
from patentwatch.backfill import applying, making
from patentwatch.backfill.applying import Applied
from patentwatch.backfill.making import Made
from patentwatch.backfill.planning import Period
from patentwatch.dispatch import Delivered
from patentwatch.installation import Installation
from patentwatch.model import Office
from patentwatch.settings import Settings
from patentwatch.store.engine import reading
from patentwatch.store.tables import metadata
from patentwatch.store.vault import Vault
from tests.lists import COUNTIES, NOW, Cells, Desk, number, row, write_csv
from tests.sources import made
from tests.test_people_intake import contact, looked_up, payment

PERIOD = Period(date(2021, 1, 1), date(2024, 12, 31))
YEARS = (2021, 2022, 2023, 2024)
LAPSED = "未缴年费专利权终止\n终止日期:20210901"
ALERTS = {("1", "final", "email"), ("1", "final", "sms"), ("3", "surcharge_2", "email")}
"""All that is still due today: the right, the tier, the channel."""

TIMELESS = {"id", "run_id", "listed_run_id", "message_id", "alert_id"}
"""Columns that only number rows; they may differ where a kill has burnt numbers."""


def right(serial: int, **changes: str) -> Cells:
    """Return the usual row of one of the six."""
    days = {
        1: ("2015-06-01", "2018-03-02", "华龙区"),
        2: ("2014-09-01", "2017-03-02", "清丰县"),
        3: ("2013-09-01", "2016-03-02", "清丰县"),
        4: ("2004-03-10", "2007-05-01", "南乐县"),
        5: ("2016-04-15", "2019-08-09", "华龙区"),
        6: ("2019-02-21", "2023-05-04", "华龙区"),
    }
    filing, grant, county = days[serial]
    usual = row(serial, 申请号=of(serial), 申请日=filing, 授权公告日=grant, 县区=county)
    return usual | {"已缴年费年度": ""} | changes


def of(serial: int) -> str:
    """Return the number of one of the six."""
    years = {1: 2015, 2: 2014, 3: 2013, 4: 2004, 5: 2016, 6: 2019}
    return number(serial, year=years[serial])


def listed(year: int) -> list[Cells]:
    """Return who was on the list of the last day of a year."""
    moved = {"县区": "南乐县"} if year >= 2022 else {}
    rows = [right(1), right(3), right(5, **moved)]
    rows += [right(2)] if year <= 2021 else []
    rows += [right(4)] if year <= 2023 else []
    rows += [right(6)] if year >= 2023 else []
    return rows


def put_files(folder: Path) -> list[Path]:
    """Write the whole past into a folder; return its files."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        write_csv(folder / f"清单_{year}-12-31.csv", listed(year)) for year in YEARS
    ]
    terminated = {"法律状态": "专利权的终止", "法律状态信息": LAPSED}
    notices = [
        {"申请号": of(3), "法律状态公告日": "2022-05-06"} | terminated,
        {
            "申请号": of(3),
            "法律状态公告日": "2022-10-11",
            "法律状态": "专利权的恢复",
            "法律状态信息": "专利权的恢复",
        },
    ]
    found.append(write_csv(folder / "公告.csv", notices))
    found.append(folder / "events.xml")
    ended = made.record(
        references=[made.reference("original", of(2))], day="20220506", text=LAPSED
    )
    found[-1].write_bytes(made.prs(ended))
    paid = [
        payment(申请号=of(1), 年度="10", 缴费日期="2024-05-20"),
        payment(申请号=of(5), 年度="9", 缴费日期="2024-04-02", 票据号="A2"),
    ]
    found.append(write_csv(folder / "缴费.csv", paid))
    found.append(write_csv(folder / "核查表.csv", [unpaid()]))
    return found


def unpaid() -> Cells:
    """Return the row of the check sheet: fee 14 of right 3 is not paid."""
    return looked_up(专利号=of(3), 县区="清丰县", 应缴年度="14", 缴费期限="2026-09-01")


PEOPLE = (
    contact("第1机械有限公司", 手机="13800000001", 邮箱="a@a.example"),
    contact("第3机械有限公司", 手机="", 邮箱="c@c.example"),
)


@dataclass
class City(Desk):
    """An office with addresses that is about to take in its past."""

    here: Installation = field(init=False)

    def __post_init__(self) -> None:
        self.change()

    def change(self, **sections: Any) -> None:
        """Start anew with other settings, as after an edit of the file."""
        office = Office("濮阳市知识产权局", "0393", lawful_basis="履行法定职责")
        usual: dict[str, Any] = {"counties": COUNTIES, "office": office}
        self.settings = replace(self.settings, **(usual | sections))
        self.here = installation.put_together(self.settings, self.engine, self.vault)

    def make(
        self,
        *sources: Path,
        period: Period = PERIOD,
        now: datetime = NOW,
        force: str = "",
        **more: Any,
    ) -> Made:
        """Make a plan."""
        return making.make(
            self.engine,
            self.vault,
            self.settings,
            self.here.rules,
            making.Order(period, sources or [self.folder / "past"], force),
            now=now,
            **more,
        )

    def apply(
        self, plan: Mapping[str, Any], *, now: datetime = NOW, **more: Any
    ) -> Applied:
        """Carry out a plan."""
        return applying.apply(
            self.engine,
            self.vault,
            self.settings,
            self.here.rules,
            dict(plan),
            now=now,
            **more,
        )

    def deliver(self, *, now: datetime = NOW) -> Delivered:
        """Send what waits."""
        return pipeline.deliver_once(self.here, tell_time=lambda: now)


def city_of(engine: Engine, vault: Vault, settings: Settings, folder: Path) -> City:
    """Return a city with its people and the files of its past."""
    city = City(engine, vault, settings, folder)
    city.contacts(PEOPLE)
    put_files(folder / "past")
    return city


def sayings(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
    """Return (serial, tier, channel) of alerts."""
    serials = {of(serial): str(serial) for serial in range(1, 7)}
    return {(serials[r["application_no"]], r["tier"], r["channel"]) for r in rows}


def without_paths(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plan but for where its files lie."""
    files = [{**one, "file": ""} for one in plan["files"]]
    return {**plan, "files": files, "hash": ""}


def rows_of(
    engine: Engine, *tables: str, but: Iterable[str] = ()
) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of tables (all tables without a name) but for some columns."""
    left_out = set(but)
    found = {}
    with reading(engine) as connection:
        for table in metadata.sorted_tables:
            if not tables or table.name in tables:
                columns = [c for c in table.c if c.name not in left_out]
                lines = [tuple(line) for line in connection.execute(select(*columns))]
                found[table.name] = sorted(lines, key=repr)
    return found
