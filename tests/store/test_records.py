"""Records in the database: kept once, changed with a memory, found from both ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from patentwatch.plan.records import Link, LinkTo, NewRecord
from patentwatch.settings import Settings
from patentwatch.store import recordkeeping, recordlinks, records
from patentwatch.store.engine import reading, transaction
from patentwatch.store.promises import promises
from patentwatch.store.recordkeeping import Saved
from patentwatch.store.recordlinks import Proof
from patentwatch.store.records import Record, Wanted
from patentwatch.store.tables import patents, record_links
from patentwatch.store.tables import records as table
from patentwatch.store.vault import Vault
from tests.lists import NOW, Desk, number, rows
from tests.make_records import lender, plan, record, secures

LATER = NOW + timedelta(days=1)
PATENT = secures(number(1))
TASK = Link("counts_for", LinkTo.COMMITMENT, "city-2026/3.1", "city-2026/3.1")


def save(engine: Engine, *found: NewRecord, by: str = "李") -> list[Saved]:
    with transaction(engine) as connection:
        return recordkeeping.save_all(connection, found, now=NOW, by=by)


def get(engine: Engine, id_: int) -> Record:
    with reading(engine) as connection:
        found = records.one(connection, id_)
    assert found is not None
    return found


def found(engine: Engine, **wanted: Any) -> list[str]:
    """Return the keys of the records that are found, in their order."""
    with reading(engine) as connection:
        return [r.natural_key for r in records.find(connection, Wanted(**wanted))]


def links(engine: Engine, id_: int) -> set[tuple[Link, bool, bool]]:
    return {(t.link, t.by_row, t.by_hand) for t in get(engine, id_).ties}


def test_a_record_is_kept_as_it_was_given(engine: Engine) -> None:
    (saved,) = save(engine, record(links=(PATENT, lender()), sheet="表", row=3))
    assert (saved.word, saved.before) == ("created", None)
    kept = get(engine, saved.id)
    assert kept.fields == {"number": "Y1", "amount": 500_000_000}
    assert (kept.title, kept.county, kept.occurred_on) == (
        "甲公司",
        "410902",
        date(2026, 3, 15),
    )
    assert (kept.state, kept.sheet, kept.row, kept.recorded_by) == (
        "active",
        "表",
        3,
        "李",
    )
    assert {t.link for t in kept.ties} == {PATENT, lender()}


def test_the_same_record_again_changes_nothing(engine: Engine) -> None:
    (first,) = save(engine, record(links=(PATENT,)))
    before = get(engine, first.id)
    with transaction(engine) as connection:
        (again,) = recordkeeping.save_all(
            connection, [record(links=(PATENT,), row=9)], now=LATER, by="王"
        )
        assert records.changes_of(connection, first.id) == []
    assert (again.word, again.id) == ("unchanged", first.id)
    assert get(engine, first.id) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "乙公司"},
        {"county": None},
        {"occurred_on": date(2026, 3, 16)},
        {"until_on": date(2026, 9, 1)},
        {"fields": {"number": "Y1", "amount": 1}},
        {"links": (PATENT, TASK)},
        {"links": ()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_change_is_made_and_the_old_record_remembered(
    engine: Engine, changes: dict[str, Any]
) -> None:
    old = record(links=(PATENT,))
    (first,) = save(engine, old)
    (second,) = save(engine, replace(old, **changes), by="王")
    assert (second.word, second.id) == ("changed", first.id)
    assert second.before is not None
    assert second.before.fields == old.fields
    kept = get(engine, first.id)
    for name, value in changes.items():
        if name != "links":
            assert getattr(kept, name) == value
    assert kept.row_links == set(changes.get("links", old.links))
    with reading(engine) as connection:
        (change,) = records.changes_of(connection, first.id)
        assert connection.execute(select(func.count()).select_from(table)).scalar() == 1
    assert change["changed_by"] == "王"
    assert change["before"]["title"] == "甲公司"
    assert change["before"]["occurred_on"] == "2026-03-15"
    assert change["before"]["fields"] == {"number": "Y1", "amount": 500_000_000}
    assert change["before"]["links"] == [["secures", "patent", number(1), number(1)]]


def test_an_amount_beyond_32_bits_is_kept(engine: Engine) -> None:
    large = 999_999_999_999_999
    (saved,) = save(engine, record(fields={"amount": large}))
    assert get(engine, saved.id).fields == {"amount": large}
    with reading(engine) as connection:
        total = select(func.sum(table.c.fields["amount"].as_numeric(20, 0)))
        assert int(connection.execute(total).scalar_one()) == large


def test_a_link_by_hand_survives_the_next_import_of_its_row(engine: Engine) -> None:
    (saved,) = save(engine, record(links=(PATENT,)))
    by_hand = secures(number(2))
    with transaction(engine) as connection:
        assert recordlinks.tie_by_hand(connection, saved.id, by_hand)
        assert not recordlinks.tie_by_hand(connection, saved.id, by_hand)
    (again,) = save(engine, record(links=(PATENT,)))
    assert again.word == "unchanged"
    (changed,) = save(engine, record(links=(lender(),)))
    assert changed.word == "changed"
    assert links(engine, saved.id) == {(by_hand, False, True), (lender(), True, False)}


def test_what_row_and_hand_both_say_stays_until_both_take_it_back(
    engine: Engine,
) -> None:
    (saved,) = save(engine, record(links=(PATENT,)))
    with transaction(engine) as connection:
        recordlinks.tie_by_hand(connection, saved.id, PATENT)
    assert links(engine, saved.id) == {(PATENT, True, True)}
    save(engine, record(links=()))
    assert links(engine, saved.id) == {(PATENT, False, True)}
    save(engine, record(links=(PATENT,)))
    assert links(engine, saved.id) == {(PATENT, True, True)}
    with transaction(engine) as connection:
        recordlinks.untie_by_hand(connection, saved.id, PATENT)
    assert links(engine, saved.id) == {(PATENT, True, False)}
    with transaction(engine) as connection:
        kept = recordlinks.untie_by_hand(connection, saved.id, PATENT)
    assert kept is not None
    assert not kept.by_hand
    assert links(engine, saved.id) == {(PATENT, True, False)}


def test_a_withdrawn_record_is_kept_counts_nowhere_and_does_not_come_back(
    engine: Engine,
) -> None:
    new = record(links=(PATENT, TASK))
    (saved,) = save(engine, new)
    with transaction(engine) as connection:
        assert recordkeeping.withdraw(
            connection, saved.id, by="王", reason="重复", now=LATER
        )
        assert not recordkeeping.withdraw(
            connection, saved.id, by="王", reason="重复", now=LATER
        )
    (again,) = save(engine, replace(new, title="乙公司"))
    assert again.word == "unchanged"
    assert again.before is not None
    assert again.before.withdrawn
    kept = get(engine, saved.id)
    assert (kept.title, kept.withdrawn) == ("甲公司", True)
    assert found(engine) == []
    assert found(engine, withdrawn=True) == ["Y1"]
    with reading(engine) as connection:
        (change,) = records.changes_of(connection, saved.id)
        assert not records.any_of(connection, "loan")
    assert (change["reason"], change["changed_by"]) == ("重复", "王")


def test_records_are_found_by_every_end(engine: Engine) -> None:
    save(
        engine,
        record("b", occurred_on=date(2026, 2, 1), links=(PATENT,)),
        record("a", occurred_on=date(2026, 1, 1), links=(lender("某（濮阳）银行"),)),
        record("c", kind="award", county="410922", links=(TASK, PATENT)),
    )
    assert found(engine) == ["a", "b", "c"]
    assert found(engine, kinds=["loan"]) == ["a", "b"]
    assert found(engine, county="410922") == ["c"]
    assert found(engine, from_on=date(2026, 2, 1)) == ["b", "c"]
    assert found(engine, to_on=date(2026, 2, 1)) == ["a", "b"]
    assert found(engine, from_on=date(2026, 1, 2), to_on=date(2026, 1, 31)) == []
    assert found(engine, patent=number(1)) == ["b", "c"]
    assert found(engine, patent=number(1), kinds=["award"]) == ["c"]
    assert found(engine, commitment="city-2026/3.1") == ["c"]
    assert found(engine, commitment="city-2026/3.10") == []
    with reading(engine) as connection:
        assert records.any_of(connection, "award")


def test_a_party_is_found_whatever_the_width_of_its_brackets(engine: Engine) -> None:
    save(engine, record(links=(Link("held_by", LinkTo.PARTY, "某濮阳银行"),)))
    assert found(engine, party="某（濮阳） 银行") == ["Y1"]


@pytest.mark.parametrize("count", [499, 500, 501, 1003])
def test_no_record_is_lost_between_pages(sqlite_engine: Engine, count: int) -> None:
    day = date(2026, 1, 1)
    new = [
        record(f"{n:05}", occurred_on=day + timedelta(days=n % 3)) for n in range(count)
    ]
    save(sqlite_engine, *new)
    keys = found(sqlite_engine)
    assert len(keys) == count
    assert set(keys) == {one.natural_key for one in new}


def _asked(engine: Engine) -> set[str]:
    """Return the patents to be looked at again, and settle them."""
    with transaction(engine) as connection:
        due = patents.c.next_look_on.is_(None)
        query = select(patents.c.application_no).where(due)
        numbers = set(connection.execute(query).scalars())
        connection.execute(update(patents).values(next_look_on=date(2099, 1, 1)))
    return numbers


def test_patents_are_looked_at_again_when_what_is_recorded_of_them_changes(
    engine: Engine, vault: Vault, settings: Callable[..., Settings], tmp_path: Path
) -> None:
    one, two = number(1), number(2)
    Desk(engine, vault, settings(), tmp_path).take(rows(3))
    assert _asked(engine) == {one, two, number(3)}
    (saved,) = save(engine, record(links=(secures(one),)))
    assert _asked(engine) == {one}
    save(engine, record(links=(secures(one),)))
    assert _asked(engine) == set()
    save(engine, record(links=(secures(two),)))
    assert _asked(engine) == {one, two}
    save(engine, record(links=(secures(two),), until_on=date(2026, 9, 1)))
    assert _asked(engine) == {two}
    with transaction(engine) as connection:
        recordlinks.tie_by_hand(connection, saved.id, secures(number(3)))
    assert _asked(engine) == {number(3)}
    with transaction(engine) as connection:
        recordlinks.untie_by_hand(connection, saved.id, secures(number(3)))
    assert _asked(engine) == {number(3)}
    with transaction(engine) as connection:
        recordkeeping.withdraw(connection, saved.id, by="", reason="错", now=NOW)
    assert _asked(engine) == {two}


def test_both_ends_of_a_link_between_records_are_seen(engine: Engine) -> None:
    first, second = save(engine, record("a"), record("b", title="乙公司"))
    tie = Link("follows_from", LinkTo.RECORD, str(first.id), "甲公司")
    with transaction(engine) as connection:
        recordlinks.tie_by_hand(connection, second.id, tie)
    with reading(engine) as connection:
        seen = recordlinks.pointing_at(connection, LinkTo.RECORD, str(first.id))
    assert seen == [("follows_from", second.id, "loan", "乙公司")]
    assert [one.link for one in get(engine, second.id).ties] == [tie]
    with transaction(engine) as connection:
        recordkeeping.withdraw(connection, second.id, by="", reason="错", now=NOW)
        assert not recordlinks.pointing_at(connection, LinkTo.RECORD, str(first.id))


def test_a_file_proves_a_record_once(engine: Engine) -> None:
    first, second = save(engine, record("a"), record("b"))
    proof = Proof("合同.pdf", 3, "ab" * 32, NOW, "李")
    with transaction(engine) as connection:
        assert recordlinks.prove(connection, first.id, proof)
        assert not recordlinks.prove(
            connection, first.id, replace(proof, name="别名.pdf")
        )
        assert recordlinks.prove(connection, second.id, proof)
        kept = recordlinks.proofs_of(connection, [first.id, second.id])
    assert kept == {first.id: [proof], second.id: [proof]}


def test_the_same_key_in_two_kinds_is_two_records(engine: Engine) -> None:
    first, second = save(engine, record("a"), record("a", kind="award"))
    assert first.id != second.id
    assert (first.word, second.word) == ("created", "created")


def test_a_party_named_twice_is_one_link(engine: Engine) -> None:
    (saved,) = save(engine, record(links=(lender(), PATENT)))
    other = replace(lender(), label="某 银行")
    (again,) = save(engine, record(links=(other, PATENT)))
    assert (again.word, again.id) == ("unchanged", saved.id)
    with reading(engine) as connection:
        count = select(func.count()).select_from(record_links)
        assert connection.execute(count).scalar() == 2


def test_a_commitment_of_any_wording_is_known(engine: Engine) -> None:
    with transaction(engine) as connection:
        plan(connection, ids=["3.1"])
        plan(connection, ids=["3.2"])
        plan(connection, "city-2025", year=2025, ids=["1.1"])
        known = promises(connection)
    assert known.ids == {
        "city-2026": {"3.1", "3.2"},
        "city-2025": {"1.1"},
    }
    assert known.years == {"city-2026": 2026, "city-2025": 2025}
