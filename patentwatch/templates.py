"""Turn a template and formatted values into text, or say what is wrong and where.

Templates choose and repeat; they do not compute, call or build strings. That keeps
legal arithmetic out of them, and makes every output stream, so that a limit holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from patentwatch import assets
from patentwatch.errors import PatentwatchError

_MANY = 8_000_000

_REFUSED: tuple[type[nodes.Node], ...] = (
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow,
    nodes.Concat, nodes.Call, nodes.Macro, nodes.CallBlock, nodes.FilterBlock,
    nodes.AssignBlock, nodes.Import, nodes.FromImport,
)  # fmt: skip
_FILTERS = ("length", "e", "escape")


class TemplateBrokenError(PatentwatchError):
    """A template cannot be rendered; the message names its file and line."""

    code = "template_broken"


class _Files(BaseLoader):
    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        try:
            source = self._read(template)
        except (OSError, ValueError) as error:
            raise TemplateNotFound(template) from error
        _refuse_computing(environment.parse(source, template), template)
        return source, template, None


def _refuse_computing(tree: nodes.Template, name: str) -> None:
    for node in tree.find_all(_REFUSED):
        word = type(node).__name__
        raise TemplateSyntaxError(f"模板中不能运算或调用（{word}）", node.lineno, name)


def _present(value: object) -> object:
    """Refuse to print a value that a reader would see as a hole."""
    if value is None or (isinstance(value, str) and value.strip() in ("", "None")):
        raise ValueError("变量为空")
    return value


def environment(read: Callable[[str], str]) -> Environment:
    """Return the sandbox in which templates found through `read` are rendered."""
    env = ImmutableSandboxedEnvironment(
        loader=_Files(read),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        finalize=_present,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in _FILTERS}
    return env


@cache
def shipped() -> Environment:
    """Return the sandbox over the templates that ship with the program."""
    return environment(_shipped_text)


def check() -> None:
    """Raise `TemplateBrokenError` if a template that ships cannot be read."""
    folder = assets.templates()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".txt", ".html"):
            name = path.relative_to(folder).as_posix()
            try:
                shipped().get_template(name)
            except TemplateError as why:
                raise TemplateBrokenError(_where(name, why)) from why


def _shipped_text(name: str) -> str:
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\\" in part for part in parts):
        raise ValueError(name)
    return assets.templates().joinpath(*parts).read_text("utf-8")


def fill(
    name: str,
    values: Mapping[str, object],
    *,
    limit: int = _MANY,
    env: Environment | None = None,
) -> str:
    """Return template `name` filled with `values`, at most `limit` characters.

    Raises `TemplateBrokenError`; never returns a part of a text.
    """
    try:
        stream = (env or shipped()).get_template(name).generate(values)
        return "".join(_at_most(limit, stream, name))
    except RecursionError as error:
        raise TemplateBrokenError(f"模板 {name} 循环引用自身") from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as why:
        raise TemplateBrokenError(_where(name, why)) from why


def _at_most(limit: int, pieces: Iterable[str], name: str) -> Iterator[str]:
    """Pass `pieces` on until there are more than `limit` characters of them."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TemplateBrokenError(f"模板 {name} 输出过长：超过 {limit} 字")
        yield piece


def _where(name: str, why: Exception) -> str:
    """Name the template file and line, whichever kind of failure it was."""
    if isinstance(why, TemplateNotFound):
        return f"找不到模板 {why.name or name}（由 {name} 引用）"
    if isinstance(why, TemplateSyntaxError):
        return f"模板 {why.name or name} 第 {why.lineno} 行：{why.message}"
    place, at = name, 0
    step = why.__traceback__
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if file.endswith((".txt", ".html")) and not file.startswith("/"):
            place, at = file, step.tb_lineno
        step = step.tb_next
    return f"模板 {place} 第 {at} 行：{why}"
