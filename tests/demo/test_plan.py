"""The demo's year of records tells the story that was written for it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from patentwatch import clock, planstatus, rulefiles
from patentwatch.demo import plan, walk, yearfiles
from patentwatch.demo.cast import cast
from patentwatch.demo.city import City, sample_city
from patentwatch.demo.planpapers import QUARTER_DAYS
from patentwatch.installation import Installation
from patentwatch.plan.kinds import FieldType, kinds
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.recordsheet import EXAMPLE, columns
from patentwatch.register.result import Intake
from patentwatch.store import commitments, plans, slips
from patentwatch.store.engine import reading
from tests.demo_lights import LETTERS, LIGHTS

TODAY = date(2026, 11, 23)
NOW = clock.at_nine(TODAY)


@dataclass(frozen=True)
class Told:
    """The city's plan with its year, no register beside it."""

    here: Installation
    folder: Path
    taken: list[Intake]
    quarters: list[PlanStatus]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("demo") / "city"
    here = walk.open_city(walk.prepare(folder, today=TODAY))
    taken = plan.take(here, folder, now=NOW)
    yield Told(here, folder, taken, [status(here, on) for on in QUARTER_DAYS])
    here.engine.dispose()


@pytest.fixture(scope="module")
def city() -> City:
    return sample_city(TODAY, rulebook=rulefiles.load(None))


def status(here: Installation, on: date) -> PlanStatus:
    with reading(here.engine) as connection:
        wording = plans.in_force(connection, plan.NAME, on=on)
        assert wording is not None
        return planstatus.status_of(connection, here.settings, wording, on=on)


def progress(status: PlanStatus, id_: str) -> Progress:
    return next(one for one in status.progress if one.commitment.id == id_)


def test_every_light_is_the_one_that_the_story_asks_for(told: Told) -> None:
    found = {
        id_: [progress(quarter, id_).light.value for quarter in told.quarters]
        for id_ in LIGHTS
    }
    assert found == {
        id_: [LETTERS[letter] for letter in letters] for id_, letters in LIGHTS.items()
    }


def test_the_story_leaves_out_only_what_the_register_measures(told: Told) -> None:
    others = {one.commitment.id for one in told.quarters[0].progress} - LIGHTS.keys()
    assert others == {"3.6", "3.7", *(f"6.{number}" for number in range(1, 8))}


@pytest.mark.parametrize(
    ("id_", "actuals"),
    [
        # 8 + 6 + 10; + 12 + 15 + 18 + 9; + 14 + 16 + 22 + 10 + 7; + 20 + 21 + 25
        pytest.param("9.7", (24e6, 78e6, 147e6, 213e6), id="sum"),
        pytest.param("3.9", (1, 4, 8, 10), id="count"),
        pytest.param("2.4", (20, 50, 80, 100), id="ratio"),
        # 1, 5, 7 and 8 of nine townships, to two decimals
        pytest.param("11.13", ("11.11", "55.56", "77.78", "88.89"), id="coverage"),
        pytest.param("11.7", (0, 0, 1, 1), id="growth"),
        # 75 70 64 | + 62 58 55 50 | + 52 48 45 44 40 | + 46 42 38
        pytest.param("13.3", (70, 62, "53.5", 50), id="median"),
        # 9200 + 4300 + 3600 + 3100 + 2500 + 5000 + 1200 + 2700 at the end of 2022
        pytest.param("3.8", (31600, 33200, 33200, 35080), id="latest"),
        pytest.param("17.3", (0, 1, 2, 2), id="distinct"),
        pytest.param("8.7", ("66.67", 60, "44.44", "54.55"), id="ratio-of-firms"),
    ],
)
def test_actuals_are_those_of_the_tables(
    told: Told, id_: str, actuals: tuple[object, ...]
) -> None:
    found = [progress(quarter, id_).counted.actual for quarter in told.quarters]
    assert found == [Decimal(str(actual)) for actual in actuals]


@pytest.mark.parametrize(
    ("id_", "to_beat"),
    [("11.4", 12), ("11.5", 3), ("11.6", 6), ("11.7", 3), ("13.3", 60), ("4.3", 40)],
)
def test_the_year_before_has_a_number_to_beat(
    told: Told, id_: str, to_beat: int
) -> None:
    assert progress(told.quarters[0], id_).target == to_beat


def test_two_hundred_million_are_passed_in_november(told: Told) -> None:
    day_before, day = (
        progress(status(told.here, date(2023, 11, number)), "9.7")
        for number in (22, 23)
    )
    assert day_before.counted.actual == 188_000_000
    assert day.counted.actual == 213_000_000


def test_every_row_is_taken_but_the_one_that_shows_how(told: Told) -> None:
    for one in told.taken:
        assert (one.rejected, one.skipped) == (0, 1), one.file
        assert one.accepted == one.created == one.read - 1, one.file
        # The register comes in a file of its own.
        assert {note.code for note in one.warnings} <= {"patent_unknown"}, one.file


def test_patents_of_the_records_are_of_the_register(told: Told, city: City) -> None:
    known = {sample.number for sample in city.samples}
    named = {note.value for one in told.taken for note in one.warnings}
    assert named
    assert named <= known


