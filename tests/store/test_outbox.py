"""The outbox: what is claimed is ours alone, what is settled stays settled."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from patentwatch.model import Channel, Evidence, Reason, State
from patentwatch.store import attempts, claiming, grouping, outbox
from patentwatch.store.attempts import Ended
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.messages import LEASE, Claimed, reference
from patentwatch.store.tables import messages
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, assert_accounted_for, at, days

REMINDER = DUE - days(30)
NINE = at(REMINDER, 9)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an installation in which one message waits."""
    line = Line(engine, vault, settings())
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    return line


def claim(connection: Connection, *, now: Any = NINE) -> list[Claimed]:
    rows = claiming.waiting(connection, Channel.EMAIL, now=now, limit=9, after=None)
    members = claiming.alerts_in(connection, [row.id for row in rows])
    taken = [
        claiming.lease(row, members[row.id], transport="smtp", now=now) for row in rows
    ]
    taken = [with_evidence(claimed) for claimed in taken]
    claiming.take(connection, taken, now=now)
    return taken


def with_evidence(claimed: Claimed) -> Claimed:
    sure = (Evidence.BEFORE_DUE,) * len(claimed.alert_ids)
    return replace(claimed, evidence=sure, content_hash="0" * 64)


def settle(connection: Connection, claimed: Claimed, state: State, **more: Any) -> bool:
    reason = Reason.SAID if state is State.ACCEPTED else Reason.DUE
    end = Ended(claimed, state, reason, outcome="x", **more)
    return attempts.settle(connection, [end], now=NINE) == {claimed.id}


def test_a_claim_writes_lease_attempt_and_reference_together(line: Line) -> None:
    with transaction(line.engine) as connection:
        (claimed,) = claim(connection)
    (message,) = line.messages()
    assert (message.state, message.attempts) == ("sending", 1)
    assert message.lease_until_at == NINE + LEASE
    assert message.ref == reference([line.alerts(state="sending")[0].key])
    assert [(row.event, row.ref) for row in line.attempts()] == [
        ("intent", claimed.ref)
    ]
    assert_accounted_for(line, REMINDER)


def test_what_is_claimed_is_nobody_elses(line: Line) -> None:
    with transaction(line.engine) as connection:
        claim(connection)
    with transaction(line.engine) as connection:
        assert claim(connection) == []


def test_two_open_transactions_never_claim_the_same(line: Line) -> None:
    if line.engine.dialect.name == "sqlite":
        return  # there the second one waits for the first
    with transaction(line.engine) as first, transaction(line.engine) as second:
        assert len(claim(first)) == 1
        assert claim(second) == []


@pytest.mark.parametrize(
    ("late", "given_back"),
    [
        pytest.param(-A_SECOND, 0, id="just-before-it-ends"),
        pytest.param(timedelta(), 1, id="when-it-ends"),
        pytest.param(A_SECOND, 1, id="after"),
    ],
)
def test_a_lease_that_ran_out_gives_the_message_back(
    line: Line, late: timedelta, given_back: int
) -> None:
    with transaction(line.engine) as connection:
        claim(connection)
    with transaction(line.engine) as connection:
        assert len(outbox.recover(connection, now=NINE + LEASE + late)) == given_back
    state = "pending" if given_back else "sending"
    assert [row.state for row in line.messages()] == [state]
    assert [row.state for row in line.alerts(tier="reminder")] == [state]


def test_recovering_twice_does_not_take_back_a_new_claim(line: Line) -> None:
    later = NINE + LEASE
    with transaction(line.engine) as connection:
        claim(connection)
    with transaction(line.engine) as connection:
        outbox.recover(connection, now=later)
        claim(connection, now=later)
        assert outbox.recover(connection, now=later) == []
    assert [row.state for row in line.messages()] == ["sending"]


def test_a_second_claim_keeps_the_reference(line: Line) -> None:
    with transaction(line.engine) as connection:
        (first,) = claim(connection)
        settle(connection, first, State.PENDING)
        (second,) = claim(connection)
    assert (first.ref, second.attempt) == (second.ref, 2)


def test_only_the_attempt_that_holds_a_message_settles_it(line: Line) -> None:
    with transaction(line.engine) as connection:
        (first,) = claim(connection)
        outbox.recover(connection, now=NINE + LEASE)
        (second,) = claim(connection, now=NINE + LEASE)
        assert not settle(connection, first, State.REFUSED)
        assert settle(connection, second, State.ACCEPTED)
        assert not settle(connection, second, State.PENDING)
    assert [row.state for row in line.messages()] == ["accepted"]
    assert line.alerts(tier="reminder")[0].reason == "said"


