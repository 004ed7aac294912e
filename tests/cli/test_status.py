"""`status classify`: one notice, or a file of them."""

import json

import pytest
from click.testing import CliRunner, Result

from patentwatch.cli.status import status

KEYS = [
    "code", "event", "effect", "status_after", "reason", "effective_on",
    "announced_on", "fields", "needs_review",
]  # fmt: skip


def run(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(
        status, ["classify", *words], input=given, standalone_mode=False
    )


def test_json_has_exactly_the_keys_of_the_contract() -> None:
    done = run("--code", "CF01", "--text", "终止日期:20200424", "--json")
    found = json.loads(done.output)
    assert list(found) == KEYS
    assert found["code"] == "CF01"
    assert found["event"] == "termination"
    assert (found["effect"], found["status_after"]) == ("END", "NOT_IN_FORCE")
    assert found["reason"] == "annual_fee_not_paid"
    assert (found["effective_on"], found["announced_on"]) == ("2020-04-24", None)
    assert found["fields"] == {"终止日期": "20200424"}
    assert found["needs_review"] is False
    assert done.return_value == 0


def test_a_person_reads_what_it_means() -> None:
    shown = run("--text", "专利权的恢复 恢复权利日期:2020.05.08").output
    assert "权利已恢复" in shown
    assert "生效日：2020-05-08" in shown
    assert "人工核对" not in shown


def test_what_is_not_known_needs_a_person_and_is_no_error() -> None:
    done = run("--code", "ZZ99", "--json")
    found = json.loads(done.output)
    assert (found["effect"], found["needs_review"]) == ("AMBIGUOUS", True)
    assert done.return_value == 1
    assert "请人工核对" in run("--code", "ZZ99").output


@pytest.mark.parametrize(
    "words", [[], ["--code", " "], ["--text", ""], ["--batch", "-", "--code", "CF01"]]
)
def test_nothing_to_classify_is_wrong_usage(words: list[str]) -> None:
    assert CliRunner().invoke(status, ["classify", *words]).exit_code == 2


def test_a_batch_answers_each_line_in_its_place() -> None:
    lines = [
        b'\xef\xbb\xbf{"code": "GR01", "text": null}',
        '{"code": null, "text": "未缴年费专利权终止"}'.encode(),
        b"not json",
        b"",
        b'["CF01"]',
        b'{"code": 1}',
        b"{}",
        b"\xff",
        b'{"text": "\\ud800"}',
        b'{"code": "CX01", "text": null, "id": 7}',
    ]
    done = run("--batch", "-", given=b"\n".join(lines))
    answers = [json.loads(line) for line in done.output.splitlines()]
    assert [one.get("effect") or one["error"]["code"] for one in answers] == [
        "GRANT",
        "END",
        "not_json",
        "not_an_object",
        "not_text",
        "nothing_given",
        "not_json",
        "AMBIGUOUS",
        "END",
    ]
    assert list(answers[1]) == KEYS
    assert done.output.startswith('{"code":"GR01","event":"grant",')
    assert done.return_value == 1


def test_a_batch_without_doubt_ends_with_0_with_and_without_json() -> None:
    line = b'{"code": "TR01", "text": "\xe7\x99\xbb"}\n'
    plain, asked = (run("--batch", "-", *more, given=line) for more in ([], ["--json"]))
    assert plain.output == asked.output
    assert plain.return_value == asked.return_value == 0
