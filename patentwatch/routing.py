"""Who is told about a patent: contacts and answers in, routes out.

The patentee, else the agent, else an official with a telephone. An owner who said
that his agent pays is copied from `final` on; an owner without a usable address is
never the end of the story.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from patentwatch.model import Audience, Channel, Contact, Reason, RecipientId
from patentwatch.names import name_key

AGENT_PAYS, SMS_ONLY, COPY_ME = "agent_pays", "sms_only", "copy_me"
"""The words of a standing instruction: 代理机构缴费, 只发短信, 抄送本人."""

PATENTEE, AGENT, COUNTY, CITY, PLEDGEE = (
    "patentee",
    "agent",
    "county_official",
    "city_official",
    "pledgee",
)
"""The roles of a contact."""


@dataclass(frozen=True, slots=True)
class Route:
    """One recipient in one capacity. `blocked`: why nothing may be sent to him.

    `only_from_final`: he handed the matter to his agent and is copied at the end.
    """

    recipient: RecipientId
    channel: Channel
    audience: Audience
    blocked: Reason | None = None
    only_from_final: bool = False

    @property
    def usable(self) -> bool:
        """Whether a message may go this way."""
        return self.blocked is None


def routes(
    contacts: Sequence[Contact], *, agent_answered: bool, lawful_basis: str
) -> list[Route]:
    """Return every route for one patent, one per recipient, owners first.

    `agent_answered`: somebody answered that the agent handles this annuity. People who
    share a mailbox are one recipient, who hears what one of them is to hear; else the
    first mention decides the capacity. A standing instruction is its owner's alone.
    """
    owners = [c for c in contacts if c.role == PATENTEE]
    agents = [c for c in contacts if c.role == AGENT]
    standing = _standing(contacts)
    to_agents = [
        _route(c, Audience.AGENT, standing[c.role, c.party], lawful_basis)
        for c in agents
    ]
    agents_reached = _usable(to_agents)
    to_owners = []
    agents_act = agents_reached and agent_answered
    for owner in owners:
        words = standing[owner.role, owner.party]
        handed_over = agents_reached and (agent_answered or AGENT_PAYS in words)
        agents_act = agents_act or handed_over
        to_owners.append(
            _route(
                owner,
                Audience.PATENTEE,
                words,
                lawful_basis,
                only_from_final=handed_over and COPY_ME not in words,
            )
        )
    if agents_act:
        return _one_each(to_agents + to_owners)
    if _usable(to_owners):
        return _one_each(to_owners)
    return _one_each(to_owners + to_agents)


def desks(
    contacts: Sequence[Contact], number: str, *, parties: Collection[str]
) -> list[Contact]:
    """Return the mailboxes of pledgees whose rights hang on a patent.

    `parties`: their names, as the registrations that stand give them.
    """
    keys = {name_key(party) for party in parties}
    return [
        contact
        for contact in contacts
        if contact.role == PLEDGEE
        and contact.channel is Channel.EMAIL
        and name_key(contact.party) in keys
        and contact.application_no in (None, number)
    ]


def linked(
    found: Sequence[Contact], *, others: Sequence[Route], lawful_basis: str
) -> list[Route]:
    """Return the routes to these desks; who shares a mailbox with `others` has one."""
    taken = {(route.channel, route.recipient) for route in others}
    return _one_each(
        [
            _route(contact, Audience.LINKED, contact.standing, lawful_basis)
            for contact in found
            if (contact.channel, contact.recipient) not in taken
        ]
    )


def _usable(found: Collection[Route]) -> bool:
    return any(route.usable for route in found)


def _standing(contacts: Sequence[Contact]) -> dict[tuple[str, str], set[str]]:
    """Return what each party instructed, on whichever of its addresses it is noted."""
    found: dict[tuple[str, str], set[str]] = {}
    for contact in contacts:
        found.setdefault((contact.role, contact.party), set()).update(contact.standing)
    return found


def _route(
    contact: Contact,
    audience: Audience,
    words: Collection[str],
    lawful_basis: str,
    *,
    only_from_final: bool = False,
) -> Route:
    return Route(
        contact.recipient,
        contact.channel,
        audience,
        blocked=_blocked(contact, words, lawful_basis),
        only_from_final=only_from_final,
    )


def _blocked(
    contact: Contact, words: Collection[str], lawful_basis: str
) -> Reason | None:
    if contact.flag in ("bad", "not_theirs"):
        return Reason.BAD_CONTACT
    if contact.flag == "opted_out":
        return Reason.OPTED_OUT
    if contact.consent is False or (contact.consent is None and not lawful_basis):
        return Reason.NO_CONSENT
    if SMS_ONLY in words and contact.channel is not Channel.SMS:
        return Reason.OPTED_OUT
    return None


def _one_each(found: Sequence[Route]) -> list[Route]:
    best: dict[tuple[Channel, RecipientId], Route] = {}
    for route in found:
        key = (route.channel, route.recipient)
        if key not in best or _rank(route) > _rank(best[key]):
            best[key] = route
    return list(best.values())


def _rank(route: Route) -> tuple[bool, bool]:
    return route.usable, not route.only_from_final
