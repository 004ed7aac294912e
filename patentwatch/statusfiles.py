"""Reads the packaged codes and wordings of legal-status notices."""

import tomllib
from functools import lru_cache
from importlib.resources import files

from patentwatch import toml
from patentwatch.status.codes import EventCode, StatusTable, Wording, table


@lru_cache(maxsize=1)
def load() -> StatusTable:
    """Return the table that the package ships."""
    return table(
        [
            toml.build(EventCode, row, at="codes")
            for row in toml.tables(_read("codes.toml")["codes"], "codes")
        ],
        [
            toml.build(Wording, row, at="wordings")
            for row in toml.tables(_read("wordings.toml")["wordings"], "wordings")
        ],
    )


def _read(name: str) -> dict[str, object]:
    text = (files("patentwatch.status") / name).read_text(encoding="utf-8")
    return tomllib.loads(text)
