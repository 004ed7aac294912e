"""Every step names its law, and every key that is cited exists."""

import re
from datetime import date
from pathlib import Path

import pytest

import patentwatch.law
from patentwatch.law.account import Notice, account
from patentwatch.law.annuities import annuity
from patentwatch.law.explain import explain
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.sources import SOURCES
from patentwatch.model import PatentType

FILED = date(2018, 4, 10)


def steps(
    book: Rulebook,
    on: date,
    *,
    notice: Notice | None = None,
    suspended: bool = False,
    reduction: int = 0,
    extended_due_on: date | None = None,
) -> list[tuple[str, object]]:
    """Return the citation's key and the result of each step for year 7."""
    fee = annuity(
        PatentType.INVENTION, FILED, 7, rulebook=book, extended_due_on=extended_due_on
    )
    standing = account(
        fee,
        grant_year=3,
        reduction=reduction,
        open_licence=True,
        payments=[],
        on=on,
        notice=notice,
        suspended=suspended,
        expires_on=date(2038, 4, 10),
        rulebook=book,
    )
    found = explain(
        fee,
        standing,
        patent_type=PatentType.INVENTION,
        filing_on=FILED,
        grant_year=3,
        reduction=reduction,
        open_licence=True,
        on=on,
        rulebook=book,
        extended_due_on=extended_due_on,
    )
    assert all(rule.inputs for rule in found)
    assert all(rule.rule == rule.citation.title for rule in found)
    return [(rule.citation.key, rule.result) for rule in found]


def test_a_lapse_is_explained_from_filing_to_restoration(book: Rulebook) -> None:
    on = date(2024, 12, 1)
    found = steps(book, on, notice=Notice(date(2024, 11, 15), "paper"), reduction=85)
    assert found == [
        ("TERM", "2038-04-10"),
        ("GRANT_YEAR", 3),
        ("DUE", "2024-04-10"),
        ("ROLL", "2024-04-10"),
        ("SURCHARGE", "2024-05-10"),
        ("SURCHARGE", "2024-06-11"),
        ("SURCHARGE", "2024-07-10"),
        ("SURCHARGE", "2024-08-12"),
        ("SURCHARGE", "2024-09-10"),
        ("SURCHARGE", "2024-10-10"),
        ("GRACE", "2024-10-10"),
        ("FEE", 2000),
        ("REDUCTION", 300),
        ("OPEN_LICENCE", 300),
        ("SURCHARGE_BASE", 500),
        ("TOP_UP", 1800),
        ("TERMINATION", "2024-04-10"),
        ("NOTICE", "2024-11-11"),
        ("RECEIPT", "2024-11-30"),
        ("RESTORATION", "2025-02-05"),
    ]


def test_an_unknown_notice_is_explained_as_an_estimate(book: Rulebook) -> None:
    assert steps(book, date(2024, 12, 1))[-2:] == [
        ("NOTICE", "2024-11-11"),
        ("RESTORATION", "2025-01-13"),
    ]


def test_extension_and_suspension_are_explained(book: Rulebook) -> None:
    on = date(2025, 6, 1)
    found = steps(book, on, suspended=True, extended_due_on=date(2024, 6, 15))
    assert ("EXTENSION", "2024-06-15") in found
    assert ("ROLL", "2024-06-17") in found
    assert found[-1] == ("SUSPENSION", "终止程序中止")


@pytest.mark.parametrize("key", sorted(SOURCES))
def test_a_citation_names_its_article_and_its_words(key: str) -> None:
    citation = SOURCES[key]
    assert citation.key == key
    assert citation.title
    assert re.search(r"第\d+(\.\d+)*(条|节|号)|〔\d{4}〕", citation.article)
    assert citation.text


def test_every_law_that_a_docstring_names_is_in_the_registry() -> None:
    folder = Path(patentwatch.law.__file__).parent
    named: set[str] = set()
    for file in folder.glob("*.py"):
        for keys in re.findall(r"Law: ([A-Z_, \n]+)\.", file.read_text("utf-8")):
            named.update(key.strip() for key in keys.split(","))
    assert named - SOURCES.keys() == set()
    assert len(named) > 12
