"""One key for one name: what two spellings of the same party have in common."""

import unicodedata

_DROPPED = {ord(character): None for character in " \t\r\n\u3000()（）·.。,，"}


def name_key(name: str) -> str:
    """Return the form by which parties are matched: exact but for width and blanks."""
    return unicodedata.normalize("NFKC", name).translate(_DROPPED).casefold()
