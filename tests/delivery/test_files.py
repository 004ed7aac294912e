"""Messages as files: names that lead nowhere else, whole or not at all."""

import os
import threading
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from patentwatch.delivery import Envelope, Outcome, OutcomeKind, into_folder
from patentwatch.delivery.files import place, write
from patentwatch.model import Channel

DAY = date(2026, 3, 2)


def envelope(key: str, channel: Channel = Channel.EMAIL, raw: bytes = b"x") -> Envelope:
    return Envelope(key, channel, "zhang@b.example", raw)


def test_a_mail_and_a_short_message_have_their_places(tmp_path: Path) -> None:
    told: dict[str, Outcome] = {}
    into_folder(tmp_path / "outbox", on=DAY)(
        [envelope("a1"), envelope("b2", Channel.SMS, "短信".encode())],
        on_outcomes=told.update,
    )
    assert {key: o.kind for key, o in told.items()} == {
        "a1": OutcomeKind.ACCEPTED,
        "b2": OutcomeKind.ACCEPTED,
    }
    files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    assert [str(p.relative_to(tmp_path)) for p in files] == [
        "outbox/2026-03-02/email/a1.eml",
        "outbox/2026-03-02/sms/b2.txt",
    ]
    assert files[1].read_text("utf-8") == "短信"


def test_nobody_else_may_look_into_the_outbox(tmp_path: Path) -> None:
    write(tmp_path / "new" / "outbox", envelope("a1"), on=DAY)
    made = list(tmp_path.rglob("*"))
    assert len(made) == 5
    assert {path.stat().st_mode & 0o077 for path in made} == {0}


@pytest.mark.parametrize(
    "key",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/b",
        "a\\b",
        "a\x00b",
        "CON",
        "com1",
        "nul",
        "-rf",
        ".hidden",
        "<id@host>",
        "zhang@b.example",
        "名" * 100,
        "a" * 300,
        "a\nb",
        "\ud800",
    ],
)
def test_no_key_leads_out_of_the_folder_or_shows_an_address(
    key: str, tmp_path: Path
) -> None:
    outbox = tmp_path / "outbox"
    written = write(outbox, envelope(key), on=DAY)
    assert written.kind is OutcomeKind.ACCEPTED
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert [p.parent for p in files] == [outbox / "2026-03-02" / "email"]
    assert files[0].stem.isalnum()
    assert len(files[0].stem) == 64


def test_different_keys_never_share_a_file() -> None:
    keys = ["../a", "/a", "a/", "..\\a"]
    assert len({place(envelope(key), on=DAY) for key in keys}) == len(keys)


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        write(tmp_path, envelope("a1"), on=DAY)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a1.eml"]


def test_a_folder_that_cannot_be_written_burns_nobody(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file is in the way")
    outcome = write(tmp_path / "outbox", envelope("a1"), on=DAY)
    assert outcome.kind is OutcomeKind.CHANNEL_DOWN


def test_a_failed_write_leaves_no_part_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        del handle
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = write(tmp_path, envelope("a1"), on=DAY)
    assert (outcome.kind, outcome.text) == (
        OutcomeKind.CHANNEL_DOWN,
        "No space left on device",
    )
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_stop_takes_no_more(tmp_path: Path) -> None:
    stop = threading.Event()
    pulled: list[str] = []

    def waiting() -> Iterator[Envelope]:
        for key in ("a1", "b2"):
            pulled.append(key)
            yield envelope(key)

    def on_outcomes(_: Mapping[str, Outcome]) -> None:
        stop.set()

    into_folder(tmp_path, on=DAY)(waiting(), on_outcomes=on_outcomes, stop=stop)
    assert pulled == ["a1"]
