"""A digest as text that gives the same digest back: for the database, not for people.

The fields say by their types how they are read; a text of another form is refused.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from patentwatch.digests.values import Digest
from patentwatch.errors import PatentwatchError

T = TypeVar("T")

FORM = 1
"""Raised whenever the values change so that an older text cannot be read any more."""


def packed(digest: Digest) -> str:
    """Return a digest as JSON, always the same for the same digest."""
    return pack(digest)


def pack(value: object) -> str:
    """Return any value of the kind of a digest as JSON."""
    body = {"form": FORM, "digest": _plain(value)}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Digest:
    """Return the digest that `packed` wrote; raises `PatentwatchError` otherwise."""
    return unpack(Digest, text)


def unpack(wanted: type[T], text: str) -> T:
    """Return the value that `pack` wrote; raises `PatentwatchError` otherwise."""
    body = json.loads(text)
    if body["form"] != FORM:
        raise PatentwatchError(
            f"这份报告由另一版程序生成（格式 {body['form']}），本版本不能再现",
            code="digest_form",
        )
    value = _read(wanted, body["digest"])
    assert isinstance(value, wanted)  # noqa: S101 - `_read` returns what it is asked
    return value


def plain(digest: Digest) -> dict[str, Any]:
    """Return a digest as what JSON can hold."""
    return {f.name: _plain(getattr(digest, f.name)) for f in fields(digest)}


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read(wanted: Any, value: Any) -> Any:
    if get_origin(wanted) is UnionType:
        (wanted,) = (one for one in get_args(wanted) if one is not type(None))
        return None if value is None else _read(wanted, value)
    if get_origin(wanted) is tuple:
        return tuple(_read(get_args(wanted)[0], one) for one in value)
    if is_dataclass(wanted):
        assert isinstance(wanted, type)  # noqa: S101 - a type of `values`
        types = _types(wanted)
        return wanted(**{name: _read(types[name], one) for name, one in value.items()})
    if wanted is date:
        return date.fromisoformat(value)
    return wanted(value) if issubclass(wanted, StrEnum | Decimal) else value


@cache
def _types(wanted: type) -> Mapping[str, Any]:
    return get_type_hints(wanted)
