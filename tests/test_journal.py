"""The journal as a file: whole lines, chained, cut off where a kill left half a one."""

import json
import multiprocessing
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patentwatch.errors import StoreUnavailable
from patentwatch.journal import Journal
from patentwatch.journallines import Entry, Head, Position, SaidAlert

AT = datetime(2026, 4, 11, 1, tzinfo=UTC)


def entry(ref: str) -> Entry:
    said = SaidAlert(
        key=f"key-{ref}",
        application_no="201610000001.4",
        fee_year=11,
        due_on="2026-05-11",
        anchor_on="2026-05-11",
        tier="reminder",
        audience="patentee",
        evidence="before_due",
    )
    return Entry(
        ref=ref,
        kind="alerts",
        attempt=1,
        state="accepted",
        at=AT,
        channel="email",
        transport="smtp",
        recipient="0" * 40,
        severity=1,
        provider_ref="",
        alerts=(said,),
    )


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Return a journal that was begun."""
    journal = Journal(tmp_path / "said.journal")
    journal.begin("g")
    return journal


def refs(journal: Journal, after: Position | None = None) -> list[str]:
    return [one.ref for one in journal.read(after).entries]


def test_what_was_written_is_read(journal: Journal) -> None:
    journal.append([entry("a"), entry("b")])
    contents = journal.read(None)
    assert contents.entries == (entry("a"), entry("b"))
    assert (journal.damaged(), contents.end.offset) == (0, journal.size())


def test_a_journal_is_begun_once_and_is_its_owners_alone(journal: Journal) -> None:
    head = journal.head()
    assert head is not None
    assert head.generation == "g"
    assert journal.begin("another") == head
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "none")
    assert (journal.head(), journal.size()) == (None, 0)
    assert journal.read(None).entries == ()


def test_only_what_follows_a_position_is_read(journal: Journal) -> None:
    _, after = journal.append([entry("a")])
    journal.append([entry("b")])
    contents = journal.read(after)
    assert ([one.ref for one in contents.entries], contents.found) == (["b"], True)


def test_a_position_that_is_not_there_is_said_and_everything_read(
    journal: Journal,
) -> None:
    _, after = journal.append([entry("a")])
    for unknown in (
        Position(after.offset, "0" * 32),
        Position(after.offset + 9, after.chain),
        Position(after.offset - 1, after.chain),
    ):
        contents = journal.read(unknown)
        assert ([one.ref for one in contents.entries], contents.found) == (["a"], False)


@pytest.mark.parametrize("left", [1, 40, 200])
def test_half_a_line_that_a_kill_left_is_no_line_and_is_cut_off(
    journal: Journal, left: int
) -> None:
    _, before = journal.append([entry("a")])
    journal.append([entry("b")])
    os.truncate(journal.path, before.offset + left)
    contents = journal.read(None)
    assert ([one.ref for one in contents.entries], journal.damaged()) == (["a"], 0)
    journal.append([entry("c")])
    assert (refs(journal), journal.damaged()) == (["a", "c"], 0)


def test_nothing_of_a_long_half_line_stays_behind_a_short_one(
    journal: Journal,
) -> None:
    journal.append([replace(entry("long"), provider_ref="x" * 900)])
    os.truncate(journal.path, journal.size() - 1)
    journal.append([entry("short")])
    assert (refs(journal), journal.damaged()) == (["short"], 0)
    journal.append([entry("next")])
    assert (refs(journal), journal.damaged()) == (["short", "next"], 0)


def test_half_a_first_line_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "said.journal"
    path.write_bytes(b'{"patentw')
    journal = Journal(path)
    assert journal.begin("g").generation == "g"
    assert journal.damaged() == 0


def test_another_file_is_not_taken_for_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "said.journal"
    path.write_text("hello\n")
    with pytest.raises(StoreUnavailable, match="不是发送日志"):
        Journal(path).begin("g")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_edit_of_a_line_is_found(journal: Journal, data: st.DataObject) -> None:
    journal.path.unlink()
    journal.begin("g")
    journal.append([entry(ref) for ref in "abcdef"])
    lines = journal.path.read_bytes().splitlines(keepends=True)
    which = data.draw(st.integers(1, len(lines) - 1))
    match data.draw(st.sampled_from(["edit", "delete", "swap"])):
        case "edit":
            lines[which] = lines[which].replace(b"reminder", b"restore")
        case "delete":
            # The last line may be missing: only the database knows of it.
            which = min(which, len(lines) - 2)
            del lines[which]
        case _:
            other = 1 if which != 1 else 2
            lines[which], lines[other] = lines[other], lines[which]
    journal.path.write_bytes(b"".join(lines))
    assert journal.damaged() > 0


def test_a_damaged_line_makes_no_other_one_unreadable(journal: Journal) -> None:
    journal.append([entry(ref) for ref in "abc"])
    lines = journal.path.read_bytes().splitlines(keepends=True)
    lines[2] = b"\xff" * 20 + b"\n"
    journal.path.write_bytes(b"".join(lines))
    assert refs(journal) == ["a", "c"]


def test_no_name_or_address_is_in_a_line(journal: Journal) -> None:
    journal.append([entry("a")])
    last = journal.path.read_text().splitlines()[-1]
    assert set(json.loads(last)) == {
        "ref", "kind", "attempt", "state", "at", "channel", "transport", "recipient",
        "severity", "provider_ref", "alerts", "chain",
    }  # fmt: skip


def _append(path: Path, name: str) -> None:
    for number in range(50):
        journal = Journal(path)
        journal.begin("g")
        journal.append([entry(f"{name}{number}")])


def test_processes_that_write_together_leave_whole_lines(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_append, args=(journal.path, name)) for name in "xyz"
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    contents = journal.read(None)
    assert (len(contents.entries), journal.damaged()) == (150, 0)
    assert refs(journal)[-1] in {"x49", "y49", "z49"}


def test_threads_that_share_a_journal_do_not_take_a_running_fsync_for_a_broken_one(
    journal: Journal,
) -> None:
    with ThreadPoolExecutor(4) as threads:
        written = [threads.submit(journal.append, [entry(f"{n}")]) for n in range(200)]
        assert len({one.result() for one in written}) == 200
    assert journal.damaged() == 0


def test_a_beat_is_remembered_and_damage_to_it_said(journal: Journal) -> None:
    head = journal.head()
    assert head is not None
    assert journal.beat(head) == 0
    journal.confirm(head, 7)
    assert Journal(journal.path).beat(head) == 7
    assert journal.beat(Head("another", "g")) == 0
    journal.path.with_name("said.journal.beat").write_text(f"{head.journal} 7x")
    with pytest.raises(StoreUnavailable, match="已损坏"):
        journal.beat(head)


def test_a_disk_that_cannot_be_written_is_said_in_chinese(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "no folder" / "said.journal")
    with pytest.raises(StoreUnavailable, match="无法写入"):
        journal.begin("g")


def test_a_file_that_was_taken_away_is_begun_again(journal: Journal) -> None:
    head = journal.head()
    journal.path.unlink()
    journal.append([entry("a")])
    assert (journal.head(), refs(journal)) == (head, ["a"])
    assert journal.damaged() == 0
