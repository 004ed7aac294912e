"""`patentwatch number`: checks and normalises numbers; touches nothing else."""

from dataclasses import asdict

import click

from patentwatch.cli.options import emit_json, json_option
from patentwatch.register import numbers
from patentwatch.register.numbers import Number

_TYPES = {"invention": "发明", "utility_model": "实用新型", "design": "外观设计"}
_REASONS = {
    "check_digit": "校验位错误，按前面的数字应为 {expected}",
    "check_digit_missing": "缺少校验位",
    "damaged": "被表格软件转成数字或混入其他字符，已丢位",
    "length": "位数不对：应为 8 位或 12 位数字加校验位",
    "type_digit": "专利种类位不对",
    "year": "年份不合理",
    "empty": "为空",
}


@click.command("number", help="校验并规范申请号、专利号、公告号")
@click.argument("texts", nargs=-1, required=True, metavar="NUMBER...")
@json_option
@click.pass_context
def number(ctx: click.Context, texts: tuple[str, ...], *, as_json: bool) -> None:
    """Print what each text is; exit status 1 when any is no valid number."""
    read = [numbers.parse(text) for text in texts]
    if as_json:
        emit_json([asdict(one) for one in read])
    else:
        for one in read:
            click.echo(_sentence(one))
    if not all(one.valid for one in read):
        ctx.exit(1)


def _sentence(one: Number) -> str:
    if not one.valid:
        reason = _REASONS[one.reason or "length"]
        expected = numbers.expected_check_digit(one.input)
        return f"{one.input}：无效，{reason.format(expected=expected)}"
    kind = _TYPES[one.patent_type or "invention"]
    if one.kind == "publication":
        return f"{one.publication_no}：公告号（公开号），{kind}"
    return f"{one.application_no}：申请号，{kind}，{one.filing_year} 年申请"
