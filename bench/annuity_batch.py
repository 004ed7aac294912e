"""How many lines a second `annuity --batch` answers, against a plain JSON round trip.

    python bench/annuity_batch.py [LINES]

Best of three; a line is read, answered and written, in memory. The lines are drawn
with a fixed seed: all three types, payments, notices, reductions, days 2004–2045.
"""

import io
import json
import random
import sys
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter

from patentwatch.cli.annuity import answer_lines
from patentwatch.rulefiles import load

_TERMS = {"invention": 20, "utility_model": 10, "design": 10}
_ON = date(2026, 11, 22)


def drawn(draw: random.Random) -> dict[str, object]:
    """Return one question."""
    patent_type = draw.choice(list(_TERMS))
    filing_on = date(2004, 1, 1) + timedelta(days=draw.randrange(7000))
    grant_on = filing_on + timedelta(days=draw.randrange(200, 1500))
    fee_year = draw.randint(min(6, _TERMS[patent_type]), _TERMS[patent_type])
    due_on = filing_on + timedelta(days=365 * (fee_year - 1))
    line: dict[str, object] = {
        "patent_type": patent_type,
        "filing_date": filing_on.isoformat(),
        "grant_date": grant_on.isoformat(),
        "fee_year": fee_year,
        "as_of": (due_on + timedelta(days=draw.randint(-60, 400))).isoformat(),
        "reduction": draw.choice([0, 0, 70, 85]),
        "open_licence": draw.random() < 0.1,
    }
    if draw.random() < 0.4:
        paid_on = due_on + timedelta(days=draw.randint(-60, 200))
        amount = draw.choice([180, 900, 1200, 2000, 4200])
        line["payments"] = [{"date": paid_on.isoformat(), "amount": amount}]
    if draw.random() < 0.2:
        dispatched_on = due_on + timedelta(days=draw.randint(220, 300))
        line["notice"] = {
            "dispatched": dispatched_on.isoformat(),
            "delivery": draw.choice(["electronic", "paper"]),
        }
    return line


def seconds(act: Callable[[], object]) -> float:
    """Return the best of three runs."""
    best = float("inf")
    for _ in range(3):
        started = perf_counter()
        act()
        best = min(best, perf_counter() - started)
    return best


def main() -> None:
    """Print lines a second and the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    draw = random.Random(20261122)
    text = [(json.dumps(drawn(draw)) + "\n").encode() for _ in range(count)]
    rulebook = load(None)

    def answering() -> bytes:
        out = io.BytesIO()
        answer_lines(text, out, on=_ON, rulebook=rulebook)
        return out.getvalue()

    failed = sum(b'"error"' in line for line in answering().splitlines())
    answered = seconds(answering)
    round_trip = seconds(lambda: [json.dumps(json.loads(line)) for line in text])
    print(f"{count} lines, {failed} of them errors")
    print(f"annuity --batch  {answered:6.2f} s  {count / answered:9,.0f} lines/s")
    print(f"JSON round trip  {round_trip:6.2f} s  {count / round_trip:9,.0f} lines/s")
    print(f"ratio            {answered / round_trip:6.1f}")


if __name__ == "__main__":
    main()
