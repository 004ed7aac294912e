"""What a provider's refusal means for the message, its number and the channel."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, auto

from patentwatch.delivery.outcome import Outcome, OutcomeKind, scrubbed
from patentwatch.delivery.sms.line import SmsLine


class Meaning(Enum):
    """Whose matter a refusal is; the limits are those of one number."""

    ADDRESS = auto()
    TEXT = auto()
    ACCOUNT = auto()
    HALF_MINUTE = auto()
    MINUTE = auto()
    HOUR = auto()
    DAY = auto()  # 24 hours, whenever they began
    TODAY = auto()  # until midnight
    CHANNEL_TODAY = auto()
    BUSY = auto()
    AMBIGUOUS = auto()
    UNMAPPED = auto()


_WAITS = {
    Meaning.HALF_MINUTE: timedelta(seconds=30),
    Meaning.MINUTE: timedelta(minutes=1),
    Meaning.HOUR: timedelta(hours=1),
    Meaning.DAY: timedelta(hours=24),
}


def meaning_of(
    code: str, codes: Mapping[str, Meaning], families: Mapping[str, Meaning]
) -> Meaning:
    """Return what `code` means; a code of its own goes before its family."""
    if code in codes:
        return codes[code]
    for beginning, meaning in families.items():
        if code == beginning or code.startswith(f"{beginning}."):
            return meaning
    return Meaning.UNMAPPED


def outcome(meaning: Meaning, code: str, said: str, *, line: SmsLine) -> Outcome:
    """Return the outcome of a message that was refused with `code`."""
    text = scrubbed(said)
    match meaning:
        case Meaning.ADDRESS:
            return Outcome(OutcomeKind.REFUSED, code, text, bad_address=True)
        case Meaning.TEXT:
            return Outcome(OutcomeKind.TEXT_REFUSED, code, text)
        case Meaning.ACCOUNT:
            return Outcome(OutcomeKind.CHANNEL_DOWN, code, text)
        case Meaning.CHANNEL_TODAY:
            # The limit of a month may be raised by the office any day.
            wait = line.until_tomorrow()
            return Outcome(OutcomeKind.CHANNEL_DOWN, code, text, wait=wait)
        case Meaning.TODAY:
            wait = line.until_tomorrow()
            return Outcome(OutcomeKind.RETRY, code, text, wait=wait)
        case Meaning.AMBIGUOUS:
            return Outcome(OutcomeKind.UNKNOWN, code, text)
        case _:
            # A code we do not know was an answer all the same: the message certainly
            # did not go, and whoever is at fault, the number is not. To try again
            # burns neither, and the attempts show the code.
            return Outcome(OutcomeKind.RETRY, code, text, wait=_WAITS.get(meaning))
