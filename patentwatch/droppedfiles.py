"""Files that people drop into a folder: which ones wait, and where they go when read.

Read files go to `done/`, files that could not be used to `failed/`, each with a note
beside it for the clerk who dropped it.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from patentwatch import clock

_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial", ".swp")


def waiting(folder: Path) -> Iterator[Path]:
    """Yield the whole files in `folder`, in the order of their names."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith((".", "~$")) or path.suffix in _UNFINISHED
        if path.is_file() and not hidden and not _being_written(path):
            yield path


def _being_written(path: Path) -> bool:
    """Return whether some process has the file open for writing.

    A read lease is granted only when nobody has; where the file system knows no
    leases nothing can be told.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False  # reading it will say what is wrong
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def put_away(
    path: Path,
    note: Iterable[str],
    *,
    failed: bool,
    now: datetime,
    base: Path | None = None,
) -> None:
    """Move `path` to where read files lie, under the time of day, with its `note`.

    `base`: the folder in which those lie, where it is not the file's own.
    """
    folder = (base or path.parent) / ("failed" if failed else "done")
    folder.mkdir(exist_ok=True)
    stamp = now.astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S")
    target, again = folder / f"{stamp}-{path.name}", 1
    while target.exists():
        again += 1
        target = folder / f"{stamp}-{again}-{path.name}"
    path.replace(target)
    beside = target.with_name(f"{target.name}.txt")
    beside.write_text("\n".join(note) + "\n", encoding="utf-8-sig")
