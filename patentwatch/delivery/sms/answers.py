"""What providers write, made safe: objects, words, numbers, their local times."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from patentwatch.clock import SHANGHAI

_PLAIN = re.compile(r"[\x21-\x7e]+")
_CODE_LIMIT, _WORD_LIMIT = 40, 80
_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_INSTANTS = range(946_684_800, 4_102_444_800)  # the years 2000 to 2099

# A telephone that is switched off or cut off for its bill comes back; these do not.
_NOBODY = re.compile(
    r"空号|号码不存在|不存在的?号码|号码错误|号码无效|无效号码|销号|销户"
)


def document(body: bytes | None) -> object:
    """Return the JSON in `body`, None where there is none."""
    try:
        found: object = json.loads(body or b"")
    except (ValueError, RecursionError):
        return None
    return found


def mapping(value: object) -> Mapping[str, object]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Mapping[str, object]]:
    """Return the objects in a list; `value` may be anything."""
    found = value if isinstance(value, list) else []
    return [item for item in found if isinstance(item, dict)]


def word(value: object) -> str:
    """Return an identifier that may be kept and compared, "" for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        return ""
    return value if len(value) <= _WORD_LIMIT else ""


def code(value: object) -> str:
    """Return a provider's code, shortened to what a receipt can hold."""
    return text(value)[:_CODE_LIMIT]


def text(value: object) -> str:
    """Return words for people without anything unprintable, "" for no words."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())[:200]


def mobile(value: object) -> str:
    """Return a mainland mobile number as +8613800000000, "" for anything else."""
    found = _MOBILE.fullmatch(re.sub(r"[\s-]", "", str(value)))
    return f"+86{found[1]}" if found else ""


def local_time(value: object) -> datetime | None:
    """Return the instant of a time in Shanghai, None where it cannot be read."""
    for form in _FORMATS:
        try:
            naive = datetime.strptime(str(value).strip(), form)  # noqa: DTZ007 - below
            return naive.replace(tzinfo=SHANGHAI).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def unix_time(value: object) -> datetime | None:
    """Return the instant of a UNIX time in seconds, None where it cannot be read."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INSTANTS:
        return None
    return datetime.fromtimestamp(value, UTC)


def whole(value: object) -> int | None:
    """Return a small whole number above zero, written in either way, else None."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= 4:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < 10_000 else None


def nobody_there(said: str) -> bool:
    """Return whether a failure means that the number does not exist."""
    return bool(_NOBODY.search(said))


def key_of(*parts: str) -> str:
    """Return one name for something that has none of its own."""
    joined = "\n".join(parts).encode("utf-8", "surrogatepass")
    return sha256(joined).hexdigest()[:32]
