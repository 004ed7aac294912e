"""Patents in and out of the database, and who is due for a look."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert

from patentwatch import clock
from patentwatch.model import Patent, PatentNumber, PatentType
from patentwatch.store import holders, patents
from patentwatch.store.engine import transaction
from patentwatch.store.tables import events
from patentwatch.store.tables import patents as table

ON = date(2026, 11, 22)
FULL = Patent(
    PatentNumber("201510000001.1"),
    PatentType.INVENTION,
    date(2015, 6, 1),
    title="=一种“装置”\U00020bb7",
    grant_on=date(2018, 3, 2),
    grant_publication_no="CN105000001B",
    patentees=("甲公司", "乙 研究所"),
    credit_codes=("91410900MA3X",),
    address="某路1号",
    county="410902",
    ipc="G05B19/418",
    agency="某事务所",
    reduction=85,
    paid_through=11,
    legal_status="授权",
    queried_on=date(2026, 11, 1),
    high_value=True,
)
LISTED = {"listed_on": ON}
BARE = Patent(PatentNumber("201510000002.2"), PatentType.INVENTION, date(2015, 6, 1))


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as connection:
        yield connection


def store(
    connection: Connection, *found: Patent, next_look_on: date | None = None
) -> None:
    for patent in found:
        row = patents.row_of(patent) | {"listed_on": ON, "next_look_on": next_look_on}
        connection.execute(insert(table).values(row))
    holders.replace_holders(connection, found)


def test_a_patent_comes_out_as_it_went_in(connection: Connection) -> None:
    store(connection, FULL, BARE)
    assert patents.one(connection, FULL.application_no) == FULL
    assert patents.many(connection, [BARE.application_no, "none"]) == {
        BARE.application_no: BARE
    }


def test_two_patents_differ_in_their_fingerprint_by_any_column() -> None:
    full, bare = patents.values_of(FULL), patents.values_of(BARE)
    assert len(full) == len(patents.ATTRIBUTES)
    seen = {patents.fingerprint(full)}
    for place in range(len(full)):
        if full[place] != bare[place]:
            other = (*full[:place], bare[place], *full[place + 1 :])
            seen.add(patents.fingerprint(other))
    assert len(seen) == 1 + sum(a != b for a, b in zip(full, bare, strict=True))


def test_parties_are_found_by_name_credit_code_and_agency(
    connection: Connection,
) -> None:
    store(connection, FULL, BARE)
    for names, codes in (
        (["甲公司"], []),
        (["乙研究所"], []),
        (["某事务所"], []),
        ([], ["91410900MA3X"]),
    ):
        found = holders.held_by(connection, name_keys=names, codes=codes)
        assert found == {FULL.application_no}
    assert holders.held_by(connection, name_keys=["", "丙"], codes=[""]) == set()


def test_who_is_due_is_read_in_chunks_and_only_by_day(connection: Connection) -> None:
    some = [
        Patent(PatentNumber(f"2015{n:08}.0"), PatentType.INVENTION, date(2015, 6, 1))
        for n in range(patents.CHUNK + 3)
    ]
    store(connection, *some, next_look_on=ON)
    store(connection, FULL)
    store(connection, BARE, next_look_on=ON + timedelta(days=1))
    chunks = list(patents.due_for_a_look(connection, on=ON))
    assert [len(chunk) for chunk in chunks] == [patents.CHUNK, 4]
    due = {number for chunk in chunks for number in chunk}
    assert FULL.application_no in due
    assert BARE.application_no not in due
    everything = patents.due_for_a_look(connection, on=ON, everything=True)
    assert sum(map(len, everything)) == patents.CHUNK + 5


def test_a_publication_number_of_two_patents_names_none(connection: Connection) -> None:
    store(connection, FULL)
    known = patents.known_by_publication
    assert known(connection, "CN105000001B") == FULL.application_no
    store(
        connection,
        Patent(
            PatentNumber("201510000003.3"),
            PatentType.INVENTION,
            date(2015, 6, 1),
            grant_publication_no="CN105000001B",
        ),
    )
    assert known(connection, "CN105000001B") is None
    assert known(connection, "CN1B") is None


@pytest.mark.parametrize(
    ("effect", "unread", "asked"),
    [
        pytest.param("GRANT", False, False, id="a-clear-grant"),
        pytest.param("PENDING", False, False, id="before-the-right"),
        pytest.param("GRANT", True, True, id="a-grant-to-be-read"),
        pytest.param("END", False, True, id="an-end"),
        pytest.param("NONE", False, True, id="a-new-owner"),
    ],
)
def test_what_is_only_granted_raises_no_question(
    connection: Connection, effect: str, *, unread: bool, asked: bool
) -> None:
    for patent in (FULL, BARE):
        connection.execute(insert(table).values(patents.row_of(patent) | LISTED))
    connection.execute(
        insert(events).values(
            application_no=FULL.application_no,
            report_key="1",
            fact_key="1",
            source="prs",
            code="X",
            text="",
            event="x",
            effect=effect,
            status_after="",
            reason="",
            fields={},
            needs_review=unread,
            recorded_at=clock.at_nine(ON),
        )
    )
    found = patents.questionable(connection)
    assert found == ([FULL.application_no] if asked else [])
