"""Records that a file has twice: taken once where they agree, else not at all."""

import hashlib
from dataclasses import dataclass, field

from patentwatch.plan.kinds import Kind
from patentwatch.plan.records import NewRecord, commitments
from patentwatch.plan.recordsheet import note_on
from patentwatch.register.outcome import Outcome


@dataclass(slots=True)
class Repeats:
    """The same record twice in one file: once when it is the same, else not at all."""

    kind: Kind
    _prints: dict[bytes, set[bytes]] = field(default_factory=dict)
    _rows: dict[bytes, list[str]] = field(default_factory=dict)
    _passed: set[bytes] = field(default_factory=set)

    def see(self, new: NewRecord | None) -> None:
        """Remember which rows there are of each record."""
        if new is None:
            return
        key = _digest(new.natural_key)
        self._prints.setdefault(key, set()).add(_fingerprint(new))
        self._rows.setdefault(key, []).append(_place(new))

    def settled(self, outcome: Outcome[NewRecord]) -> Outcome[NewRecord]:
        """Return what becomes of a row, given all the others."""
        new = outcome.value
        if new is None:
            return outcome
        key = _digest(new.natural_key)
        places = "、".join(self._rows[key][:20])
        if len(self._prints[key]) > 1:
            text = (
                f"{places}是同一条{self.kind.label}，内容却不一致，均未采用；请只留一行"
            )
            return outcome._replace(
                value=None, reject=note_on(new, "duplicate_conflict", text)
            )
        if key in self._passed:
            text = f"{places}是同一条{self.kind.label}，内容相同，只计一次"
            return outcome._replace(
                value=None, skip=note_on(new, "duplicate_row", text)
            )
        self._passed.add(key)
        return outcome


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _fingerprint(new: NewRecord) -> bytes:
    return _digest(repr((sorted(new.fields.items()), commitments(new.links))))


def _place(new: NewRecord) -> str:
    sheet = f"工作表“{new.sheet}”" if new.sheet else ""
    return f"{sheet}第 {new.row} 行"
