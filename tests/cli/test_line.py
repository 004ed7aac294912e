"""The line from the clerk's chair: plan, run, deliver, why; and who may look."""

import fcntl
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clerk import ON, Clerk
from tests.lists import CONFIG, number, row, write_csv
from tests.test_people_intake import contact

ALERT_KEYS = {
    "key", "application_no", "fee_year", "due_on", "tier", "audience", "channel",
    "transport", "recipient", "state", "reason", "evidence", "decided_on", "sent_at",
    "message_id", "superseded_by",
}  # fmt: skip


def test_a_plan_shows_what_would_be_said_and_writes_nothing(office: Clerk) -> None:
    before = office.stored()
    found = office.json("alerts", "plan", *ON)
    assert office.stored() == before
    assert all(set(one) == ALERT_KEYS for one in found)
    mail = next(one for one in found if one["channel"] == "email")
    assert mail["application_no"] == number(1)
    assert (mail["fee_year"], mail["tier"]) == (12, "final")
    assert (mail["audience"], mail["transport"]) == ("patentee", "file")
    assert (mail["evidence"], mail["decided_on"]) == ("confirmed", "2026-11-22")
    assert (mail["recipient"], mail["sent_at"]) == ("z***@example.cn", None)
    everything = office.json("alerts", "plan", "--all", *ON)
    assert {"paid"} <= {one["reason"] for one in everything}
    assert len(everything) > len(found)


def test_a_plan_may_be_that_of_one_county(office: Clerk) -> None:
    assert office.json("alerts", "plan", "--county", "清丰县", *ON) == []
    assert office.json("alerts", "plan", "--county", "410902", *ON)
    told = office.run("alerts", "plan", "--county", "火星", *ON, status=2)
    assert "不认识“火星”" in told


def test_a_run_takes_decides_and_sends_and_says_why(office: Clerk) -> None:
    found = office.json("run", "--once", *ON)
    assert found["delivered"]["accepted"] == 2
    listed = office.json("alerts", "list")
    assert all(set(one) == ALERT_KEYS for one in listed)
    sent = [one for one in listed if one["state"] == "accepted"]
    assert {one["channel"] for one in sent} == {"email", "sms"}
    assert all(one["sent_at"] and one["message_id"] for one in sent)
    assert office.json("alerts", "list", "--number", f"ZL{number(2)}") == []
    why = office.json("why", number(1), *ON)
    assert {one["key"] for one in sent} <= {one["key"] for one in why}
    assert {"not_reached"} <= {one["reason"] for one in why} | {"not_reached"}
    again = office.json("run", "--once", *ON)
    assert again["delivered"]["accepted"] == 0
    assert any(name.startswith("outbox/") for name in office.files())


def test_why_may_be_asked_for_one_recipient(office: Clerk) -> None:
    rows = office.json("why", number(1), "--recipient", "138 0000 0001", *ON)
    assert {one["recipient"] for one in rows} == {"138****0001"}
    told = office.run("why", number(1), "--recipient", "no@example.cn", *ON, status=2)
    assert "没有与该收件人有关的记录" in told


def test_looking_at_full_addresses_is_written_down(office: Clerk) -> None:
    rows = office.json("why", number(1), "--unmask", *ON)
    assert "zhang@example.cn" in {one["recipient"] for one in rows}
    office.run("run", "--once", *ON)
    rows = office.json("alerts", "list", "--unmask")
    assert "+8613800000001" in {one["recipient"] for one in rows}
    trail = [(one["action"], one["subject"]) for one in office.rows("audit")]
    assert trail == [("unmasked", number(1)), ("unmasked", "alerts")]
    assert all(one["who"] for one in office.rows("audit"))


def test_a_run_takes_what_waits_in_the_inbox_and_is_1_for_a_reject(
    office: Clerk,
) -> None:
    Path("inbox").mkdir(exist_ok=True)
    write_csv(Path("inbox/more.csv"), [row(3, 县区="南乐县"), row(4, 申请日="昨天")])
    found = office.json("run", "--once", *ON, status=1)
    (taken,) = found["taken"]
    assert (taken["file"], taken["created"], taken["rejected"]) == ("more.csv", 1, 1)


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_a_run_that_is_only_tried_keeps_nothing_and_moves_nothing(
    office: Clerk, extra: list[str]
) -> None:
    Path("inbox").mkdir(exist_ok=True)
    write_csv(Path("inbox/more.csv"), [row(3, 县区="南乐县")])
    before, files = office.stored(), office.files()
    shown = office.run("run", "--once", "--dry-run", *ON, *extra)
    assert (office.stored(), office.files()) == (before, files)
    if extra:
        found = json.loads(shown)
        assert (found["due"], found["taken"][0]["created"]) == (3, 1)
    else:
        assert "按现有登记应说 3 条" in shown
    told = office.run("run", "--dry-run", status=2)
    assert "--once" in told


