"""Why nothing is said of an annuity: settled, held, silenced, or answered."""

from collections.abc import Sequence
from datetime import date

from patentwatch import ladder as tiers
from patentwatch.model import Answer, Evidence, Reason, Standing
from patentwatch.standing import Situation
from patentwatch.verdict import Circumstances

SETTLED = {
    Standing.PAID: Reason.PAID,
    Standing.ASSUMED_PAID: Reason.ASSUMED_PAID,
    Standing.NOT_IN_FORCE: Reason.NOT_IN_FORCE,
}
"""What asks for nothing any more, and the reason that says so."""


def quiet(
    situation: Situation,
    circumstances: Circumstances,
    answer: Reason | None,
    *,
    on: date,
) -> Reason | None:
    """Return why nobody is told, None: nothing keeps us. `answer`: of `answered`."""
    if situation.standing in SETTLED:
        return SETTLED[situation.standing]
    held = any(
        hold.fee_year in (None, situation.dates.fee_year)
        and (hold.until_on is None or on <= hold.until_on)
        for hold in circumstances.holds
    )
    if held or situation.standing is Standing.ON_HOLD:
        return Reason.ON_HOLD
    if circumstances.silenced:
        return Reason.SILENCED
    return answer


def answered(
    situation: Situation, answers: Sequence[Answer], *, on: date
) -> tuple[Evidence, Reason | None]:
    """Return how an answer changes the evidence, or why it silences; it never closes.

    "Paid" waits until `final`, then the soft text breaks through; given after `final`
    began it waits for a fact. A fact newer than the answer ends its effect.
    """
    evidence = situation.evidence
    final_on = tiers.final_from_on(situation.dates)
    for answer in answers:
        counts = answer.answer == "paid" or (
            answer.answer == "abandon" and answer.confirmed
        )
        overtaken = (
            situation.unpaid_on is not None and situation.unpaid_on > answer.answered_on
        )
        if (
            answer.fee_year != situation.dates.fee_year
            or not counts
            or overtaken
            or answer.answered_on > on
        ):
            continue
        if on < final_on or answer.answered_on >= final_on:
            reason = (
                Reason.ACKNOWLEDGED
                if answer.answer == "paid"
                else Reason.ABANDONED_BY_CHOICE
            )
            return evidence, reason
        if answer.answer == "paid" and situation.standing is not Standing.ENDED:
            evidence = Evidence.PRESUMED
    return evidence, None
