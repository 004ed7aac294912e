"""What records tie to patents: by the set, as for one patent."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event

from patentwatch.plan.tied import TYINGS
from patentwatch.settings import Settings
from patentwatch.store import ties
from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import Line, days
from tests.make_ties import record

BEGUN, LATER, OVER = date(2025, 3, 1), date(2025, 4, 1), date(2026, 3, 1)
DAYS = [BEGUN - days(1), BEGUN, LATER - days(1), LATER, OVER - days(1), OVER]
SAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("pledge_loan", {"lender": "示例银行", "registration_no": "Y1"}),
    ("open_licence", {"effective_on": LATER.isoformat(), "contract_no": "X1"}),
    ("open_licence", {"effective_on": LATER.isoformat(), "contract_no": " "}),
    ("open_licence", {"effective_on": "", "contract_no": "X1"}),
    ("open_licence", {"effective_on": None, "contract_no": "X1"}),
    ("open_licence", {}),
    ("technology_transfer", {"type": "独占许可"}),
    ("technology_transfer", {"type": "转让"}),
    ("patent_award", {"level": "中国专利奖"}),
    ("patent_award", {"level": "市专利奖"}),
    ("overseas_application", {"type": "专利", "granted_on": LATER.isoformat()}),
    ("overseas_application", {"type": "商标", "granted_on": LATER.isoformat()}),
    ("overseas_application", {"type": "专利"}),
    ("enforcement_case", {"officer": "张三"}),
]


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings())


def test_the_set_and_each_patent_agree_on_every_kind_and_day(line: Line) -> None:
    numbers = [line.patent() for _ in SAMPLES]
    for number, (kind, fields) in zip(numbers, SAMPLES, strict=True):
        record(line, kind, number, on=BEGUN, until=OVER, link="counts_for", **fields)
    wanted = sorted({tying.link for tying in TYINGS})
    with reading(line.engine) as connection:
        by_patent = ties.of(connection, numbers)
        assert sorted(by_patent) == sorted(numbers)
        for link in wanted:
            for day in DAYS:
                query = ties.tied_on(link, day)
                by_set = sorted(row.to_key for row in connection.execute(query))
                one_by_one = sorted(
                    number
                    for number, some in by_patent.items()
                    if any(tie.kind == link and tie.live(day) for tie in some)
                )
                assert by_set == one_by_one, (link, day)
                assert bool(by_set) is (BEGUN <= day < OVER and begun(link, day))


def begun(link: str, day: date) -> bool:
    """Whether the sample of a link counts by then: two of them begin later."""
    return day >= LATER or link not in ("openly_licensed", "overseas_family")


def test_a_kind_that_is_no_longer_known_ties_nobody(line: Line) -> None:
    number = line.patent()
    record(line, "gone_kind", number, on=BEGUN, link="counts_for")
    with reading(line.engine) as connection:
        (tie,) = ties.of(connection, [number])[number]
    assert (tie.kind, tie.ties) == ("gone_kind", False)


def test_a_chunk_of_patents_is_read_with_one_query(line: Line) -> None:
    line.many(40)
    with reading(line.engine) as connection:
        asked: list[str] = []
        event.listen(
            line.engine,
            "before_cursor_execute",
            lambda *told: asked.append(told[2]),
        )
        numbers = [f"{n:012d}.0" for n in range(500)]
        assert ties.of(connection, numbers) == {}
        assert len(asked) == 1