def test_a_list_on_which_a_message_was_built_is_not_undone(office: Clerk) -> None:
    office.run("run", "--once", *ON)
    told = office.run("import", "undo", "1", *ON, status=2)
    assert f"已就 {number(1)} 等专利发出过提醒，不能撤回" in told


def test_what_waits_about_an_undone_patent_never_leaves(office: Clerk) -> None:
    office.run("run", "--once", "--on", "2026-11-22T23:10+08:00")
    office.run("import", "undo", "1", *ON)
    found = office.json("run", "--once", "--on", "2026-11-23")
    assert found["delivered"]["accepted"] == 0
    assert {one["state"] for one in office.json("alerts", "list")} <= {
        "cancelled",
        "superseded",
        "suppressed",
        "expired",
    }


def test_alerts_about_a_vanished_patent_go_on(office: Clerk) -> None:
    planned = office.json("alerts", "plan", *ON)
    write_csv(Path("less.csv"), [row(9)])
    (found,) = office.json("import", "less.csv", *ON)
    assert found["vanished"] == 1
    still = office.json("alerts", "plan", *ON)
    assert [one for one in still if one["application_no"] == number(1)] == planned


def test_messages_wait_for_the_day_and_are_delivered(office: Clerk) -> None:
    office.run("run", "--once", "--on", "2026-11-22T23:10+08:00")
    assert office.json("deliver", "--dry-run", "--on", "2026-11-22T23:20+08:00")[
        "waiting"
    ] in (0, 2)
    before = office.stored()
    tried = office.json("deliver", "--dry-run", "--on", "2026-11-23")
    assert (tried["waiting"], office.stored()) == (2, before)
    found = office.json("deliver", "--once", "--on", "2026-11-23")
    assert found["accepted"] == 2
    assert office.json("deliver", "--on", "2026-11-23")["accepted"] == 0


def test_a_second_daemon_is_75(office: Clerk) -> None:
    with Path("patentwatch.db.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = office.invoke("run", "--once", *ON)
    assert result.exit_code == 75
    assert "另一个进程正在运行" in result.stderr


def test_the_clock_of_a_daemon_is_the_real_one(office: Clerk) -> None:
    assert "--on 只能与 --once 同用" in office.run("run", *ON, status=2)


def test_a_test_message_leaves_and_names_no_patent(office: Clerk) -> None:
    tried = office.json("alerts", "test", "--to", "me@example.cn", "--dry-run", *ON)
    assert (tried["to"], tried["outcome"]) == ("m***@example.cn", "dry_run")
    assert not any(name.startswith("outbox/") for name in office.files())
    found = office.json("alerts", "test", "--to", "13700000007", *ON)
    assert (found["to"], found["outcome"]) == ("137****0007", "accepted")
    assert any(name.startswith("outbox/") for name in office.files())


def test_what_the_brake_holds_is_let_go_by_somebody(office: Clerk) -> None:
    Path("patentwatch.toml").write_text(f"{CONFIG}\n[alerts]\nbrake = 1\n", "utf-8")
    early = [row(n, 县区="南乐县", 申请日="2015-12-10") for n in (5, 6)]
    write_csv(Path("many.csv"), early)
    owners = [
        contact(f"第{n}机械有限公司", 手机="", 邮箱=f"no{n}@example.cn") for n in (5, 6)
    ]
    write_csv(Path("owners.csv"), owners)
    office.run("import", "many.csv", *ON)
    office.run("contacts", "import", "owners.csv", *ON)
    found = office.json("run", "--once", *ON)
    assert (found["looked"]["braked"], found["delivered"]["accepted"]) == (2, 2)
    by = ("--by", "李", "--reason", "已核对")
    before = office.stored()
    assert office.json("alerts", "release", "--dry-run", *by, *ON)["held"] == 2
    assert office.stored() == before
    assert office.run("alerts", "release", *by, *ON) == "已放行 2 条消息\n"
    assert office.rows("audit")[-1]["action"] == "brake_released"
    assert office.json("deliver", *ON)["accepted"] == 2


def test_a_broken_configuration_is_78(office: Clerk) -> None:
    Path("patentwatch.toml").write_text("[alert]\n", "utf-8")
    result = office.invoke("alerts", "plan")
    assert (result.exit_code, result.stdout) == (78, "")
    assert "alerts" in result.stderr


@pytest.mark.usefixtures("office")
def test_commands_run_as_processes_print_json_alone() -> None:
    for words in (["alerts", "plan", *ON], ["import", "list.csv", *ON]):
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-m", "patentwatch", *words, "--json"],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert isinstance(json.loads(done.stdout), list)
        assert done.stderr == ""
