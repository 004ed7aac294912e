"""TOML tables into frozen dataclasses; unknown keys, wrong types, secrets are refused.

The classes are the schema. Messages are Chinese and name the key's whole path.
"""

import re
import stat
import types
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, TypeVar, cast

from patentwatch.errors import ConfigError
from patentwatch.spelling import did_you_mean

T = TypeVar("T")

_SECRET_NAME = re.compile(r"passw(or)?d|secret|token|access_?key|api_?key|private_?key")
_NOT_SECRET = ("_file", "_id")  # a path, and a name that opens nothing by itself
_CREDENTIALS = re.compile(r"://[^/@]*:[^/@]+@|[?&]password=")
_SECRET_FILES = frozenset({"password_file", "secret_file", "callback_secret_file"})
_SCALARS = {str: "文字（加引号）", int: "整数", bool: "true 或 false"}


def table(value: object, at: str) -> dict[str, object]:
    """Return `value` as a TOML table."""
    if not isinstance(value, dict):
        raise ConfigError(f"{at}: 须为表 [{at}]")
    return value


def tables(value: object, at: str) -> list[dict[str, object]]:
    """Return `value` as an array of TOML tables."""
    if not isinstance(value, list):
        raise ConfigError(f"{at}: 须为表的列表 [[{at}]]")
    return [table(item, at) for item in value]


def build(kind: type[T], raw: Mapping[str, object], *, at: str) -> T:
    """Return a `kind` made of `raw`; raises `ConfigError` for a missing key."""
    values = _values(kind, raw, hidden=frozenset(), at=at)
    for item in _fields(kind):
        required = item.default is MISSING and item.default_factory is MISSING
        if required and item.name not in values:
            raise ConfigError(f"{_path(at, item.name)}: 缺少这一项")
    return kind(**values)


def fill(
    default: T, raw: Mapping[str, object], *, at: str, hidden: Collection[str] = ()
) -> T:
    """Return `default` with what `raw` says; `hidden` fields are no keys."""
    values = _values(type(default), raw, hidden=hidden, at=at, default=default)
    return cast("T", replace(cast("Any", default), **values))


def refuse_secrets(raw: object, at: str = "") -> None:
    """Raise `ConfigError` where the file itself holds a password or a key."""
    if isinstance(raw, list):
        for item in raw:
            refuse_secrets(item, at)
    if not isinstance(raw, dict):
        return
    for key, value in raw.items():
        name = str(key).lower()
        if _SECRET_NAME.search(name) and not name.endswith(_NOT_SECRET):
            raise ConfigError(
                f"{_path(at, key)}: 口令和密钥不能写在配置文件里；"
                "请写进一个只有本用户能读的文件，再用 …_file 指明它的位置"
            )
        refuse_secrets(value, _path(at, key))


def refuse_credentials(url: str) -> None:
    """Raise `ConfigError` where a database address carries its password."""
    if _CREDENTIALS.search(url):
        raise ConfigError(
            "database.url: 口令不能写在配置文件里；请写进 ~/.pgpass（或 PGPASSFILE "
            "指明的文件），或用环境变量 PATENTWATCH_DATABASE_URL 给出地址"
        )


def absolute(value: T, *, base: Path, credentials: Path | None, at: str = "") -> T:
    """Return `value` with every path made absolute and every secret file checked.

    A secret file is looked for among systemd's `credentials` first, then under `base`.
    """
    changed: dict[str, object] = {}
    for item in _fields(type(value)):
        old = getattr(value, item.name)
        if isinstance(old, Path) and item.name in _SECRET_FILES:
            changed[item.name] = _secret_file(
                old, base=base, credentials=credentials, at=_path(at, item.name)
            )
        elif isinstance(old, Path):
            changed[item.name] = base / old.expanduser()
        elif is_dataclass(old):
            changed[item.name] = absolute(
                old, base=base, credentials=credentials, at=_path(at, item.name)
            )
    return cast("T", replace(cast("Any", value), **changed))


def _secret_file(path: Path, *, base: Path, credentials: Path | None, at: str) -> Path:
    found = base / path.expanduser()
    if credentials is not None and (credentials / path.name).is_file():
        found = credentials / path.name
    refuse_open_file(found, at=at)
    return found


def refuse_open_file(path: Path, *, at: str) -> None:
    """Raise `ConfigError` unless `path` is a file that strangers cannot read."""
    if not path.is_file():
        raise ConfigError(f"{at}: 找不到文件 {path}")
    if path.stat().st_mode & stat.S_IRWXO:
        raise ConfigError(
            f"{at}: {path} 其他用户也能读，请执行 chmod 600 {path.name} 后再试"
        )


def masked(value: object) -> dict[str, object]:
    """Return a dataclass in the types of JSON, addresses and passwords masked."""
    return {
        item.name: _masked(getattr(value, item.name), item.name)
        for item in _fields(type(value))
    }


