"""The page of a bulletin in a real browser: fits a telephone, asks no host."""

import re
from pathlib import Path

import pytest

from patentwatch import bulletinpage
from patentwatch.plan.bulletinvalues import Bulletin
from tests.bulletinpage.test_page import hostile, made
from tests.digestmail.test_browser import asked, browser, opened

__all__ = ["asked", "browser"]  # fixtures

CASES = {
    "june": made(),
    "draft": made(draft=True),
    "long_words": hostile("W" * 200),
    "long_phrases": hostile("有" * 200),
}


@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("found", CASES.values(), ids=CASES)
def test_a_page_fits_and_asks_no_host(
    browser: str,
    asked: tuple[int, list[str]],
    tmp_path: Path,
    found: Bulletin,
    width: int,
) -> None:
    port, requests = asked
    page = bulletinpage.html(found)
    document = opened(browser, page, tmp_path, width=width, proxy=port)
    # A page longer than the frame gives some of its width to a scroll bar.
    wide = re.search(r'data-wide="(\d+)/(\d+)"', document)
    assert wide is not None
    assert wide[1] == wide[2]
    assert [one for one in requests if "google" not in one] == []
