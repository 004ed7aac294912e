"""What people did about commitments: only ever added, and told as of any day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert

from patentwatch.errors import UsageError
from patentwatch.plan.acts import ActKind
from patentwatch.store import commitments
from patentwatch.store.engine import transaction
from patentwatch.store.recordlinks import Proof
from patentwatch.store.tables import evidence, record_links, records
from tests.make_ledgers import HUALONG, NOW, ON, PLAN, QINGFENG, act

DAY = timedelta(days=1)
DUE = date(2023, 4, 30)  # of the platform, by the words of the plan
REPORT = Proof("验收报告.pdf", 20_480, "a" * 64, NOW, "李工")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Yield a transaction on an empty database."""
    with transaction(engine) as connection:
        yield connection


def extend(connection: Connection, until_on: date, *, on: date) -> bool:
    asked = act(
        ActKind.EXTENDED, "15.1", on=on, until_on=until_on, text="等保测评未完成"
    )
    return commitments.add(connection, PLAN, asked)


def extended(connection: Connection, *, on: date) -> dict[str, date]:
    return commitments.extensions(connection, PLAN.name, on=on)


@pytest.mark.parametrize("asked_on", [DUE - DAY, DUE], ids=["day-before", "due-day"])
def test_an_extension_may_be_asked_for_until_the_due_day(
    connection: Connection, asked_on: date
) -> None:
    extend(connection, date(2023, 6, 15), on=asked_on)
    assert extended(connection, on=asked_on - DAY) == {}
    assert extended(connection, on=asked_on) == {"15.1": date(2023, 6, 15)}


def test_the_day_after_the_due_day_is_too_late(connection: Connection) -> None:
    with pytest.raises(UsageError, match="期限 2023-04-30 已过，不能再申请延期"):
        extend(connection, date(2023, 6, 15), on=DUE + DAY)
    assert commitments.acts_of(connection, PLAN.name, on=date.max) == []


def test_a_second_extension_counts_from_the_day_of_the_first(
    connection: Connection,
) -> None:
    extend(connection, date(2023, 6, 15), on=DUE)
    extend(connection, date(2023, 7, 31), on=date(2023, 6, 15))
    assert extended(connection, on=date(2023, 6, 14)) == {"15.1": date(2023, 6, 15)}
    assert extended(connection, on=date(2023, 6, 15)) == {"15.1": date(2023, 7, 31)}
    with pytest.raises(UsageError, match="2023-07-31 已过"):
        extend(connection, date(2023, 9, 1), on=date(2023, 8, 1))


@pytest.mark.parametrize("until_on", [DUE - DAY, DUE])
def test_the_new_day_must_be_later_than_the_old(
    connection: Connection, until_on: date
) -> None:
    with pytest.raises(UsageError, match="须晚于现行期限 2023-04-30"):
        extend(connection, until_on, on=DUE)


def test_an_extension_is_not_slipped_in_before_one_that_was_granted(
    connection: Connection,
) -> None:
    extend(connection, date(2023, 6, 15), on=date(2023, 4, 20))
    with pytest.raises(UsageError, match="已于 2023-04-20 延期"):
        extend(connection, date(2023, 8, 31), on=date(2023, 4, 19))


def test_the_reason_of_an_extension_is_kept(connection: Connection) -> None:
    extend(connection, date(2023, 6, 15), on=DUE)
    (kept,) = commitments.acts_of(connection, PLAN.name, on=DUE)
    assert kept == act(
        ActKind.EXTENDED,
        "15.1",
        on=DUE,
        until_on=date(2023, 6, 15),
        text="等保测评未完成",
    )


@pytest.mark.parametrize("kind", [ActKind.RETURNED, ActKind.EXTENDED, ActKind.PROGRESS])
def test_a_reason_or_a_word_of_progress_is_required(
    connection: Connection, kind: ActKind
) -> None:
    with pytest.raises(UsageError, match="不能为空"):
        commitments.add(
            connection, PLAN, act(kind, text=" \u200b", until_on=date(2024, 1, 31))
        )


def test_each_county_and_the_lead_unit_sign_for_themselves(
    connection: Connection,
) -> None:
    for county in ("", HUALONG, QINGFENG):
        assert commitments.add(connection, PLAN, act(ActKind.SIGNED, county=county))
    kept = commitments.acts_of(connection, PLAN.name, on=ON)
    assert [one.county for one in kept] == ["", HUALONG, QINGFENG]


def test_signing_twice_is_signing_once_until_it_is_given_back(
    connection: Connection,
) -> None:
    signed = act(ActKind.SIGNED, county=HUALONG)
    returned = act(ActKind.RETURNED, county=HUALONG, text="非我区职责")
    added = [
        commitments.add(connection, PLAN, one)
        for one in (signed, signed, returned, returned, signed)
    ]
    assert added == [True, False, True, False, True]
    assert len(commitments.acts_of(connection, PLAN.name, on=ON)) == 3


