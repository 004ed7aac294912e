"""`status`: legal status – taken in, read by people, questioned, counted."""

import click

from patentwatch.cli.status_classify import classify_
from patentwatch.cli.status_counts import counts
from patentwatch.cli.status_import import import_, pull, sources
from patentwatch.cli.status_questions import mismatches, news, review


@click.group(help="法律状态：导入、判读、核对、统计")
def status() -> None:
    """Take no option of its own."""


for command in (import_, pull, sources, classify_, review, mismatches, news, counts):
    status.add_command(command)
