"""Whatever the past was: the order of files, and who takes them, does not matter."""

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from patentwatch import people_intake, registerintake, statusintake
from patentwatch.backfill.files import FileKind, find
from patentwatch.backfill.planning import Period
from patentwatch.look import look
from patentwatch.register.limits import DEFAULT
from patentwatch.settings import DatabaseSettings, RegisterSettings, Settings
from patentwatch.store.engine import connect
from patentwatch.store.vault import make_key, unlock
from tests.backfill.city import (
    LAPSED,
    PEOPLE,
    TIMELESS,
    City,
    of,
    right,
    rows_of,
    without_paths,
)
from tests.lists import NOW, ON, Cells, write_csv
from tests.test_people_intake import looked_up, payment

PERIOD = Period(date(2021, 1, 1), ON)
CONTENT = ("patents", "holders", "facts", "events", "spells", "alerts", "verdicts")
BUT = {*TIMELESS, "next_look_on"}
SERIALS = (1, 2, 3, 5)
TRANSFER = (
    "登记生效日:20230501\n变更事项:专利权人\n"
    "变更前权利人:第1机械有限公司\n变更后权利人:第3机械有限公司"
)
LISTED_ON = ("2021-12-31", "2022-12-31", "2023-12-31", "2025-12-31")

some = settings(
    deadline=None,
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Past:
    """The content of the files: lists by their day, and rows of the others."""

    lists: dict[str, list[Cells]]
    notices: list[Cells]
    payments: list[Cells]
    looked_up: list[Cells]

    def write(self, folder: Path, chance: random.Random) -> None:
        """Write the files under names and in folders that are drawn."""
        for day, rows in self.lists.items():
            write_csv(_drawn(folder, chance), rows, above=f"截至日期：{day}")
        for rows in (self.notices, self.payments, self.looked_up):
            for part in _parts(rows):
                write_csv(_drawn(folder, chance), part)


def _drawn(folder: Path, chance: random.Random) -> Path:
    place = folder / chance.choice(("", "甲", "甲/乙", "z"))
    place.mkdir(parents=True, exist_ok=True)
    return place / f"{chance.getrandbits(64):x}.csv"


def _parts(rows: Sequence[Cells]) -> Iterator[Sequence[Cells]]:
    """Yield the rows in two files, where there are enough."""
    yield from (part for part in (rows[:2], rows[2:]) if part)


a_serial = st.sampled_from(SERIALS)
a_day = st.dates(date(2021, 1, 2), date(2026, 11, 20)).map(str)
a_county = st.sampled_from(("华龙区", "清丰县", "南乐县", ""))
a_status = st.sampled_from(("", "专利权维持", "等年费滞纳金", "未缴年费终止失效"))
a_paid_year = st.sampled_from(("", "7", "9", "11", "13"))
an_owner = st.sampled_from(("第1机械有限公司", "第3机械有限公司", "别家公司"))


@st.composite
def notice(draw: st.DrawFn) -> Cells:
    title, text = draw(
        st.sampled_from(
            (
                ("专利权的终止", LAPSED),
                ("专利权的终止", "未缴年费专利权终止\n终止日期:20240601"),
                ("专利权的恢复", "专利权的恢复"),
                ("专利权的放弃", "主动放弃专利权"),
                ("授权", "授权"),
                (
                    "专利权的转移",
                    TRANSFER,
                ),
            )
        )
    )
    return {
        "申请号": of(draw(a_serial)),
        "法律状态公告日": draw(a_day),
        "法律状态": title,
        "法律状态信息": text,
    }


@st.composite
def listed(draw: st.DrawFn) -> list[Cells]:
    return [
        right(
            serial,
            县区=draw(a_county),
            法律状态=draw(a_status),
            已缴年费年度=draw(a_paid_year),
            专利权人=draw(an_owner),
        )
        for serial in draw(st.lists(a_serial, min_size=1, unique=True))
    ]


pasts = st.builds(
    Past,
    st.dictionaries(st.sampled_from(LISTED_ON), listed(), min_size=1),
    st.lists(notice(), max_size=4, unique_by=repr),
    st.lists(
        st.builds(
            lambda serial, year, on: payment(
                申请号=of(serial), 年度=str(year), 缴费日期=on, 票据号=f"{serial}{year}"
            ),
            a_serial,
            st.integers(6, 14),
            a_day,
        ),
        max_size=3,
    ),
    st.lists(
        st.builds(
            lambda serial, state: looked_up(
                专利号=of(serial), 应缴年度="12", 案件状态=state
            ),
            a_serial,
            st.sampled_from(("等年费滞纳金", "专利权维持")),
        ),
        max_size=2,
    ),
)


@contextmanager
def empty_city(template: Path, key_file: Path | None = None) -> Iterator[City]:
    """Open a city without a past, with keys that are the same for all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'patentwatch.db'}"
        shutil.copyfile(template, folder / "patentwatch.db")
        key_file = key_file or template.with_suffix(".key")
        if not key_file.exists():
            make_key(key_file)
        base = Settings(
            database=DatabaseSettings(
                url=url, key_file=key_file, journal=folder / "sent"
            ),
            register=RegisterSettings(inbox=folder / "inbox"),
            outbox=folder / "outbox",
        )
        engine = connect(url)
        city = City(engine, unlock(key_file), base, folder)
        city.contacts(PEOPLE)
        yield city
        engine.dispose()


def content(city: City) -> dict[str, list[tuple[Any, ...]]]:
    return rows_of(city.engine, *CONTENT, but=BUT)


def backfill(city: City, past: Past, seed: int) -> dict[str, Any]:
    """Write the files anew, plan and apply; return the plan."""
    folder = city.folder / f"past{seed}"
    past.write(folder, random.Random(seed))  # noqa: S311 - a die
    plan = city.make(folder, period=PERIOD).plan
    city.apply(plan)
    return plan


@some
@given(past=pasts, seed=st.integers(1, 1000))
def test_the_order_and_the_folders_of_files_do_not_matter(
    past: Past, seed: int, sqlite_template: Path
) -> None:
    with empty_city(sqlite_template) as one, empty_city(sqlite_template) as other:
        plans = [backfill(one, past, 0), backfill(other, past, seed)]
        assert without_paths(plans[0]) == without_paths(plans[1])
        # The names of files, and what is sealed with a nonce: nothing else differs.
        names = {"file", "address_sealed", "person_sealed"}
        assert rows_of(one.engine, but=names) == rows_of(other.engine, but=names)


@some
@given(past=pasts)
def test_a_past_that_is_rebuilt_again_is_the_same(
    past: Past, sqlite_template: Path
) -> None:
    with empty_city(sqlite_template) as city:
        backfill(city, past, 0)
        before = content(city)
        plan = backfill(city, past, 1)
        assert plan["stored"] == {"patents": 0, "facts": 0, "events": 0}
        assert plan["would_send"]["alerts"] == 0
        assert content(city) == before


def take_one_by_one(city: City, folder: Path, chance: random.Random) -> None:
    """Take files with the ordinary commands in an order that is drawn."""
    files, _ = find([folder], limits=DEFAULT, to_on=ON, on=ON)
    chance.shuffle(files)
    for file in files:
        here = (city.engine, city.settings, file.path)
        match file.kind:
            case FileKind.REGISTER:
                city.take_file(file.path, registerintake.Order(as_of_on=file.as_of_on))
            case FileKind.STATUS:
                statusintake.import_status(*here, now=NOW)
            case FileKind.PAYMENTS:
                people_intake.import_payments(*here, now=NOW)
            case FileKind.CHECK_SHEET:
                people_intake.import_checksheet(*here, now=NOW)
    look(city.engine, city.vault, city.here.rules, now=NOW)


@some
@given(past=pasts, seed=st.integers(1, 1000))
def test_the_ordinary_commands_in_any_order_come_to_the_same(
    past: Past, seed: int, sqlite_template: Path
) -> None:
    with empty_city(sqlite_template) as one, empty_city(sqlite_template) as other:
        backfill(one, past, 0)
        folder = one.folder / "past0"
        take_one_by_one(other, folder, random.Random(seed))  # noqa: S311 - a die
        assert content(one) == content(other)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_city_comes_to_the_same_with_the_ordinary_commands(
    seed: int, city: City, sqlite_template: Path
) -> None:
    # Without the nationwide file, which keeps only what the register has by then.
    past = city.folder / "past"
    (past / "events.xml").unlink()
    city.apply(city.make(period=PERIOD).plan)
    with empty_city(sqlite_template, city.settings.database.key_file) as other:
        take_one_by_one(other, past, random.Random(seed))  # noqa: S311 - a die
        assert content(city) == content(other)
