"""Plans in the store: a new wording is a new row, a past day has its own words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, select

from patentwatch.errors import InputError
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    Measure,
    MeasureType,
    Plan,
)
from patentwatch.store import plans
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import plans as table

NOW = datetime(2023, 5, 8, 1, tzinfo=UTC)
PROMISE = Commitment(
    id="1.1",
    text="建立制度",
    kind=CommitmentKind.MILESTONE,
    due_on=date(2023, 12, 31),
    measure=Measure(MeasureType.LINKED),
)
FIRST = Plan(
    name="city-2023",
    title="工作要点",
    document_no="1号",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=date(2023, 12, 31),
    in_force_on=date(2023, 1, 1),
    sections=("一",),
    items=(Item(1, "甲", 1, (PROMISE,)),),
)


def worded(text: str, *, in_force_on: date) -> Plan:
    item = Item(1, "甲", 1, (replace(PROMISE, text=text),))
    return replace(FIRST, items=(item,), in_force_on=in_force_on)


AMENDED = worded("建立并实施制度", in_force_on=date(2023, 7, 1))


def save(connection: Connection, plan: Plan) -> str:
    return plans.save(connection, plan, file="计划.toml", by="李", now=NOW)


def test_an_amended_plan_keeps_the_words_of_the_days_before(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert save(connection, FIRST) == "created"
        assert save(connection, AMENDED) == "changed"
    with reading(engine) as connection:
        for on, wanted in (
            (date(2022, 12, 31), FIRST),
            (date(2023, 1, 1), FIRST),
            (date(2023, 6, 30), FIRST),
            (date(2023, 7, 1), AMENDED),
            (date(2030, 1, 1), AMENDED),
        ):
            assert plans.in_force(connection, "city-2023", on=on) == wanted
            wordings = plans.wordings(connection, "city-2023")
            assert plans.holding(wordings, on=on).in_force_on == wanted.in_force_on


def test_a_revision_may_be_loaded_before_the_wording_it_revises(engine: Engine) -> None:
    with transaction(engine) as connection:
        save(connection, AMENDED)
        save(connection, FIRST)
    with reading(engine) as connection:
        found = plans.in_force(connection, "city-2023", on=date(2023, 6, 30))
        assert found == FIRST
        found = plans.in_force(connection, "city-2023", on=date(2023, 7, 1))
        assert found == AMENDED


def test_the_same_wording_again_changes_nothing(engine: Engine) -> None:
    with transaction(engine) as connection:
        save(connection, FIRST)
        save(connection, AMENDED)
        assert [save(connection, one) for one in (FIRST, AMENDED)] == ["unchanged"] * 2
        assert len(connection.execute(select(table)).all()) == 2


def test_of_one_day_the_wording_loaded_last_holds(engine: Engine) -> None:
    mended = worded("建立制度。", in_force_on=FIRST.in_force_on)
    with transaction(engine) as connection:
        save(connection, FIRST)
        assert save(connection, mended) == "changed"
        for on in (date(2022, 1, 1), date(2023, 1, 1), date(2023, 6, 1)):
            assert plans.in_force(connection, "city-2023", on=on) == mended
            wordings = plans.wordings(connection, "city-2023")
            assert plans.holding(wordings, on=on).id == wordings[-1].id


def test_the_old_wording_comes_back_only_with_a_day_of_its_own(engine: Engine) -> None:
    mended = worded("建立制度。", in_force_on=FIRST.in_force_on)
    with transaction(engine) as connection:
        save(connection, FIRST)
        save(connection, mended)
        with pytest.raises(InputError, match="请写新的 in_force_on"):
            save(connection, FIRST)
        back = replace(FIRST, in_force_on=date(2023, 9, 1))
        assert save(connection, back) == "changed"
        assert plans.in_force(connection, "city-2023", on=date(2023, 9, 1)) == back
        assert plans.in_force(connection, "city-2023", on=date(2023, 8, 31)) == mended


def test_a_name_is_of_one_year(engine: Engine) -> None:
    with transaction(engine) as connection:
        save(connection, FIRST)
        with pytest.raises(InputError, match="已用于 2023 年"):
            save(connection, replace(FIRST, year=2024, in_force_on=date(2024, 1, 1)))
        other = replace(FIRST, name="city-2024", year=2024)
        earlier = replace(FIRST, name="zone-2022", year=2022)
        assert [save(connection, one) for one in (other, earlier)] == ["created"] * 2
        assert plans.names(connection) == ("zone-2022", "city-2023", "city-2024")


def test_asking_what_would_be_saved_saves_nothing(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert plans.would_save(connection, FIRST) == "created"
        save(connection, FIRST)
    with reading(engine) as connection:
        assert plans.would_save(connection, FIRST) == "unchanged"
        assert plans.would_save(connection, AMENDED) == "changed"
        assert len(plans.wordings(connection, "city-2023")) == 1


def test_a_wording_says_who_loaded_it_from_where(engine: Engine) -> None:
    with transaction(engine) as connection:
        save(connection, AMENDED)
        save(connection, FIRST)
        found = plans.wordings(connection, "city-2023")
    assert [one.in_force_on for one in found] == [date(2023, 1, 1), date(2023, 7, 1)]
    assert {(one.file, one.loaded_by, one.loaded_at) for one in found} == {
        ("计划.toml", "李", NOW)
    }
    assert [one.commitments for one in found] == [1, 1]


def test_what_is_not_there_is_none(engine: Engine) -> None:
    with reading(engine) as connection:
        assert plans.in_force(connection, "x", on=date(2023, 1, 1)) is None
        assert plans.names(connection) == ()
        assert plans.wordings(connection, "x") == ()
