"""Asking the EPO's legal service about the patents whose turn it is.

No transaction is open while the service is asked; each answer is stored by itself, so
a kill loses at most one, which is asked for again.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Event as Stop

from sqlalchemy import Engine

from patentwatch import clock, config, refresh, statusfiles
from patentwatch.cases import cases
from patentwatch.errors import ConfigError
from patentwatch.model import PatentNumber
from patentwatch.rules import Rules
from patentwatch.settings import OpsSettings, Settings
from patentwatch.sources.ops import Answer, AnswerKind, Asked, Ops, Quota
from patentwatch.sources.ops_line import STOPPED
from patentwatch.store import asking, events, sources
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

SOURCE = "ops"
PAGE = 500
USUAL = 1_000
"""So many patents at one go, unless somebody says otherwise."""

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one go has brought; until `not_before_at` the service is left alone."""

    asked: int = 0
    new_events: int = 0
    unknown: int = 0
    unexpected: int = 0
    due: dict[refresh.Stake, int] = field(default_factory=dict)
    not_before_at: datetime | None = None
    reason: str = ""

    @property
    def needs_a_person(self) -> bool:
        """Whether the answers were none."""
        return self.unexpected > 0 and self.unexpected == self.asked

    def document(self) -> dict[str, object]:
        """Return what `--json` tells."""
        return {
            "source": SOURCE,
            "asked": self.asked,
            "new_events": self.new_events,
            "unknown": self.unknown,
            "unexpected": self.unexpected,
            "due": {stake.name.lower(): count for stake, count in self.due.items()},
            "not_before_at": self.not_before_at,
            "reason": self.reason,
        }

    def lines(self, *, dry_run: bool) -> Iterator[str]:
        """Yield what was done, for the administrator."""
        waiting = sum(self.due.values())
        if dry_run:
            shown = "、".join(f"{_STAKES[s]} {n}" for s, n in sorted(self.due.items()))
            yield f"应查询 {waiting} 件（{shown or '无'}）；试算，没有查询"
            return
        yield (
            f"查询 {self.asked} 件，新事件 {self.new_events} 个，"
            f"查不到 {self.unknown} 件，异常 {self.unexpected} 件；"
            f"还有 {waiting} 件待查"
        )
        if self.not_before_at is not None:
            local = self.not_before_at.astimezone(clock.SHANGHAI)
            yield f"暂停查询到 {local:%Y-%m-%d %H:%M}：{self.reason}"


_STAKES = {
    refresh.Stake.LATE: "滞纳期内",
    refresh.Stake.NEAR: "临近期限",
    refresh.Stake.QUIET: "其余",
    refresh.Stake.GONE: "已失效",
}


def pull(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    *,
    tell_time: Callable[[], datetime],
    limit: int | None = None,
    dry_run: bool = False,
    stop: Stop | None = None,
    steady: Callable[[], float] = clock.steady,
    wait: Callable[[float], bool] | None = None,
    on_asked: Callable[[int], None] = lambda _: None,
) -> Pulled:
    """Ask about those whose turn it is, the most at stake first, within the limits.

    `tell_time` is asked before every step. `steady` counts seconds; `wait` lets them
    pass and returns True when told to stop, by default by `stop`. Raises `ConfigError`
    without keys.
    """
    keys = _keys(settings.ops)
    now = tell_time()
    on = clock.today(now)
    if dry_run:
        return _dry(engine, on=on)
    _enrol(engine, vault, rules, on=on)
    closed = _closed(engine, now)
    if closed is not None:
        return closed
    stop = stop or Stop()
    service = _service(
        settings.ops, keys, tell_time, steady=steady, wait=wait or stop.wait
    )
    with service as ops:
        pulled = Pulled()
        with reading(engine) as connection:
            turn = asking.due(connection, SOURCE, on=on, limit=limit or USUAL)
        for number, grant in turn:
            if stop.is_set():
                break
            answer = ops.ask(Asked(PatentNumber(number), grant))
            now = tell_time()
            if answer.code == STOPPED:
                break
            if (shut := ops.closed()) is not None and answer.kind is AnswerKind.LATER:
                pulled = _left_alone(engine, shut, pulled, now=now)
                break
            # One that fails alone waits for tomorrow: the others are not kept waiting.
            pulled = _settle(engine, vault, rules, number, answer, pulled, now=now)
            on_asked(1)
    with reading(engine) as connection:
        due = asking.due_by_stake(connection, SOURCE, on=on)
    log.info(
        "pulled source=%s asked=%s events=%s unknown=%s unexpected=%s",
        SOURCE,
        pulled.asked,
        pulled.new_events,
        pulled.unknown,
        pulled.unexpected,
    )
    return replace(pulled, due=due)