def test_what_never_left_takes_more_what_may_have_left_does_not(line: Line) -> None:
    with transaction(line.engine) as connection:
        (claimed,) = claim(connection)
        settle(connection, claimed, State.PENDING, untouched=True)
        (again,) = claim(connection)
        assert again.first
        settle(connection, again, State.PENDING)
        (third,) = claim(connection)
        assert not third.first
        settle(connection, third, State.PENDING, untouched=True)
        (row,) = connection.execute(select(messages))
        assert row.ref == again.ref


def test_an_alert_left_behind_by_a_claim_goes_into_another_message(line: Line) -> None:
    line.patent()
    line.look(REMINDER)
    with transaction(line.engine) as connection:
        (row,) = claiming.waiting(
            connection, Channel.EMAIL, now=NINE, limit=9, after=None
        )
        (one, other) = claiming.alerts_in(connection, [row.id])[row.id]
        taken = claiming.lease(row, [one], transport="smtp", now=NINE)
        claiming.take(connection, [with_evidence(taken)], now=NINE)
        grouped = grouping.group(connection, now=NINE, brake=None)
    assert grouped.messages == 1
    boxes = {row.id: row.message_id for row in line.alerts(tier="reminder")}
    assert boxes[one.id] != boxes[other.id]
    assert_accounted_for(line, REMINDER)


def test_a_message_being_claimed_takes_no_more(line: Line) -> None:
    with transaction(line.engine) as connection:
        claim(connection)
    line.patent()
    line.look(REMINDER)
    assert len(line.messages()) == 2


def test_a_message_being_claimed_elsewhere_takes_no_more(
    line: Line, database_url: str
) -> None:
    if line.engine.dialect.name == "sqlite":
        return  # there the look waits for the claim
    other = connect(database_url)
    try:
        with transaction(other) as elsewhere:
            claim(elsewhere)
            line.patent()
            line.look(REMINDER)
    finally:
        other.dispose()
    assert sorted(row.state for row in line.messages()) == ["pending", "sending"]
    assert_accounted_for(line, REMINDER)


def test_the_most_urgent_message_is_first_and_each_comes_once(line: Line) -> None:
    line.patent(due_on=DUE - days(23), owners=("乙公司",))  # urgent today
    line.contact("c@d.example", "乙公司")
    line.look(REMINDER)
    seen = []
    after = None
    with reading(line.engine) as connection:
        query = select(messages).order_by(messages.c.severity.desc(), messages.c.id)
        expected = [row.id for row in connection.execute(query)]
    with transaction(line.engine) as connection:
        while rows := claiming.waiting(
            connection, Channel.EMAIL, now=NINE, limit=1, after=after
        ):
            seen.append(rows[0].id)
            after = (rows[0].severity, rows[0].id)
    assert seen == expected


def test_postponed_messages_wait_and_say_why(line: Line) -> None:
    with transaction(line.engine) as connection:
        until_at = NINE + timedelta(hours=1)
        assert (
            outbox.postpone_all(
                connection,
                Channel.EMAIL,
                now=NINE,
                until_at=until_at,
                reason=Reason.QUIET_HOURS,
            )
            == 1
        )
        assert claim(connection, now=until_at - A_SECOND) == []
        assert len(claim(connection, now=until_at)) == 1


def test_a_reference_does_not_depend_on_the_order_of_the_keys() -> None:
    assert reference(["a", "b"]) == reference(["b", "a"])
    assert reference(["a"]) != reference(["b"])


def test_a_message_with_nothing_left_to_say_is_closed(line: Line) -> None:
    with transaction(line.engine) as connection:
        outbox.close_messages(connection, [row.id for row in line_messages(connection)])
        assert claim(connection) == []


def line_messages(connection: Connection) -> list[Any]:
    return list(connection.execute(select(messages)))


def test_the_brake_counts_what_an_office_usually_sends(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    """501 messages are too many for an office that never sent so many in a day."""
    line = Line(sqlite_engine, vault, settings())
    with transaction(line.engine) as connection:
        limits = {
            wanted: grouping._limit(connection, wanted, None, now=NINE)
            for wanted in (500, 501)
        }
        assert limits == {500: 500, 501: 500}
        for day in range(1, 20):
            _sent(connection, day, 300)
        assert grouping._limit(connection, 501, None, now=NINE) == 900
        assert grouping._limit(connection, 501, 7, now=NINE) == 7


def _sent(connection: Connection, day: int, count: int) -> None:
    connection.execute(
        messages.insert(),
        [
            {
                "recipient": f"{n}",
                "channel": "email",
                "transport": "smtp",
                "state": "accepted",
                "severity": 1,
                "created_at": NINE - days(day),
                "not_before_at": NINE,
            }
            for n in range(count)
        ],
    )
