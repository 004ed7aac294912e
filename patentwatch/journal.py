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

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from patentwatch.errors import StoreBroken, StoreUnavailable
from patentwatch.journallines import (
    NOWHERE,
    Entry,
    Head,
    Position,
    chain_of,
    ends_there,
    entries_in,
    entry_line,
    head_in,
    head_line,
    loose,
    whole_lines,
)


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
                return head_in(file.readline())
        except FileNotFoundError:
            return None

    def begin(self, generation: str) -> Head:
        """Make the journal of a database, unless there is one."""
        head = Head(secrets.token_hex(8), generation)
        with self._alone() as descriptor:
            if _end(descriptor).offset == 0:
                self._write(descriptor, head_line(head))
                _sync_folder(self.path.parent)
        found = self.head()
        if found is None:
            raise StoreUnavailable(
                f"{self.path} 不是发送日志；请移走这个文件，或改 [database] journal"
            )
        self._begun = found
        return found

    @property
    def is_begun(self) -> bool:
        """Whether this object knows which journal it writes."""
        return self._begun is not None

    def append(self, entries: Sequence[Entry]) -> tuple[Head, Position]:
        """Write entries durably; return what to remember with their commit.

        After `begin`. Raises `StoreUnavailable` when they are not surely on the disk. A
        file that somebody took away since then is begun again.
        """
        begun = self._begun
        assert begun is not None  # noqa: S101 - see above
        with self._alone() as descriptor:
            end = _end(descriptor)
            lines = [] if end.offset else [head_line(begun)]
            chain = end.chain or chain_of(lines[0])
            for entry in entries:
                lines.append(entry_line(entry, chain))
                chain = chain_of(lines[-1])
            written = b"".join(lines)
            self._write(descriptor, written, at=end.offset)
            return begun, Position(end.offset + len(written), chain)

    def read(self, after: Position | None) -> Contents:
        """Return what was written after a position; everything if it is not found."""
        content = self._content()
        found = after is not None and ends_there(content, after)
        lines = whole_lines(content, after.offset if after and found else 0)
        end = content.rfind(b"\n") + 1
        last = lines[-1] if lines else b""
        chain = chain_of(last) if lines or after is None else after.chain
        return Contents(entries_in(lines), Position(end, chain), found=found)

    def damaged(self) -> int:
        """Return how many lines were changed, lost or put elsewhere; 0 is right.

        What is missing at the end only the database can tell.
        """
        return loose(whole_lines(self._content(), 0))

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
            raise StoreBroken(
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
        try:
            os.fdatasync(descriptor)  # the length, too, where it has changed
        except OSError:
            self._failed = True
            raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kind = StoreBroken if error.errno == errno.EIO else StoreUnavailable
        raise kind(
            f"发送日志 {path} 无法写入（{error.strerror}）；请检查磁盘空间和权限"
        ) from error


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
    return Position(begin + last + 1, chain_of(tail[before + 1 : last + 1]))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
