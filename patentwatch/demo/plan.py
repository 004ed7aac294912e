"""The work plan of the sample city: loaded, a year of records, what people did.

Each step is the one that the commands take; doing it again changes nothing.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Final

from patentwatch import clock, planintake, recordintake
from patentwatch.demo import yearfiles
from patentwatch.installation import Installation
from patentwatch.plan.acts import Act, ActKind, Colour
from patentwatch.plan.values import Plan
from patentwatch.recordintake import Order
from patentwatch.register.result import Intake
from patentwatch.store import commitments, slips
from patentwatch.store.engine import transaction

NAME: Final = "puyang-2023"
ENDS_ON: Final = date(2023, 12, 31)

BY: Final = "市级示例"


def is_told(made_on: date) -> bool:
    """Whether the year of the plan was over when the city was made."""
    return made_on > ENDS_ON


def take(here: Installation, folder: Path, *, now: datetime) -> list[Intake]:
    """Load the plan, then every file of records, then what was done about it."""
    plan = planintake.load(here.engine, here.settings, NAME, by=BY, now=now).plan
    taken = [
        recordintake.import_records(
            here.engine,
            here.settings,
            kind,
            folder / yearfiles.FOLDER / f"{kind.key}.xlsx",
            Order(by=BY),
            now=now,
        )
        for kind in yearfiles.told()
    ]
    _do(here, plan)
    return taken


def _do(here: Installation, plan: Plan) -> None:
    """Write down acts and slips, unless they are there: one of them, all of them."""
    with transaction(here.engine) as connection:
        if commitments.acts_of(connection, plan.name, on=date.max):
            return
        for row in yearfiles.table("acts"):
            commitments.add(connection, plan, _act(row))
        for row in yearfiles.table("slips"):
            slip = slips.issue(
                connection,
                plan,
                row["commitment"],
                colour=Colour(row["colour"]),
                county=row["county"],
                text=row["text"],
                reply_by_on=date.fromisoformat(row["reply_by_on"]),
                by=row["by"],
                on=date.fromisoformat(row["issued_on"]),
            )
            if row["replied_on"]:
                slips.reply(
                    connection,
                    slip.name,
                    text=row["reply"],
                    by=row["replied_by"],
                    on=date.fromisoformat(row["replied_on"]),
                )


def _act(row: yearfiles.Row) -> Act:
    acted_on = date.fromisoformat(row["acted_on"])
    return Act(
        commitment=row["commitment"],
        kind=ActKind(row["act"]),
        acted_on=acted_on,
        acted_by=row["by"],
        recorded_at=clock.at_nine(acted_on),
        county=row["county"],
        text=row["text"],
        until_on=date.fromisoformat(row["until_on"]) if row["until_on"] else None,
    )
