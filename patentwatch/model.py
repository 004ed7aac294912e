"""The words: values that every layer shares. No behaviour beyond what a value knows.

Dates end in `_on` (a day in Shanghai), instants in `_at` (aware UTC), money in
`_yuan` (int).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

PatentNumber = NewType("PatentNumber", str)
"""Canonical application number: 8 or 12 digits, dot, check digit, upper-case X."""

RecipientId = NewType("RecipientId", str)
"""Keyed HMAC of one address on one channel; two people sharing a mailbox share it."""


class PatentType(StrEnum):
    """The three kinds of Chinese patents."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"


class Channel(StrEnum):
    """How a recipient is reached. `call` is a person with a telephone."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"


class Audience(StrEnum):
    """In which capacity somebody is told."""

    PATENTEE = "patentee"
    AGENT = "agent"
    OFFICIAL = "official"
    LINKED = "linked"


class Evidence(StrEnum):
    """How sure we are that an annuity is unpaid."""

    BEFORE_DUE = "before_due"
    CONFIRMED = "confirmed"
    PRESUMED = "presumed"


class Standing(StrEnum):
    """Whether the fee of one year still asks for anything."""

    OPEN = "open"
    PAID = "paid"
    ASSUMED_PAID = "assumed_paid"
    ENDED = "ended"  # unpaid, six months over, and a fact says so: restorable
    ON_HOLD = "on_hold"  # facts contradict each other: nobody is sent a guess
    NOT_IN_FORCE = "not_in_force"  # the right ended with an earlier year


class Tier(StrEnum):
    """What is said, mildest first: the order of the members is that of severity."""

    NOTICE = "notice"
    REMINDER = "reminder"
    URGENT = "urgent"
    OVERDUE = "overdue"
    SURCHARGE_1 = "surcharge_1"
    SURCHARGE_2 = "surcharge_2"
    SURCHARGE_3 = "surcharge_3"
    SURCHARGE_4 = "surcharge_4"
    FINAL = "final"
    LAST_WEEK = "last_week"
    LAPSED = "lapsed"
    RESTORE = "restore"

    @property
    def severity(self) -> int:
        """0 for the mildest tier."""
        return list(Tier).index(self)


class SmsText(StrEnum):
    """What a short message can say: a tier, softly where nobody confirmed it."""

    REMINDER = "reminder"
    URGENT = "urgent"
    OVERDUE = "overdue"
    OVERDUE_PRESUMED = "overdue_presumed"
    SURCHARGE_1 = "surcharge_1"
    SURCHARGE_2 = "surcharge_2"
    SURCHARGE_3 = "surcharge_3"
    SURCHARGE_4 = "surcharge_4"
    FINAL = "final"
    FINAL_PRESUMED = "final_presumed"
    LAST_WEEK = "last_week"
    LAPSED = "lapsed"
    RESTORE = "restore"
    SEVERAL = "several"
    TEST = "test"
    ALARM = "alarm"
    OPTED_OUT = "opted_out"


class Reason(StrEnum):
    """Why a verdict is what it is; stored for every message and every silence."""

    DUE = "due"
    SAID = "said"
    NOT_REACHED = "not_reached"
    SUPERSEDED = "superseded"
    NOT_CONFIRMED = "not_confirmed"
    PAID = "paid"
    ASSUMED_PAID = "assumed_paid"
    ACKNOWLEDGED = "acknowledged"
    ON_HOLD = "on_hold"
    SILENCED = "silenced"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    NO_CONTACT = "no_contact"
    BAD_CONTACT = "bad_contact"
    QUIET_HOURS = "quiet_hours"
    CAPPED = "capped"
    NOT_IN_FORCE = "not_in_force"
    ABANDONED_BY_CHOICE = "abandoned_by_choice"
    BACKFILLED = "backfilled"
    BRAKED = "braked"
    OBSERVED = "observed"


class State(StrEnum):
    """Where an alert or a message stands (design: outbox)."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"


class FactKind(StrEnum):
    """What a dated fact says about one fee year or, without one, about the right."""

    PAYMENT = "payment"  # fee_year, amount_yuan; dated the day of payment
    PAID = "paid"  # fee_year: paid through that year
    UNPAID = "unpaid"  # fee_year; None: the year whose late period holds the date
    ENDED = "ended"  # fee_year or None: ended for non-payment, restorable
    RESTORED = "restored"  # None: every year due before the date is settled
    NOTICE = "notice"  # fee_year: termination notice dispatched; `delivery` says how
    LISTED = "listed"  # None: on a list of valid patents; `paid_through` may be known


