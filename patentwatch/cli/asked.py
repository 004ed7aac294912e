"""What a command line names: a number, a patent of the register, a full address."""

import click

from patentwatch.cli.options import App
from patentwatch.errors import UsageError
from patentwatch.model import Channel, PatentNumber, RecipientId

unmask_option = click.option(
    "--unmask", is_flag=True, help="显示完整地址（管理员；会留下审计记录）"
)
by_option = click.option("--by", required=True, help="经办人")


def known_number(text: str) -> PatentNumber:
    """Return the canonical number; a usage error in Chinese when it is none."""
    from patentwatch.register import numbers

    number = numbers.canonical(text)
    if number is None:
        raise UsageError(
            f"“{text}”不是有效的申请号或专利号；patentwatch number {text} 可查原因"
        )
    return number


def registered(app: App, text: str) -> PatentNumber:
    """Return the number of a patent that the register has; else a usage error."""
    from patentwatch.store import patents
    from patentwatch.store.engine import reading

    number = known_number(text)
    with reading(app.engine) as connection:
        if patents.one(connection, number) is None:
            raise UsageError(f"登记中没有专利 {number}；请先导入含有它的清单")
    return number


def by_recipient(app: App, address: str) -> RecipientId:
    """Return who is meant by a mailbox or a number of the address book."""
    from patentwatch.store import directory
    from patentwatch.store.engine import reading

    channel = Channel.EMAIL if "@" in address else Channel.SMS
    found = app.vault.recipient_id(channel, address)
    with reading(app.engine) as connection:
        if not directory.by_recipients(connection, app.vault, [found]):
            raise UsageError("联系方式中没有这个地址；请核对 --recipient")
    return found


def record_unmasking(app: App, *, subject: str) -> None:
    """Write down who looked at full addresses; the account of this machine is it."""
    import getpass

    from patentwatch import clock
    from patentwatch.store import runs
    from patentwatch.store.engine import transaction

    with transaction(app.engine) as connection:
        runs.write_down(
            connection,
            who=getpass.getuser(),
            action="unmasked",
            subject=subject,
            reason="",
            now=clock.now(),
        )
