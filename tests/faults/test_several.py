"""Several at once. F05 daemons, F31 writers and commands; two daemons on one file are
`tests/e2e/test_daemon_process.py`.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from patentwatch.settings import AlertSettings
from patentwatch.store.engine import reading
from patentwatch.store.memory import recall
from patentwatch.store.messages import LEASE
from tests.cluster import Cluster
from tests.faults.judge import judged_mails
from tests.faults.offices import NINE, Office, Wired
from tests.faults.sizes import gate_and_soak
from tests.faults.supervisor import wait_until
from tests.faults.worker import (
    COUNTED,
    count_up,
    environment,
    finished,
    start,
    work,
    work_like_a_daemon,
)
from tests.mail_sink import Sink

Offices = Callable[..., Office]
DAEMONS, WRITERS = 4, 8


def double_claims(attempts: Iterable[Row[Any]]) -> int:
    """Count claims of what another one held: no outcome, and its lease not over."""
    held: dict[int, datetime] = {}
    doubles = 0
    for row in attempts:
        if row.event == "intent":
            before = held.get(row.message_id)
            doubles += before is not None and row.at < before + LEASE
            held[row.message_id] = row.at
        else:
            held.pop(row.message_id, None)
    return doubles


@gate_and_soak("mails", gate=200, soak=10_000)
def test_f05_daemons_on_one_server_that_restarts_claim_nothing_twice(
    shaky: Cluster, wired: Wired, server: Sink, mails: int
) -> None:
    wired.safe.change(alerts=AlertSettings(mode="live", brake=mails))
    wired.safe.many(mails)
    wired.safe.look(NINE)
    job = replace(wired.safe_job, settings=wired.safe.settings)
    patience = 60 + mails // 2  # seconds
    daemons = [start(work_like_a_daemon, job, 300) for _ in range(DAEMONS)]
    wait_until(
        lambda: server.count > mails // 4,
        lambda: any(daemon.is_alive() for daemon in daemons),
        patience=patience,
    )
    shaky.restart()
    ends = [finished(daemon, patience=patience) for daemon in daemons]
    assert ends == [0] * DAEMONS
    wired.safe.engine.dispose()
    assert finished(start(work, job.at(NINE + timedelta(minutes=16)))) == 0
    found = judged_mails(wired.safe, server.mails)
    assert found.clean
    assert double_claims(wired.safe.attempts()) == 0
    assert {row.state for row in wired.safe.messages()} == {"accepted"}
    assert len(wired.safe.messages()) == mails


@gate_and_soak("times", gate=10, soak=300)
def test_f31_eight_writers_and_a_clerk_lose_no_update(
    office: Offices, tmp_path: Path, times: int
) -> None:
    here = office("sqlite")
    number = here.line.patent()
    job = here.job()
    config = tmp_path / "patentwatch.toml"
    config.write_text(
        f'[database]\nurl = "{here.url}"\nkey_file = "{here.key_file}"\n',
        encoding="utf-8",
    )
    writers = [start(count_up, job, times) for _ in range(WRITERS)]
    hold = ["hold", "add", number, "--by", "张三", "--reason", "核对中"]
    for words in (hold, ["alerts", "list", "--json"]):
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "patentwatch", "--config", str(config), *words],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert [finished(writer) for writer in writers] == [0] * WRITERS
    with reading(here.line.engine) as connection:
        assert recall(connection, COUNTED) == str(WRITERS * times)
