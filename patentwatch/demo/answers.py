"""What a few owners answered, as a clerk wrote it down; one word nobody understands."""

from datetime import timedelta

from patentwatch.demo.city import City
from patentwatch.demo.table import Cell, Table

_HEADERS = ("专利号", "年度", "答复", "日期", "经办人", "备注")
_ASKED = "unconfirmed"
"""Nobody is told in this stage, so that an answer is all that is known."""

_WORDS = ("已缴费", "已缴费", "应该已经缴了吧")


def answers(city: City) -> Table:
    """Return the sheet of answers; its last row must be asked about again."""
    asked = (sample for sample in city.samples if sample.stage.name == _ASKED)
    answered_on = (city.today - timedelta(days=1)).isoformat()
    rows: list[list[Cell]] = [
        [sample.number, f"{sample.fee_year}", word, answered_on, "经办示例", "电话答复"]
        for sample, word in zip(asked, _WORDS, strict=False)
    ]
    return Table("", "", _HEADERS, rows)
