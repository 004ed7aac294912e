"""The papers of the work plan, and how its lights stood on the four quarter days."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from patentwatch import bulletinmaking, bulletinpage, clock, phrases, planstatus
from patentwatch.bulletinpage import words
from patentwatch.bulletinpage.document import docx
from patentwatch.demo import plan, yearfiles
from patentwatch.demo.papers import FOLDER, placed
from patentwatch.installation import Installation
from patentwatch.plan import ledgerbook
from patentwatch.plan.kinds import kinds
from patentwatch.plan.ledger import ledger_of
from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus
from patentwatch.plan.values import Plan
from patentwatch.preview import PreviewLights, PreviewPaper
from patentwatch.store import commitments, plans, slips
from patentwatch.store.engine import reading, transaction

QUARTER_DAYS: Final = (
    date(2023, 3, 31),
    date(2023, 6, 30),
    date(2023, 9, 30),
    plan.ENDS_ON,
)
BULLETIN_OF: Final = date(2023, 6, 1)
"""The month of the bulletin, as its first day."""

_BULLETIN_MADE_ON = date(2023, 7, 3)
_SHOWN_KIND = "pledge_loan"

_LEDGER = (
    "每条承诺一行：目标、实际、完成率、灯、签收、最新进展、督办单；"
    "另有县区分解和办理记录，可以打印"
)
_BULLETIN = "每月一份：亮灯和变化、县区排名、督办、下月到期；定稿后内容不变"
_TEMPLATE = (
    "各县区照模板填、照样导入，第一行是示范；全部 {} 种在 {} 文件夹，"
    "再导入一次不会重复计数"
)


def lights(here: Installation) -> list[PlanStatus]:
    """Return the plan's status on each of the quarter days."""
    with reading(here.engine) as connection:
        return [
            planstatus.status_of(
                connection, here.settings, _wording(connection, on), on=on
            )
            for on in QUARTER_DAYS
        ]


def shown(status: PlanStatus) -> PreviewLights:
    """Return how many lights of each colour there were on a day."""
    found = [one.light for one in status.progress]
    green, yellow, red = (found.count(light) for light in Light)
    return PreviewLights(status.on, green, yellow, red)


def write(
    here: Installation, folder: Path, *, at_year_end: PlanStatus
) -> list[PreviewPaper]:
    """Write ledger and bulletin into the folder of papers; name a filled template."""
    target = folder / FOLDER
    shown_file = f"{yearfiles.FOLDER}/{_SHOWN_KIND}.xlsx"
    about = _TEMPLATE.format(len(list(yearfiles.told())), yearfiles.FOLDER)
    label = kinds()[_SHOWN_KIND].label
    return [
        _ledger(here, target, at_year_end),
        _bulletin(here, target),
        PreviewPaper(f"填好的模板：{label}", about, (("表格", shown_file),)),
    ]


def _ledger(here: Installation, target: Path, status: PlanStatus) -> PreviewPaper:
    name, on = status.plan.name, status.on
    with reading(here.engine) as connection:
        ledger = ledger_of(
            status,
            acts=commitments.acts_of(connection, name, on=on),
            slips=slips.slips_of(connection, name, on=on),
            evidence=commitments.evidence_counts(connection, name, on=on),
            linked=commitments.linked_counts(connection, name, on=on),
            names=_names(here),
        )
    book = ledgerbook.workbook(ledger, author=here.settings.office.name)
    title = f"{status.plan.title}：{phrases.day(on)}的工作台账"
    return PreviewPaper(title, _LEDGER, (placed(target, "ledger.xlsx", book),))


def _bulletin(here: Installation, target: Path) -> PreviewPaper:
    with transaction(here.engine) as connection:
        made = bulletinmaking.make(
            connection,
            here.settings,
            _wording(connection, BULLETIN_OF),
            BULLETIN_OF,
            by=plan.BY,
            now=clock.at_nine(_BULLETIN_MADE_ON),
        )
    files = (
        placed(target, "bulletin.html", bulletinpage.html(made).encode()),
        placed(target, "bulletin.docx", docx(made)),
    )
    title = words.short_title(made)
    return PreviewPaper(title, _BULLETIN, files)


def _wording(connection: Connection, on: date) -> Plan:
    found = plans.in_force(connection, plan.NAME, on=on)
    assert found is not None  # noqa: S101 - it was loaded a step before
    return found


def _names(here: Installation) -> Mapping[str, str]:
    return {one.code: one.name for one in here.settings.counties}
