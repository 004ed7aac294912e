"""Saved pages of the query system: whole ones, errors, and what is missing in them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from patentwatch.errors import InputError
from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.sources.files import StatusFormat
from tests.sources.made import (
    QUERIED_ON,
    TODAY,
    bibliographic,
    fates,
    fee_page,
    number,
    opened,
    outcomes,
)


def saved(page: object) -> bytes:
    return json.dumps(page, ensure_ascii=False, indent=2).encode()


@pytest.mark.parametrize("indent", [None, 2])
def test_a_bibliographic_page_is_one_row_of_case_statuses(
    tmp_path: Path, indent: int | None
) -> None:
    content = json.dumps(bibliographic(), indent=indent).encode()
    file = opened(tmp_path, content)
    assert file.format is StatusFormat.BIBLIOGRAPHIC_PAGE
    (outcome,) = file.rows()
    assert outcome.value is not None
    assert outcome.value.application_no == number(1)
    assert outcome.value.facts == (
        Fact(FactKind.LISTED, FactSource.CASE_STATUS, QUERIED_ON),
    )


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("未缴年费专利权终止，等恢复", ""),
        ("届满终止失效", ""),
        ("等待实审提案", "not_granted"),
        ("没见过的状态", "status_unknown"),
        ("--", "status_empty"),
        (" ", "status_empty"),
    ],
)
def test_its_status_is_read_as_in_a_list(
    tmp_path: Path, status: str, fate: str
) -> None:
    page = bibliographic(anjianywzt=status)
    assert fates(outcomes(tmp_path, saved(page))) == [fate]


def test_its_legal_status_is_not_used(tmp_path: Path) -> None:
    page = bibliographic(anjianywzt="没见过的状态", falvzt="专利权维持")
    assert fates(outcomes(tmp_path, saved(page))) == ["status_unknown"]


def test_a_number_that_fails_is_refused(tmp_path: Path) -> None:
    page = bibliographic(zhuanlisqh="2016100000011")
    assert fates(outcomes(tmp_path, saved(page))) == ["check_digit"]


def test_a_fee_page_is_read_with_the_number_in_its_name(tmp_path: Path) -> None:
    name = number(1).replace(".", "") + ".json"
    file = opened(tmp_path, saved(fee_page()), name=name)
    assert file.format is StatusFormat.FEE_PAGE
    (outcome,) = file.rows()
    assert outcome.value is not None
    assert outcome.value.application_no == number(1)
    assert outcome.value.facts[0] == Fact(
        FactKind.UNPAID, FactSource.FEE_PAGE, QUERIED_ON, fee_year=6, amount_yuan=1200
    )


def test_a_fee_page_without_a_number_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^fees\.json：") as refused:
        opened(tmp_path, saved(fee_page()), name="fees.json")
    assert refused.value.code == "number_missing"


def test_a_fee_page_without_annuities_is_passed_over(tmp_path: Path) -> None:
    page = {"code": 200, "data": {"yijiaofei": {"svYijfList": []}}}
    name = number(1).replace(".", "")
    assert fates(outcomes(tmp_path, saved(page), name=name)) == ["nothing_stated"]


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22"])
def test_a_payment_may_be_of_today(tmp_path: Path, day: str) -> None:
    name = number(1).replace(".", "")
    assert fates(outcomes(tmp_path, saved(_paid(day)), name=name)) == [""]


def test_a_payment_cannot_be_of_tomorrow(tmp_path: Path) -> None:
    name = number(1).replace(".", "")
    with pytest.raises(InputError, match="晚于今天") as refused:
        opened(tmp_path, saved(_paid("2026-11-23")), name=name)
    assert refused.value.code == "unexpected_content"


def _paid(day: str) -> dict[str, Any]:
    paid = {
        "yijiaofjfzlmc": "第6年年费",
        "yijiaofjfje": 1200,
        "yijiaofjfrq": day,
        "yijiaofpjhm": "0026303067",
    }
    return {"code": 200, "data": {"yijiaofei": {"svYijfList": [paid]}}}


def _without(key: str) -> dict[str, Any]:
    page = bibliographic()
    del page["data"]["zhuluxmxx"]["zhuluxmxx"][key]
    return page


PAGES = {
    "error": {"code": 500, "msg": "系统繁忙"},
    "login": {"code": 401, "msg": "请先登录", "data": None},
    "error-with-data": bibliographic() | {"code": 403},
    "text-code": bibliographic() | {"code": "200"},
    "no-data": {"code": 200, "msg": "成功"},
    "data-is-a-list": {"code": 200, "data": []},
    "empty-data": {"code": 200, "data": {}},
    "no-code": {"data": bibliographic()["data"]},
    "no-status": _without("anjianywzt"),
    "no-number": _without("zhuanlisqh"),
    "null-status": bibliographic(anjianywzt=None),
    "section-is-a-text": {"code": 200, "data": {"zhuluxmxx": "x"}},
    "list": [{"code": 200}],
    "other": {"a": 1},
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_that_is_not_whole_says_nothing(tmp_path: Path, page: object) -> None:
    with pytest.raises(InputError) as refused:
        opened(tmp_path, saved(page))
    assert refused.value.code == "unexpected_content"


def test_the_words_of_an_error_are_shown(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="JSON 错误信息：请先登录"):
        opened(tmp_path, saved(PAGES["login"]))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("page", [bibliographic(), fee_page()], ids=["sqxx", "fyxx"])
def test_a_page_that_was_cut_off_says_nothing(
    tmp_path: Path, page: object, share: float
) -> None:
    content = saved(page)
    with pytest.raises(InputError) as refused:
        opened(tmp_path, content[: int(len(content) * share)])
    assert refused.value.code == "unexpected_content"


def test_a_page_may_be_of_today(tmp_path: Path) -> None:
    content = saved(bibliographic())
    assert fates(outcomes(tmp_path, content, queried_on=TODAY)) == [""]


def test_a_page_bears_no_day_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        opened(tmp_path, saved(bibliographic()), queried_on=None)
    assert refused.value.code == "query_date_missing"


@pytest.mark.parametrize("page", [bibliographic(), fee_page()], ids=["sqxx", "fyxx"])
def test_a_page_cannot_be_of_tomorrow(tmp_path: Path, page: object) -> None:
    name = number(1).replace(".", "")
    with pytest.raises(InputError) as refused:
        opened(tmp_path, saved(page), name=name, queried_on=date(2026, 11, 23))
    assert refused.value.code == "date_implausible"
