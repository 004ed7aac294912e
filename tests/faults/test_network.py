"""The network between us and the relay. F15 is `tests/delivery/test_email.py`."""

import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults import needs
from tests.faults.offices import NINE, Office
from tests.faults.worker import PATIENCE, command, cut_the_network, environment

Offices = Callable[..., Office]
MAILS = 12


@pytest.mark.gate
def test_f19_a_partition_in_the_middle_loses_nothing(
    office: Offices, tmp_path: Path
) -> None:
    needs.program("ip")
    needs.program("iptables")
    words = needs.namespace("--net")
    job = office("sqlite").job()
    later = NINE + timedelta(hours=1)
    done = subprocess.run(  # noqa: S603 - our own words
        [*words, *command(tmp_path, cut_the_network, job, MAILS, later)],
        env=environment(),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["cut_off"] >= 1
    assert found["waiting"] == 0
    assert (found["lost"], found["inexcusable"], found["renamed"]) == (0, 0, 0)
    assert found["arrived"] - found["doubled"] == MAILS
