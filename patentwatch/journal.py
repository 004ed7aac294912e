"""What left the house, in a file outside the database: one line a message, fsynced.

A line is written when the other side has taken a message and before that is committed,
so the file is never behind the database. Each line carries a hash over itself and the
line before it, and enough to tell a database that lost it what was said to whom; no
name, telephone or address is in it, recipients are keyed names.

The database remembers how far the file had come (`Position`) in the transaction that
settles the message. Lines behind that are what a killed process did not commit.

Beside the journal lies a small file with a number, the beat: the database counts it up
and commits; only then it is written here. So in good order it is never ahead of the
database. If it is, commits are gone from the database: it came back from a backup, or
from a standby that lagged behind. A kill cannot look like that, because whatever
stands in the file was committed before; and a restore of anything older than the last
beat, a minute or so, cannot look otherwise. What was restored from within that minute
is the database as a kill would have left it, and the lines repair it as they repair
that. Nothing shows a restore that put back journal and database together: keep the
journal out of the backup.

The file belongs to one host; processes on it share it. Its first line names the journal
and the database's generation, so that another database in its place is noticed, too.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from patentwatch.errors import StoreUnavailable

_FORM = 1


@dataclass(frozen=True, slots=True)
class SaidAlert:
    """One alert that a message carried, as far as its row can be made from it."""

    key: str
    application_no: str
    fee_year: int
    due_on: str
    anchor_on: str
    tier: str
    audience: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message that was taken (`accepted`) or may have been (`unknown`)."""

    ref: str
    kind: str
    attempt: int
    state: str
    at: datetime
    channel: str
    transport: str
    recipient: str
    severity: int
    provider_ref: str = ""
    alerts: tuple[SaidAlert, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """How far a journal has come: bytes from the beginning, the last line's hash."""

    offset: int
    chain: str


NOWHERE = Position(0, "")


@dataclass(frozen=True, slots=True)
class Head:
    """Which journal this is, and of which database."""

    journal: str
    generation: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What was read: the entries, and where they end.

    `found`: the asked position is there, and `entries` are those behind it; else they
    are all. A line that was tampered with is used all the same: it can only keep
    something from being said twice.
    """

    entries: tuple[Entry, ...]
    end: Position
    found: bool


class Journal:
    """The journal at a path, and the beat beside it. Safe for several processes.

    After an fsync that failed nothing more is written by this process: what the disk
    then holds nobody knows, and a second fsync would not tell.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._beat = path.with_name(f"{path.name}.beat")
        self._failed = False
        self._begun: Head | None = None

    def head(self) -> Head | None:
        """Return which journal this is; None while there is none."""
        try:
            with self.path.open("rb") as file:
                first = _parsed(file.readline())
        except FileNotFoundError:
            return None
        if first is None or "journal" not in first:
            return None
        return Head(first["journal"], first["generation"])

    def begin(self, generation: str) -> Head:
        """Make the journal of a database, unless there is one."""
        head = Head(secrets.token_hex(8), generation)
        with self._alone() as descriptor:
            if _end(descriptor).offset == 0:
                self._write(descriptor, _head_line(head))
                _sync_folder(self.path.parent)
        found = self.head()
        if found is None:
            raise StoreUnavailable(
                f"{self.path} 不是发送日志；请移走这个文件，或改 [database] journal"
            )
        self._begun = found
        return found

    def append(self, entries: Sequence[Entry]) -> tuple[Head, Position]:
        """Write entries durably; return what to remember with their commit.

        Raises `StoreUnavailable` when they are not surely on the disk. A file that
        somebody took away since `begin` is begun again.
        """
        assert self._begun is not None  # noqa: S101 - nobody sends before the first beat
        with self._alone() as descriptor:
            end = _end(descriptor)
            lines = [] if end.offset else [_head_line(self._begun)]
            chain = end.chain or _chain_of(lines[0])
            for entry in entries:
                lines.append(_line(_document(entry), chain))
                chain = _chain_of(lines[-1])
            written = b"".join(lines)
            self._write(descriptor, written, at=end.offset)
            return self._begun, Position(end.offset + len(written), chain)

    def read(self, after: Position | None) -> Contents:
        """Return what was written after a position; everything if it is not found."""
        content = self._content()
        found = after is not None and _ends_there(content, after)
        lines = _whole_lines(content, after.offset if after and found else 0)
        end = content.rfind(b"\n") + 1
        last = lines[-1] if lines else b""
        chain = _chain_of(last) if lines or after is None else after.chain
        return Contents(_entries(lines), Position(end, chain), found=found)

    def damaged(self) -> int:
        """Return how many lines were changed, lost or put elsewhere; 0 is right.

        What is missing at the end only the database can tell.
        """
        return _loose(_whole_lines(self._content(), 0), "")

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""

    def size(self) -> int:
        """Return how many bytes there are; 0 without a file."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def beat(self, head: Head) -> int:
        """Return the last beat that was certainly committed; 0 before the first.

        One of another journal, which this one took the place of, says nothing.
        """
        try:
            journal, _, number = self._beat.read_text("ascii").partition(" ")
            return int(number) if journal == head.journal else 0
        except FileNotFoundError:
            return 0
        except ValueError:
            raise StoreUnavailable(
                f"{self._beat} 已损坏；请确认数据库不是从备份恢复的，再删除这个文件"
            ) from None

    def confirm(self, head: Head, beat: int) -> None:
        """Write down a beat that is committed."""
        draft = self._beat.with_name(f"{self._beat.name}.{secrets.token_hex(4)}")
        with _told(self.path):
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                os.write(descriptor, f"{head.journal} {beat}\n".encode())
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            draft.replace(self._beat)

    @contextmanager
    def _alone(self) -> Iterator[int]:
        """Open the journal for writing, one process at a time."""
        if self._failed:
            raise StoreUnavailable(
                f"{self.path} 写入失败过，本进程不再写入；请检查磁盘后重新启动"
            )
        with _told(self.path):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield descriptor
            finally:
                os.close(descriptor)

    def _write(self, descriptor: int, lines: bytes, *, at: int = 0) -> None:
        """Write behind the last whole line; what a kill left of one is cut off."""
        os.ftruncate(descriptor, at)
        written = 0
        while written < len(lines):
            written += os.pwrite(descriptor, lines[written:], at + written)
        self._failed = True
        os.fdatasync(descriptor)  # the length, too, where it has changed
        self._failed = False


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"发送日志 {path} 无法写入（{error.strerror}）；请检查磁盘空间和权限"
        ) from error


def _head_line(head: Head) -> bytes:
    return _line(
        {
            "patentwatch": _FORM,
            "journal": head.journal,
            "generation": head.generation,
        },
        "",
    )


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "ref": entry.ref,
        "kind": entry.kind,
        "attempt": entry.attempt,
        "state": entry.state,
        "at": entry.at.isoformat(),
        "channel": entry.channel,
        "transport": entry.transport,
        "recipient": entry.recipient,
        "severity": entry.severity,
        "provider_ref": entry.provider_ref,
        "alerts": [[getattr(one, name) for name in _ALERT] for one in entry.alerts],
    }


_ALERT = SaidAlert.__slots__


def _entry(document: dict[str, Any]) -> Entry:
    known = {name: document[name] for name in _ENTRY}
    return Entry(
        **known,
        at=datetime.fromisoformat(document["at"]),
        alerts=tuple(SaidAlert(*values) for values in document["alerts"]),
    )


_ENTRY = tuple(name for name in Entry.__slots__ if name not in {"at", "alerts"})


def _line(document: dict[str, Any], chain: str) -> bytes:
    body = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    link = sha256(f"{chain}{body}".encode()).hexdigest()[:32]
    return f'{body[:-1]},"chain":"{link}"}}\n'.encode()


def _chain_of(line: bytes) -> str:
    """Return the hash at the end of a line; "" where none is."""
    found = _CHAIN.search(line)
    return found[1].decode("ascii") if found else ""


_CHAIN = re.compile(rb',"chain":"([0-9a-f]{32})"}\n?\Z')


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _is_linked(line: bytes, chain: str) -> bool:
    body = _CHAIN.sub(b"}", line)
    return _chain_of(line) == sha256(chain.encode() + body).hexdigest()[:32]


def _whole_lines(content: bytes, start: int) -> list[bytes]:
    end = content.rfind(b"\n") + 1
    return content[start:end].splitlines(keepends=True)


def _loose(lines: Sequence[bytes], chain: str) -> int:
    """Return how many lines do not fit the one before."""
    loose = 0
    for line in lines:
        loose += not _is_linked(line, chain)
        chain = _chain_of(line)
    return loose


def _entries(lines: Sequence[bytes]) -> tuple[Entry, ...]:
    documents = (_parsed(line) for line in lines)
    return tuple(_entry(one) for one in documents if one and "ref" in one)


def _ends_there(content: bytes, position: Position) -> bool:
    """Whether a line ends at a position with just this hash."""
    if position.offset == 0 or content[position.offset - 1 : position.offset] != b"\n":
        return False
    begin = content.rfind(b"\n", 0, position.offset - 1) + 1
    return _chain_of(content[begin : position.offset]) == position.chain


_TAIL = 1 << 16


def _end(descriptor: int) -> Position:
    """Return where the last whole line ends, and its hash."""
    size = os.fstat(descriptor).st_size
    span = _TAIL
    while True:
        begin = max(0, size - span)
        tail = os.pread(descriptor, size - begin, begin)
        last = tail.rfind(b"\n")
        before = tail.rfind(b"\n", 0, max(last, 0))
        if begin == 0 or (last > 0 and before >= 0):
            break
        span *= 4
    if last < 0:
        return NOWHERE
    return Position(begin + last + 1, _chain_of(tail[before + 1 : last + 1]))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
