"""Where a decision moves the end of the term: by a day it names or by days it adds."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from patentwatch.status import labels

ONE_DAY = timedelta(days=1)

END_LABEL = "期满终止日"
"""The label under which a person's word stands: the first day out of force."""

_OLD = ("原", "补偿前", "变更前")
_DAYS = re.compile(r"(\d{1,4})\s*[天日]?")


def is_told(fields: Mapping[str, str]) -> bool:
    """Return whether a notice tells where the end moves to."""
    return named_end(fields) is not None or added_days(fields) is not None


def named_end(fields: Mapping[str, str]) -> date | None:
    """Return the new 期满终止日 a decision names; a 届满日 is the day before it.

    None where it names none, or more than one.
    """
    found = set()
    for label, value in fields.items():
        if label.startswith(_OLD) or (day := labels.day(value)) is None:
            continue
        if "终止日" in label:
            found.add(day)
        elif "届满日" in label or "到期日" in label:
            found.add(day + ONE_DAY)
    return found.pop() if len(found) == 1 else None


def added_days(fields: Mapping[str, str]) -> int | None:
    """Return by how many days the term is compensated, None where it is not said."""
    for label, value in fields.items():
        if label.startswith("补偿") and (found := _DAYS.fullmatch(value.strip())):
            return int(found[1])
    return None


def moved(
    plain_on: date, decisions: Iterable[tuple[str, Mapping[str, str]]]
) -> date | None:
    """Return 期满终止日 after these decisions (reason and fields), oldest first.

    A later decision of one kind takes the place of the one before; those of two kinds
    add up. None: the newest word does not say to when. Law: TERM, COMPENSATION.
    """
    newest: dict[str, Mapping[str, str]] = {}
    for reason, fields in decisions:
        newest.pop(reason, None)
        newest[reason] = fields
    ends_on: date | None = plain_on
    for fields in newest.values():
        if (named_on := named_end(fields)) is not None:
            ends_on = named_on
            continue
        days = added_days(fields)
        if days is None or ends_on is None:
            ends_on = None
        else:
            ends_on += timedelta(days=days)
    return ends_on
