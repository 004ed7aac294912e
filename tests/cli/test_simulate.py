"""`simulate`: what a clerk sees of days to come."""

from pathlib import Path

import pytest

from tests.clerk import Clerk
from tests.lists import CONFIG, row, write_csv
from tests.test_people_intake import contact

ON = ("--on", "2027-01-04")
DAYS = ("--from", "2027-01-04", "--to", "2027-05-31")
SUMS = {"messages", "alerts", "email", "sms", "sms_parts", "calls", "cost_fen"}


@pytest.fixture
def city(clerk: Clerk) -> Clerk:
    """Return an office whose one patent owes fee 13 on 2027-06-01."""
    paid = row(1, 已缴年费年度="12")
    write_csv(Path("list.csv"), [paid])
    write_csv(
        Path("people.csv"), [contact(邮箱="zhang@example.cn", 手机="13900000002")]
    )
    clerk.run("import", "list.csv", *ON)
    clerk.run("contacts", "import", "people.csv", *ON)
    return clerk


def test_the_document_has_rows_and_what_they_add_up_to(city: Clerk) -> None:
    found = city.json("simulate", *DAYS, *ON)
    assert set(found) == {
        "on", "from", "to", "totals", "busiest", "months", "tiers", "counties",
        "held", "undecided", "unfit", "rows",
    }  # fmt: skip
    assert [
        (one["day"], one["tier"], one["channel"], one["county"], one["messages"])
        for one in found["rows"]
    ] == [
        ("2027-03-03", "notice", "email", "410902", 1),
        ("2027-05-02", "reminder", "email", "410902", 1),
        ("2027-05-02", "reminder", "sms", "410902", 1),
        ("2027-05-25", "urgent", "email", "410902", 1),
        ("2027-05-25", "urgent", "sms", "410902", 1),
    ]
    assert found["totals"] == {
        "messages": 5, "alerts": 5, "email": 3, "sms": 2, "sms_parts": 2,
        "calls": 0, "cost_fen": 9,
    }  # fmt: skip
    assert found["busiest"] == {"day": "2027-05-02", "messages": 2}
    assert [set(one) for one in found["months"]] == [{"month"} | SUMS] * 2


def test_a_person_gets_tables(city: Clerk) -> None:
    told = city.run("simulate", *DAYS, *ON)
    assert "共 3 封邮件、2 条短信（计费 2 条，约 0.09 元），电话任务 0 项" in told
    assert "最忙的一天：2027-05-02，2 条消息" in told
    assert "华龙区" in told


@pytest.mark.parametrize("ending", ["html", "xlsx", "HTML"])
def test_it_can_be_kept_as_a_page_or_a_workbook(city: Clerk, ending: str) -> None:
    city.run("simulate", *DAYS, "--out", f"next.{ending}", *ON)
    kept = Path(f"next.{ending}").read_bytes()
    assert kept[:2] == (b"PK" if ending == "xlsx" else b"<!")
    assert not list(Path().glob(".next*"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("--out", "next.pdf"), ".html 或 .xlsx", id="ending"),
        pytest.param(("--out", "none/next.html"), "不存在", id="folder"),
        pytest.param(("--compare", "none.toml"), "none.toml", id="other"),
    ],
)
def test_a_wrong_place_is_refused_before_the_work(
    city: Clerk, words: tuple[str, ...], told: str
) -> None:
    assert told in city.run("simulate", *DAYS, *words, *ON, status=2)


def test_days_gone_by_are_refused(city: Clerk) -> None:
    words = ("--from", "2027-01-03", "--to", "2027-02-01")
    assert "早于今天" in city.run("simulate", *words, *ON, status=2)


def test_another_configuration_is_compared_and_changes_nothing(city: Clerk) -> None:
    other = '\n[alerts.ladder.urgent]\nchannels = ["email"]\nfrom_days = -10\n'
    Path("other.toml").write_text(CONFIG + other, encoding="utf-8")
    before = city.stored()
    found = city.json("simulate", *DAYS, "--compare", "other.toml", *ON)
    assert found["totals"]["messages"] == 5
    assert found["compare"]["totals"]["messages"] == 4
    assert found["compare"]["differences"] == [
        {
            "month": "2027-05", "tier": "urgent", "channel": "sms", "alerts": 1,
            "other_alerts": 0, "messages": 1, "other_messages": 0,
        }
    ]  # fmt: skip
    told = city.run("simulate", *DAYS, "--compare", "other.toml", *ON)
    assert "2027-05 临期 短信" in told
    assert city.stored() == before


def test_another_configuration_that_is_wrong_is_refused(city: Clerk) -> None:
    Path("other.toml").write_text("[alert]\n", encoding="utf-8")
    city.run("simulate", *DAYS, "--compare", "other.toml", *ON, status=78)


def test_what_a_kill_left_is_gone_after_the_next(city: Clerk) -> None:
    Path("patentwatch.db.simulation").write_bytes(b"left behind")
    assert city.json("simulate", *DAYS, *ON)["rows"]
    assert not Path("patentwatch.db.simulation").exists()
