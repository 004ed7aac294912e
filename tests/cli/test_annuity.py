"""`annuity`: options, batches, and what a clerk reads."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from patentwatch.cli import main
from patentwatch.cli.annuity import answer_lines
from patentwatch.rulefiles import load

PATENT = ["--filing-date", "2018-04-10", "--grant-date", "2020-09-04"]
LINE = {
    "patent_type": "invention",
    "filing_date": "2018-04-10",
    "grant_date": "2020-09-04",
    "fee_year": 7,
    "as_of": "2024-06-20",
}


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PATENTWATCH_CONFIG", raising=False)


def run(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["annuity", *words], input=given)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def batch(*asked: object) -> list[dict[str, Any]]:
    """Return the answers to `asked`; what is no text becomes JSON first."""
    given = "".join(
        f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in asked
    )
    return lines(run("--batch", "-", given=given).stdout)


def test_options_ask_what_a_line_asks() -> None:
    done = run(
        *PATENT,
        *("--fee-year", "7", "--on", "2024-06-20", "--json"),
        *("--paid", "2024-05-11:1500", "--paid", "2024-06-12:500"),
    )
    assert done.exit_code == 0
    payments = [
        {"date": "2024-05-11", "amount": 1500},
        {"date": "2024-06-12", "amount": 500},
    ]
    assert [json.loads(done.stdout)] == batch(LINE | {"payments": payments})
    assert json.loads(done.stdout)["amount_due"] == 2000 + 200 - 2000


def test_every_option_reaches_the_answer() -> None:
    done = run(
        *("--filing-date", "2018-08-10", "--grant-year-paid", "1"),
        *("--type", "utility_model", "--fee-year", "5", "--reduction", "85"),
        *("--extended-due", "2023-06-15", "--on", "2024-03-01", "--open-licence"),
        *("--notice", "2024-02-01", "--delivery", "paper", "--json"),
    )
    found = json.loads(done.stdout)
    assert found["grace_end"] == "2023-12-15"
    assert found["payable_fee"] == 135
    assert found["state"] == "lapsed_restorable"
    assert found["notice_received"] == "2024-02-16"


def test_a_suspended_termination_asks_for_no_restoration_fee() -> None:
    done = run(
        *PATENT, "--fee-year", "7", "--on", "2024-11-01", "--suspended", "--json"
    )
    found = json.loads(done.stdout)
    assert (found["state"], found["amount_due"]) == ("termination_suspended", 2500)
    assert "restoration_fee" not in found


def test_an_instant_is_the_day_in_shanghai() -> None:
    done = run(*PATENT, "--fee-year", "7", "--json", "--on", "2024-04-10T16:30+00:00")
    assert json.loads(done.stdout)["state"] == "grace"  # already the 11th


def test_a_clerk_reads_a_summary_in_chinese() -> None:
    done = run(*PATENT, "--fee-year", "7", "--on", "2024-06-20")
    assert done.exit_code == 0
    for words in (
        "第7年年费（2024-06-20 查询）",
        "最迟缴费日（遇休息日顺延）：2024-04-10",
        "当日应缴合计：2200 元",
        "2024-06-12 至 2024-07-10  10%",
        "以国家知识产权局的记录为准",
    ):
        assert words in done.stdout
    assert "放假安排" not in done.stdout


def test_a_provisional_date_is_said_to_be_one() -> None:
    done = run(*PATENT, "--on", "2026-11-22")
    assert "第10年年费" in done.stdout
    assert "放假安排" in done.stdout


def test_a_worked_weekend_is_warned_of() -> None:
    filed = ["--filing-date", "2017-10-03", "--grant-date", "2020-02-04"]
    done = run(*filed, "--fee-year", "6", "--on", "2022-10-01")
    assert "调休" in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        pytest.param([], 2, "--filing-date", id="no-filing-date"),
        pytest.param(["--filing-date", "2018-04-10"], 2, "--grant-date", id="no-grant"),
        pytest.param([*PATENT, "--paid", "2024-01-01"], 2, "日期:元", id="paid-no-sum"),
        pytest.param([*PATENT, "--paid", "x:5"], 2, "不是日期", id="paid-no-day"),
        pytest.param([*PATENT, "--reduction", "60"], 2, "60", id="reduction"),
        pytest.param([*PATENT, "--delivery", "paper"], 2, "--notice", id="no-notice"),
        pytest.param(["--batch", "missing"], 2, "missing", id="no-file"),
        pytest.param([*PATENT, "--batch", "-"], 2, "--batch", id="line-and-batch"),
        pytest.param([*PATENT, "--on", "2017-01-01"], 2, "早于申请日", id="too-early"),
        pytest.param([*PATENT, "--fee-year", "21"], 1, "超出保护期限", id="beyond"),
        pytest.param([*PATENT, "--fee-year", "3"], 1, "从第4年起", id="grant-year"),
    ],
)
def test_a_wrong_question_ends_with_a_sentence_and_a_status(
    words: list[str], status: int, message: str
) -> None:
    done = run(*words)
    assert done.exit_code == status
    assert message in done.stderr
    assert done.stdout == ""


def test_a_batch_keeps_the_order_and_goes_on_after_a_bad_line() -> None:
    found = batch(
        LINE,
        LINE | {"colour": "red"},
        "",
        "{",
        "[]",
        '{"\\ud800": 1}',
        LINE | {"fee_year": 8},
    )
    codes = [line["error"]["code"] if "error" in line else None for line in found]
    assert codes == [
        None,
        "unknown_key",
        "not_json",
        "not_an_object",
        "unknown_key",
        None,
    ]
    assert [found[0]["fee_year"], found[-1]["fee_year"]] == [7, 8]


def test_a_batch_with_a_bad_line_needs_a_person() -> None:
    assert run("--batch", "-", given="{\n").exit_code == 1
    assert run("--batch", "-", given=json.dumps(LINE)).exit_code == 0
    assert run("--batch", "-", given="").exit_code == 0


def test_a_batch_comes_from_a_file_with_a_mark_and_dos_line_ends(
    tmp_path: Path,
) -> None:
    file = tmp_path / "asked.jsonl"
    text = json.dumps(LINE)
    file.write_bytes(f"{text}\r\n{text}\r\n\r\n".encode("utf-8-sig"))
    done = run("--batch", str(file), "--json")
    assert [line["fee_year"] for line in lines(done.stdout)] == [7, 7]


def test_a_line_that_is_not_utf_8_is_an_error_of_that_line() -> None:
    out = io.BytesIO()
    given = [b"\xff\xfe\n", json.dumps(LINE).encode(), b"[" * 100_000]
    status = answer_lines(given, out, on=date(2024, 1, 1), rulebook=load(None))
    found = lines(out.getvalue().decode())
    assert ["error" in line for line in found] == [True, False, True]
    assert status == 1


def test_a_line_without_a_day_takes_that_of_the_command() -> None:
    line = {key: value for key, value in LINE.items() if key != "as_of"}
    done = run("--batch", "-", "--on", "2024-05-11", given=json.dumps(line))
    assert lines(done.stdout)[0]["surcharge_percent"] == 5


def test_an_error_is_chinese_and_says_what_to_do() -> None:
    (found,) = batch(LINE | {"grant_date": "2018-01-01"})
    assert found["error"] == {
        "code": "impossible",
        "message": "授权公告日 2018-01-01 早于申请日 2018-04-10，请核对日期",
    }


def test_the_offices_own_tables_are_used(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "rest_days_2027.toml").write_text(
        '[[rest_days]]\nyear = 2027\nsource = "made for this test"\n'
        "weekdays_off = [2027-04-12]\nmakeup_weekend_days = []\n",
        encoding="utf-8",
    )
    (tmp_path / "patentwatch.toml").write_text(
        '[law]\ntables_dir = "tables"\n', encoding="utf-8"
    )
    done = run(*PATENT, "--on", "2026-11-22", "--json")
    found = json.loads(done.stdout)
    assert found["due_rolled"] == "2027-04-13"
    assert found["calendar_provisional"] is False
