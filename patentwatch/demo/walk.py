"""The whole line over the sample city, once: import, decide, report, write messages.

Each step is the one that the commands take. Walking again in the same folder imports
nothing new and says nothing twice.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from patentwatch import (
    answersintake,
    clock,
    config,
    digestmaking,
    installation,
    linkedmaking,
    people_intake,
    pipeline,
    registerintake,
    statusintake,
)
from patentwatch.demo import files, plan, yearfiles
from patentwatch.demo.city import sample_city
from patentwatch.demo.people import CSV_COUNTY
from patentwatch.dispatch import Delivered
from patentwatch.errors import UsageError
from patentwatch.installation import Installation
from patentwatch.look import Looked
from patentwatch.register.result import Intake
from patentwatch.registerintake import Order
from patentwatch.rulefiles import load
from patentwatch.settings import Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect
from patentwatch.store.vault import unlock

MARKER = ".patentwatch-demo.json"


@dataclass(frozen=True, slots=True)
class Walk:
    """What one walk did; `records` are the files of the plan's year, () without it."""

    now: datetime
    taken: tuple[Intake, ...]
    records: tuple[Intake, ...]
    looked: Looked
    delivered: Delivered


def prepare(folder: Path, *, today: date) -> Settings:
    """Make the sample city in `folder`, or find the one that is there.

    Raises `UsageError` for a folder with other things in it, and for a day before the
    city's own: its files speak of that day.
    """
    made_on = _made_on(folder)
    if made_on is None:
        _refuse_foreign(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made_on = today
        marker = json.dumps({"made_on": made_on.isoformat()})
        (folder / MARKER).write_text(marker, encoding="utf-8")
    if today < made_on:
        raise UsageError(
            f"{folder} 里的示例城市是 {made_on} 的，不能用更早的 {today}；"
            "请换一个文件夹"
        )
    rulebook = load(None)
    city = sample_city(made_on, rulebook=rulebook)
    files.write(city, folder, rulebook=rulebook)
    if plan.is_told(made_on):
        yearfiles.write(city, folder)
    settings = config.load(folder / files.CONFIG, environ={}, cwd=folder)
    settings.outbox.mkdir(mode=0o700, exist_ok=True)
    return settings


def open_city(settings: Settings) -> Installation:
    """Open the city's installation; the database and its key are made when missing."""
    engine = connect(settings.database.url)
    migrate.install(engine, settings.database.key_file)
    return installation.put_together(
        settings, engine, unlock(settings.database.key_file)
    )


def walk(
    here: Installation,
    folder: Path,
    *,
    now: datetime,
    on_step: Callable[[str], None] = lambda _: None,
    on_message: Callable[[], None] = lambda: None,
) -> Walk:
    """Walk the line once, as at `now`; `on_step` hears what begins."""
    on_step("导入清单")
    taken = [_register(here, folder / files.REGISTER, Order(), now)]
    taken.append(
        _register(here, folder / files.COUNTY_LIST, Order(county=CSV_COUNTY), now)
    )
    on_step("导入联系方式、缴费记录、核查表、法律状态公告和答复")
    taken += _people(here, folder, now)
    taken.append(
        statusintake.import_status(
            here.engine, here.settings, folder / files.NOTICES, now=now
        )
    )
    taken.append(
        answersintake.import_answers(
            here.engine,
            here.vault,
            here.settings,
            here.rules,
            folder / files.ANSWERS,
            now=now,
        )
    )
    records: list[Intake] = []
    if (folder / yearfiles.FOLDER).is_dir():
        on_step("载入年度工作要点，导入一年的工作记录")
        records = plan.take(here, folder, now=now)
    on_step("判断")
    looked = pipeline.look_once(here, now=now)
    on_step("做周报和月报")
    for make_due in (digestmaking.make_due, linkedmaking.make_due):
        make_due(here.engine, here.vault, here.rules, here.settings, now=now)
    on_step("写出消息")
    delivered = pipeline.deliver_once(
        here, tell_time=lambda: now, on_message=on_message
    )
    return Walk(now, tuple(taken), tuple(records), looked, delivered)


def _register(here: Installation, path: Path, order: Order, now: datetime) -> Intake:
    return registerintake.import_register(
        here.engine, here.settings, path, order, now=now
    )


def _people(here: Installation, folder: Path, now: datetime) -> list[Intake]:
    engine, settings = here.engine, here.settings
    return [
        people_intake.import_contacts(
            engine, here.vault, settings, folder / files.CONTACTS, now=now
        ),
        people_intake.import_payments(
            engine, settings, folder / files.PAYMENTS, now=now
        ),
        people_intake.import_checksheet(
            engine, settings, folder / files.CHECK_SHEET, now=now
        ),
    ]


def _made_on(folder: Path) -> date | None:
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
        return date.fromisoformat(marker["made_on"])
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise UsageError(f"{folder} 是一个文件；请换一个空文件夹") from None
    except (ValueError, KeyError, TypeError):
        raise UsageError(
            f"{folder / MARKER} 已损坏，认不出这是不是示例城市；请换一个空文件夹"
        ) from None


def _refuse_foreign(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"{folder} 不是空的，也不是示例城市，什么也没有改动；请换一个空文件夹"
        )


def opening_hour(now: datetime) -> datetime:
    """Return nine in the morning of the day of `now`: no message waits for daylight."""
    return clock.at_nine(clock.today(now))
