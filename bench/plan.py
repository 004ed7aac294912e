"""How long `plan status` takes, and whether records that nothing counts slow it down.

    python bench/plan.py [RECORDS]

On SQLite: RECORDS (100,000) over forty kinds, of which the shipped plan counts most;
then ten times as many records of kinds that no promise of it counts. Both are asked
for three days, the best of three. Aims: at most 2 s of a
processor, and a ratio of at most 1.2.
"""

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import process_time

from sqlalchemy import Engine, insert

import patentwatch
from patentwatch.plan import planfile
from patentwatch.plan.kinds import Field, FieldType, Kind, kinds
from patentwatch.plan.values import Plan
from patentwatch.planstatus import status_of
from patentwatch.settings import DatabaseSettings, Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.tables import record_links, records

KINDS = 40
DAYS = (date(2023, 1, 25), date(2023, 6, 28), date(2023, 12, 31))
FIRST = date(2021, 1, 1)
NOW = datetime(2023, 12, 31, tzinfo=UTC)
FILE = Path(patentwatch.__file__).parent / "plan" / "plans" / "puyang-2023.toml"


def plan() -> Plan:
    text = FILE.read_text(encoding="utf-8")
    return planfile.read(text, file=FILE.name, kinds=kinds(), counties=()).plan


def counted_kinds(plan: Plan) -> set[str]:
    measures = [one.measure for one in plan.commitments]
    found = {name for m in measures for s in (m.records, m.of) if s for name in s.kinds}
    return found | {
        m.entries.removeprefix("kind:")
        for m in measures
        if m.entries.startswith("kind:")
    }


def value(draw: random.Random, field: Field, day: date) -> object:
    match field.type:
        case FieldType.DATE:
            return (day + timedelta(days=draw.randrange(60))).isoformat()
        case FieldType.INTEGER:
            return draw.randrange(1, 1000)
        case FieldType.NUMBER:
            return f"{draw.randrange(1, 10_000) / 100}"
        case FieldType.YUAN:
            return draw.randrange(1, 10**10)
        case FieldType.CHOICE:
            return draw.choice(field.choices)
        case FieldType.PATENTS:
            return [f"2013{draw.randrange(10**8):08}.X"]
        case _:
            return f"{field.label}{draw.randrange(200)}"


def rows(
    draw: random.Random, of: Sequence[Kind], count: int, counties: Sequence[str]
) -> Iterator[dict[str, object]]:
    """Yield records of three years, drawn the same every time."""
    for number in range(count):
        kind = of[number % len(of)]
        day = FIRST + timedelta(days=draw.randrange(3 * 365))
        fields = {one.key: value(draw, one, day) for one in kind.fields}
        fields[kind.dated] = day.isoformat()
        if kind.until and draw.random() < 0.9:
            del fields[kind.until]  # most of what stands has not ended
        until = fields.get(kind.until)
        county = draw.choice(counties)
        yield {
            "kind": kind.key,
            "natural_key": f"{kind.key}-{count}-{number}",
            "title": f"{kind.label}{number}",
            "county": county,
            "occurred_on": day,
            "until_on": until and date.fromisoformat(str(until)),
            "state": "active",
            "fields": fields | {"county": county},
            "recorded_at": NOW,
        }


def fill(engine: Engine, made: Iterator[dict[str, object]]) -> None:
    """Store records and, of their parties and patents, a link each."""
    known = kinds()
    with transaction(engine) as connection:
        while batch := [row for row, _ in zip(made, range(5000), strict=False)]:
            ids = connection.execute(
                insert(records).returning(records.c.id, sort_by_parameter_order=True),
                batch,
            ).scalars()
            tied = [
                {
                    "record_id": id_,
                    "link": field.link,
                    "to_kind": kind,
                    "to_key": str(row["fields"][field.key]),  # type: ignore[index]
                }
                for id_, row in zip(ids, batch, strict=True)
                for field in known[str(row["kind"])].fields
                for kind in [
                    {FieldType.PARTY: "party", FieldType.PATENTS: "patent"}.get(
                        field.type
                    )
                ]
                if kind
            ]
            if tied:
                connection.execute(insert(record_links), tied)


def seconds(engine: Engine, settings: Settings, asked: Plan) -> list[float]:
    """Return the best of three for each day."""
    found = []
    for on in DAYS:
        best = float("inf")
        for _ in range(3):
            started = process_time()
            with reading(engine) as connection:
                status_of(connection, settings, asked, on=on)
            best = min(best, process_time() - started)
        found.append(best)
    return found


def main() -> None:
    """Print the seconds of each day, before and after, and the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    draw, asked = random.Random(20231231), plan()
    wanted = counted_kinds(asked)
    of = list(kinds().values())
    others = [kind for kind in of if kind.key not in wanted]
    shown = [kind for kind in of if kind.key in wanted][: KINDS - len(others)]
    counties = asked.commitments[0].counties
    share = count * len(others) // KINDS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'plan.db'}"
        settings = Settings(database=DatabaseSettings(url=url))
        engine = connect(url, durable=False)
        migrate.upgrade(engine)
        fill(engine, rows(draw, shown, count - share, counties))
        fill(engine, rows(draw, others, share, counties))
        before = seconds(engine, settings, asked)
        fill(engine, rows(draw, others, 9 * share, counties))
        after = seconds(engine, settings, asked)
        engine.dispose()
    print(f"{count} records, {len(asked.commitments)} promises; {share} not counted")
    for on, few, many in zip(DAYS, before, after, strict=True):
        print(f"{on}  {few:5.2f} s  with ten times the others {many:5.2f} s")
    print(f"ratio: {sum(after) / sum(before):.2f}")


if __name__ == "__main__":
    main()
