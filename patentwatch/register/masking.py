"""How telephone numbers, e-mail addresses and people's names are shown to everybody."""

import re

_DIGITS = re.compile(r"[0-9]")


def phone(text: str) -> str:
    """Return 138****0000: the first three and the last four of eleven digits.

    A shorter number keeps its last two digits only; what is no digit is dropped.
    """
    digits = "".join(_DIGITS.findall(text))
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if len(digits) > 4 else "****"


def email(text: str) -> str:
    """Return a***@b.cn: one letter of the mailbox, and the host."""
    local, at, host = text.strip().rpartition("@")
    return f"{local[:1]}***@{host}" if at else f"{text.strip()[:1]}***"


def name(text: str) -> str:
    """Return 张*: the first character, the others as stars."""
    return text[:1] + "*" * (len(text) - 1)


def address(text: str) -> str:
    """Return `text` masked as what it looks like, several of them joined by ; ."""
    parts = [part for part in re.split(r"[;；,，、|\n]+", text) if part.strip()]
    return "; ".join(email(part) if "@" in part else phone(part) for part in parts)
