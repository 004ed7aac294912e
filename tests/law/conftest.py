"""The package's own rulebook, for every test of the law."""

import pytest

from patentwatch.law.rulebook import Rulebook
from patentwatch.rulefiles import load


@pytest.fixture(scope="session")
def book() -> Rulebook:
    return load(None)
