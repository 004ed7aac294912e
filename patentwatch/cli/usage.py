"""A wrong command line, told in Chinese: what is wrong and what may stand there."""

import re

import click

from patentwatch.spelling import question


def told(error: click.UsageError) -> str:
    """Return what a clerk is told about a wrong command line.

    Two lines; a group called without a command tells its help.
    """
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.message
    path = error.ctx.command_path if error.ctx else "patentwatch"
    return f"用法有误：{_what(error)}\n请看：{path} --help"


def _what(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            near = question(error.possibilities or ())
            return f"没有选项 {error.option_name}{near}"
        case click.NoSuchCommand():
            near = question(error.possibilities or ())
            return f"没有命令 {error.command_name}{near}"
        case click.MissingParameter():
            return f"缺少 {_name(error)}"
        case click.BadOptionUsage():
            return f"选项 {error.option_name} 后面缺少值，或不该有值"
        case click.BadParameter():
            return f"{_name(error)}：{_allowed(error)}"
    return error.message


def _name(error: click.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "参数")
    return error.param.get_error_hint(error.ctx).strip("'").replace("' / '", "、")


def _allowed(error: click.BadParameter) -> str:
    """Return what may stand there; the words of our own types stay as they are."""
    kind = error.param.type if error.param else None
    match kind:
        case click.Choice():
            allowed = f"只能是 {'、'.join(str(choice) for choice in kind.choices)}"
        case click.IntRange(min=least, max=most):
            upto = f" 至 {most}" if most is not None else " 以上"
            allowed = f"应为 {least}{upto} 的整数"
        case _ if kind is click.INT:
            allowed = "应为整数"
        case _:
            return error.message
    given = _GIVEN.match(error.message)
    return f"“{given[1]}”不行，{allowed}" if given else allowed


# The library names what was given only inside its sentence.
_GIVEN = re.compile(r"'?(.*?)'? is not ")
