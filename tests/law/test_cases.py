"""Worked cases, made independently of this program; see each case's source."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from patentwatch.law.answers import answer
from patentwatch.law.rulebook import Rulebook

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "cases.json").read_text(encoding="utf-8")
)["cases"]
NEVER_USED = date(2199, 1, 1)
WINDOWS = {"windows", "grace_end"}


def test_there_are_forty_five_cases() -> None:
    assert len(CASES) == 45


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case['id']}-{case['group']}") for case in CASES]
)
def test_a_worked_case_is_answered_in_every_key(
    case: dict[str, Any], book: Rulebook
) -> None:
    found = answer(case["in"], on=NEVER_USED, rulebook=book)
    expected = case["out"]
    if "windows" not in expected:  # an official text that gives no windows
        found = {key: value for key, value in found.items() if key not in WINDOWS}
    assert found == expected
