"""Who is told: owners, agents, instructions, shared mailboxes, what may not be used."""

from dataclasses import replace
from typing import Any

import pytest

from patentwatch.model import (
    Audience,
    Channel,
    Contact,
    PatentNumber,
    Reason,
    RecipientId,
)
from patentwatch.routing import (
    AGENT,
    AGENT_PAYS,
    CITY,
    COPY_ME,
    COUNTY,
    PATENTEE,
    PLEDGEE,
    SMS_ONLY,
    Route,
    desks,
    linked,
    routes,
)

MAIL, SMS = Channel.EMAIL, Channel.SMS
BASIS = "条例第一条"
NUMBER, OTHER = PatentNumber("201810123456.7"), PatentNumber("201810123457.5")


def contact(
    recipient: str,
    *standing: str,
    channel: Channel = MAIL,
    role: str = PATENTEE,
    party: str = "甲公司",
    consent: bool | None = True,
    flag: str = "",
) -> Contact:
    return Contact(
        recipient=RecipientId(recipient),
        channel=channel,
        address=f"{recipient}@example.cn",
        role=role,
        party=party,
        consent=consent,
        standing=frozenset(standing),
        flag=flag,
    )


def agent(recipient: str = "agent", *standing: str, flag: str = "") -> Contact:
    return contact(recipient, *standing, role=AGENT, party="某代理", flag=flag)


def found(
    *contacts: Contact, agent_answered: bool = False, lawful_basis: str = BASIS
) -> list[Route]:
    return routes(contacts, agent_answered=agent_answered, lawful_basis=lawful_basis)


def names(found: list[Route]) -> list[tuple[str, Audience, Reason | None, bool]]:
    return [(r.recipient, r.audience, r.blocked, r.only_from_final) for r in found]


OWNER = ("owner", Audience.PATENTEE, None, False)
LATE_OWNER = ("owner", Audience.PATENTEE, None, True)
TO_AGENT = ("agent", Audience.AGENT, None, False)


def test_the_owner_is_told_and_his_agent_is_not() -> None:
    assert names(found(contact("owner"), agent())) == [OWNER]


def test_nobody_known_is_no_route() -> None:
    assert found() == []


@pytest.mark.parametrize("role", [COUNTY, CITY, PLEDGEE])
def test_officials_and_pledgees_are_no_patentees(role: str) -> None:
    assert found(contact("somebody", role=role)) == []


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        pytest.param(contact("owner", flag="bad"), Reason.BAD_CONTACT, id="bad"),
        pytest.param(
            contact("owner", flag="not_theirs"), Reason.BAD_CONTACT, id="not-theirs"
        ),
        pytest.param(
            contact("owner", flag="opted_out"), Reason.OPTED_OUT, id="opted-out"
        ),
        pytest.param(contact("owner", consent=False), Reason.NO_CONSENT, id="refused"),
        pytest.param(contact("owner", SMS_ONLY), Reason.OPTED_OUT, id="wants-only-sms"),
    ],
)
def test_an_owner_who_may_not_be_written_to_sends_us_to_the_agent(
    contact: Contact, reason: Reason
) -> None:
    blocked = ("owner", Audience.PATENTEE, reason, False)
    assert names(found(contact)) == [blocked]
    assert names(found(contact, agent())) == [blocked, TO_AGENT]
    assert not found(contact)[0].usable


@pytest.mark.parametrize(
    ("owner", "basis", "blocked"),
    [
        pytest.param(
            contact("owner", consent=None), "", Reason.NO_CONSENT, id="not-asked"
        ),
        pytest.param(contact("owner", consent=None), BASIS, None, id="lawful-basis"),
        pytest.param(contact("owner", consent=True), "", None, id="consented"),
        pytest.param(
            contact("owner", consent=False), BASIS, Reason.NO_CONSENT, id="refused"
        ),
    ],
)
def test_consent_or_a_lawful_basis_is_needed(
    owner: Contact, basis: str, blocked: Reason | None
) -> None:
    (route,) = found(owner, lawful_basis=basis)
    assert route.blocked is blocked


def test_a_usable_channel_of_the_owner_keeps_the_agent_out() -> None:
    owner = (contact("owner", flag="bad"), contact("phone", channel=SMS))
    assert [r.recipient for r in found(*owner, agent())] == ["owner", "phone"]


def test_sms_only_holds_on_all_addresses_of_that_owner_and_on_no_others() -> None:
    answered = found(
        contact("mail-a"),
        contact("phone-a", SMS_ONLY, channel=SMS),
        contact("mail-b", party="乙公司"),
    )
    assert [(r.recipient, r.blocked) for r in answered] == [
        ("mail-a", Reason.OPTED_OUT),
        ("phone-a", None),
        ("mail-b", None),
    ]


