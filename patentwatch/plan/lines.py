"""On which line of a TOML text a key stands, which its reader does not tell."""

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]=]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r'\s*((?:[\w-]+|"[^"\n]*")(?:\s*\.\s*(?:[\w-]+|"[^"\n]*"))*)\s*=')
_PART = re.compile(r'"([^"]*)"|([\w-]+)')


def lines_of(text: str) -> Mapping[str, int]:
    """Return the line of each table and key, counted from 1, by its path.

    A path is written `item[2].commitment[0].due_on`, counted from 0. What stands inside
    braces has the line of the key before them.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _entered(header, counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table
            for part in _parts(key[1]):
                path = f"{path}.{part}" if path else part
                found.setdefault(path, number)
    return found


def line_of(lines: Mapping[str, int], path: str) -> int | None:
    """Return the line of a path, or of the nearest that encloses it; None: of none."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path)


def _entered(header: re.Match[str], counts: dict[str, int]) -> str:
    """Return the path of a table; one more of an array of them is counted."""
    path, parts = "", _parts(header[2])
    for part in parts[:-1]:
        path = _last(f"{path}.{part}" if path else part, counts)
    path = f"{path}.{parts[-1]}" if path else parts[-1]
    if header[1] == "[[":
        counts[path] = counts.get(path, -1) + 1
    return _last(path, counts)


def _last(path: str, counts: Mapping[str, int]) -> str:
    return f"{path}[{counts[path]}]" if path in counts else path


def _parts(dotted: str) -> list[str]:
    return [quoted or bare for quoted, bare in _PART.findall(dotted)] or [dotted]
