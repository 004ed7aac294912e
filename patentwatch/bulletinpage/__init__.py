"""A bulletin as a page for the screen and for A4; it needs nothing from outside."""

from patentwatch import templates
from patentwatch.bulletinpage import charts, parts, words
from patentwatch.plan.bulletinvalues import Bulletin

_LIMIT = 20_000_000


def html(found: Bulletin) -> str:
    """Return the page; the same bulletin gives the same text."""
    values = {
        "office": words.office(found),
        "issue": words.issue(found),
        "short_title": words.short_title(found),
        "title": words.title(found),
        "made_on": words.day(found.made_on),
        "basis": words.basis(found),
        "draft": words.draft(found) if found.draft else "",
        "tally": _tally(found),
        "parts": parts.parts(found),
        "annex": parts.annex(found),
        "counties": charts.counties(found),
        "sections": charts.sections(found),
        "trend": charts.trend(found),
    }
    return templates.fill("bulletin/body.html", values, limit=_LIMIT)


def _tally(found: Bulletin) -> tuple[tuple[str, str, str], ...]:
    """Return the large figures: the colour, its word, how many."""
    lights = found.tally
    return (
        ("green", "●绿灯", str(lights.green)),
        ("yellow", "▲黄灯", str(lights.yellow)),
        ("red", "■红灯", str(lights.red)),
    )
