"""A file that proves something, taken down: its name, size and hash."""

import hashlib
from datetime import datetime
from pathlib import Path

from patentwatch import clean
from patentwatch.errors import InputError
from patentwatch.store.recordlinks import Proof

LARGEST = (1 << 31) - 1


def proof_of(file: Path, *, by: str, now: datetime) -> Proof:
    """Return what is kept of a file; raises InputError for one that cannot prove."""
    if not file.is_file():
        raise InputError(f"{file.name}：找不到文件", code="file_missing")
    size = file.stat().st_size
    if size == 0:
        raise InputError(
            f"{file.name}：文件为空，不能作佐证；请核对", code="empty_file"
        )
    if size > LARGEST:
        raise InputError(
            f"{file.name}：文件超过 2 GB；请拆分或压缩后登记", code="file_too_large"
        )
    try:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"{file.name}：无法读取（{error.strerror}）；请检查文件权限",
            code="file_unreadable",
        ) from error
    return Proof(clean.line(file.name), size, digest, now, by)
