"""What became of every message: counted at the receiving end and in the outbox."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy import text

from patentwatch.store.engine import reading
from tests.line import Line


@dataclass(frozen=True)
class Judgement:
    """What went wrong in the eyes of those who receive.

    `lost`: recipients who got nothing. `unannounced`: copies for which no intent was
    written down before. `doubled`: copies beyond the first; `inexcusable` those for
    which no attempt ended without an outcome. `renamed`: copies under another name.
    """

    lost: int = 0
    unannounced: int = 0
    doubled: int = 0
    inexcusable: int = 0
    renamed: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong; a double that is excused is not."""
        return not (self.lost or self.unannounced or self.inexcusable or self.renamed)


def judged_mails(line: Line, mails: Iterable[EmailMessage]) -> Judgement:
    """Judge what a mail server took."""
    return _judged(
        line,
        "email",
        [
            (mail["To"].addresses[0].addr_spec, mail["Message-ID"].strip("<>"))
            for mail in mails
        ],
    )


def judged_sms(line: Line, taken: Iterable[tuple[str, str]]) -> Judgement:
    """Judge what a provider of short messages took: (number, our name for it)."""
    return _judged(line, "sms", list(taken))


def _judged(line: Line, channel: str, taken: list[tuple[str, str]]) -> Judgement:
    copies = Counter(name.partition("@")[0] for _, name in taken)
    names: dict[str, set[str]] = {}
    for to, name in taken:
        names.setdefault(to, set()).add(name)
    boxes = {row.id: row for row in line.messages(channel=channel)}
    rows = [row for row in line.attempts() if row.message_id in boxes]
    intents = Counter(row.ref for row in rows if row.event == "intent")
    ended = Counter(row.ref for row in rows if row.event == "outcome")
    left = Counter(row.ref for row in rows if row.outcome in ("accepted", "unknown"))
    recipients = {row.recipient for row in boxes.values()}
    return Judgement(
        lost=len(recipients) - len(names),
        unannounced=sum((copies - intents).values()),
        doubled=copies.total() - len(copies),
        inexcusable=sum((copies - left - (intents - ended)).values()),
        renamed=sum(len(found) - 1 for found in names.values()),
    )


def assert_sound(line: Line) -> None:
    """A SQLite file is whole; a server looks after itself."""
    if line.engine.dialect.name == "sqlite":
        with reading(line.engine) as connection:
            check = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        assert check == "ok"
