"""Making bulletins and sealing months, from records to the page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, event, insert, select, update

from patentwatch import bulletinmaking, bulletinpage, clock, monthsealing
from patentwatch.bulletinpage.document import docx
from patentwatch.errors import UsageError
from patentwatch.model import Office
from patentwatch.plan.bulletinvalues import Bulletin
from patentwatch.plan.ranking import Tally
from patentwatch.plan.values import Item, Measure, MeasureType, Plan, Selection
from patentwatch.settings import Settings
from patentwatch.store import lights, plans
from patentwatch.store.engine import transaction
from patentwatch.store.tables import bulletins as bulletin_table
from patentwatch.store.tables import lights as light_table
from patentwatch.store.tables import records
from patentwatch.store.vault import Vault
from tests.line import Line
from tests.make_bulletins import GREEN, HUALONG, OVERSEAS, PLAN, RED, TRAINING

JUNE = date(2023, 6, 1)


def counted(kind: str) -> Measure:
    return Measure(MeasureType.COUNT, Selection((kind,)))


ABROAD = replace(OVERSEAS, measure=counted("overseas_application"))
SMALL = replace(
    PLAN,
    sections=PLAN.sections[:1],
    items=(
        Item(3, "设立濮阳市专利奖", 1, (ABROAD,)),
        Item(17, "工作站", 1, (replace(TRAINING, measure=counted("training")),)),
    ),
)


def at(day: str) -> datetime:
    return clock.at_nine(date.fromisoformat(day))


@pytest.fixture
def office(settings: Callable[..., Settings]) -> Settings:
    """Return an office with a name."""
    return settings(office=Office(name="濮阳市知识产权局", phone="", website=""))


def load(engine: Engine, plan: Plan = SMALL, *, on: str = "2023-01-05") -> None:
    with transaction(engine) as connection:
        plans.save(connection, plan, file="plan.toml", by="李", now=at(on))


def add(engine: Engine, kind: str, *days: str, county: str | None = None) -> None:
    """Record something of a kind on each of the days."""
    with transaction(engine) as connection:
        for day in days:
            count = len(connection.execute(select(records.c.id)).all())
            connection.execute(
                insert(records).values(
                    kind=kind,
                    natural_key=f"{count}",
                    title=f"记录{count}",
                    county=county,
                    occurred_on=date.fromisoformat(day),
                    fields={},
                    recorded_at=at(day),
                )
            )


def make(
    engine: Engine,
    settings: Settings,
    month_on: date,
    *,
    on: str,
    by: str = "李",
    dry_run: bool = False,
) -> Bulletin:
    with transaction(engine) as connection:
        plan = bulletinmaking.plan_of(connection, None, month_on, now=at(on))
        return bulletinmaking.make(
            connection,
            settings,
            plan,
            month_on,
            by=by,
            now=at(on),
            dry_run=dry_run,
        )


def stored(engine: Engine) -> tuple[int, int]:
    """Return how many bulletins and sealed lights there are."""
    with transaction(engine) as connection:
        return (
            len(connection.execute(select(bulletin_table.c.plan)).all()),
            len(connection.execute(select(light_table.c.plan)).all()),
        )


def test_a_month_is_told_the_same_whatever_is_recorded_later(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    # Of ten until the year's end: 181 of 364 days are half the way. Five is on it.
    add(engine, "overseas_application", *["2023-05-01"] * 5)
    first = make(engine, office, JUNE, on="2023-07-03")
    assert first.sections[0].lines[0].actual == Decimal(5)
    assert first.sections[0].lines[0].light is GREEN
    assert first.sections[0].lines[1].light is RED
    assert first.tally == Tally(green=1, yellow=0, red=1)

    add(engine, "overseas_application", "2023-06-02", "2023-06-03")
    add(engine, "training", "2023-06-30", county=HUALONG)
    with transaction(engine) as connection:
        connection.execute(
            update(records)
            .where(records.c.natural_key == "0")
            .values(state="withdrawn")
        )
    again = make(engine, office, JUNE, on="2023-09-01", by="王")
    assert again == first
    assert bulletinpage.html(again) == bulletinpage.html(first)
    assert docx(again) == docx(first)


def test_a_sealed_month_is_told_with_its_sealed_lights(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    add(engine, "overseas_application", *["2023-05-01"] * 5)
    with transaction(engine) as connection:
        monthsealing.seal(connection, office, SMALL, JUNE, now=at("2023-07-01"))
    add(engine, "overseas_application", *["2023-06-15"] * 5)
    line = make(engine, office, JUNE, on="2023-07-03").sections[0].lines[0]
    assert (line.actual, line.rate, line.light) == (Decimal(5), Decimal("0.5"), GREEN)


def test_making_a_bulletin_seals_its_month_and_no_other(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    found = make(engine, office, JUNE, on="2023-07-03")
    with transaction(engine) as connection:
        sealed = lights.sealed_months(connection, [SMALL.name])
    assert sealed == {(SMALL.name, JUNE)}
    assert [(one.month_on.month, one.sealed) for one in found.trend] == [
        (1, False), (2, False), (3, False), (4, False), (5, False), (6, True),
    ]  # fmt: skip


def test_what_turned_is_told_against_the_sealed_month_before(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    with transaction(engine) as connection:
        may = date(2023, 5, 1)
        monthsealing.seal(connection, office, SMALL, may, now=at("2023-06-01"))
    # Recorded too late for May, though its day is in May.
    add(engine, "overseas_application", *["2023-05-01"] * 9)
    found = make(engine, office, JUNE, on="2023-07-03")
    assert [(one.id, one.before, one.light) for one in found.turned] == [
        ("3.6", RED, GREEN)
    ]


def test_the_running_month_is_a_draft_of_today_and_kept_nowhere(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    add(engine, "training", "2023-06-12", "2023-06-13", county=HUALONG)
    found = make(engine, office, JUNE, on="2023-06-12")
    assert found.draft
    assert found.as_of_on == date(2023, 6, 12)
    assert found.sections[0].lines[1].actual == Decimal(1)
    last = make(engine, office, JUNE, on="2023-06-30")
    assert last.draft
    assert last.sections[0].lines[1].actual == Decimal(2)
    assert stored(engine) == (0, 0)


def test_a_dry_run_shows_it_and_keeps_nothing(engine: Engine, office: Settings) -> None:
    load(engine)
    found = make(engine, office, JUNE, on="2023-07-03", dry_run=True)
    assert not found.draft
    assert found.tally == Tally(green=0, yellow=0, red=2)
    assert stored(engine) == (0, 0)


def test_a_dry_run_of_a_month_that_is_kept_shows_the_kept_one(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    first = make(engine, office, JUNE, on="2023-07-03")
    add(engine, "overseas_application", *["2023-06-02"] * 9)
    assert make(engine, office, JUNE, on="2023-09-01", dry_run=True) == first


def test_a_month_is_told_in_the_words_that_held_at_its_end(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    amended = replace(SMALL, title="修订后的要点", in_force_on=date(2023, 7, 1))
    load(engine, amended, on="2023-07-02")
    june = make(engine, office, JUNE, on="2023-08-02")
    july = make(engine, office, date(2023, 7, 1), on="2023-08-02")
    assert (june.title, july.title) == (SMALL.title, "修订后的要点")


@pytest.mark.parametrize(
    ("month_on", "on", "told"),
    [
        pytest.param("2023-08-01", "2023-07-31", "还没有开始", id="future"),
        pytest.param("2022-12-01", "2023-07-31", "不在任何已载入计划", id="before"),
        pytest.param("2024-01-01", "2024-07-31", "不在任何已载入计划", id="after"),
    ],
)
def test_a_month_that_cannot_be_told_of_is_refused(
    engine: Engine, office: Settings, month_on: str, on: str, told: str
) -> None:
    load(engine)
    with pytest.raises(UsageError, match=told):
        make(engine, office, date.fromisoformat(month_on), on=on)


def test_a_plan_is_named_where_there_are_two(engine: Engine, office: Settings) -> None:
    load(engine)
    load(engine, replace(SMALL, name="second"))
    with pytest.raises(UsageError, match=r"puyang-2023、second；请用 --plan"):
        make(engine, office, JUNE, on="2023-07-03")

    def named(connection: Connection, name: str) -> str:
        found = bulletinmaking.plan_of(connection, name, JUNE, now=at("2023-07-03"))
        return found.name

    with transaction(engine) as connection:
        assert named(connection, "second") == "second"
        with pytest.raises(UsageError, match="没有名为 third 的计划"):
            named(connection, "third")


def seal_due(engine: Engine, settings: Settings, *, on: str) -> int:
    with transaction(engine) as connection:
        return monthsealing.seal_due(connection, settings, [SMALL], now=at(on))


def sealed(engine: Engine) -> list[int]:
    with transaction(engine) as connection:
        found = lights.sealed_months(connection, [SMALL.name])
    return sorted(month_on.month for _, month_on in found)


def test_every_month_that_is_over_is_sealed_once(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    assert seal_due(engine, office, on="2023-01-31") == 0
    assert seal_due(engine, office, on="2023-02-01") == 1
    assert seal_due(engine, office, on="2023-02-01") == 0
    assert seal_due(engine, office, on="2023-05-01") == 3
    assert sealed(engine) == [1, 2, 3, 4]
    assert seal_due(engine, office, on="2025-01-01") == 8
    assert sealed(engine) == [*range(1, 13)]


def test_the_daemon_seals_the_month_before_at_its_first_tick_of_the_next(
    engine: Engine, vault: Vault, settings: Callable[..., Settings]
) -> None:
    line = Line(engine, vault, settings())
    load(engine)
    line.tick(date(2023, 1, 31))
    assert sealed(engine) == []
    line.tick(date(2023, 2, 1))
    assert sealed(engine) == [1]
    with transaction(engine) as connection:
        asked: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        monthsealing.seal_once_a_month(connection, line.settings, now=at("2023-02-02"))
    assert len(asked) == 1  # it knows that it was here this month
    line.tick(date(2023, 4, 10))
    assert sealed(engine) == [1, 2, 3]


def test_a_month_before_the_plan_was_loaded_is_not_sealed(
    engine: Engine, office: Settings
) -> None:
    load(engine, on="2023-04-20")
    # A new wording does not move the beginning.
    load(engine, replace(SMALL, in_force_on=date(2023, 5, 1)), on="2023-05-20")
    assert seal_due(engine, office, on="2023-06-01") == 2
    assert sealed(engine) == [4, 5]


def test_the_month_of_loading_is_that_of_shanghai(
    engine: Engine, office: Settings
) -> None:
    with transaction(engine) as connection:
        late = datetime.fromisoformat("2023-04-30T16:30+00:00")  # 1 May, 00:30
        plans.save(connection, SMALL, file="plan.toml", by="李", now=late)
    assert seal_due(engine, office, on="2023-06-01") == 1
    assert sealed(engine) == [5]


def test_a_plan_that_nobody_loaded_has_nothing_to_seal(
    engine: Engine, office: Settings
) -> None:
    assert seal_due(engine, office, on="2023-06-01") == 0


def test_a_tick_with_nothing_to_do_asks_two_questions(
    engine: Engine, office: Settings
) -> None:
    load(engine)
    seal_due(engine, office, on="2023-06-01")
    asked: list[str] = []
    with transaction(engine) as connection:
        event.listen(
            connection,
            "before_cursor_execute",
            lambda *found: asked.append(str(found[2])),
        )
        now = at("2023-06-20")
        assert monthsealing.seal_due(connection, office, [SMALL], now=now) == 0
        assert len(asked) == 2
        assert monthsealing.seal_due(connection, office, [], now=now) == 0
        assert len(asked) == 2