def _keys(ops: OpsSettings) -> tuple[str, str]:
    if ops.secret_file is None:
        raise ConfigError("ops.secret_file: 没有配置 OPS 的密钥文件，无法查询")
    try:
        words = config.secret(ops.secret_file).replace(":", "\n").split()
    except OSError as error:
        raise ConfigError(f"ops.secret_file: 无法读取（{error.strerror}）") from error
    if len(words) != 2:
        raise ConfigError("ops.secret_file: 应写 key:secret")
    return words[0], words[1]


def _service(
    ops: OpsSettings,
    keys: tuple[str, str],
    tell_time: Callable[[], datetime],
    *,
    steady: Callable[[], float],
    wait: Callable[[float], bool],
) -> Ops:
    key, secret = keys
    return Ops(
        ops.base_url,
        key=key,
        secret=secret,
        table=statusfiles.load(),
        tell_time=tell_time,
        steady=steady,
        wait=wait,
        quota=Quota(ops.hourly_mb * _MB, ops.weekly_mb * _MB),
    )


def _dry(engine: Engine, *, on: date) -> Pulled:
    with reading(engine) as connection:
        due = asking.due_by_stake(connection, SOURCE, on=on)
        new = asking.how_many_unenrolled(connection, SOURCE)
    due[refresh.Stake.QUIET] = due.get(refresh.Stake.QUIET, 0) + new
    return Pulled(due={stake: count for stake, count in due.items() if count})


def _closed(engine: Engine, now: datetime) -> Pulled | None:
    """Return why the service is still to be left alone, None when it is not."""
    with reading(engine) as connection:
        for state in sources.states(connection):
            waits = state.not_before_at is not None and now < state.not_before_at
            if state.name == SOURCE and waits:
                return Pulled(not_before_at=state.not_before_at, reason=state.detail)
    return None


def _enrol(engine: Engine, vault: Vault, rules: Rules, *, on: date) -> None:
    """Put new patents into the queue, each with what is at stake today."""
    while True:
        with transaction(engine) as connection:
            new = asking.unenrolled(connection, SOURCE, limit=PAGE)
            found = cases(connection, vault, rules, new, on=on, on_trouble=_undecided)
            stakes = dict.fromkeys(new, refresh.Stake.QUIET) | {
                case.patent.application_no: refresh.stake(case.judged, on=on)
                for case in found
            }
            asking.enrol(connection, SOURCE, stakes, on=on)
        if len(new) < PAGE:
            return


def _undecided(number: str, error: Exception) -> None:
    log.error("patent not decided number=%s error=%s", number, type(error).__name__)


def _left_alone(
    engine: Engine, answer: Answer, pulled: Pulled, *, now: datetime
) -> Pulled:
    """Remember until when nothing may be asked; return the account with it."""
    with transaction(engine) as connection:
        sources.note(
            connection,
            SOURCE,
            now=now,
            answered=False,
            not_before_at=answer.not_before,
            detail=answer.reason,
        )
    return replace(pulled, not_before_at=answer.not_before, reason=answer.reason)


def _settle(
    engine: Engine,
    vault: Vault,
    rules: Rules,
    number: str,
    answer: Answer,
    pulled: Pulled,
    *,
    now: datetime,
) -> Pulled:
    """Store an answer and when to ask again; return the account with it."""
    on = clock.today(now)
    answered = answer.kind is AnswerKind.EVENTS
    heard = answer.kind in (AnswerKind.EVENTS, AnswerKind.UNKNOWN)
    with transaction(engine) as connection:
        sources.note(connection, SOURCE, now=now, answered=heard, detail=answer.reason)
        new = events.add(connection, answer.events, now=now)
        stake, next_on = refresh.Stake.QUIET, on + timedelta(days=1)
        for case in cases(
            connection, vault, rules, [number], on=on, on_trouble=_undecided
        ):
            stake = refresh.stake(case.judged, on=on)
            if heard:
                next_on = refresh.next_ask_on(case.judged, on=on)
        asking.note(
            connection,
            SOURCE,
            number,
            stake=stake,
            outcome=answer.kind.value,
            answered=answered,
            next_ask_on=next_on,
            now=now,
        )
    return replace(
        pulled,
        asked=pulled.asked + 1,
        new_events=pulled.new_events + sum(new),
        unknown=pulled.unknown + (answer.kind is AnswerKind.UNKNOWN),
        unexpected=pulled.unexpected + (not heard),
    )