class FactSource(StrEnum):
    """Who says so; `votes` knows which source yields to which."""

    RECEIPT = "receipt"
    FEE_PAGE = "fee_page"
    CHECK_SHEET = "check_sheet"
    COLUMN = "column"
    CASE_STATUS = "case_status"
    WORD = "word"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was true, or was looked up, on `dated_on` – not when it was typed.

    `fee_year` None: see `FactKind`. `paid_through` and `county` only with LISTED: the
    columns on that list, None when it has no such column or cell. `delivery` only with
    NOTICE: "electronic", "paper" or None (unknown). `ref` is the receipt's or the
    event's number, kept so that the same fact from two files counts once.
    """

    kind: FactKind
    source: FactSource
    dated_on: date
    fee_year: int | None = None
    amount_yuan: int | None = None
    paid_through: int | None = None
    county: str | None = None
    delivery: str | None = None
    ref: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Some time; `until_on` exclusive, None: no end is known."""

    from_on: date
    until_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)


@dataclass(frozen=True, slots=True)
class Patent:
    """One valid patent as the newest register shows it.

    `grant_on` None: the list does not say. `county` None: cannot be told, the city
    answers. `reduction` is the approved percent taken off (0, 70, 85), None unknown.
    `paid_through` None: unknown. `queried_on`: the row's own day of look-up, if any.
    `high_value`: the list's own word, None when it has no such column.
    `open_licences` is in no list: when recorded contracts under an open licence are
    carried out, as the office's records know it.
    """

    application_no: PatentNumber
    patent_type: PatentType
    filing_on: date
    title: str = ""
    grant_on: date | None = None
    grant_publication_no: str | None = None
    patentees: tuple[str, ...] = ()
    credit_codes: tuple[str, ...] = ()
    address: str = ""
    county: str | None = None
    ipc: str = ""
    agency: str = ""
    reduction: int | None = None
    paid_through: int | None = None
    legal_status: str = ""
    queried_on: date | None = None
    high_value: bool | None = None
    open_licences: tuple[Span, ...] = ()

    def openly_licensed(self, day: date) -> bool:
        """Whether a contract under an open licence is being carried out on a day."""
        return any(span.holds(day) for span in self.open_licences)


@dataclass(frozen=True, slots=True)
class RowNote:
    """What is to be said about one row of a file: a reject, a skip or a warning.

    `row` is the line or sheet row as a person counts it (the header is a row).
    `column` is the header as found, "" for the whole row. `value` is masked where it
    is an address or a telephone number. `message` is Chinese, for a clerk: which
    value, why, what to do.
    """

    sheet: str
    row: int
    column: str
    code: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class County:
    """A county or zone the office answers for, from the configuration."""

    code: str
    name: str
    unit: str = ""
    aliases: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Office:
    """The sender that people read."""

    name: str
    phone: str
    website: str = ""
    lawful_basis: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One address of one party on one channel, with what may be done with it.

    `application_no` limits it to one patent. `consent` None: not asked, allowed only
    on the office's lawful basis. `flag` is "" when usable, else "bad", "opted_out"
    or, of this party alone, "not_theirs".
    `address` is in clear; whoever prints it masks it.
    """

    recipient: RecipientId
    channel: Channel
    address: str
    role: str
    party: str
    person: str = ""
    application_no: PatentNumber | None = None
    county: str | None = None
    consent: bool | None = None
    standing: frozenset[str] = frozenset()
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Nobody is sent a guess while this stands. `fee_year` None: every year."""

    reason: str
    fee_year: int | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person answered about one annuity: paid, agent, abandon or wrong-person.

    `confirmed` counts only for abandon, which needs a second word.
    """

    fee_year: int
    answer: str
    answered_on: date
    recipient: RecipientId | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """An alert that exists already, as far as deciding needs to know it.

    `counts` is whether it occupies its key: accepted, delivered or unknown over a real
    transport, or over files where no real transport was ever live.
    """

    fee_year: int
    anchor_on: date
    tier: Tier
    channel: Channel
    recipient: RecipientId
    state: State
    counts: bool
    sent_at: datetime | None = None
