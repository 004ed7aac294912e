"""How the daily look grows with the register: 200,000 patents against 4,000.

    python bench/daily_pass.py [rounds]

In both 2,000 are due. Every round makes both databases anew, looks in turns, and
prints both times; the last line is the median ratio. The aim is at most 1.3.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import line

from patentwatch.look import LAST_FULL, LAST_LOOK, LAST_RULES, look
from patentwatch.pipeline import Installation
from patentwatch.store.engine import transaction
from patentwatch.store.memory import remember

DUE, SIZES = 2_000, {"large": 200_000, "small": 4_000}


def looked(here: Installation) -> float:
    """Return the seconds that one look takes."""
    started = time.perf_counter()
    done = look(here.engine, here.vault, here.rules, now=line.nine())
    spent = time.perf_counter() - started
    assert done.looked_at == DUE, done
    assert done.due == DUE, done
    return spent


def made(folder: Path, name: str, size: int) -> Installation:
    """Return a city of a size that was looked at yesterday."""
    here = line.open_city(folder, name, port=1, connections=1)
    line.fill(here, due=DUE, idle=size - DUE, owners=DUE)
    with transaction(here.engine) as connection:
        for key in (LAST_FULL, LAST_LOOK):
            remember(connection, key, line.TODAY.isoformat())
        remember(connection, LAST_RULES, here.rules.fingerprint)
    return here


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    spent: dict[str, list[float]] = {name: [] for name in SIZES}
    with tempfile.TemporaryDirectory() as name:
        for turn in range(rounds):
            cities = {
                size: made(Path(name), f"{size}{turn}", SIZES[size]) for size in SIZES
            }
            for size in sorted(cities, reverse=bool(turn % 2)):
                spent[size].append(looked(cities[size]))
                cities[size].engine.dispose()
            print(*(f"{size}: {times[-1]:.2f} s" for size, times in spent.items()))
    large, small = (statistics.median(spent[size]) for size in ("large", "small"))
    print(f"{SIZES['large']} patents {large:.2f} s, {SIZES['small']} {small:.2f} s")
    print(f"ratio: {large / small:.2f}")


if __name__ == "__main__":
    main()
