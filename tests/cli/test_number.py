import json

from click.testing import CliRunner

from patentwatch.cli.number import number


def test_a_valid_number_is_printed_in_its_canonical_form() -> None:
    done = CliRunner().invoke(number, ["zl 2013 1 0199708x", "CN103294796B"])
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "201310199708.X：申请号，发明，2013 年申请",
        "CN103294796B：公告号（公开号），发明",
    ]


def test_an_invalid_number_is_explained_and_needs_a_person() -> None:
    done = CliRunner().invoke(number, ["201310199708.3", "2.01E+12", ""])
    assert done.exit_code == 1
    assert "应为 X" in done.output
    assert "已丢位" in done.output
    assert "为空" in done.output


def test_json_is_one_list_with_all_keys_for_each_input() -> None:
    done = CliRunner().invoke(number, ["--json", "201310199708X", "CN103294796B", "x"])
    assert done.exit_code == 1
    first, second, third = json.loads(done.output)
    assert first == {
        "input": "201310199708X",
        "valid": True,
        "kind": "application",
        "application_no": "201310199708.X",
        "publication_no": None,
        "patent_type": "invention",
        "filing_year": 2013,
        "reason": None,
    }
    assert (second["kind"], second["publication_no"]) == ("publication", "CN103294796B")
    assert (third["valid"], third["kind"], third["reason"]) == (False, None, "length")
    assert first.keys() == second.keys() == third.keys()


def test_nothing_to_check_is_wrong_usage() -> None:
    assert CliRunner().invoke(number, []).exit_code == 2
