"""Write messages into a folder instead of sending them: a first look, or a drill."""

import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Event

from patentwatch.delivery.outcome import (
    Envelope,
    OnOutcomes,
    Outcome,
    OutcomeKind,
    Transport,
    until,
)
from patentwatch.model import Channel

_ENDING = {Channel.EMAIL: ".eml", Channel.SMS: ".txt", Channel.CALL: ".txt"}
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)", re.IGNORECASE)


def into_folder(folder: Path, *, on: date) -> Transport:
    """Return the transport that writes below `folder`, under the day `on`."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        for envelope in until(stop, envelopes):
            on_outcomes({envelope.message_key: write(folder, envelope, on=on)})

    return send


def write(folder: Path, envelope: Envelope, *, on: date) -> Outcome:
    """Write `envelope` durably under its place; writing it again changes nothing."""
    try:
        write_whole(folder / place(envelope, on=on), envelope.raw)
    except OSError as error:
        return Outcome(
            OutcomeKind.CHANNEL_DOWN, "file", error.strerror or type(error).__name__
        )
    return Outcome(OutcomeKind.ACCEPTED, "file")


def place(envelope: Envelope, *, on: date) -> Path:
    """Return where `envelope` lies inside the folder: day/channel/key.ending.

    The name holds no address, and nothing of a key that could lead elsewhere: such a
    key is replaced by its hash.
    """
    key = envelope.message_key
    if not _PLAIN.fullmatch(key) or _DEVICE.fullmatch(key):
        key = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    channel = envelope.channel
    return Path(on.isoformat()) / channel.value / f"{key}{_ENDING[channel]}"


def write_whole(target: Path, raw: bytes) -> None:
    """Write `raw` durably; nobody ever sees a part of it. Raises OSError."""
    _make_private(target.parent)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    _sync_folder(target.parent)


def _make_private(folder: Path) -> None:
    """Make `folder` and what is missing above it, for nobody else to look into."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
