"""The plan of a backfill: what would be stored, what history follows, who would hear.

Made on a shadow of the database. Nothing of it happens until just this plan is applied.
"""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from patentwatch import __version__, clock, counts
from patentwatch.backfill.loading import Account
from patentwatch.backfill.longpast import long_past
from patentwatch.errors import InputError
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import directory, verdicts
from patentwatch.store.engine import reading, transaction
from patentwatch.store.memory import recall, remember
from patentwatch.store.vault import Vault
from patentwatch.why import shown_recipient

FORMAT = 1
_BEFORE = "shadow.before"


@dataclass(frozen=True, slots=True)
class Period:
    """From which to which day the past is rebuilt, both inclusive."""

    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Before:
    """What waited to be said, and how much was stored, before the first file."""

    waiting: frozenset[str]
    stored: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of it: the account of each file, how many could not be decided."""

    before: Before
    accounts: Sequence[Account]
    undecided: int


def before(shadow: Engine) -> Before:
    """Return how the database was when it was copied; the shadow remembers it.

    The database itself goes on meanwhile: what it says and takes is not the plan's.
    """
    with transaction(shadow) as connection:
        text = recall(connection, _BEFORE)
        if text is None:
            waiting = sorted(verdicts.to_be_said(connection))
            stored = verdicts.how_many_stored(connection)
            text = json.dumps([waiting, stored])
            remember(connection, _BEFORE, text)
    waiting, stored = json.loads(text)
    return Before(frozenset(waiting), stored)


def plan_of(
    shadow: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    made: Found,
    force: str,
    period: Period,
    *,
    now: datetime,
) -> dict[str, Any]:
    """Return the plan as a JSON document, with its own hash."""
    on = clock.today(now)
    with reading(shadow) as connection:
        found = verdicts.to_be_said(connection)
        after = verdicts.how_many_stored(connection)
        new = [row for key, row in found.items() if key not in made.before.waiting]
        plan = {
            "format": FORMAT,
            "program": __version__,
            "made_at": now.isoformat(),
            "on": on.isoformat(),
            "from": period.from_on.isoformat(),
            "to": period.to_on.isoformat(),
            "force": force,
            "rules": rules.fingerprint,
            "files": list(made.accounts),
            "stored": {name: after[name] - made.before.stored[name] for name in after},
            "history": [
                dataclasses.asdict(row)
                for row in counts.history(connection, period.from_on, period.to_on)
            ],
            "backfilled": _long_past(connection, rules, period, on=on),
            "undecided": made.undecided,
            "would_send": _would_send(connection, vault, settings, new),
        }
    return plan | {"hash": hash_of(plan)}


def hash_of(plan: dict[str, Any]) -> str:
    """Return the hash of everything in a plan but its hash."""
    bare = {name: value for name, value in plan.items() if name != "hash"}
    text = json.dumps(bare, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read(path: Path) -> dict[str, Any]:
    """Return the plan in a file; raises `InputError` when it is none or was edited."""
    try:
        plan = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path.name}：无法读取（{error.strerror}）") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name}：不是回填计划；请重新生成") from error
    if not isinstance(plan, dict) or plan.get("format") != FORMAT:
        raise InputError(f"{path.name}：不是这个版本的回填计划；请重新生成")
    if plan.get("hash") != hash_of(plan):
        raise InputError(
            f"{path.name}：计划在生成之后被改动过，不能执行；请重新生成",
            code="plan_edited",
        )
    return plan


def _long_past(
    connection: Connection, rules: Rules, period: Period, *, on: date
) -> dict[str, Any]:
    years: Counter[int] = Counter()
    for annuity in long_past(
        connection, rules, from_on=period.from_on, to_on=period.to_on, on=on
    ):
        years[annuity.due_on.year] += 1
    return {
        "annuities": years.total(),
        "by_year": {str(year): years[year] for year in sorted(years)},
    }


def _would_send(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rows: Sequence[verdicts.ToBeSaid],
) -> dict[str, Any]:
    contacts = directory.by_recipients(
        connection, vault, {row.recipient for row in rows}
    )
    tiers = Counter((row.tier, row.channel) for row in rows)
    return {
        "alerts": len(rows),
        "messages": len({(row.recipient, row.channel) for row in rows}),
        "people": len({row.recipient for row in rows}),
        "observed": sum(row.observed for row in rows),
        "by_tier": [
            {"tier": tier, "channel": channel, "alerts": count}
            for (tier, channel), count in sorted(tiers.items())
        ],
        "keys": sorted(row.key for row in rows),
        "list": [
            {
                "application_no": row.application_no,
                "fee_year": row.fee_year,
                "due_on": row.due_on.isoformat(),
                "tier": row.tier,
                "channel": row.channel,
                "recipient": shown_recipient(
                    row.recipient, contacts, settings, unmask=False
                ),
            }
            for row in sorted(rows, key=lambda one: (one.application_no, one.key))
        ],
    }
