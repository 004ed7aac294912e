"""Returned mails: which message they speak of, what becomes of it, where they go."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch.bounces import Bounces, take_bounces, take_file
from patentwatch.settings import SmtpSettings
from patentwatch.store.engine import reading
from patentwatch.store.tables import contacts, receipts
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, at, days
from tests.make_bounces import FULL, dsn, forwarded, qq_letter

REMINDER = DUE - days(30)
TO = "zhang@b.example"
NOW = at(REMINDER, 12)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bounces"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    return folder


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any, folder: Path) -> Line:
    """Return an installation whose only mail was accepted at nine."""
    line = Line(engine, vault, settings(smtp=SmtpSettings(bounces=folder)))
    line.patent()
    line.contact(TO)
    line.look(REMINDER)
    assert line.deliver(REMINDER).accepted == 1
    return line


def ref(line: Line) -> str:
    (box,) = line.messages()
    return str(box.ref)


def take(line: Line) -> Bounces:
    return take_bounces(line.engine, line.vault, line.settings, now=NOW)


def names(folder: Path) -> list[str]:
    return sorted(p.name.split("-", 2)[-1] for p in folder.iterdir())


def flags(line: Line) -> list[tuple[str, str]]:
    with reading(line.engine) as connection:
        rows = connection.execute(select(contacts.c.flag, contacts.c.flag_reason))
        return [(row.flag, row.flag_reason) for row in rows]


def fates(line: Line) -> list[tuple[str, str, str]]:
    return line.fates(tier="reminder", channel="email")


def test_a_bad_address_is_flagged_and_an_official_is_asked_to_ring(
    line: Line, folder: Path
) -> None:
    (folder / "new" / "1.host:2,").write_bytes(dsn(ref(line), TO))
    found = take(line)
    assert (found.read, found.undelivered, found.bad_addresses) == (1, 1, 1)
    assert (found.left, found.needs_a_person) == ([], False)
    assert fates(line) == [("reminder", "undelivered", "bad_contact")]
    ((flag, reason),) = flags(line)
    assert flag == "bad"
    assert reason.startswith("5.1.1")
    assert TO not in reason
    line.look(REMINDER + days(1))
    assert line.fates(state="pending") == [("reminder", "pending", "due")]
    assert [row.channel for row in line.alerts(state="pending")] == ["call"]
    assert names(folder / "done") == ["1.host:2,", "1.host:2,.txt"]
    assert list((folder / "new").iterdir()) == []


def test_a_full_box_is_undelivered_but_a_good_address(line: Line, folder: Path) -> None:
    raw = dsn(ref(line), TO, status="5.2.2", said=FULL)
    (folder / "full.eml").write_bytes(raw)
    found = take(line)
    assert (found.undelivered, found.bad_addresses) == (1, 0)
    assert fates(line) == [("reminder", "undelivered", "due")]
    assert flags(line) == [("", "")]


def test_the_same_bounce_counts_once_however_it_comes(line: Line, folder: Path) -> None:
    raw = dsn(ref(line), TO)
    (folder / "new" / "1").write_bytes(raw)
    (folder / "cur" / "2").write_bytes(raw)
    (folder / "3.eml").write_bytes(forwarded(raw))
    found = take(line)
    assert (found.read, found.undelivered, found.known) == (3, 1, 2)
    with reading(line.engine) as connection:
        (row,) = connection.execute(select(receipts)).all()
    assert (row.state, row.code) == ("undelivered", "5.1.1")
    assert TO not in row.detail
    done = [name for name in names(folder / "done") if not name.endswith(".txt")]
    assert done == ["1", "2", "3.eml"]


@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded"])
def test_what_is_no_end_changes_nothing(line: Line, folder: Path, action: str) -> None:
    (folder / "new" / "1").write_bytes(dsn(ref(line), TO, action=action))
    assert take(line).known == 1
    assert fates(line) == [("reminder", "accepted", "said")]


def test_a_delivery_is_noted(line: Line, folder: Path) -> None:
    raw = dsn(ref(line), TO, action="delivered", status="2.0.0", said="250 ok")
    (folder / "new" / "1").write_bytes(raw)
    assert take(line).delivered == 1
    assert fates(line) == [("reminder", "delivered", "said")]


def test_a_providers_own_letter_counts(line: Line, folder: Path) -> None:
    raw = qq_letter(ref(line), TO, "550 5.1.1 用户不存在")
    (folder / "new" / "1").write_bytes(raw)
    assert take(line).bad_addresses == 1


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(
            lambda r: dsn(r, "li@b.example"), "recipient_differs", id="forged"
        ),
        pytest.param(lambda r: dsn(r, ""), "recipient_differs", id="no-recipient"),
        pytest.param(lambda _: dsn("0" * 32, TO), "not_ours", id="not-ours"),
        pytest.param(lambda _: b"Subject: hello\r\n\r\nx", "unreadable", id="a-letter"),
        pytest.param(lambda _: b"", "unreadable", id="nothing"),
    ],
)
def test_what_cannot_be_believed_is_kept_and_named(
    line: Line, folder: Path, make: Any, code: str
) -> None:
    (folder / "new" / "odd").write_bytes(make(ref(line)))
    found = take(line)
    assert [(one.file, one.code) for one in found.left] == [("odd", code)]
    assert found.needs_a_person
    assert fates(line) == [("reminder", "accepted", "said")]
    assert flags(line) == [("", "")]
    assert names(folder / "failed") == ["odd", "odd.txt"]
    (note,) = (folder / "failed").glob("*.txt")
    assert found.left[0].message in note.read_text("utf-8-sig")


def test_a_file_that_is_too_large_is_not_read(line: Line, folder: Path) -> None:
    with (folder / "big.eml").open("wb") as file:
        file.truncate(20_000_001)
    assert [one.code for one in take(line).left] == ["too_large"]


def test_only_mails_are_taken_from_the_folder(line: Line, folder: Path) -> None:
    (folder / "readme.txt").write_text("x")
    (folder / ".hidden.eml").write_text("x")
    (folder / "tmp" / "half").write_text("x")
    assert take(line).read == 0


def test_without_a_folder_there_is_nothing_to_do(line: Line) -> None:
    line.change(smtp=SmtpSettings())
    assert take(line) == Bounces()


def test_a_trial_counts_and_changes_nothing(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_bytes(dsn(ref(line), TO))
    found = Bounces()
    take_file(line.engine, line.vault, path, found, now=NOW, dry_run=True)
    assert found.bad_addresses == 1
    assert fates(line) == [("reminder", "accepted", "said")]
    assert flags(line) == [("", "")]
    assert path.exists()


def test_a_bounce_of_what_was_said_again_speaks_of_the_mail_it_came_for(
    line: Line, folder: Path
) -> None:
    raw = dsn(ref(line), TO, attempted="Sat, 11 Apr 2026 10:00:00 +0800")
    (folder / "new" / "1").write_bytes(raw)
    take(line)
    line.contact(TO, consent=True, consent_on=REMINDER + days(1))
    assert [flag for flag, _ in flags(line)] == [""]
    line.look(REMINDER + days(2))
    assert line.deliver(REMINDER + days(2)).accepted == 1
    first, second = line.messages()
    assert first.ref != second.ref  # or its gateway would think it sent already
    late = dsn(str(first.ref), TO, attempted="Sat, 11 Apr 2026 11:00:00 +0800")
    (folder / "new" / "2").write_bytes(late)
    take(line)
    assert [box.state for box in line.messages()] == ["undelivered", "accepted"]
