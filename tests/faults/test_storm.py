"""F25: a bad list makes thousands due at once; F28: a template that an editor broke."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from jinja2 import Environment

from patentwatch import assets, render
from patentwatch.errors import PatentwatchError
from patentwatch.letters import Letter
from patentwatch.store import brake
from patentwatch.store.engine import transaction
from patentwatch.templates import environment
from tests.faults.offices import NINE, REMINDER, Office
from tests.faults.sizes import gate_and_soak
from tests.mail_sink import Sink
from tests.make_letters import CASES, SENT_AT

Offices = Callable[..., Office]


@gate_and_soak("due", gate=501, soak=50_000)
def test_f25_a_storm_of_early_tiers_waits_for_a_release_and_late_ones_go(
    office: Offices, server: Sink, due: int
) -> None:
    line = office("sqlite").line
    line.many(due)
    line.many(5, due_on=REMINDER + timedelta(days=5))  # `urgent`: no storm holds it
    assert line.look(NINE).braked == due
    assert line.deliver(NINE).accepted == 5
    later = NINE + timedelta(hours=1)
    line.look(later, everything=True)
    assert line.deliver(later).accepted == 0
    assert server.count == 5
    with transaction(line.engine) as connection:
        assert brake.release(connection, now=later) == due


NAMES = sorted(
    path.relative_to(assets.templates()).as_posix()
    for path in assets.templates().rglob("*")
    if path.suffix in (".txt", ".html")
)
BREAKAGES: dict[str, Callable[[str], str]] = {
    "unknown-variable": lambda source: source + "{{ nobody }}",
    "nothing-in-it": lambda source: source + "{{ none }}",
    "left-open": lambda source: source + "{{ office",
    "letter-lost": lambda source: re.sub(r"{{ *(\w)", r"{{ x\1", source, count=1),
    "end-lost": lambda source: source.replace("{% endif %}", "", 1),
    "brace-lost": lambda source: source.replace("}}", "}", 1),
    "emptied": lambda source: source[:0],
}


def read_by(letter: Letter, sources: Mapping[str, str]) -> set[str]:
    """Return the templates that a letter is made of."""
    found: set[str] = set()

    def read(name: str) -> str:
        found.add(name)
        return sources[name]

    rendered(letter, environment(read))
    return found


def rendered(letter: Letter, env: Environment) -> render.Rendered:
    return render.message(
        letter, sender="a@b.example", to="c@d.example", sent_at=SENT_AT, env=env
    )


@pytest.fixture(scope="module")
def whole() -> dict[str, str]:
    return {name: (assets.templates() / name).read_text("utf-8") for name in NAMES}


@pytest.fixture(scope="module")
def letters(whole: dict[str, str]) -> dict[str, Letter]:
    """Return by template a letter that is made of it."""
    return {
        name: letter for letter in CASES.values() for name in read_by(letter, whole)
    }


@pytest.mark.gate
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_f28_a_broken_template_never_becomes_a_message_with_a_hole(
    whole: dict[str, str], letters: dict[str, Letter], breakage: str
) -> None:
    stopped = 0
    for name, letter in letters.items():
        broken = whole | {name: BREAKAGES[breakage](whole[name])}
        try:
            found = rendered(letter, environment(broken.__getitem__))
        except PatentwatchError:
            stopped += 1
        else:
            assert_no_hole(found.subject, found.text, found.html)
    assert stopped > 0


def assert_no_hole(*texts: str) -> None:
    for text in texts:
        assert "{{" not in text
        assert "}}" not in text
        assert "None" not in text
