"""What a message says when it leaves: decided again, rendered from re-read facts."""

import hashlib
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row

from patentwatch import clock
from patentwatch.alerts import Verdict
from patentwatch.cases import Case
from patentwatch.changes import verdict_key
from patentwatch.delivery import Envelope
from patentwatch.errors import PatentwatchError
from patentwatch.items import item_of
from patentwatch.letters import Item, Letter
from patentwatch.look import look_at
from patentwatch.model import Audience, Channel, Contact, SmsText
from patentwatch.post import Post
from patentwatch.render import Rendered
from patentwatch.smswords import Saying
from patentwatch.store import claiming
from patentwatch.store.messages import Claimed
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)


class Member(NamedTuple):
    """One alert of a message, and the verdict that says it is true today."""

    alert: Row[Any]
    case: Case
    verdict: Verdict


class TextFault(PatentwatchError):
    """The gateway's rules forbid the text, or there is no template for it."""

    code = "text_fault"


def still_true(
    connection: Connection,
    vault: Vault,
    post: Post,
    ids: Sequence[int],
    *,
    now: datetime,
) -> tuple[dict[int, list[Member]], set[int]]:
    """Decide again about every patent in these messages.

    Returns what is true today by message, and the messages about nothing but
    patents that could not be decided.
    """
    # Patents are locked before alerts, as every look does.
    numbers = claiming.numbers_in(connection, ids)
    cases = look_at(connection, vault, post.rules, sorted(numbers), now=now)
    spoken = {
        verdict_key(verdict, verdict.tier): (case, verdict)
        for case in cases.values()
        for verdict in case.verdicts
        if verdict.speaks and verdict.tier is not None
    }
    members: dict[int, list[Member]] = {}
    unsure: set[int] = set()
    for message, alerts in claiming.alerts_in(connection, ids).items():
        for alert in alerts:
            if alert.key in spoken:
                member = Member(alert, *spoken[alert.key])
                members.setdefault(message, []).append(member)
            elif alert.application_no not in cases:
                unsure.add(message)
    return members, unsure - set(members)


def made(
    row: Row[Any],
    members: Sequence[Member],
    post: Post,
    *,
    now: datetime,
    again: bool,
) -> tuple[Claimed, Envelope] | PatentwatchError:
    """Return the claim on a message and its finished text, or why there is none.

    `again`: see `claiming.lease`.
    """
    channel = Channel(row.channel)
    claimed = claiming.lease(
        row,
        [member.alert for member in members],
        transport=post.rules.transports[channel],
        now=now,
        again=again,
    )
    contacts = [contact for member in members for contact in _contacts(member)]
    to = contacts[0].address
    try:
        rendered = post.compose(
            _letter(members, contacts, post, claimed, now=now),
            sender=post.sender,
            to=to,
            sent_at=now,
            unsubscribe=_unsubscribe(claimed, post, now=now),
        )
        plain = Envelope(claimed.ref, channel, to, rendered.raw)
        envelope = templated(rendered, plain, post.templates)
        if (why := post.gateways[channel].fault(envelope)) is not None:
            raise TextFault(why)
    except PatentwatchError as error:
        log.error("message not made id=%s code=%s", row.id, error.code)  # noqa: TRY400
        return error
    claimed = replace(
        claimed,
        evidence=tuple(member.verdict.evidence for member in members),
        content_hash=hashlib.sha256(rendered.raw).hexdigest(),
        parts=rendered.parts if channel is Channel.SMS else None,
    )
    return claimed, envelope


def _unsubscribe(claimed: Claimed, post: Post, *, now: datetime) -> str | None:
    if claimed.channel is not Channel.EMAIL or post.links is None:
        return None
    return post.links.unsubscribe(claimed.recipient, letter=claimed.ref, now=now)


def templated(
    rendered: Rendered, envelope: Envelope, templates: Mapping[SmsText, str]
) -> Envelope:
    """Return a message as a gateway gets it that keeps the texts itself."""
    code, saying = _template(rendered.sayings, templates)
    if saying is None:
        return envelope
    return replace(envelope, template=code, variables=saying.variables)


def _template(
    sayings: Collection[Saying], codes: Mapping[SmsText, str]
) -> tuple[str, Saying | None]:
    """Return the first way of saying it for which the office has a template."""
    for saying in sayings:
        if code := codes.get(saying.text):
            return code, saying
    return "", None


def _contacts(member: Member) -> Iterator[Contact]:
    """Yield who of this patent's people reads the mailbox of the alert."""
    for contact in member.case.contacts:
        if contact.recipient == member.verdict.recipient:
            yield contact


def _letter(
    members: Sequence[Member],
    contacts: Sequence[Contact],
    post: Post,
    claimed: Claimed,
    *,
    now: datetime,
) -> Letter:
    """Return the letter; a mailbox that several parties share is nobody's by name."""
    on = clock.today(now)
    items = [_item(member, post, now=now) for member in members]
    items.sort(key=lambda item: (-item.tier.severity, item.due_on, item.application_no))
    parties = {contact.party for contact in contacts}
    audiences = {member.verdict.audience for member in members}
    return Letter(
        channel=claimed.channel,
        audience=audiences.pop() if len(audiences) == 1 else Audience.PATENTEE,
        party=parties.pop() if len(parties) == 1 else "",
        items=tuple(items),
        office=post.office,
        on=on,
        message_id=claimed.ref,
    )


def _item(member: Member, post: Post, *, now: datetime) -> Item:
    verdict = member.verdict
    situation = member.case.situation(verdict.fee_year)
    assert situation is not None  # noqa: S101 - the verdict was made from it
    assert verdict.tier is not None  # noqa: S101 - it speaks
    item = item_of(
        situation,
        tier=verdict.tier,
        evidence=verdict.evidence,
        correction=member.alert.correction,
        on=clock.today(now),
        rulebook=post.rules.rulebook,
    )
    return replace(item, consequential=bool(member.case.ties))
