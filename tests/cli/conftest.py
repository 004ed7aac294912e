"""A clerk with an empty register, and one with a patent and people."""

from pathlib import Path

import pytest

from tests.clerk import ON, Clerk
from tests.lists import row, write_csv
from tests.test_people_intake import contact


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """Return a clerk in an empty folder with a configuration of three counties."""
    for name in ("PATENTWATCH_CONFIG", "PATENTWATCH_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Clerk(tmp_path)


@pytest.fixture
def office(clerk: Clerk) -> Clerk:
    """Return a clerk whose register has two patents of two owners with addresses.

    Patent 1 is confirmed unpaid in its last month; patent 2 is paid.
    """
    write_csv(Path("list.csv"), [row(1), row(2, 已缴年费年度="12", 县区="清丰县")])
    write_csv(
        Path("people.csv"),
        [
            contact(邮箱="zhang@example.cn", 联系人="张三"),
            contact("第2机械有限公司", 手机="13900000002"),
        ],
    )
    clerk.run("import", "list.csv", *ON)
    clerk.run("contacts", "import", "people.csv", *ON)
    return clerk
