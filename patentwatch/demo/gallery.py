"""`index.html`: every message that lies in the outbox folder, as its reader sees it."""

from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from patentwatch import clock
from patentwatch.delivery import Envelope
from patentwatch.delivery.files import place
from patentwatch.model import Audience, Channel, State, Tier
from patentwatch.preview import PreviewEntry, PreviewLights, PreviewPaper, index_page
from patentwatch.register import masking
from patentwatch.render import Rendered
from patentwatch.routing import PLEDGEE
from patentwatch.settings import Settings
from patentwatch.store import directory
from patentwatch.store.digests import MESSAGE_KIND
from patentwatch.store.messages import ALERTS
from patentwatch.store.tables import alerts, messages
from patentwatch.store.vault import Vault

INDEX = "index.html"


def write_index(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    folder: Path,
    *,
    papers: Sequence[PreviewPaper],
    lights: Sequence[PreviewLights],
    subtitle: str,
) -> Path:
    """Write the page beside the outbox, newest messages included; return where."""
    target = folder / INDEX
    page = index_page(
        list(entries(connection, vault, settings, folder)),
        office=settings.office.name,
        papers=papers,
        lights=lights,
        subtitle=subtitle,
    )
    unfinished = target.with_name(f".{INDEX}.part")
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(target)
    return target


def entries(
    connection: Connection, vault: Vault, settings: Settings, folder: Path
) -> Iterator[PreviewEntry]:
    """Yield what was written into files, one entry per message."""
    sent = connection.execute(
        select(messages).where(
            messages.c.state == State.ACCEPTED.value,
            messages.c.transport == "file",
            messages.c.kind.in_((ALERTS, MESSAGE_KIND)),
        )
    ).all()
    first = {
        row.message_id: Audience(row.audience)
        for row in connection.execute(
            select(alerts.c.message_id, alerts.c.audience)
            .where(alerts.c.message_id.is_not(None))
            .order_by(alerts.c.id.desc())
        )
    }
    known = directory.by_recipients(connection, vault, {row.recipient for row in sent})
    for row in sent:
        contact = known[row.recipient]
        path = _path(row, settings)
        report = row.kind == MESSAGE_KIND
        reader = Audience.LINKED if contact.role == PLEDGEE else Audience.OFFICIAL
        if path.is_file():
            yield PreviewEntry(
                rendered=_rendered(path.read_bytes(), Channel(row.channel)),
                on=clock.today(row.sent_at),
                tier=None if report else list(Tier)[row.severity],
                report=report,
                audience=reader if report else first[row.id],
                party=contact.party,
                to=masking.address(contact.address),
                href=path.relative_to(folder).as_posix(),
            )


def _path(row: Row[Any], settings: Settings) -> Path:
    envelope = Envelope(row.ref, Channel(row.channel), "", b"")
    return settings.outbox / place(envelope, on=clock.today(row.sent_at))


def _rendered(raw: bytes, channel: Channel) -> Rendered:
    if channel is Channel.SMS:
        return Rendered("", channel, "", raw.decode(), "", raw)
    mail = message_from_bytes(raw, policy=policy.default)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    return Rendered(
        message="",
        channel=channel,
        subject=str(mail["Subject"]),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        raw=raw,
    )