_PRIVATE = frozenset({"guest_list", "username", "access_key_id", "emails", "phones"})


def _masked(value: object, name: str) -> object:
    if is_dataclass(value):
        return masked(value)
    if isinstance(value, Mapping):
        return {str(key): _masked(item, name) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_masked(item, name) for item in value]
    return _masked_scalar(value, name)


def _masked_scalar(value: object, name: str) -> object:
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, Enum | Path):
        return str(value)
    if isinstance(value, str) and name in _PRIVATE:
        return value[:1] + "***" + value[-3:] if len(value) > 4 else "***"
    if isinstance(value, str) and name == "url":
        return re.sub(r"(://[^/@:]*:)[^@]*@|([?&]password=)[^&]*", r"\1\2***", value)
    return value


def _values(
    kind: type,
    raw: Mapping[str, object],
    *,
    hidden: Collection[str],
    at: str,
    default: object = None,
) -> dict[str, object]:
    hints = typing.get_type_hints(kind)
    known = [item.name for item in _fields(kind) if item.name not in hidden]
    values: dict[str, object] = {}
    for key, value in raw.items():
        if key not in known:
            raise ConfigError(_unknown(key, known, at))
        where = _path(at, key)
        section = getattr(default, key, None)
        if section is not None and is_dataclass(section):
            values[key] = fill(section, table(value, where), at=where)
        else:
            values[key] = _convert(value, hints[key], where)
    return values


def _convert(value: object, kind: object, at: str) -> object:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        return _convert(value, arguments[0], at)  # `X | None`, and TOML has no null
    if origin is typing.Literal:
        return _choice(value, arguments, at)
    if origin is tuple:
        return _sequence(value, arguments, at)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(value, arguments, at)
    if is_dataclass(kind):
        return build(cast("type", kind), table(value, at), at=at)
    return _scalar(value, kind, at)


def _scalar(value: object, kind: object, at: str) -> object:
    if isinstance(kind, type) and kind in _READERS:
        return _READERS[kind](value, at)
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        _choice(value, tuple(str(member) for member in kind), at)
        return kind(str(value))
    if kind in _SCALARS and type(value) is kind:
        return value
    wanted = _SCALARS.get(cast("type", kind), "文件或文件夹的路径（加引号）")
    raise ConfigError(f"{at}: 须为{wanted}，现为 {_shown(value)}")


def _choice(value: object, choices: tuple[object, ...], at: str) -> object:
    if value in choices:
        return value
    listed = "、".join(f'"{choice}"' for choice in choices)
    near = did_you_mean(str(value), [str(choice) for choice in choices])
    raise ConfigError(f"{at}: {_shown(value)} 无效{near}；可用的值：{listed}")


def _sequence(value: object, kinds: tuple[object, ...], at: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise ConfigError(f"{at}: 须为列表 […]，现为 {_shown(value)}")
    if kinds[-1] is not Ellipsis and len(value) != len(kinds):
        raise ConfigError(f"{at}: 须有 {len(kinds)} 个值，现有 {len(value)} 个")
    return tuple(_convert(item, kinds[0], at) for item in value)


def _mapping(value: object, kinds: tuple[object, ...], at: str) -> dict[object, object]:
    result: dict[object, object] = {}
    for key, item in table(value, at).items():
        if isinstance(kinds[0], type) and issubclass(kinds[0], StrEnum):
            wanted = [str(member) for member in kinds[0]]
            if key not in wanted:
                raise ConfigError(_unknown(key, wanted, at))
        name = _scalar(key, kinds[0], at)
        result[name] = _convert(item, kinds[1], _path(at, key))
    return result


def _time(value: object, at: str) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    raise ConfigError(f'{at}: 须为时刻，如 "08:30"，现为 {_shown(value)}')


def _date(value: object, at: str) -> date:
    if type(value) is date:  # an instant is a date, too
        return value
    try:
        return date.fromisoformat(cast("str", value))
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"{at}: 须为日期，如 2023-12-31，现为 {_shown(value)}"
        ) from error


def _decimal(value: object, at: str) -> Decimal:
    """Take a number, or the text of one: JSON keeps the digits only in a text."""
    if isinstance(value, int | str | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite():
            return number
    raise ConfigError(f"{at}: 须为数字，如 3 或 1.1，现为 {_shown(value)}")


_READERS: dict[type, Callable[[object, str], object]] = {
    time: _time,
    date: _date,
    Decimal: _decimal,
}


def _shown(value: object) -> str:
    if isinstance(value, str | date | time):
        return f"“{value}”"
    if isinstance(value, bool):
        return str(value).lower()
    return "表" if isinstance(value, dict) else str(value)


def _unknown(key: str, known: Collection[str], at: str) -> str:
    return f"{_path(at, key)}: 没有这个设置{did_you_mean(key, known)}"


def _fields(kind: type) -> tuple[Field[Any], ...]:
    return fields(kind)


def _path(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key