def test_an_agent_who_acts_is_told_and_the_owner_copied_at_the_end() -> None:
    expected = [TO_AGENT, LATE_OWNER]
    assert names(found(contact("owner"), agent(), agent_answered=True)) == expected
    assert names(found(contact("owner", AGENT_PAYS), agent())) == expected


def test_an_owner_who_wants_copies_gets_them_from_the_beginning() -> None:
    both = found(contact("owner", AGENT_PAYS, COPY_ME), agent())
    assert names(both) == [TO_AGENT, OWNER]
    answered = found(contact("owner", COPY_ME), agent(), agent_answered=True)
    assert names(answered) == [TO_AGENT, OWNER]


@pytest.mark.parametrize("agents", [(), (agent(flag="bad"),)], ids=["none", "bad"])
@pytest.mark.parametrize("words", [(), (AGENT_PAYS,)], ids=["answered", "standing"])
def test_an_agent_who_cannot_be_reached_leaves_the_owner_told(
    agents: tuple[Contact, ...], words: tuple[str, ...]
) -> None:
    told = found(contact("owner", *words), *agents, agent_answered=True)
    assert names(told) == [OWNER]


def test_one_owners_instruction_does_not_speak_for_his_co_owner() -> None:
    answered = found(
        contact("owner", AGENT_PAYS),
        contact("other", party="乙公司"),
        agent(),
    )
    assert names(answered) == [
        TO_AGENT,
        LATE_OWNER,
        ("other", Audience.PATENTEE, None, False),
    ]
    copied = found(
        contact("owner", AGENT_PAYS, COPY_ME),
        contact("other", AGENT_PAYS, party="乙公司"),
        agent(),
    )
    assert [r.only_from_final for r in copied] == [False, False, True]


def test_an_answer_about_the_annuity_speaks_for_all_owners() -> None:
    answered = found(
        contact("owner"), contact("other", party="乙公司"), agent(), agent_answered=True
    )
    assert [r.only_from_final for r in answered] == [False, True, True]


def test_people_who_share_a_mailbox_are_one_recipient() -> None:
    shared = found(contact("box"), contact("box", party="乙公司"))
    assert names(shared) == [("box", Audience.PATENTEE, None, False)]
    other_channel = found(contact("box"), contact("box", channel=SMS))
    assert len(other_channel) == 2


def test_a_shared_mailbox_hears_what_one_of_its_people_is_to_hear() -> None:
    agent_too = found(contact("box"), agent("box"), agent_answered=True)
    assert names(agent_too) == [("box", Audience.AGENT, None, False)]
    unusable_first = found(contact("box", SMS_ONLY), contact("box", party="乙公司"))
    assert names(unusable_first) == [("box", Audience.PATENTEE, None, False)]
    late_first = found(
        contact("box", AGENT_PAYS), contact("box", party="乙公司"), agent()
    )
    assert names(late_first) == [TO_AGENT, ("box", Audience.PATENTEE, None, False)]


def desk(recipient: str = "desk", party: str = "示例银行", **more: Any) -> Contact:
    return contact(recipient, role=PLEDGEE, party=party, **more)


@pytest.mark.parametrize(
    ("one", "meant"),
    [
        pytest.param(desk(), True, id="named"),
        pytest.param(desk(party="示例 银行"), True, id="spelt-otherwise"),
        pytest.param(desk(party="另一银行"), False, id="another-party"),
        pytest.param(desk(channel=SMS), False, id="no-mailbox"),
        pytest.param(contact("owner", party="示例银行"), False, id="no-pledgee"),
        pytest.param(replace(desk(), application_no=NUMBER), True, id="of-this-patent"),
        pytest.param(replace(desk(), application_no=OTHER), False, id="of-another"),
    ],
)
def test_a_desk_is_the_mailbox_of_a_party_that_the_registration_names(
    one: Contact, *, meant: bool
) -> None:
    assert desks([one], NUMBER, parties=["示例银行"]) == ([one] if meant else [])


def test_a_desk_in_somebody_elses_mailbox_has_no_route_of_its_own() -> None:
    owners = found(contact("box"))
    mine = linked([desk("box"), desk("desk")], others=owners, lawful_basis=BASIS)
    assert names(mine) == [("desk", Audience.LINKED, None, False)]


def test_a_desk_may_refuse_as_anybody() -> None:
    refused = linked([desk(consent=False)], others=[], lawful_basis=BASIS)
    assert names(refused) == [("desk", Audience.LINKED, Reason.NO_CONSENT, False)]
