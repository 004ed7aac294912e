"""The house's own rules that no linter knows."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from patentwatch.cli import main
from patentwatch.plan import planfile
from patentwatch.plan.kinds import kinds
from patentwatch.plan.values import MeasureType

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "patentwatch"
SOURCES = sorted(PACKAGE.rglob("*.py"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))
WRITTEN = sorted(
    path
    for pattern in ("*.md", "*.toml", "Makefile", ".ci/*", "systemd/*")
    for path in ROOT.glob(pattern)
    if path.is_file()
) + [
    path
    for folder in ("patentwatch", "migrations", "alerts", "tests", "bench")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".toml", ".txt", ".html", ".mako", ".json", ".csv"}
    and path != Path(__file__)
]

CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime"},
    "func": {"now", "current_date", "current_timestamp"},
}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_only_the_clock_reads_the_clock(path: Path) -> None:
    if path == PACKAGE / "clock.py":
        return
    read = [
        f"line {node.lineno}: {node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in CLOCKS.get(node.value.id, ())
    ]
    assert read == []


@pytest.mark.parametrize("path", LOCKS, ids=_name)
def test_a_lock_file_names_no_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.findall(r"https?://|file:|--index-url|--find-links|(?m:^-e)", text) == []
    assert re.findall(r"(?:^|\s)/\w+", text) == []
    assert "--hash=sha256:" in text


def test_both_lock_files_are_there() -> None:
    assert [path.name for path in LOCKS] == [
        "requirements-dev.lock",
        "requirements.lock",
    ]


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_no_file_knows_the_machine_it_was_written_on(path: Path) -> None:
    text = path.read_text("utf-8-sig")
    assert re.findall(r"(?<![\w.])/(?:work|root|home)/\w+", text) == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_nothing_is_left_for_later(path: Path) -> None:
    assert re.findall(r"\b(?:TODO|FIXME|XXX)\b", path.read_text("utf-8")) == []


def test_templates_escape_by_their_ending() -> None:
    endings = {p.suffix for p in (ROOT / "alerts" / "templates").rglob("*.*")}
    assert endings <= {".txt", ".html"}


def test_everything_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    allowed = {_distribution(re.split(r"[\[><=~ ]", line)[0]) for line in declared}
    distributions = packages_distributions()
    used = {name for path in SOURCES for name in _imports(path)}
    undeclared = {
        name
        for name in used - sys.stdlib_module_names - {"patentwatch"}
        if not {_distribution(d) for d in distributions.get(name, [name])} & allowed
    }
    assert undeclared == set()


def _distribution(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main)
    waiting: list[tuple[str, click.Command]] = []
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        waiting.append((name, command))
    while waiting:
        path, command = waiting.pop()
        yield path, command
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                assert found is not None
                waiting.append((f"{path} {below}", found))


@pytest.mark.parametrize(
    "command", [pytest.param(c, id=path) for path, c in sorted(_commands())]
)
def test_every_command_is_explained_to_a_clerk(command: click.Command) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert chinese.search(command.help or "")
    options = [p for p in command.params if isinstance(p, click.Option)]
    assert [o.name for o in options if not chinese.search(o.help or "")] == []


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    listed = main.list_commands(click.Context(main))
    named = {n for n in listed if re.search(rf"(?:patentwatch |`){n}\b", readme)}
    assert set(listed) - named == set()


def test_the_readme_shows_a_plan_that_loads_with_every_way_to_count() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    text = readme.split("```toml\n", 1)[1].split("```", 1)[0]
    shown = planfile.read(
        text, file="README.md", kinds=kinds(), counties=("410902", "410922")
    )
    assert not shown.warnings
    types = {one.measure.type for one in shown.plan.commitments}
    assert types == set(MeasureType)
