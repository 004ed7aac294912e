"""A new owner's contacts find the patent, whatever came first: list or notice."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from patentwatch import statusintake
from patentwatch.config import Settings
from patentwatch.names import name_key
from patentwatch.store.engine import reading
from patentwatch.store.patents import held_by
from patentwatch.store.vault import Vault
from tests.lists import NOW, ON, Desk, number, row, write_csv

TRANSFER = {
    "申请号": number(1),
    "法律状态公告日": "2026-05-05",
    "法律状态": "专利权的转移",
    "法律状态信息": "登记生效日:20260501\n变更事项:专利权人\n"
    "变更前权利人:第1机械有限公司\n变更后权利人:新主有限公司",
}


@pytest.fixture
def desk(
    engine: Engine, vault: Vault, settings: Callable[..., Settings], tmp_path: Path
) -> Desk:
    return Desk(engine, vault, settings(), tmp_path)


def announce(desk: Desk) -> None:
    path = write_csv(desk.path(), [TRANSFER])
    statusintake.import_status(desk.engine, desk.settings, path, now=NOW)


def found_by(desk: Desk, name: str) -> set[str]:
    with reading(desk.engine) as connection:
        return held_by(connection, name_keys=[name_key(name)])


def test_a_notice_that_was_there_before_the_list_counts(desk: Desk) -> None:
    announce(desk)
    desk.take([row(1), row(2)])
    assert found_by(desk, "新主有限公司") == {number(1)}
    assert found_by(desk, "第1机械有限公司") == {number(1)}


def test_a_list_that_changes_the_patent_does_not_forget_the_notice(desk: Desk) -> None:
    desk.take([row(1)], on=ON - timedelta(days=1))
    announce(desk)
    desk.take([row(1, 专利权人="又一家有限公司")])
    assert found_by(desk, "新主有限公司") == {number(1)}
    assert found_by(desk, "又一家有限公司") == {number(1)}
    assert found_by(desk, "第1机械有限公司") == set()


def test_taking_such_a_list_back_does_not_forget_it_either(desk: Desk) -> None:
    desk.take([row(1)], on=ON - timedelta(days=1))
    announce(desk)
    desk.undo(desk.take([row(1, 专利权人="又一家有限公司")]).run)
    assert found_by(desk, "新主有限公司") == {number(1)}
    assert found_by(desk, "第1机械有限公司") == {number(1)}
