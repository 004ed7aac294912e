"""The monthly list of a linked party: the patents pledged to a bank, and how they are.

Facts and a day in, values out, no wording. A fee is called unpaid only where somebody
looked it up; of patents that are tied to somebody else nothing is told.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch.holdings import Dossier, Holding, HoldingState, StatedFee, holding
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import FactKind, FactSource, Office, Standing
from patentwatch.names import name_key
from patentwatch.status.links import Link
from patentwatch.status.state import RightState


class FeeState(StrEnum):
    """What is known of the fee that matters now, the gravest first."""

    ENDED = "ended"  # the right is over, and not to be had back
    RESTORABLE = "restorable"
    OVER = "over"  # the six months are over; nobody knows how it ended
    UNPAID = "unpaid"  # looked up, and found so
    HELD = "held"
    UNKNOWN = "unknown"  # past its day; most of these are paid
    DUE = "due"  # to be paid within ninety days
    PAID = "paid"  # a fact says so
    ASSUMED_PAID = "assumed_paid"
    NOTHING_LATE = "nothing_late"


_NEAR_DAYS = 90
_GRAVITY = list(FeeState)


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One party behind a mailbox; `application_no` "": all that is tied to it."""

    party: str
    application_no: str = ""

    def covers(self, link: Link, application_no: str) -> bool:
        """Tell whether it may read of this registration of this patent."""
        mine = name_key(self.party) == name_key(link.party)
        return mine and self.application_no in ("", application_no)


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedPatent:
    """One patent that a registration ties to the party.

    `fee_year` is the year of the fee that `fee` speaks of, None where it speaks of
    none; `act_by_on` the last day to act on it, None where none is known; `next_on`
    the last day in time of the next one. `amount_yuan` None: none can be named.
    """

    party: str
    kind: str
    registration: str
    since_on: date
    application_no: str
    title: str
    patentees: str
    state: str
    ended_on: date | None
    term_ends_on: date | None
    fee: FeeState
    fee_year: int | None = None
    act_by_on: date | None = None
    amount_yuan: int | None = None
    found_on: date | None = None
    next_year: int | None = None
    next_on: date | None = None
    next_yuan: int | None = None
    announced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedList:
    """What one mailbox of linked parties is told of a month, the gravest first.

    `month_on` is the first day of the month whose list it is, `on` the day on which
    everything in it was true.
    """

    parties: tuple[str, ...]
    month_on: date
    on: date
    office_name: str
    office_phone: str
    patents: tuple[TiedPatent, ...]

    @property
    def grave(self) -> tuple[TiedPatent, ...]:
        """Return those that ask for something, or are lost."""
        calm = _GRAVITY.index(FeeState.HELD)
        return tuple(p for p in self.patents if _GRAVITY.index(p.fee) < calm)


def linked_list(
    scopes: Collection[Scope],
    dossiers: Iterable[Dossier],
    *,
    month_on: date,
    office: Office,
    on: date,
    rulebook: Rulebook,
    lag_days: int,
) -> LinkedList:
    """Return the list of the parties behind one mailbox; one line a registration."""
    found = []
    for dossier in dossiers:
        mine = [
            link
            for link in dossier.judged.links
            if link.live(on)
            and link.kind == "pledge"
            and any(s.covers(link, dossier.patent.application_no) for s in scopes)
        ]
        if mine:
            one = holding(dossier, on=on, rulebook=rulebook, lag_days=lag_days)
            found += [_tied(link, dossier, one, on=on) for link in mine]
    return LinkedList(
        parties=tuple(sorted({scope.party for scope in scopes})),
        month_on=month_on,
        on=on,
        office_name=office.name,
        office_phone=office.phone,
        patents=tuple(sorted(found, key=_rank)),
    )


def _rank(one: TiedPatent) -> tuple[int, date, str, str]:
    by_on = one.act_by_on or one.next_on or date.max
    return _GRAVITY.index(one.fee), by_on, one.application_no, one.registration


def _tied(
    link: Link, dossier: Dossier, held: Holding | None, *, on: date
) -> TiedPatent:
    patent, right = dossier.patent, dossier.judged.right
    following = held.next if held else None
    fee, about = _fee(dossier, held, on=on)
    gone = right.state in (RightState.ENDED, RightState.EXPIRED)
    return TiedPatent(
        party=link.party,
        kind=link.kind,
        registration=link.number,
        since_on=link.from_on,
        application_no=patent.application_no,
        title=patent.title,
        patentees="；".join(patent.patentees),
        state=held.state.value if held else right.state.value,
        ended_on=right.since_on if gone else None,
        term_ends_on=right.term_ends_on,
        fee=fee,
        fee_year=about.item.fee_year if about else None,
        act_by_on=_act_by_on(about, fee),
        amount_yuan=about.item.amount_due_yuan if about and about.payable else None,
        found_on=about.item.confirmed_on if about and about.late else None,
        next_year=following.item.fee_year if following else None,
        next_on=following.item.last_in_time_on if following else None,
        next_yuan=following.item.amount_due_yuan
        if following and following.payable
        else None,
        announced=_announced(dossier),
    )


def _announced(dossier: Dossier) -> bool:
    """Whether an end was announced or noticed; else nobody is told that it came."""
    noticed = any(one.dates.notice is not None for one in dossier.judged.situations)
    told = any(
        fact.kind is FactKind.ENDED and fact.source is FactSource.EVENT
        for fact in dossier.facts
    )
    return noticed or told or bool(dossier.judged.fold.ends)


def _fee(
    dossier: Dossier, held: Holding | None, *, on: date
) -> tuple[FeeState, StatedFee | None]:
    """Return what is known of the fee that matters most, and which one that is."""
    if held is None:
        return FeeState.ENDED, None
    late = [(_late(held, fee), fee) for fee in held.late]
    if late:
        return min(late, key=lambda pair: _GRAVITY.index(pair[0]))
    following = held.next
    if following is not None:
        if following.held:
            return FeeState.HELD, following
        if (following.item.last_in_time_on - on).days <= _NEAR_DAYS:
            return FeeState.DUE, following
    return _settled(dossier, on=on), None


def _late(held: Holding, fee: StatedFee) -> FeeState:
    if held.state is HoldingState.RESTORABLE or fee.standing is Standing.ENDED:
        return FeeState.RESTORABLE
    if fee.held:
        return FeeState.HELD
    if fee.over:
        return FeeState.OVER
    return FeeState.UNPAID if fee.confirmed else FeeState.UNKNOWN


def _settled(dossier: Dossier, *, on: date) -> FeeState:
    """Return how sure it is that the newest fee whose day is over was paid."""
    past = [
        one
        for one in dossier.judged.situations
        if one.dates.due_on <= on and one.standing is not Standing.NOT_IN_FORCE
    ]
    newest = past[-1].standing if past else None
    match newest:
        case Standing.PAID:
            return FeeState.PAID
        case Standing.ASSUMED_PAID:
            return FeeState.ASSUMED_PAID
    return FeeState.NOTHING_LATE


def _act_by_on(fee: StatedFee | None, state: FeeState) -> date | None:
    """Return the last day to act; an estimated end of restoration is none."""
    if fee is None or state in (FeeState.OVER, FeeState.HELD):
        return None
    item = fee.item
    if state is FeeState.RESTORABLE:
        return item.restoration_until_on if item.restoration_known else None
    return item.window_until_on if fee.late else item.last_in_time_on
