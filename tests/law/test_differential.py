"""Random questions answered twice: by the program and by a second reading of the law.

The second reading is written from the text alone, slow and plain, with other
libraries: dateutil adds months, chinese_calendar knows the holidays, fees are typed in.
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from dateutil.relativedelta import relativedelta

from patentwatch.errors import NotOwed
from patentwatch.law.answers import answer
from patentwatch.law.rulebook import Rulebook

DAY = timedelta(days=1)
OTHER = [600] * 3 + [900] * 2 + [1200] * 3 + [2000] * 2 + [3000] * 5
FEES = {
    "invention": [900] * 3
    + [1200] * 3
    + [2000] * 3
    + [4000] * 3
    + [6000] * 3
    + [8000] * 5,
    "utility_model": OTHER,
    "design": OTHER,
}
FIXED = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
LAST_NOTICE = date(2026, 12, 31)
STATES = 8

Line = dict[str, Any]


def term_of(line: Line) -> int:
    """Return the term in years."""
    design = 15 if line["filing_date"] >= "2021-06-01" else 10
    return {"invention": 20, "utility_model": 10, "design": design}[line["patent_type"]]


def roll(day: date, *, worked_weekends: bool = False) -> date:
    """Return the first day on which a limit can end."""
    while _rests(day, worked_weekends=worked_weekends):
        day += DAY
    return day


def _rests(day: date, *, worked_weekends: bool) -> bool:
    if not 2004 <= day.year <= 2026:
        return day.weekday() >= 5 or (day.month, day.day) in FIXED
    if worked_weekends:
        return bool(chinese_calendar.is_holiday(day))
    return day.weekday() >= 5 or bool(chinese_calendar.is_holiday(day))


def _months(day: date, months: int) -> date:
    return day + relativedelta(months=months)


def _ends(base_on: date, months: int = 0) -> list[date]:
    return [roll(_months(base_on, months + month)) for month in range(1, 7)]


def grant_year(line: Line) -> int:
    """Return the year paid at registration."""
    if "grant_year_paid" in line:
        return int(line["grant_year_paid"])
    filed, granted = (
        date.fromisoformat(line[key]) for key in ("filing_date", "grant_date")
    )
    year = 1
    while filed + relativedelta(years=year) <= granted:
        year += 1
    return year


def _percent_off(line: Line, due_on: date, granted: int) -> int:
    years = 3
    if due_on >= date(2016, 9, 1):
        years = 6
    if due_on >= date(2018, 8, 1):
        years = 10
    reduced = line["reduction"] if line["fee_year"] <= granted + years - 1 else 0
    licensed = 15 if line["open_licence"] and due_on >= date(2024, 7, 15) else 0
    return max(reduced, licensed)


def expected(line: Line) -> Line:
    """Return the whole answer to a line whose year is owed."""
    filed, on = (date.fromisoformat(line[key]) for key in ("filing_date", "as_of"))
    year = line["fee_year"]
    due_on = filed + relativedelta(years=year - 1)
    base_on = date.fromisoformat(line.get("extended_due", due_on.isoformat()))
    last, ends = roll(base_on), _ends(base_on)
    starts = [day + DAY for day in (last, *ends[:-1])]
    granted = grant_year(line)
    full = FEES[line["patent_type"]][year - 1]
    payable = full * (100 - _percent_off(line, due_on, granted)) // 100
    expiry = filed + relativedelta(years=term_of(line))

    def surcharge(day: date) -> int:
        """Return the percent: one step for each window end that has passed."""
        passed = sum(end < day for end in ends)
        return min(5 * passed, 25)

    counted = sorted(
        (date.fromisoformat(payment["date"]), payment["amount"])
        for payment in line.get("payments", [])
        if payment["date"] <= min(line["as_of"], ends[-1].isoformat())
    )
    enough = [
        day
        for number, (day, _) in enumerate(counted, 1)
        if sum(yuan for _, yuan in counted[:number])
        >= payable + full * surcharge(day) // 100
    ]
    paid = sum(yuan for _, yuan in counted)
    percent = surcharge(enough[0] if enough else on)
    found: Line = {
        "grant_year": granted,
        "first_monitored_year": granted + 1,
        "fee_year": year,
        "due_nominal": due_on.isoformat(),
        "due_rolled": last.isoformat(),
        "windows": [
            {"percent": 5 * n, "start": start.isoformat(), "end": end.isoformat()}
            for n, (start, end) in enumerate(zip(starts, ends, strict=True))
        ],
        "grace_end": ends[-1].isoformat(),
        "full_fee": full,
        "payable_fee": payable,
        "expiry_date": expiry.isoformat(),
        "surcharge_percent": percent,
        "surcharge": full * percent // 100,
        "amount_due": payable + full * percent // 100 - paid,
    }
    if enough:
        found["state"] = "expired" if on >= expiry else "paid"
        found["amount_due"] = 0
        found["paid_on"] = enough[0].isoformat()
    else:
        found["already_paid"] = paid
        found["state"] = "not_due" if on <= last else "grace"
        if on > ends[-1]:
            found |= _after_the_end(line, found, ends[-1], on)
    rolled = [found.get("restoration_deadline")]
    rolled += [found.get("estimated_restoration_deadline"), found["grace_end"]]
    found["calendar_provisional"] = max(
        line["as_of"], *(day for day in rolled if day)
    ) > str(LAST_NOTICE)
    return found | _alternatives(line, base_on, due_on, filed)


def _after_the_end(line: Line, found: Line, ends_on: date, on: date) -> Line:
    if line.get("suspended"):
        return {"state": "termination_suspended"}
    first = _months(ends_on, 1) + DAY
    after: Line = {
        "restoration_fee": 1000,
        "terminated_from": found["due_nominal"],
        "earliest_notice": first.isoformat(),
        "amount_due": found["amount_due"] + 1000,
    }
    notice = line.get("notice")
    if notice is None or notice["dispatched"] > line["as_of"]:
        estimate = roll(_months(first, 2)).isoformat()
        return after | {
            "state": "lapsed_pending_notice",
            "estimated_restoration_deadline": estimate,
        }
    received = date.fromisoformat(notice["dispatched"])
    if notice["delivery"] == "paper" or notice["dispatched"] < "2024-01-20":
        received += 15 * DAY
    until = roll(_months(received, 2))
    after["notice_received"] = received.isoformat()
    after["restoration_deadline"] = until.isoformat()
    if on <= until:
        return after | {"state": "lapsed_restorable"}
    return after | {"state": "lapsed_final", "amount_due": 0}


def _alternatives(line: Line, base_on: date, due_on: date, filed: date) -> Line:
    other: Line = {}
    last, worked = roll(base_on), roll(base_on, worked_weekends=True)
    if last != base_on:
        other["rolled_base"] = {"window_ends": [str(day) for day in _ends(last)]}
    if due_on.day != filed.day:
        ends = _ends(filed, 12 * (line["fee_year"] - 1))
        other["months_from_filing_day"] = {"window_ends": [str(day) for day in ends]}
    if worked != last:
        other["makeup_weekend_is_working_day"] = {"due_rolled": str(worked)}
    return {"alternative_readings": other} if other else {}


def _near(draw: random.Random, day: date, least: int, most: int) -> str:
    return (day + timedelta(days=draw.randint(least, most))).isoformat()


def drawn(draw: random.Random) -> Line:
    """Return a line with the dates that hurt: month ends, leap days, holidays."""
    filed = date(2002, 1, 1) + timedelta(days=draw.randrange(9000))
    if draw.random() < 0.1:
        filed = date(draw.choice([2004, 2008, 2012, 2016, 2020]), 2, 29)
    patent_type = draw.choice(["invention", "utility_model", "design"])
    year = draw.randint(4, 20 if patent_type == "invention" else 10)
    due = date(filed.year + year - 1, filed.month, min(filed.day, 28))
    line: Line = {
        "patent_type": patent_type,
        "filing_date": filed.isoformat(),
        "grant_date": _near(draw, filed, 100, 1200),
        "fee_year": year,
        "as_of": _near(draw, due, -100, 460),
        "reduction": draw.choice([0, 70, 85]),
        "open_licence": draw.random() < 0.3,
    }
    return line | _more(draw, due)


def _more(draw: random.Random, due: date) -> Line:
    line: Line = {}
    if draw.random() < 0.1:
        line["as_of"] = _near(draw, due, 4000, 7000)
    if draw.random() < 0.5:
        amounts = [135, 180, 300, 600, 900, 945, 1200, 1260, 2000, 2100, 4000, 8000]
        line["payments"] = [
            {"date": _near(draw, due, -60, 260), "amount": draw.choice(amounts)}
            for _ in range(draw.randint(1, 3))
        ]
    if draw.random() < 0.4:
        delivery = draw.choice(["paper", "electronic"])
        line["notice"] = {
            "dispatched": _near(draw, due, 190, 330),
            "delivery": delivery,
        }
    if draw.random() < 0.1:
        line["extended_due"] = _near(draw, due, 1, 320)
    if draw.random() < 0.1:
        line["grant_year_paid"] = draw.randint(1, 4)
    if draw.random() < 0.1:
        line["suspended"] = True
    return line


@pytest.mark.parametrize("seed", range(4))
def test_two_readings_of_the_law_agree_in_every_key(seed: int, book: Rulebook) -> None:
    draw = random.Random(seed)  # noqa: S311 - the same lines every time
    seen: Counter[str] = Counter()
    for _ in range(500):
        line = drawn(draw)
        owed = grant_year(line) < line["fee_year"] <= term_of(line)
        if not owed:
            with pytest.raises(NotOwed):
                answer(line, on=date(2026, 1, 1), rulebook=book)
            continue
        found = answer(line, on=date(2026, 1, 1), rulebook=book)
        assert found == expected(line), line
        seen[str(found["state"])] += 1
    assert len(seen) == STATES, seen