def test_the_same_note_of_the_same_day_is_one(connection: Connection) -> None:
    note = act(ActKind.PROGRESS, text="已评出3所")
    tomorrow = act(ActKind.PROGRESS, text="已评出3所", on=ON + DAY)
    added = [commitments.add(connection, PLAN, one) for one in (note, note, tomorrow)]
    assert added == [True, False, True]
    assert len(commitments.acts_of(connection, PLAN.name, on=ON)) == 1


def test_a_trial_adds_nothing(connection: Connection) -> None:
    assert commitments.add(connection, PLAN, act(ActKind.SIGNED), dry_run=True)
    assert commitments.attach(connection, PLAN, "19.3", REPORT, dry_run=True)
    assert commitments.acts_of(connection, PLAN.name, on=ON) == []
    assert commitments.evidence_counts(connection, PLAN.name, on=ON) == {}


@pytest.mark.parametrize(("wrong", "near"), [("19.33", "19.3"), ("15.l", "15.1")])
def test_an_unknown_commitment_is_refused_with_the_nearest(
    connection: Connection, wrong: str, near: str
) -> None:
    with pytest.raises(UsageError, match=rf"没有承诺“{wrong}”（是不是 {near}？"):
        commitments.add(connection, PLAN, act(ActKind.SIGNED, wrong))
    with pytest.raises(UsageError, match=f"是不是 {near}？"):
        commitments.attach(connection, PLAN, wrong, REPORT)


def test_a_county_outside_the_commitment_is_refused_with_the_nearest(
    connection: Connection,
) -> None:
    with pytest.raises(UsageError, match="不涉及县区“10902”（是不是 410902？"):
        commitments.add(connection, PLAN, act(ActKind.SIGNED, county="10902"))
    with pytest.raises(UsageError, match="没有分解到县区"):
        commitments.add(connection, PLAN, act(ActKind.SIGNED, "15.1", county=HUALONG))


def test_another_plan_has_acts_of_its_own(connection: Connection) -> None:
    commitments.add(connection, PLAN, act(ActKind.SIGNED))
    extend(connection, date(2023, 6, 15), on=DUE)
    assert commitments.acts_of(connection, "puyang-2024", on=ON) == []
    assert commitments.extensions(connection, "puyang-2024", on=ON) == {}


def attach(connection: Connection, proof: Proof, *, now: datetime = NOW) -> bool:
    added = replace(proof, added_at=now)
    return commitments.attach(connection, PLAN, "19.3", added)


def test_the_same_file_twice_is_one_whatever_it_is_called(
    connection: Connection,
) -> None:
    again = replace(REPORT, name="验收报告（副本）.pdf")
    other = replace(REPORT, sha256="b" * 64)
    assert [attach(connection, file) for file in (REPORT, again, other)] == [
        True,
        False,
        True,
    ]
    assert commitments.evidence_counts(connection, PLAN.name, on=ON) == {"19.3": 2}


def test_a_file_counts_from_the_day_in_shanghai_on_which_it_was_added(
    connection: Connection,
) -> None:
    attach(connection, REPORT, now=datetime(2023, 6, 30, 16, tzinfo=UTC))  # 1 July
    assert commitments.evidence_counts(connection, PLAN.name, on=ON) == {}
    assert commitments.evidence_counts(connection, PLAN.name, on=ON + DAY) == {
        "19.3": 1
    }


def school(
    connection: Connection, key: str, *, plan: str = PLAN.name, state: str = "active"
) -> int:
    """Store a school of 18 May, tied to the promise of ten; return its record."""
    added = connection.execute(
        insert(records).values(
            kind="school",
            natural_key=key,
            occurred_on=date(2023, 5, 18),
            state=state,
            fields={},
            recorded_at=NOW,
        )
    ).inserted_primary_key
    assert added is not None
    link = {"link": "counts_for", "to_kind": "commitment", "to_key": f"{plan}/19.3"}
    connection.execute(insert(record_links).values(record_id=added[0], **link))
    return int(added[0])


def test_linked_records_count_while_they_stand(connection: Connection) -> None:
    school(connection, "一中")
    school(connection, "二中")
    school(connection, "三中", state="withdrawn")
    school(connection, "四中", plan="puyang-2024")
    school(connection, "五中", plan="puyang_2023")
    counts = commitments.linked_counts(connection, PLAN.name, on=date(2023, 5, 18))
    assert counts == {"19.3": 2}
    assert commitments.linked_counts(connection, PLAN.name, on=date(2023, 5, 17)) == {}
    other = commitments.linked_counts(connection, "puyang_2023", on=ON)
    assert other == {"19.3": 1}  # an underscore is no wildcard


def test_the_files_of_linked_records_prove_the_commitment_too(
    connection: Connection,
) -> None:
    attach(connection, REPORT)
    file = {"name": "批文.pdf", "size": 1, "added_at": NOW}
    rows = [
        {**file, "record_id": school(connection, "一中"), "sha256": "a" * 64},
        {**file, "record_id": school(connection, "二中"), "sha256": "c" * 64},
        {
            **file,
            "record_id": school(connection, "三中", state="withdrawn"),
            "sha256": "d" * 64,
        },
    ]
    connection.execute(insert(evidence), rows)
    assert commitments.evidence_counts(connection, PLAN.name, on=ON) == {"19.3": 2}
