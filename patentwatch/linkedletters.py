"""What a linked party hears at once, not in its monthly list: values, no wording."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class LinkedNews:
    """One change of one patent that somebody else's rights hang on.

    `happened_on`: since when anybody could know of it.
    """

    happened_on: date
    application_no: str
    kind: str
    title: str
    text: str

    @property
    def key(self) -> tuple[date, str, str]:
        """Return what makes it the same news, whatever the title says by now."""
        return self.happened_on, self.application_no, self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedLetter:
    """What one mailbox of linked parties is told on a day, the oldest first."""

    parties: tuple[str, ...]
    on: date
    office_name: str
    office_phone: str
    news: tuple[LinkedNews, ...]


def untold(
    news: Collection[LinkedNews], letters: Collection[LinkedLetter]
) -> tuple[LinkedNews, ...]:
    """Return the news that no letter has told, in the order of a letter."""
    told = {one.key for letter in letters for one in letter.news}
    return tuple(sorted(one for one in news if one.key not in told))
