"""`audit` at the command line, with somebody outside; lifting halts; doctor."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from patentwatch.store import halts
from patentwatch.store.engine import connect, transaction
from patentwatch.store.tables import messages
from tests.clerk import ON, Clerk
from tests.watchman import Watchman, watchman

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
BY = ("--by", "李", "--reason", "已核对")


@pytest.fixture
def outsider() -> Iterator[Watchman]:
    """Yield somebody outside who takes alarms and heartbeats."""
    with watchman() as found:
        yield found


@pytest.fixture
def watched(office: Clerk, outsider: Watchman) -> Clerk:
    """Return an office that is watched from outside and has sent what it had to."""
    config = Path("patentwatch.toml")
    config.write_text(
        f"{config.read_text('utf-8')}\n[alarm]\n"
        f'url = "{outsider.url("/alarm")}"\n'
        f'heartbeat_url = "{outsider.url("/heartbeat")}"\n',
        encoding="utf-8",
    )
    office.run("run", "--once", *ON)
    return office


def spoil(clerk: Clerk) -> None:
    """Let messages look as if they had been claimed by a daemon that died."""
    engine = connect(f"sqlite:///{clerk.folder / 'patentwatch.db'}")
    with transaction(engine) as connection:
        connection.execute(
            update(messages).values(state="sending", lease_until_at=None)
        )
    engine.dispose()


def halt(clerk: Clerk) -> None:
    engine = connect(f"sqlite:///{clerk.folder / 'patentwatch.db'}")
    with transaction(engine) as connection:
        halts.halt_restored(connection, detail="试", now=NOW)
        halts.note_real_time(connection, NOW, boottime=100, boot_id="a")
        halts.note_real_time(connection, NOW, boottime=9999, boot_id="a")
    engine.dispose()


def test_when_all_is_well_the_watchman_is_told(
    watched: Clerk, outsider: Watchman
) -> None:
    told = watched.run("audit", *ON)
    assert "邮件：应有" in told
    assert "下落不明 0" in told
    assert "✓ 每一条该发的提醒都有结局" in told
    assert outsider.calls == [("GET", "/heartbeat", None)]
    assert watched.run("audit", "--quiet", *ON) == ""


def test_what_is_wrong_is_told_outside_and_no_heartbeat_is_given(
    watched: Clerk, outsider: Watchman
) -> None:
    spoil(watched)
    told = watched.run("audit", "--quiet", *ON, status=1)
    assert "✗ " in told
    assert "停在“发送中”超过两个租期" in told
    posted = [(path, document["subject"]) for _, path, document in outsider.calls]
    assert ("/alarm", "message_stuck") in posted
    assert {path for path, _ in posted} == {"/alarm"}
    outsider.calls.clear()
    watched.run("audit", *ON, status=1)
    assert outsider.calls == []  # told once a day


def test_the_document_holds_sums_findings_and_alarms(watched: Clerk) -> None:
    sound = watched.json("audit", *ON)
    assert (sound["sound"], sound["heartbeat"], sound["alarms"]) == (True, True, [])
    assert {one["missing"] for one in sound["accounts"]} == {0}
    spoil(watched)
    document = watched.json("audit", *ON, status=1)
    checks = {one["check"] for one in document["findings"]}
    assert "message_stuck" in checks
    assert {one["subject"] for one in document["alarms"]} == checks


def test_a_trial_tells_nobody(watched: Clerk, outsider: Watchman) -> None:
    watched.run("audit", "--dry-run", *ON)
    spoil(watched)
    watched.run("audit", "--dry-run", *ON, status=1)
    assert outsider.calls == []
    assert watched.rows("alarms") == []


def test_a_watchman_who_does_not_answer_is_named(
    watched: Clerk, outsider: Watchman
) -> None:
    outsider.statuses = [500]
    told = watched.run("audit", "--quiet", *ON, status=1)
    assert told == "✗ [alarm] heartbeat_url 没有应答，外部的值守服务可能因此报警\n"


def test_each_halt_is_lifted_by_its_own_word_and_written_down(office: Clerk) -> None:
    halt(office)
    release = ("alerts", "release", *BY, *ON)
    assert office.json(*release, "--clock", "--dry-run") == {"released": 0, "held": 1}
    assert office.json(*release) == {"released": 0, "held": 0}
    assert "已放行 1 项停发" in office.run(*release, "--clock")
    shown = office.run("doctor", *ON, status=1)
    assert "--restored" in shown
    assert "--clock" not in shown
    assert office.json(*release, "--restored") == {"released": 1, "held": 1}
    trail = [
        (row["who"], row["action"], row["subject"]) for row in office.rows("audit")
    ]
    assert trail[-2:] == [
        ("李", "halt_lifted", "clock"),
        ("李", "halt_lifted", "restored"),
    ]
    assert "停发" not in office.invoke("doctor", *ON).stdout


def test_on_is_no_clock(office: Clerk) -> None:
    """A run for a day long past or far off neither halts nor is remembered."""
    for day in ("2020-01-01", "2200-01-01", "2026-11-22"):
        office.run("alerts", "plan", "--on", day)
    assert not [row for row in office.rows("meta") if row["key"].startswith("clock.")]


def test_doctor_tells_of_alarms_and_of_nobody_to_hear_them(office: Clerk) -> None:
    shown = office.invoke("doctor", *ON).stdout
    assert "✓ 告警：出了问题不会告诉任何人，请设置 [alarm]" in shown
    office.run("run", "--once", *ON)
    spoil(office)
    office.run("audit", *ON, status=1)
    assert "✗ 告警：" in office.run("doctor", *ON, status=1)


def over_aliyun(more: str = "") -> None:
    """Let short messages leave over a provider that keeps the texts."""
    secret = Path("sms-secret")
    secret.write_text("geheim", encoding="utf-8")
    secret.chmod(0o600)
    config = Path("patentwatch.toml")
    config.write_text(
        f'{config.read_text("utf-8")}\n[sms]\nprovider = "aliyun"\n'
        'access_key_id = "key"\nsecret_file = "sms-secret"\nsign_name = "某局"\n'
        f"{more}",
        encoding="utf-8",
    )


def test_a_text_without_a_template_is_found_long_before_it_is_due(
    office: Clerk,
) -> None:
    office.run("run", "--once", *ON)
    office.run("audit", *ON)
    over_aliyun()
    shown = office.run("audit", "--quiet", *ON, status=1)
    assert "✗ 有短信到时发不出去" in shown
    assert "恢复期将满、多件合并：这条内容没有模板编号" in shown
    assert "✗ 短信内容：提醒、临期、" in office.run("doctor", *ON, status=1)


def test_a_template_that_no_reminder_needs_is_only_mentioned(office: Clerk) -> None:
    over_aliyun('templates = { several = "SMS_1" }\n')
    office.run("run", "--once", *ON)
    office.run("audit", *ON)
    told = "✓ 短信内容：各种提醒都符合平台的要求；另有不影响提醒的：测试、退订确认："
    assert told in office.invoke("doctor", *ON).stdout


def test_mailboxes_for_alarms_without_a_relay_are_said_to_hear_nothing(
    office: Clerk,
) -> None:
    config = Path("patentwatch.toml")
    alarm = '\n[alarm]\nemails = ["admin@example.cn"]\n'
    config.write_text(f"{config.read_text('utf-8')}{alarm}", encoding="utf-8")
    shown = office.run("doctor", *ON)
    assert "告警：邮件和短信只写成文件，[alarm] 收不到告警" in shown
