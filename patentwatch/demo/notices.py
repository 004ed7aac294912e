"""The sample city's legal-status notices: what the gazette told of a few patents."""

from collections.abc import Iterator
from datetime import date, timedelta

from patentwatch.demo import people
from patentwatch.demo.city import City, Sample
from patentwatch.demo.table import Cell, Table
from patentwatch.law.terms import months_after

_HEADERS = ("申请号", "法律状态公告日", "法律状态", "法律状态信息")
_SETTLED = "paid_column"
_NEWER_THAN_THE_LIST = timedelta(days=2)


def notices(city: City) -> Table:
    """Return the list of notices; two of its rows are wrong in the usual ways."""
    settled = iter([s for s in city.samples if s.stage.name == _SETTLED])
    rows = [*_good(city, settled), *_bad(next(settled), city.today)]
    return Table("", "", _HEADERS, rows)


def _good(city: City, settled: Iterator[Sample]) -> Iterator[list[Cell]]:
    """Yield transfers, pledges, a preservation, a surrender, a lapse and its end."""
    new = city.today - _NEWER_THAN_THE_LIST
    for buyer in city.owners[3:5]:
        sold = next(settled)
        told = (
            f"专利权的转移\n登记生效日:{_packed(new - timedelta(days=20))}\n"
            f"变更事项:专利权人\n变更前权利人:{sold.owners[0].name}\n"
            f"变更后权利人:{buyer.name}"
        )
        yield _row(sold, new, "专利申请权、专利权的转移", told)
    for serial in range(2):
        pledged = next(settled)
        day = city.today - timedelta(days=40 + serial)
        told = (
            f"专利权质押合同登记的生效\n登记号:Y{day:%Y}410000{serial:03}\n"
            f"登记生效日:{_packed(day)}\n出质人:{pledged.owners[0].name}\n"
            f"质权人:{people.BANK.name}"
        )
        yield _row(pledged, day, "专利权质押合同登记的生效", told)
    day = city.today - timedelta(days=30)
    frozen = f"专利权的保全\n登记生效日:{_packed(day)}"
    yield _row(next(settled), day, "专利权的保全", frozen)
    given_up = f"专利权的主动放弃\n放弃生效日:{_packed(new - timedelta(days=9))}"
    yield _row(next(settled), new, "专利权的主动放弃", given_up)
    yield from _lost_and_saved(next(settled))
    yield _row(next(settled), new, "其他有关事项", "其他有关事项")


def _lost_and_saved(sample: Sample) -> Iterator[list[Cell]]:
    """Yield a lapse of the year before, announced late, and the restoration."""
    due_on = months_after(sample.due_on, -12)
    lapse = f"未缴年费专利权终止\n终止日期:{_packed(due_on)}"
    yield _row(sample, months_after(due_on, 9), "专利权的终止", lapse)
    saved_on = months_after(due_on, 10)
    back = f"权利的恢复\n恢复权利日期:{_packed(saved_on)}"
    yield _row(sample, saved_on, "专利权的恢复", back)


def _bad(sample: Sample, today: date) -> Iterator[list[Cell]]:
    yield [f"{sample.number[:-1]}?", today.isoformat(), "授权", "授权"]
    yield [sample.number, "", "授权", "授权"]


def _row(sample: Sample, day: date, title: str, text: str) -> list[Cell]:
    return [sample.number, f"{day:%Y.%m.%d}", title, text]


def _packed(day: date) -> str:
    return f"{day:%Y%m%d}"
