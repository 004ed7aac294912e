"""The line of a key in a TOML text."""

from patentwatch.plan.lines import line_of, lines_of

TEXT = """\
# a comment with x = 1
title = "甲"

[lists]
"乡 镇" = [
  "a = b",
]

[[item]]
number = 1

  [[item.commitment]]   # the first
  id = "1.1"
  measure.type = "count"

  [[item.commitment]]
  id = "1.2"
  [item.commitment.measure]
  type = "sum"

[[item]]
[[item.commitment]]
id = "2.1"
"""


def test_keys_and_tables_have_their_lines() -> None:
    found = lines_of(TEXT)
    assert {
        path: found[path]
        for path in (
            "title", "lists", "lists.乡 镇", "item[0]", "item[0].number",
            "item[0].commitment[0]", "item[0].commitment[0].id",
            "item[0].commitment[0].measure.type", "item[0].commitment[1].id",
            "item[0].commitment[1].measure", "item[0].commitment[1].measure.type",
            "item[1]", "item[1].commitment[0]", "item[1].commitment[0].id",
        )
    } == {
        "title": 2, "lists": 4, "lists.乡 镇": 5, "item[0]": 9, "item[0].number": 10,
        "item[0].commitment[0]": 12, "item[0].commitment[0].id": 13,
        "item[0].commitment[0].measure.type": 14, "item[0].commitment[1].id": 17,
        "item[0].commitment[1].measure": 18, "item[0].commitment[1].measure.type": 19,
        "item[1]": 21, "item[1].commitment[0]": 22, "item[1].commitment[0].id": 23,
    }  # fmt: skip


def test_what_has_no_line_has_that_of_what_encloses_it() -> None:
    found = lines_of(TEXT)
    assert line_of(found, "item[0].commitment[0].measure.records.where.x") == 14
    assert line_of(found, "item[0].commitment[0].text") == 12
    assert line_of(found, "item[7].number") is None
    assert line_of(found, "") is None
