"""Who is told about a patent: contacts and answers in, routes out.

The patentee, else the agent, else an official with a telephone. An owner who said
that his agent pays is copied from `final` on; an owner without a usable address is
never the end of the story.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from patentwatch.model import Audience, Channel, Contact, Reason, RecipientId

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
    share a mailbox are one recipient; the first mention decides the capacity.
    """
    owners = [c for c in contacts if c.role == PATENTEE]
    agents = [c for c in contacts if c.role == AGENT]
    to_agents = [_route(c, Audience.AGENT, lawful_basis) for c in agents]
    standing = frozenset(word for owner in owners for word in owner.standing)
    agent_acts = (agent_answered or AGENT_PAYS in standing) and _usable(to_agents)
    copied_late = agent_acts and COPY_ME not in standing
    to_owners = [
        _route(c, Audience.PATENTEE, lawful_basis, only_from_final=copied_late)
        for c in owners
    ]
    if agent_acts:
        return _one_each(to_agents + to_owners)
    if _usable(to_owners):
        return _one_each(to_owners)
    return _one_each(to_owners + to_agents)


def _usable(found: Collection[Route]) -> bool:
    return any(route.usable for route in found)


def _route(
    contact: Contact,
    audience: Audience,
    lawful_basis: str,
    *,
    only_from_final: bool = False,
) -> Route:
    return Route(
        contact.recipient,
        contact.channel,
        audience,
        blocked=_blocked(contact, lawful_basis),
        only_from_final=only_from_final,
    )


def _blocked(contact: Contact, lawful_basis: str) -> Reason | None:
    if contact.flag == "bad":
        return Reason.BAD_CONTACT
    if contact.flag == "opted_out":
        return Reason.OPTED_OUT
    if contact.consent is False or (contact.consent is None and not lawful_basis):
        return Reason.NO_CONSENT
    if SMS_ONLY in contact.standing and contact.channel is not Channel.SMS:
        return Reason.OPTED_OUT
    return None


def _one_each(found: Sequence[Route]) -> list[Route]:
    first: dict[tuple[Channel, RecipientId], Route] = {}
    for route in found:
        key = (route.channel, route.recipient)
        if key not in first or (route.usable and not first[key].usable):
            first[key] = route
    return list(first.values())
