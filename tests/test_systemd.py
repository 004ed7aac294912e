"""The unit says nothing that systemd does not know, and gives the daemon little."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
TIMERS = sorted(FOLDER.glob("*.timer"))
TOOL = shutil.which("systemd-analyze")

needs_tool = pytest.mark.skipif(TOOL is None, reason="systemd-analyze is not installed")


def _name(path: Path) -> str:
    return path.name


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert TOOL is not None
    return subprocess.run(  # noqa: S603 - our own words; looks at files, starts nothing
        [TOOL, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_there_is_a_unit_and_one_that_does_not_trust_it() -> None:
    assert [unit.name for unit in UNITS] == [
        "patentwatch-audit.service",
        "patentwatch.service",
    ]
    assert [timer.name for timer in TIMERS] == ["patentwatch-audit.timer"]


@needs_tool
@pytest.mark.parametrize("unit", [*UNITS, *TIMERS], ids=_name)
def test_systemd_has_nothing_to_say_about_a_unit(unit: Path) -> None:
    # The exit status is 0 even for a misspelt key; only an empty stderr is a yes.
    assert analyze("verify", "--man=no", str(unit)).stderr == ""


@needs_tool
def test_a_misspelt_key_would_be_noticed(tmp_path: Path) -> None:
    broken = tmp_path / "patentwatch.service"
    broken.write_text(UNITS[-1].read_text("utf-8").replace("Type=", "Tpye="), "utf-8")
    assert "Tpye" in analyze("verify", "--man=no", str(broken)).stderr


@needs_tool
@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_a_unit_is_exposed_as_little_as_promised(unit: Path) -> None:
    done = analyze("security", "--offline=true", "--threshold=15", str(unit))
    assert done.returncode == 0, done.stdout
    level = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert level is not None
    assert float(level[1]) <= 1.5


@pytest.mark.parametrize("unit", UNITS, ids=_name)
def test_a_unit_holds_no_secret_and_no_core(unit: Path) -> None:
    lines = set(unit.read_text("utf-8").splitlines())
    assert lines >= {
        "LimitCORE=0",
        "UMask=0077",
        "StateDirectoryMode=0700",
        "StartLimitIntervalSec=0",
    }
    assert [line for line in lines if line.startswith("SetCredential")] == []


@needs_tool
@pytest.mark.parametrize("timer", TIMERS, ids=_name)
def test_a_timer_rings_every_hour_and_makes_up_for_what_was_missed(
    timer: Path,
) -> None:
    text = timer.read_text("utf-8")
    assert "Persistent=true" in text.splitlines()
    when = re.search(r"^OnCalendar=(.+)$", text, re.MULTILINE)
    assert when is not None
    shown = analyze("calendar", "--iterations=3", when[1])
    assert (shown.returncode, shown.stderr) == (0, "")
    rings = set(re.findall(r"\d{4}-\d\d-\d\d (\d\d):(\d\d):00", shown.stdout))
    assert (len(rings), {minute for _, minute in rings}) == (3, {"07"})


def test_the_daemon_is_told_the_boot_that_its_clock_counts_from() -> None:
    text = (FOLDER / "patentwatch.service").read_text("utf-8")
    assert "Environment=PATENTWATCH_BOOT_ID=%b" in text.splitlines()
