"""How many short messages a text is billed as."""

_SINGLE = 70
_PART = 67


def parts(text: str) -> int:
    """Return 1 up to 70 characters, else one for every 67 begun.

    Characters are UTF-16 units, as networks count them: a rare character or an emoji
    takes two. The signature counts.
    """
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return 1 if units <= _SINGLE else -(-units // _PART)
