"""Reads the law's tables: those of the package, then those of the office's folder."""

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from patentwatch.errors import ConfigError, LawError
from patentwatch.law.rulebook import Rulebook, rulebook

_Tables = dict[str, dict[str, object]]


def load(tables_dir: Path | None) -> Rulebook:
    """Return the rulebook; `tables_dir` None is the package's own tables alone.

    Every `*.toml` in `tables_dir` is taken in the order of the names. A file named
    like one of the package takes its place; a row for the same type and day (or year)
    takes the place of the package's row. What cannot be used raises `ConfigError`
    naming the file.
    """
    if tables_dir is None:
        return _packaged()
    if not tables_dir.is_dir():
        raise ConfigError(
            f"[law] tables_dir：文件夹 {tables_dir} 不存在或不是文件夹，请核对设置"
        )
    try:
        return rulebook(_shipped() | _parsed(tables_dir.iterdir()))
    except LawError as error:
        raise ConfigError(f"{tables_dir}：{error}") from error


@lru_cache(maxsize=1)
def _packaged() -> Rulebook:
    return rulebook(_shipped())


def _shipped() -> _Tables:
    return _parsed((files("patentwatch.law") / "tables").iterdir())


def _parsed(found: Iterable[Traversable]) -> _Tables:
    tables: _Tables = {}
    for file in sorted(found, key=lambda file: file.name):
        if not file.name.endswith(".toml") or file.name.startswith("."):
            continue
        try:
            tables[file.name] = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"法规表 {file} 无法读取：{error}") from error
    return tables