def test_taking_the_year_again_changes_nothing(told: Told) -> None:
    def people_did() -> tuple[object, object]:
        with reading(told.here.engine) as connection:
            return (
                commitments.acts_of(connection, plan.NAME, on=TODAY),
                slips.slips_of(connection, plan.NAME, on=TODAY),
            )

    before = people_did()
    again = plan.take(told.here, told.folder, now=NOW)
    assert {(one.created, one.changed) for one in again} == {(0, 0)}
    assert people_did() == before


def test_the_extension_was_asked_for_before_the_due_day(told: Told) -> None:
    days = [
        progress(status(told.here, date(2023, 12, number)), "11.13").due_on
        for number in (19, 20)
    ]
    assert days == [date(2023, 12, 31), date(2024, 3, 31)]


def test_one_slip_was_answered_and_two_are_overdue_at_the_end(told: Told) -> None:
    with reading(told.here.engine) as connection:
        found = slips.slips_of(connection, plan.NAME, on=plan.ENDS_ON)
        late = slips.overdue_slips(connection, plan.NAME, on=plan.ENDS_ON)
    assert [(one.name, one.colour.value, one.follows) for one in found] == [
        ("2023-1", "blue", ""),
        ("2023-2", "blue", ""),
        ("2023-3", "yellow", "2023-2"),
    ]
    assert found[0].replied_on == date(2023, 4, 18)
    assert [one.name for one in late] == ["2023-2", "2023-3"]


def test_every_county_signs_for_the_loans_one_after_giving_them_back(
    told: Told,
) -> None:
    with reading(told.here.engine) as connection:
        acts = commitments.acts_of(connection, plan.NAME, on=plan.ENDS_ON)
    mine = [act for act in acts if act.commitment == "9.7" and act.county]
    signed = Counter(act.county for act in mine if act.kind == "signed")
    assert signed == dict.fromkeys((c.code for c in told.here.settings.counties), 1)
    given_back = [act.county for act in mine if act.kind == "returned"]
    assert given_back == ["410927"]


def test_a_file_of_records_is_a_filled_template(told: Told) -> None:
    for kind in yearfiles.told():
        book = load_workbook(told.folder / yearfiles.FOLDER / f"{kind.key}.xlsx")
        first, example, *rows = book[kind.label].iter_rows(values_only=True)
        assert list(first) == list(columns(kind))
        assert example[0] == EXAMPLE
        assert [row[0] for row in rows] == [f"{n + 1}" for n in range(len(rows))]
        assert len(rows) == len(yearfiles.table(kind.key)) > 0


def test_every_kind_but_the_slips_that_the_program_issues_has_a_file() -> None:
    assert set(kinds()) - {one.key for one in yearfiles.told()} == {"supervision_slip"}


def test_columns_of_the_tables_are_fields_of_their_kind() -> None:
    for kind in yearfiles.told():
        known = {field.key for field in kind.fields} | {"commitments"}
        for row in yearfiles.table(kind.key):
            assert set(row) <= known, kind.key
            assert None not in row.values(), kind.key


def test_every_party_is_plainly_invented() -> None:
    for kind in yearfiles.told():
        parties = [one.key for one in kind.fields if one.type is FieldType.PARTY]
        for row in yearfiles.table(kind.key):
            for key in parties:
                cell = row.get(key, "")
                assert not cell or cell.startswith("@") or "示例" in cell, (kind, row)


def test_townships_are_plainly_invented() -> None:
    assert all(row["name"].startswith("示例") for row in yearfiles.table("township"))


def test_no_county_has_a_population(told: Told) -> None:
    assert not told.here.settings.population
    assert {one.county for one in told.quarters[0].plan.residents} == {""}


@pytest.mark.parametrize(
    ("made_on", "folders"),
    [
        pytest.param(date(2023, 12, 30), [], id="day-before"),
        pytest.param(date(2023, 12, 31), [], id="last-day"),
        pytest.param(date(2024, 1, 1), ["records"], id="day-after"),
    ],
)
def test_the_year_is_told_when_it_is_over(
    tmp_path: Path, made_on: date, folders: list[str]
) -> None:
    walk.prepare(tmp_path / "city", today=made_on)
    found = [path.name for path in (tmp_path / "city").glob("records")]
    assert found == folders


@pytest.mark.parametrize("day", [date(2024, 2, 12), TODAY, date(2031, 10, 3)])
def test_every_part_is_played_by_another_firm_whatever_the_day(day: date) -> None:
    parts = cast(sample_city(day, rulebook=rulefiles.load(None)))
    firms = [
        sample.owners[0]
        for part, sample in parts.items()
        if not part.startswith("学院")
    ]
    assert len({firm.name for firm in firms}) == len(firms)
    assert not any(firm.person for firm in firms)
    assert len({sample.number for sample in parts.values()}) == len(parts)


def test_parts_lie_where_their_names_say_and_were_granted_by_then(city: City) -> None:
    counties = {
        "华龙": "410902", "清丰": "410922", "南乐": "410923", "范县": "410926",
        "台前": "410927", "濮阳": "410928", "工业": "410971", "经开": "410972",
    }  # fmt: skip
    for part, sample in cast(city).items():
        assert sample.county == counties.get(part[:2], sample.county), part
        assert sample.grant_on < date(2023, 1, 1), part
