"""The sandbox: templates lay out, they do not compute, call, reach or flood."""

import pytest
from jinja2 import Environment

from patentwatch.errors import PatentwatchError
from patentwatch.render import message
from patentwatch.templates import environment, fill, shipped
from tests.make_letters import CASES, SENT_AT


def sandbox(**files: str) -> Environment:
    texts = {name.replace("__", "."): text for name, text in files.items()}

    def read(name: str) -> str:
        if name not in texts:
            raise FileNotFoundError(name)
        return texts[name]

    return environment(read)


def tried(source: str, **values: object) -> str:
    return fill("t.txt", values, limit=500, env=sandbox(t__txt=source))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ missing }}", id="undefined"),
        pytest.param("{{ x.missing }}", id="undefined-attribute"),
        pytest.param("{% if missing %}{% endif %}", id="undefined-test"),
        pytest.param("{{ none }}", id="none"),
        pytest.param("{{ blank }}", id="blank"),
        pytest.param("{{ 'None' }}", id="the-word-none"),
        pytest.param("{{ ''.__class__.__mro__ }}", id="class"),
        pytest.param("{{ x['__class__'] }}", id="class-by-item"),
        pytest.param("{{ x.clear() }}", id="mutation"),
        pytest.param("{{ x|attr('clear') }}", id="attr-filter"),
        pytest.param("{{ 'a' * 1000000000 }}", id="multiply"),
        pytest.param("{{ 2 ** 999999999 }}", id="power"),
        pytest.param("{{ '%999999999d' % 1 }}", id="format"),
        pytest.param("{{ 'a' ~ 'b' }}", id="concatenate"),
        pytest.param("{{ 'a'.ljust(1000000000) }}", id="method"),
        pytest.param("{{ 'a'|center(1000000000) }}", id="filter"),
        pytest.param("{% for i in range(99999) %}{% endfor %}", id="range"),
        pytest.param("{% set a %}x{% endset %}{{ a }}", id="block-set"),
        pytest.param("{% macro m() %}x{% endmacro %}", id="macro"),
        pytest.param("{% filter upper %}x{% endfilter %}", id="filter-block"),
        pytest.param("{% include 'other.txt' %}", id="missing-include"),
        pytest.param("{% include '../../etc/passwd' %}", id="path"),
        pytest.param("{% include 't.txt' %}", id="itself"),
        pytest.param("{% import 't.txt' as t %}", id="import"),
        pytest.param("{% if %}", id="syntax"),
        pytest.param("{% for a in many %}0123456789{% endfor %}", id="too-long"),
        pytest.param("{{ lipsum }}", id="globals"),
        pytest.param("{{ self }}{{ self.x }}", id="self"),
    ],
)
def test_a_template_that_oversteps_is_named_and_gives_nothing(source: str) -> None:
    with pytest.raises(PatentwatchError) as broken:
        tried(source, x={"a": 1}, blank=" ", many=tuple(range(100)))
    assert broken.value.code == "template_broken"
    assert "t.txt" in str(broken.value)


def test_the_line_of_the_fault_is_named() -> None:
    with pytest.raises(PatentwatchError, match=r"t\.txt 第 3 行"):
        tried("一\n二\n{{ missing }}\n")
    with pytest.raises(PatentwatchError, match=r"t\.txt 第 2 行"):
        tried("一\n{{ 1 + 1 }}\n")


def test_the_fault_of_an_included_file_is_named_there() -> None:
    env = sandbox(t__txt="{% include 'in.txt' %}", in__txt="一\n{{ missing }}")
    with pytest.raises(PatentwatchError, match=r"in\.txt 第 2 行"):
        fill("t.txt", {}, env=env)


def test_a_page_escapes_and_a_text_does_not() -> None:
    env = sandbox(t__txt="{{ x }}", t__html="{{ x }}")
    assert fill("t.txt", {"x": "<b>"}, env=env) == "<b>"
    assert fill("t.html", {"x": "<b>"}, env=env) == "&lt;b&gt;"


def test_a_title_that_is_the_word_none_of_something_may_pass() -> None:
    assert tried("{{ x }}", x="None-contact sensor") == "None-contact sensor"


def test_no_template_lies_outside_the_folder() -> None:
    for name in ("../pyproject.toml", "/etc/passwd", "frame/../../x", "a\\..\\b"):
        with pytest.raises(PatentwatchError, match="找不到模板"):
            fill(name, {})


def test_every_shipped_template_can_be_read() -> None:
    from patentwatch import assets

    folder = assets.templates()
    names = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]
    assert len(names) > 60
    assert all(name.endswith((".txt", ".html")) for name in names)
    for name in names:
        shipped().get_template(name)


def test_a_broken_template_stops_the_whole_message() -> None:
    from patentwatch import assets

    folder = assets.templates()

    def read(name: str) -> str:
        if name == "urgent/body.html":
            return "<p>{{ item.no_such_field }}</p>"
        return (folder / name).read_text("utf-8")

    with pytest.raises(PatentwatchError, match=r"urgent/body\.html 第 1 行"):
        message(
            CASES["urgent"],
            sender="ip@p.example",
            to="a@b.example",
            sent_at=SENT_AT,
            env=environment(read),
        )
