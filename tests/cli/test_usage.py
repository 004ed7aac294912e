"""A wrong command line is told in Chinese, whoever made the mistake."""

import pytest
from click.testing import CliRunner

from patentwatch.cli import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["ack"], "缺少 NUMBER", id="missing-argument"),
        pytest.param(["ack", "1"], "缺少 --year", id="missing-option"),
        pytest.param(["ack", "1", "--year", "x"], "1 至 20 的整数", id="no-number"),
        pytest.param(["ack", "1", "--year", "21"], "1 至 20 的整数", id="too-high"),
        pytest.param(["silence", "remove", "x"], "应为整数", id="no-integer"),
        pytest.param(
            ["ack", "1", "--year", "2", "--answer", "maid"],
            "只能是 paid、agent、abandon、wrong-person",
            id="no-choice",
        ),
        pytest.param(["runn"], "没有命令 runn", id="no-command"),
        pytest.param(["run", "--onn", "x"], "没有选项 --onn（是不是 --on", id="near"),
        pytest.param(["why", "--on"], "--on 后面缺少值", id="no-value"),
        pytest.param(["why", "1", "--on", "2026-02-30"], "不是日期", id="no-date"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese(words: list[str], told: str) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "--help" in result.stderr
    assert result.stdout == ""


def test_a_group_called_alone_tells_what_it_can_do() -> None:
    result = CliRunner().invoke(main, ["hold"])
    assert "解除暂停" in result.output
