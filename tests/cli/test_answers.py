"""Answers, opt-outs and returned mails at the command line."""

import json
import os
from pathlib import Path

import pytest

from tests.clerk import ON, Clerk
from tests.lists import CONFIG, answer, number, write_csv
from tests.make_bounces import dsn

BY = ("--by", "李", "--reason", "来电")
ZHANG = "zhang@example.cn"
BASE = "https://pw.example.gov.cn"


def with_pages(clerk: Clerk) -> None:
    secret = clerk.folder / "console-secret"
    secret.write_text(os.urandom(32).hex(), encoding="utf-8")
    secret.chmod(0o600)
    pages = f'\n[console]\nbase_url = "{BASE}"\nsecret_file = "console-secret"\n'
    (clerk.folder / "patentwatch.toml").write_text(CONFIG + pages, encoding="utf-8")


def test_a_receipt_with_all_that_belongs_to_it_is_a_payment(office: Clerk) -> None:
    words = (
        "ack", number(1), "--year", "12", "--answer", "paid", "--paid-on", "2026-11-20",
        "--amount", "2640", "--receipt", "A9", "--photo", "p.jpg", *BY, *ON,
    )  # fmt: skip
    office.run("run", "--once", *ON, "--dry-run")
    found = office.json(*words)
    assert found["payment"] is True
    (stored,) = office.rows("answers")
    assert (str(stored["paid_on"]), stored["amount_yuan"]) == ("2026-11-20", 2640)
    assert (stored["receipt_no"], stored["photo"]) == ("A9", "p.jpg")
    (fact,) = [f for f in office.rows("facts") if f["kind"] == "payment"]
    assert (fact["ref"], fact["recorded_by"]) == ("A9", "李")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--receipt", "A9", "--by", "李"], "--receipt 要与"),
        (["--receipt", "A9", "--paid-on", "2026-11-20", "--amount", "9"], "--by"),
        (["--paid-on", "2026-11-23"], "晚于今天"),
        (["--receipt", "9" * 41, "--by", "李"], "超过 40 个字符"),
        (["--amount", "0"], "--amount"),
    ],
)
def test_half_a_receipt_is_refused_where_it_can_be_completed(
    office: Clerk, words: list[str], told: str
) -> None:
    ack = ("ack", number(1), "--year", "12", "--answer", "paid")
    assert told in office.run(*ack, *words, *ON, status=2)
    assert office.rows("answers") == []


def test_what_belongs_to_paid_goes_with_no_other_answer(office: Clerk) -> None:
    words = ("ack", number(1), "--year", "12", "--answer", "agent", "--amount", "9")
    assert "只与 --answer paid 同用" in office.run(*words, *ON, status=2)


def test_a_second_command_confirms_and_a_trial_does_not_count(office: Clerk) -> None:
    words = ("ack", number(1), "--year", "12", "--answer", "abandon", *BY, *ON)
    assert office.json(*words, "--dry-run")["confirmed"] is False
    assert "须再次确认" in office.run(*words)
    assert office.json(*words, "--dry-run")["confirmed"] is True
    assert "已经确认" in office.run(*words)
    news = [one["text"] for one in office.json("status", "news", *ON)]
    assert any("已确认不再维持" in text for text in news)


def test_answers_are_imported_and_listed_without_addresses(office: Clerk) -> None:
    write_csv(Path("a.csv"), [answer(答复人=ZHANG), answer(2, 答复="胡说")])
    (found,) = office.json("answers", "import", "a.csv", *ON, status=1)
    assert (found["read"], found["accepted"], found["rejected"]) == (2, 1, 1)
    (one,) = office.json("answers", "list")
    assert (one["answer"], one["recipient"], one["via"]) == (
        "paid",
        "z***@example.cn",
        "sheet",
    )
    shown = office.run("answers", "list", number(1))
    assert "已缴费（z***@example.cn）" in shown
    assert office.run("answers", "list", number(2)) == "没有答复\n"
    assert office.json("answers", "list", "--on", "2026-11-19") == []
    assert len(office.json("answers", "list", "--on", "2026-11-20")) == 1


def test_a_sheet_of_answers_in_the_inbox_is_not_taken_for_payments(
    office: Clerk,
) -> None:
    Path("inbox").mkdir()
    said = answer(缴费日期="2026-11-19", 金额="2640", 经办人="")
    write_csv(Path("inbox/a.csv"), [said])
    office.run("run", "--once", *ON)
    assert [a["answer"] for a in office.rows("answers")] == ["paid"]
    assert [f for f in office.rows("facts") if f["kind"] == "payment"] == []


def test_a_link_is_made_only_where_there_are_pages(office: Clerk) -> None:
    words = (
        "answers", "token", number(1), "--year", "12", "--answer", "wrong-person",
        "--recipient", ZHANG, *ON,
    )  # fmt: skip
    assert "console.base_url" in office.invoke(*words).stderr
    assert office.invoke(*words).exit_code == 78
    with_pages(office)
    before = office.stored()
    found = office.json(*words)
    assert found["url"].startswith(f"{BASE}/a/wrong-person/")
    assert found["valid_until"] == "2026-12-06T01:00:00+00:00"
    assert ZHANG not in found["url"]
    assert office.json(*words)["url"] != found["url"]
    assert office.run(*words).startswith(BASE)
    assert office.stored() == before


def test_an_opt_out_holds_until_a_newer_consent(office: Clerk) -> None:
    words = ("contacts", "opt-out", "--recipient", ZHANG, *BY, *ON)
    assert office.json(*words) == {"recipient": "z***@example.cn", "new": True}
    assert "早已退订" in office.run(*words)
    flags = {c["channel"]: c["flag"] for c in office.rows("contacts") if c["flag"]}
    assert flags == {"email": "opted_out"}
    audit = office.rows("audit")[-1]
    assert (audit["action"], audit["who"]) == ("opted_out", "李")
    office.run(
        "contacts", "add", "第1机械有限公司", "--role", "专利权人", "--email", ZHANG,
        "--consent", "是", "--consent-on", "2026-11-23", *BY, "--on", "2026-11-23",
    )  # fmt: skip
    assert [c["flag"] for c in office.rows("contacts") if c["flag"]] == []


def test_an_opt_out_names_a_known_address(office: Clerk) -> None:
    words = ("contacts", "opt-out", "--recipient", "x@y.cn", *BY, *ON)
    assert "没有这个地址" in office.run(*words, status=2)


def test_a_returned_mail_is_taken_from_a_file(office: Clerk) -> None:
    office.run("run", "--once", *ON)
    (ref,) = [m["ref"] for m in office.rows("messages") if m["channel"] == "email"]
    Path("one.eml").write_bytes(dsn(ref, ZHANG))
    Path("odd.eml").write_bytes(dsn(ref, "x@y.cn"))
    words = ("contacts", "bounces", "one.eml", "odd.eml", *ON)
    tried = office.json(*words, "--dry-run", status=1)
    found = json.loads(office.invoke(*words, "--json").stdout)
    assert tried == found
    assert (found["read"], found["undelivered"], found["bad_addresses"]) == (2, 1, 1)
    (left,) = found["left"]
    assert (left["file"], left["code"]) == ("odd.eml", "recipient_differs")
    shown = office.run(*words, status=1)
    assert "重复或尚无结果 1" in shown
    assert "x@y.cn" not in shown
    assert Path("one.eml").exists()
