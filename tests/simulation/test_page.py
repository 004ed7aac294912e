"""The page and the workbook of a simulation: the same numbers, nothing from outside."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl

from patentwatch.simulation.book import workbook
from patentwatch.simulation.figures import Load, Simulated
from patentwatch.simulation.page import page
from tests.simulation.test_figures import EMAIL, FIRST, LOADS, SMS

NAMES = {"1": "华龙区", "2": "<清丰县>"}
FOUND = Simulated(
    began_on=date(2027, 1, 31),
    from_on=FIRST,
    to_on=date(2027, 3, 2),  # thirty days: a hundred units for three
    loads=LOADS,
    held=7,
    undecided=0,
    price=45,
)
OTHER = replace(FOUND, loads=LOADS[1:])


def shown(found: Simulated, other: Simulated | None = None) -> str:
    return page(found, NAMES, office="濮阳市知识产权局", other=other)


def test_the_page_needs_nothing_from_outside_and_escapes_names() -> None:
    text = shown(FOUND)
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=", text)
    assert "&lt;清丰县&gt;" in text
    assert "<清丰县>" not in text


def test_the_page_says_what_it_rests_on_and_what_the_brake_holds() -> None:
    text = shown(FOUND)
    assert "假定期间无人缴费" in text
    assert "刹车会拦住 7 条消息" in text


def test_a_bar_is_as_high_as_its_messages_and_stands_on_its_day() -> None:
    # Three messages at most: the scale ends at four, and one message is 60 of 240.
    text = shown(FOUND)
    first, second, third = re.findall(r"<g>(.*?)</g>", text)
    assert "<title>2027-02-01：邮件 2，短信 1，电话任务 0</title>" in first
    assert 'class="mail" x="0.00" width="26.67" y="120.00" height="120.00"' in first
    assert 'class="sms" x="0.00" width="26.67" y="60.00" height="60.00"' in first
    assert 'class="mail" x="33.33" width="26.67" y="60.00" height="180.00"' in second
    assert 'height="0.00"' in third


def test_an_empty_simulation_is_a_page_too() -> None:
    assert "<rect" not in shown(replace(FOUND, loads=()))


def test_a_thousand_messages_a_day_fit_the_scale() -> None:
    many = replace(FOUND, loads=(Load(FIRST, "notice", EMAIL, "1", messages=1001),))
    assert ">2000</text>" in shown(many)


def test_the_page_lists_what_another_configuration_changes() -> None:
    assert "2027-02 预告 邮件" in shown(FOUND, OTHER)
    assert "另一配置的不同" not in shown(FOUND)


def test_the_workbook_has_every_load_and_numbers_that_can_be_added() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(FOUND, NAMES, other=OTHER)))
    assert book.sheetnames == ["说明", "每月", "各阶段", "各县区", "逐日", "对比"]
    daily = list(book["逐日"].iter_rows(min_row=2, values_only=True))
    assert len(daily) == len(LOADS)
    assert daily[1] == ("2027-02-01", "临期", "短信", "县区不详", 1, 1, 2, 0.09)
    months = list(book["每月"].iter_rows(min_row=2, values_only=True))
    assert months[0] == ("2027-02", 5, 1, 2, 0.09, 0, "02-01（3）")
    assert months[-1][:6] == ("合计", 5, 1, 2, 0.09, 4)
    assert SMS.value not in str(daily)
