"""F29: the memory that a register of 100,000 patents takes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.faults import needs
from tests.faults.offices import REMINDER, Office
from tests.faults.sizes import gate_and_soak
from tests.faults.worker import environment
from tests.line import days

Offices = Callable[..., Office]
LARGEST_RSS_KB = 300 * 1024
ADDRESS_SPACE = 2 * 1024**3
# The kernel's own count of a program (rusage counts what started it, too).
MEASURED = """
import re, runpy, sys
from pathlib import Path
try:
    runpy.run_module("patentwatch", run_name="__main__", alter_sys=True)
finally:
    told = Path("/proc/self/status").read_text()
    Path("peak_kb").write_text(re.search(r"VmHWM:\\s+(\\d+) kB", told)[1])
"""


@gate_and_soak("patents", gate=500, soak=100_000)
def test_f29_a_large_register_stays_small_in_memory(
    office: Offices, tmp_path: Path, patents: int
) -> None:
    limits = [needs.program("prlimit"), f"--as={ADDRESS_SPACE}"]
    here = office("sqlite")
    for week in range(50):
        here.line.many(patents // 50, due_on=REMINDER + days(7 * week))
    here.line.engine.dispose()
    config = tmp_path / "patentwatch.toml"
    config.write_text(
        f'[database]\nurl = "{here.url}"\nkey_file = "{here.key_file}"\n'
        f'journal = "{tmp_path / "sent"}"\n'
        '[office]\nname = "濮阳市知识产权局"\nphone = "0393-1234567"\n',
        encoding="utf-8",
    )
    words = ["--config", str(config), "run", "--once", "--on", REMINDER.isoformat()]
    ended = subprocess.run(  # noqa: S603 - our own words
        [*limits, sys.executable, "-c", MEASURED, *words],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        check=False,
    )
    assert ended.returncode == 0
    assert int((tmp_path / "peak_kb").read_text()) <= LARGEST_RSS_KB
    assert here.line.messages(state="accepted") != []
