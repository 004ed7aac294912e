"""How large a legal-status file may be before it is refused."""

from dataclasses import dataclass, field

from patentwatch.register.limits import Limits

_MIB = 1 << 20
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class StatusLimits:
    """Settings of the readers; sizes in bytes.

    The archives are streamed, so they may be large; what counts is what really comes
    out of them. A ratio counts only above `ratio_floor`. `directory_bytes`: the table
    of contents of an archive is held in memory. `token_bytes`: so is a text or a tag
    of an XML. `lists` are the limits of lists and saved pages.
    """

    file_bytes: int = 16 * _GIB
    entries: int = 10_000
    entry_bytes: int = 2 * _GIB
    total_bytes: int = 16 * _GIB
    ratio: int = 100
    ratio_floor: int = 16 * _MIB
    depth: int = 3
    directory_bytes: int = 16 * _MIB
    token_bytes: int = 8 * _MIB
    lists: Limits = field(default_factory=Limits)


DEFAULT = StatusLimits()
