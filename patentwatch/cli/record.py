"""`record`: what was done for the work plan – kinds, templates, records and links."""

from typing import Final

import click

from patentwatch.cli.lazy import LazyGroup, Table

SUBCOMMANDS: Final[Table] = {
    "kinds": ("record_kinds:kinds_", "有哪些种类的记录，各填什么"),
    "template": ("record_kinds:template", "生成一种记录的填写模板（XLSX）"),
    "import": ("record_import:import_", "导入填好的模板"),
    "list": ("record_list:list_", "列出一种记录"),
    "show": ("record_list:show", "一条记录的内容、关联、佐证和修改历史"),
    "link": ("record_link:link", "把记录与专利、单位、记录或承诺关联"),
    "export": ("record_export:export", "按模板导出一种记录"),
    "withdraw": ("record_withdraw:withdraw", "撤回一条记录，写明理由"),
    "attach": ("record_attach:attach", "登记佐证文件"),
}


class _Record(LazyGroup):
    table = SUBCOMMANDS


@click.group(cls=_Record, help="工作记录：种类、模板、导入、列出、关联、导出")
def record() -> None:
    """Take no option of its own."""
