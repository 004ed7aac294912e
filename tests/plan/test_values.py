"""What papers say of a figure that is not known."""

import pytest

from patentwatch.plan.values import Counted


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("尚未导入专利清单，请先导入：patentwatch import 清单文件", "尚未导入专利清单"),
        ("年初以前没有记录，无法比较；请补录", "年初以前没有记录，无法比较"),
        ("没有需要提醒的年费到期", "没有需要提醒的年费到期"),
        ("", ""),
    ],
)
def test_a_paper_says_why_and_not_what_the_operator_does(
    told: str, reason: str
) -> None:
    assert Counted(None, 0, unknown=told).reason == reason
