"""What a short message says, as templates and variables of a gateway that keeps texts.

An approved template cannot be varied: where a text of ours says more than its template
could (a correction, a part payment, a suspended termination), the neutral template for
several patents says it, which is true of one as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from patentwatch.model import SmsText
from patentwatch.phrases import ItemText

SOON = "近期"
"""In place of a day that is only estimated."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One template that says it, and its variables in their order."""

    text: SmsText
    variables: tuple[tuple[str, str], ...] = ()


_WITH_YEAR = frozenset({SmsText.REMINDER, SmsText.URGENT, SmsText.OVERDUE})
_WITHOUT_DAY = frozenset({SmsText.LAPSED, SmsText.RESTORE})
_WITHOUT_VARIABLES = frozenset({SmsText.TEST, SmsText.OPTED_OUT})


def variables_of(text: SmsText) -> tuple[str, ...]:
    """Return the names of a template's variables, in their order."""
    if text in _WITHOUT_VARIABLES:
        return ()
    if text is SmsText.ALARM:
        return ("text",)
    if text is SmsText.SEVERAL:
        return ("count", "day")
    if text in _WITHOUT_DAY:
        return ("number",)
    return ("number", "year", "day") if text in _WITH_YEAR else ("number", "day")


def sayings(items: Sequence[ItemText], *, nearest: str) -> tuple[Saying, ...]:
    """Return every way to say `items`, the best first; `nearest` "": no sure day."""
    if not items:
        return (Saying(SmsText.TEST),)
    several = Saying(
        SmsText.SEVERAL, (("count", str(len(items))), ("day", nearest or SOON))
    )
    if len(items) > 1 or _says_more(items[0]):
        return (several,)
    item = items[0]
    values = {"number": item.plain_number, "year": item.year, "day": item.act_by_short}
    text = _text(item)
    names = variables_of(text)
    return (Saying(text, tuple((name, values[name]) for name in names)), several)


def _text(item: ItemText) -> SmsText:
    """Return the template of one item: the soft one where nobody has confirmed it."""
    if item.kind in ("surcharge", "last_week"):
        return SmsText(item.tier)
    return SmsText(item.kind)


def _says_more(item: ItemText) -> bool:
    return item.correction or item.suspended or bool(item.already_paid)
