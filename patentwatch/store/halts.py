"""Reasons for which nothing is sent at all, as remembered in the database.

They stand until a person lifts them: a doubtful clock, a database that came back from
a backup. The brake on too many messages is another matter and holds single messages.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, select

from patentwatch import clock
from patentwatch.halts import Doubt, Doubted, Known, noted
from patentwatch.store.memory import forget, recall, remember
from patentwatch.store.tables import meta

_HIGHEST = "clock.highest_at"
_BOOT = "clock.boot."
_RESTORED = "halt.restored"
_FORGOTTEN_AFTER = timedelta(days=60)


class HaltKind(StrEnum):
    """What has to be confirmed before anything is sent."""

    CLOCK = "clock"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Halt:
    """Nothing is sent since `since_at`; `text` is Chinese: why, and what to do."""

    kind: HaltKind
    since_at: datetime
    text: str


def standing(connection: Connection) -> list[Halt]:
    """Return the reasons for which nothing may be sent now; [] is the usual answer."""
    found = [
        _clock_halt(row.value)
        for row in connection.execute(
            select(meta.c.value).where(meta.c.key.startswith(_BOOT, autoescape=True))
        )
    ]
    restored = recall(connection, _RESTORED)
    if restored is not None:
        found.append(_restored_halt(restored))
    return sorted((one for one in found if one), key=lambda one: one.since_at)


def note_real_time(
    connection: Connection, now: datetime, *, boottime: float, boot_id: str
) -> Halt | None:
    """Remember what the real clocks say; return the halt if they cannot be believed.

    `now` is the wall clock, never `--on`; `boottime` the seconds of a clock that
    nobody can set and that counts suspension; `boot_id` tells one boot of one host
    from all others. For every tick and every start.
    """
    key = f"{_BOOT}{boot_id}"
    highest = recall(connection, _HIGHEST)
    before = recall(connection, key)
    highest_at = datetime.fromisoformat(highest) if highest else None
    known = _known(before, highest_at)
    after = noted(known, wall_at=now, steady_seconds=boottime)
    if before is None:
        _forget_old_boots(connection, now)
    written = _written(after, now, before)
    remember(connection, key, written)
    if after.doubted is None and after.highest_at != highest_at:
        assert after.highest_at is not None  # noqa: S101 - a trusted reading has one
        remember(connection, _HIGHEST, after.highest_at.isoformat())
    return _clock_halt(written)


def halt_restored(connection: Connection, *, detail: str, now: datetime) -> None:
    """Send nothing until somebody has looked at a database from a backup.

    `detail`: what shows it, in Chinese.
    """
    if recall(connection, _RESTORED) is None:
        value = {"since_at": now.isoformat(), "detail": detail}
        remember(connection, _RESTORED, json.dumps(value, ensure_ascii=False))


def lift(connection: Connection, kind: HaltKind) -> int:
    """Lift the halts of a kind; return how many stood.

    The clock is learnt anew: the next reading is the trusted one, whatever it says.
    """
    count = sum(halt.kind is kind for halt in standing(connection))
    match kind:
        case HaltKind.CLOCK:
            forget(connection, _HIGHEST)
            connection.execute(
                delete(meta).where(meta.c.key.startswith(_BOOT, autoescape=True))
            )
        case HaltKind.RESTORED:
            forget(connection, _RESTORED)
    return count


def _known(before: str | None, highest_at: datetime | None) -> Known:
    if before is None:
        return Known(highest_at=highest_at)
    found = json.loads(before)
    doubt = found.get("doubt")
    return Known(
        offset=_span(found["offset"]),
        highest_at=highest_at,
        doubted=Doubted(
            Doubt(doubt["why"]),
            timedelta(seconds=doubt["by"]),
            timedelta(seconds=doubt["offset"]),
        )
        if doubt
        else None,
    )


def _written(known: Known, now: datetime, before: str | None) -> str:
    value: dict[str, object] = {
        "offset": known.offset.total_seconds() if known.offset is not None else None,
        "wall": now.isoformat(),
    }
    if known.doubted is not None:
        since_at = (
            json.loads(before).get("doubt", {}).get("since_at") if before else None
        )
        value["doubt"] = {
            "why": known.doubted.why.value,
            "by": known.doubted.by.total_seconds(),
            "offset": known.doubted.offset.total_seconds(),
            "since_at": since_at or now.isoformat(),
        }
    return json.dumps(value)


def _forget_old_boots(connection: Connection, now: datetime) -> None:
    """Forget boots that are over; a doubt is kept until it is lifted."""
    rows = connection.execute(
        select(meta).where(meta.c.key.startswith(_BOOT, autoescape=True))
    )
    for key, value in rows.all():
        found = json.loads(value)
        seen_at = datetime.fromisoformat(found["wall"])
        if "doubt" not in found and now - seen_at > _FORGOTTEN_AFTER:
            forget(connection, key)


def _clock_halt(value: str) -> Halt | None:
    found = json.loads(value)
    doubt = found.get("doubt")
    if doubt is None:
        return None
    by = _in_words(timedelta(seconds=doubt["by"]))
    seen_at = datetime.fromisoformat(found["wall"]).astimezone(clock.SHANGHAI)
    wall = f"{seen_at:%Y-%m-%d %H:%M}"
    text = (
        f"系统时钟在运行中被拨动了 {by}（现为 {wall}）"
        if doubt["why"] == Doubt.JUMPED
        else f"系统时钟（{wall}）比本库见过的最晚时间早 {by}"
    )
    return Halt(
        HaltKind.CLOCK,
        datetime.fromisoformat(doubt["since_at"]),
        f"{text}，日期不可信，已停止发送；请校准时钟，确认无误后执行 "
        "patentwatch alerts release --clock",
    )


def _restored_halt(value: str) -> Halt:
    found = json.loads(value)
    return Halt(
        HaltKind.RESTORED,
        datetime.fromisoformat(found["since_at"]),
        f"数据库是从备份恢复的（{found['detail']}），已停止发送；"
        "请补录备份之后收到的缴费、答复和退订，再执行 "
        "patentwatch alerts release --restored",
    )


def _in_words(span: timedelta) -> str:
    minutes = int(abs(span).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = ((days, "天"), (hours, "小时"), (minutes, "分钟"))
    return " ".join(f"{n} {word}" for n, word in parts if n) or "不到 1 分钟"


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
