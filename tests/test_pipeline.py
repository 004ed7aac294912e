"""The line as a whole: a step that fails keeps no other from its work."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from patentwatch.errors import ConfigError
from patentwatch.model import County
from patentwatch.settings import AlertSettings
from patentwatch.store.engine import transaction
from patentwatch.store.tables import patents, plans
from patentwatch.store.vault import Vault
from tests.line import Line, instant
from tests.status.test_links import PLEDGED

HERE = "410901"
FIRST = date(2026, 6, 1)
"""A Monday, and the first of a month: reports of every kind are due."""

DUE = date(2026, 6, 8)
DESK, OFFICIAL = "desk@bank.example", "official@hualong.example"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an office with two patents, one pledged; an official and a bank."""
    line = Line(engine, vault, settings(alerts=AlertSettings(mode="live")))
    line.change(counties=(County(HERE, "华龙区"),))
    numbers = [line.patent(owners=(f"公司{n}",), due_on=DUE) for n in range(2)]
    for n in range(2):
        line.contact(f"a{n}@b.example", f"公司{n}")
    line.event(numbers[0], "PE01", date(2026, 2, 3), text=PLEDGED)
    line.contact(DESK, "示例银行", role="pledgee")
    line.contact(OFFICIAL, "华龙区市场监管局", role="county_official", county=HERE)
    return line


def sent(line: Line) -> dict[str, int]:
    """Return how many messages of each kind have left."""
    kinds = [row.kind for row in line.messages(state="accepted")]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def test_a_tick_tells_owners_officials_and_banks(line: Line) -> None:
    line.tick(FIRST)
    assert sent(line) == {"alerts": 2, "digest": 3}  # week, month, the bank's list


def test_a_damaged_row_silences_its_patent_alone(line: Line) -> None:
    number = line.patent(owners=("公司9",), due_on=DUE)
    line.contact("a9@b.example", "公司9")
    with transaction(line.engine) as connection:
        this = patents.c.application_no == number
        connection.execute(update(patents).where(this).values(filing_on=FIRST))
    line.tick(FIRST)
    assert sent(line) == {"alerts": 2, "digest": 3}
    assert line.alerts(application_no=number) == []


def test_a_plan_that_cannot_be_read_keeps_digests_back_and_nothing_else(
    line: Line,
) -> None:
    with transaction(line.engine) as connection:
        connection.execute(
            insert(plans).values(
                name="p", year=2026, in_force_on=date(2026, 1, 1), fingerprint="x",
                content={"items": "none"}, file="p.toml", loaded_at=instant(FIRST),
            )
        )  # fmt: skip
    with pytest.raises(ConfigError):
        line.tick(FIRST)
    assert sent(line) == {"alerts": 2, "digest": 1}  # the bank's
