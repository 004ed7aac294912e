"""F26: a restored backup is always noticed and mended, a kill never taken for one."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from patentwatch import restoring
from patentwatch.delivery import Envelope
from patentwatch.journal import Journal
from patentwatch.model import Channel, Evidence, Reason, State
from patentwatch.restoring import Restored
from patentwatch.store import claiming, halts, outbox
from patentwatch.store.attempts import Ended, settle
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.messages import Claimed, Taken
from patentwatch.store.tables import alerts, attempts, messages
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, assert_accounted_for, at, days

REMINDER = DUE - days(30)
NINE = at(REMINDER, 9)


class Killed(Exception):
    """The process ends here, before the commit."""


@dataclass
class Daemon:
    """What the daemon does with its journal, step by step."""

    line: Line
    journal: Journal

    def beat(self) -> Restored | None:
        return restoring.beat(self.line.engine, self.journal, now=NINE)

    def claim(self, now: datetime = NINE) -> list[Claimed]:
        with transaction(self.line.engine) as connection:
            rows = claiming.waiting(
                connection, Channel.EMAIL, now=now, limit=9, after=None
            )
            members = claiming.alerts_in(connection, [row.id for row in rows])
            taken = [
                claiming.lease(row, members[row.id], transport="smtp", now=now)
                for row in rows
            ]
            for claimed in taken:
                object.__setattr__(
                    claimed,
                    "evidence",
                    (Evidence.BEFORE_DUE,) * len(claimed.alert_ids),
                )
            claiming.take(connection, taken, now=now)
        return taken

    def settle(
        self,
        claimed: Claimed,
        *,
        state: State = State.ACCEPTED,
        killed: bool = False,
    ) -> None:
        with transaction(self.line.engine) as connection:
            restoring.write_down(
                connection, [Taken(claimed, state)], journal=self.journal, now=NINE
            )
            end = Ended(claimed, state, Reason.SAID, outcome=state.value)
            settle(connection, [end], now=NINE)
            if killed:
                raise Killed

    def halted(self) -> bool:
        with reading(self.line.engine) as connection:
            return bool(halts.standing(connection))

    def message_states(self) -> list[str]:
        return [row.state for row in self.line.messages()]


@pytest.fixture
def daemon(engine: Engine, vault: Vault, settings: Any, tmp_path: Path) -> Daemon:
    """Return a daemon with two messages to send."""
    line = Line(engine, vault, settings())
    for party in ("甲公司", "乙公司"):
        line.patent(owners=(party,))
        line.contact(f"{len(party)}{ord(party[0])}@b.example", party)
    line.look(REMINDER)
    return Daemon(line, Journal(tmp_path / "said.journal"))


@dataclass
class Backup:
    """What the tables of the outbox held at one moment, put back later."""

    engine: Engine
    rows: dict[Any, list[dict[str, Any]]]

    def restore(self) -> None:
        with transaction(self.engine) as connection:
            for table in reversed(_ORDER):
                connection.execute(delete(table))
            for table in _ORDER:
                if self.rows[table]:
                    connection.execute(table.insert(), self.rows[table])


def _tables() -> list[Any]:
    from patentwatch.store.tables import meta, patents

    return [meta, messages, alerts, attempts, patents]


_ORDER = _tables()[:-1]


def backup(engine: Engine) -> Backup:
    with reading(engine) as connection:
        return Backup(
            engine,
            {
                table: [
                    dict(row) for row in connection.execute(table.select()).mappings()
                ]
                for table in _ORDER
            },
        )


def test_good_order_is_no_restore(daemon: Daemon) -> None:
    assert daemon.beat() is None
    for claimed in daemon.claim():
        daemon.settle(claimed)
    assert [daemon.beat(), daemon.beat(), daemon.halted()] == [None, None, False]


def test_a_process_that_counts_no_beats_writes_into_the_same_journal(
    daemon: Daemon,
) -> None:
    daemon.beat()
    other = Daemon(daemon.line, Journal(daemon.journal.path))
    for claimed in daemon.claim():
        other.settle(claimed)
    assert daemon.beat() is None
    assert len(daemon.journal.read(None).entries) == 2


@pytest.mark.parametrize("state", [State.ACCEPTED, State.UNKNOWN])
def test_what_a_kill_did_not_commit_is_taken_from_the_journal(
    daemon: Daemon, state: State
) -> None:
    daemon.beat()
    first, second = daemon.claim()
    daemon.settle(second)
    with pytest.raises(Killed):
        daemon.settle(first, state=state, killed=True)
    assert sorted(daemon.message_states()) == ["accepted", "sending"]
    assert daemon.beat() is None
    assert not daemon.halted()
    assert sorted(daemon.message_states()) == sorted(["accepted", state.value])
    with transaction(daemon.line.engine) as connection:
        assert outbox.recover(connection, now=NINE + days(1)) == []
    assert_accounted_for(daemon.line, REMINDER)


def test_a_kill_before_the_wire_changes_nothing(daemon: Daemon) -> None:
    daemon.beat()
    daemon.claim()
    assert daemon.beat() is None
    assert daemon.message_states() == ["sending", "sending"]


def test_a_kill_between_the_commit_of_a_beat_and_its_file_is_no_restore(
    daemon: Daemon,
) -> None:
    daemon.beat()
    head = daemon.journal.head()
    assert head is not None
    with transaction(daemon.line.engine) as connection:
        restoring._compared(connection, daemon.journal, head, now=NINE)
    assert daemon.beat() is None
    assert not daemon.halted()


def test_a_line_of_an_attempt_that_is_on_the_wire_again_waits_for_that_one(
    daemon: Daemon,
) -> None:
    daemon.beat()
    first, _ = daemon.claim()
    with pytest.raises(Killed):
        daemon.settle(first, killed=True)
    with transaction(daemon.line.engine) as connection:
        outbox.recover(connection, now=first.lease_until_at)
    again = daemon.claim(first.lease_until_at)
    assert daemon.beat() is None
    assert daemon.message_states() == ["sending", "sending"]
    for claimed in again:
        daemon.settle(claimed)
    assert daemon.message_states() == ["accepted", "accepted"]


def _claim_and_keep(daemon: Daemon) -> None:
    daemon.line.claimed = daemon.claim()  # type: ignore[attr-defined]


def _settle_one(daemon: Daemon) -> None:
    _claim_and_keep(daemon)
    daemon.settle(daemon.line.claimed.pop())  # type: ignore[attr-defined]


WHEN: dict[str, Callable[[Daemon], None]] = {
    "before-anything-was-claimed": lambda _: None,
    "with-everything-on-the-wire": _claim_and_keep,
    "with-one-of-two-settled": _settle_one,
}


@pytest.mark.parametrize("done", WHEN.values(), ids=WHEN)
def test_an_older_database_is_noticed_mended_and_halted(
    daemon: Daemon, done: Callable[[Daemon], None]
) -> None:
    daemon.beat()
    done(daemon)
    saved = backup(daemon.line.engine)
    daemon.beat()
    for claimed in getattr(daemon.line, "claimed", None) or daemon.claim():
        daemon.settle(claimed)
    said = [(row.key, row.state, row.sent_at) for row in daemon.line.alerts()]
    saved.restore()
    restored = daemon.beat()
    assert restored is not None
    assert daemon.halted()
    assert [(r.key, r.state, r.sent_at) for r in daemon.line.alerts()] == said
    assert "accepted" in daemon.message_states()
    # The text stands until it is released, and the next beats find nothing new.
    assert daemon.beat() is None
    with transaction(daemon.line.engine) as connection:
        assert halts.lift(connection, halts.HaltKind.RESTORED) == 1
    assert daemon.beat() is None
    assert not daemon.halted()


def test_after_a_restore_nothing_that_was_taken_is_sent_again(daemon: Daemon) -> None:
    """The database of before the look, so that even the alerts are missing."""
    line = daemon.line
    daemon.beat()
    with transaction(line.engine) as connection:
        connection.execute(delete(alerts))
        connection.execute(delete(messages))
    saved = backup(line.engine)
    daemon.beat()
    line.look(REMINDER, everything=True)
    for claimed in daemon.claim():
        daemon.settle(claimed)
    saved.restore()
    restored = daemon.beat()
    assert restored is not None
    assert (restored.merged.messages, restored.merged.alerts) == (2, 2)
    with transaction(line.engine) as connection:
        halts.lift(connection, halts.HaltKind.RESTORED)
    line.look(REMINDER, everything=True)
    sent: list[Envelope] = []
    line.deliver(REMINDER, mail=lambda envelopes, **_: sent.extend(envelopes))
    assert sent == []
    assert_accounted_for(line, REMINDER)


def test_a_restore_with_nothing_sent_since_is_noticed_all_the_same(
    daemon: Daemon,
) -> None:
    daemon.beat()
    saved = backup(daemon.line.engine)
    daemon.beat()
    saved.restore()
    restored = daemon.beat()
    assert restored is not None
    assert (restored.merged.messages, daemon.halted()) == (0, True)


def test_the_same_backup_restored_twice_is_noticed_twice(daemon: Daemon) -> None:
    daemon.beat()
    saved = backup(daemon.line.engine)
    daemon.beat()
    for _ in range(2):
        saved.restore()
        assert daemon.beat() is not None
        with transaction(daemon.line.engine) as connection:
            halts.lift(connection, halts.HaltKind.RESTORED)
        assert daemon.beat() is None


def test_another_database_in_the_place_of_ours_is_noticed(
    daemon: Daemon, sqlite_template: Path, tmp_path: Path
) -> None:
    daemon.beat()
    for claimed in daemon.claim():
        daemon.settle(claimed)
    new = tmp_path / "new.db"
    shutil.copyfile(sqlite_template, new)
    engine = connect(f"sqlite:///{new}")
    restored = restoring.beat(engine, daemon.journal, now=NINE)
    assert restored is not None
    assert (restored.merged.messages, restored.merged.alerts) == (2, 2)
    assert restoring.beat(engine, daemon.journal, now=NINE) is None
    engine.dispose()


def test_a_journal_that_was_lost_is_begun_anew_and_said(daemon: Daemon) -> None:
    daemon.beat()
    daemon.journal.path.unlink()
    with reading(daemon.line.engine) as connection:
        (told,) = restoring.damage(connection, daemon.journal)
    assert "不见了" in told
    assert daemon.beat() is None
    assert not daemon.halted()


def test_a_journal_that_was_cut_short_is_said_and_is_no_restore(
    daemon: Daemon,
) -> None:
    daemon.beat()
    before = daemon.journal.path.read_bytes()
    for claimed in daemon.claim():
        daemon.settle(claimed)
    daemon.journal.path.write_bytes(before)
    with reading(daemon.line.engine) as connection:
        (told,) = restoring.damage(connection, daemon.journal)
    assert "截断" in told
    assert daemon.beat() is None


def test_a_trial_into_files_does_not_count_where_mail_is_real_since(
    daemon: Daemon,
) -> None:
    daemon.beat()
    taken = daemon.claim()
    for claimed in taken:
        object.__setattr__(claimed, "transport", "file")
        with pytest.raises(Killed):
            daemon.settle(claimed, killed=True)
    daemon.beat()
    waiting = [row.state for row in daemon.line.alerts() if row.message_id]
    assert set(waiting) == {"sending"}
