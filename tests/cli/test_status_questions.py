"""`status review`, `mismatches`, `news`: what people read, find out and know."""

from pathlib import Path
from typing import Any

import pytest

from tests.clerk import ON, Clerk
from tests.cli.test_status_import import HEADER, lapse, taken
from tests.lists import number, rows, write_csv
from tests.sources import made

BY = ("--by", "张")
UNREAD = f"{number(1)},2026.01.09,其他有关事项,其他有关事项"
GRAVE = made.prs(lapse(1).replace("\n终止日期:20250601", " 更正有误"))
PLEDGED = (
    f"{number(2)},2026.03.06,专利权质押合同登记的生效,"
    "专利权质押合同登记的生效登记号:Y2026410000011登记生效日:20260212"
    "出质人:甲示例公司质权人:示例银行"
)


@pytest.fixture
def register(clerk: Clerk) -> Clerk:
    """Return a clerk whose register has patents 1 and 2, paid through year 10."""
    write_csv(Path("list.csv"), rows(2, 已缴年费年度="10"))
    clerk.run("import", "list.csv", "--as-of", "2026-01-05", *ON)
    return clerk


def notice(clerk: Clerk, *lines: str) -> None:
    taken(clerk, made.sheet(HEADER, *lines))


def state(clerk: Clerk) -> str:
    found = clerk.json("explain", number(1), *ON)["state"]
    assert isinstance(found, str)
    return found


def test_what_waits_is_listed_and_asks_for_a_person(register: Clerk) -> None:
    assert register.json("status", "review", *ON) == []
    assert register.run("status", "review", *ON) == "没有等待判读的公告\n"
    notice(register, UNREAD)
    (found,) = register.json("status", "review", *ON, status=1)
    assert found == {
        "event": 1,
        "application_no": number(1),
        "title": "一种第1号装置",
        "county": "410902",
        "code": None,
        "announced_on": "2026-01-09",
        "effective_on": None,
        "effect": "AMBIGUOUS",
        "source": "notices",
        "text": "其他有关事项",
    }
    shown = register.run("status", "review", *ON, status=1)
    assert shown == f"1  {number(1)}  2026-01-09  其他有关事项\n"


def test_a_decision_ends_the_waiting_and_decides(register: Clerk) -> None:
    notice(register, UNREAD)
    words = (
        "status", "review", "1", "--effect", "END", "--reason", "annual_fee_not_paid",
        "--effective-on", "2025-06-01", "--note", "公报", *BY, *ON,
    )  # fmt: skip
    assert register.json(*words) == {
        "event": 1,
        "application_no": number(1),
        "effect": "END",
    }
    assert register.json("status", "review", *ON) == []
    assert state(register) == "ended"
    (review,) = register.rows("reviews")
    assert (review["decided_by"], review["note"]) == ("张", "公报")


def test_a_notice_without_meaning_is_put_aside(register: Clerk) -> None:
    taken(register, GRAVE)
    before = state(register)
    (asked,) = register.json("status", "mismatches", *ON, status=1)
    assert (asked["kind"], asked["holds"]) == ("unread_event", True)
    shown = register.run("status", "review", "1", "--effect", "NONE", *BY, *ON)
    assert shown == f"已登记 {number(1)} 的公告 1：NONE\n"
    assert register.json("status", "mismatches", *ON) == []
    assert state(register) == before


def test_the_end_of_a_moved_term_is_told_by_a_person(register: Clerk) -> None:
    notice(register, f"{number(1)},2026.01.09,专利权期限补偿,专利权期限补偿")
    (asked,) = register.json("status", "mismatches", *ON, status=1)
    assert asked["kind"] == "term_unknown"
    assert register.json("explain", number(1), *ON)["term_ends_on"] is None
    register.run(
        "status", "review", "1", "--effect", "TERM",
        "--reason", "patent_term_compensation", "--effective-on", "2035-09-09",
        *BY, *ON,
    )  # fmt: skip
    assert register.json("explain", number(1), *ON)["term_ends_on"] == "2035-09-09"
    assert register.json("status", "mismatches", *ON) == []


def test_a_trial_decides_nothing(register: Clerk) -> None:
    notice(register, UNREAD)
    before = register.stored()
    words = ("status", "review", "1", "--effect", "NONE", *BY, "--dry-run", *ON)
    assert register.run(*words).startswith("将登记")
    assert register.stored() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("9", "--effect", "NONE", *BY), "没有编号为 9 的公告", id="id"),
        pytest.param(("1", "--effect", "NONE"), "须写 --effect 和 --by", id="nobody"),
        pytest.param(("1", *BY), "须写 --effect 和 --by", id="no-effect"),
        pytest.param(("1", "--effect", "END", *BY), "终止须写 --reason", id="why"),
        pytest.param(("1", "--effect", "MAYBE", *BY), "MAYBE", id="no-such-effect"),
        pytest.param(
            ("1", "--effect", "END", "--reason", "未缴年费", *BY),
            "annual_fee_not_paid",
            id="no-such-reason",
        ),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    register: Clerk, words: tuple[str, ...], told: str
) -> None:
    notice(register, UNREAD)
    assert told in register.run("status", "review", *words, *ON, status=2)
    assert register.rows("reviews") == []


def test_questions_are_listed_the_most_urgent_first(register: Clerk) -> None:
    notice(register, UNREAD, f"{number(2)},2026.02.06,专利权的终止,专利权的终止")
    found = register.json("status", "mismatches", *ON, status=1)
    assert [(one["application_no"], one["kind"]) for one in found] == [
        (number(2), "end_without_reason"),
        (number(1), "unread_event"),
    ]
    assert found[0] == {
        "application_no": number(2),
        "title": "一种第2号装置",
        "county": "410902",
        "kind": "end_without_reason",
        "severity": "high",
        "since": "2026-02-06",
        "fee_year": None,
        "holds": True,
        "text": "2026-02-06 公告专利权终止，没有说明原因；请查明原因和终止日",
    }
    shown = register.run("status", "mismatches", *ON, status=1)
    first = shown.splitlines()[0]
    assert first.startswith(f"[紧急] {number(2)} ")
    assert first.endswith("（提醒已暂停）")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        pytest.param(("--severity", "high"), 1, id="high"),
        pytest.param(("--severity", "medium"), 1, id="medium"),
        pytest.param(("--severity", "low"), 0, id="low"),
        pytest.param(("--county", "华龙区"), 2, id="county"),
        pytest.param(("--county", "410922"), 0, id="another-county"),
    ],
)
def test_questions_can_be_narrowed(
    register: Clerk, words: tuple[str, ...], count: int
) -> None:
    notice(register, UNREAD, f"{number(2)},2026.02.06,专利权的终止,专利权的终止")
    found = register.json("status", "mismatches", *words, *ON, status=int(count > 0))
    assert len(found) == count


def test_a_past_day_knows_only_the_questions_of_that_day(register: Clerk) -> None:
    notice(register, UNREAD)
    assert register.json("status", "mismatches", "--on", "2026-01-08") == []
    assert register.run("status", "mismatches", "--on", "2026-01-08") == (
        "没有不符之处\n"
    )


def test_a_patent_that_vanished_is_a_question(register: Clerk) -> None:
    write_csv(Path("next.csv"), rows(1, 已缴年费年度="10"))
    register.run("import", "next.csv", "--as-of", "2026-02-05", *ON)
    (found,) = register.json("status", "mismatches", *ON, status=1)
    assert (found["application_no"], found["kind"], found["since"]) == (
        number(2),
        "vanished",
        "2026-02-05",
    )


def test_news_is_told_after_a_look(register: Clerk) -> None:
    notice(register, PLEDGED)
    taken(register, made.prs(lapse(2, day="20261113")))
    assert register.json("status", "news", *ON) == []
    register.run("run", "--once", *ON)
    found = register.json("status", "news", *ON)
    assert [(one["kind"], one["recipient"]) for one in found] == [
        ("ended", "county:410902"),
        ("ended", "party:示例银行"),
    ]
    assert found[0] == {
        "application_no": number(2),
        "kind": "ended",
        "happened_on": "2026-11-13",
        "audience": "official",
        "recipient": "county:410902",
        "text": "专利权已终止",
        "decided_on": "2026-11-22",
    }
    register.run("run", "--once", *ON)
    assert register.json("status", "news", *ON) == found
    shown = register.run("status", "news", *ON)
    assert f"2026-11-13 {number(2)} 专利权已终止（告知 示例银行）" in shown


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("--since", "2026-11-22"), 1),
        (("--since", "2026-11-23"), 0),
        (("--on", "2026-12-22"), 1),
        (("--on", "2026-12-23"), 0),
    ],
)
def test_news_is_shown_since_a_day(
    register: Clerk, words: tuple[str, ...], count: int
) -> None:
    taken(register, made.prs(lapse(2, day="20261113")))
    register.run("run", "--once", *ON)
    more = words if "--on" in words else (*words, *ON)
    assert len(register.json("status", "news", *more)) == count


EXPLAINED: dict[str, type] = {
    "state_reason": str,
    "state_known_on": str,
    "in_force": bool,
    "suspended_since": type(None),
    "term_ends_on": str,
    "linked": list,
    "consequential": bool,
    "high_value": list,
    "events": list,
    "mismatches": list,
}


def explained(clerk: Clerk, serial: int) -> dict[str, Any]:
    found = clerk.json("explain", number(serial), *ON)
    assert isinstance(found, dict)
    assert EXPLAINED.keys() <= found.keys()
    return found


def test_explain_tells_the_state_with_its_reason_and_its_events(
    register: Clerk,
) -> None:
    taken(register, made.prs(lapse(1)))
    found = explained(register, 1)
    assert {key: type(found[key]) for key in EXPLAINED} == EXPLAINED
    assert (found["state"], found["state_since"]) == ("ended", "2025-06-01")
    assert (found["state_reason"], found["state_known_on"], found["in_force"]) == (
        "annual_fee_not_paid",
        "2026-01-09",
        False,
    )
    assert found["events"] == [
        {
            "code": "CF01",
            "event": "termination",
            "effect": "END",
            "reason": "annual_fee_not_paid",
            "announced_on": "2026-01-09",
            "effective_on": "2025-06-01",
            "source": "prs",
            "text": "未缴年费专利权终止\n终止日期:20250601",
            "changes_state": True,
            "needs_review": False,
        }
    ]


def test_explain_tells_what_waits_and_what_does_not_agree(register: Clerk) -> None:
    taken(register, GRAVE)
    found = explained(register, 1)
    (event,), (question,) = found["events"], found["mismatches"]
    assert (event["needs_review"], event["changes_state"]) == (True, False)
    assert (question["kind"], question["severity"], question["holds"]) == (
        "unread_event",
        "high",
        True,
    )


def test_explain_tells_a_pledge_and_that_others_depend_on_it(register: Clerk) -> None:
    notice(register, PLEDGED)
    found = explained(register, 2)
    assert found["linked"] == [
        {
            "kind": "pledge",
            "title": "质押 示例银行",
            "link": "secures",
            "id": "Y2026410000011",
            "from": "2026-02-12",
            "until": None,
        }
    ]
    assert found["consequential"]
    assert "实现质押融资" in found["high_value"]
    assert not explained(register, 1)["consequential"]


def test_explain_tells_since_when_termination_is_suspended(register: Clerk) -> None:
    notice(
        register, f"{number(1)},2026.01.09,专利权的保全,专利权的保全登记生效日:20260105"
    )
    assert explained(register, 1)["suspended_since"] == "2026-01-05"


@pytest.fixture
def counted(register: Clerk) -> Clerk:
    """Return the clerk after a lapse of patent 1 and a look."""
    people = "\n[[county.population]]\nyear = 2020\npersons = 20000\n"
    config = Path("patentwatch.toml")
    first = 'name = "华龙区"\n'
    text = config.read_text(encoding="utf-8").replace(first, first + people, 1)
    config.write_text(text, encoding="utf-8")
    taken(register, made.prs(lapse(1)))
    register.run("run", "--once", *ON)
    return register


def test_counts_tell_every_county_and_the_city(counted: Clerk) -> None:
    found = counted.json("status", "counts", *ON)
    assert (found["day"], found["published"]) == ("2026-11-22", None)
    assert [(c["name"], c["valid"]) for c in found["counties"]] == [
        ("华龙区", 1),
        ("清丰县", 0),
        ("南乐县", 0),
    ]
    assert found["city"]["valid"] == 1
    assert found["counties"][0]["per_10k"] == 0.5
    assert found["city"]["per_10k"] is None


def test_a_category_of_which_nothing_is_known_is_no_zero(counted: Clerk) -> None:
    high = counted.json("status", "counts", *ON)["city"]["high_value"]
    # Filed on 2015-06-01 and still in force: kept over ten years.
    assert (high["kept_over_ten_years"], high["any"]) == (1, 1)
    assert (high["pledge_financing"], high["listed_as_high_value"]) == (0, 0)
    unknown = ("strategic_industry", "overseas_family", "award")
    assert [high[name] for name in unknown] == [None, None, None]


@pytest.mark.parametrize(
    ("on", "valid", "by_law"),
    [
        ("2025-05-31", 2, 2),
        ("2025-06-01", 2, 1),
        ("2026-01-08", 2, 1),
        ("2026-01-09", 1, 1),
        ("2026-01-10", 1, 1),
    ],
)
def test_counts_of_any_day_in_both_views(
    counted: Clerk, on: str, valid: int, by_law: int
) -> None:
    city = counted.json("status", "counts", "--day", on, *ON)["city"]
    assert (city["valid"], city["valid_by_law"]) == (valid, by_law)


def test_counts_beside_a_published_figure_and_list(counted: Clerk) -> None:
    assert counted.json("status", "counts", "--published", "3", *ON)["published"] == {
        "ours": 1,
        "theirs": 3,
        "difference": 2,
        "only_theirs": None,
        "only_ours": None,
        "unreadable": 0,
    }
    write_csv(Path("theirs.csv"), rows(1))
    found = counted.json("status", "counts", "--published-list", "theirs.csv", *ON)
    assert [one["application_no"] for one in found["published"]["only_theirs"]] == [
        number(1)
    ]
    assert [one["application_no"] for one in found["published"]["only_ours"]] == [
        number(2)
    ]
    shown = counted.run("status", "counts", "--published-list", "theirs.csv", *ON)
    assert f"上级有、我们没有：{number(1)}（2026-01-09 起失效：未缴年费）" in shown


def test_counts_in_words(counted: Clerk) -> None:
    shown = counted.run("status", "counts", "--day", "2025-07-01", *ON).splitlines()
    assert shown[0] == "2025-07-01 有效发明专利（按当日所知）"
    assert shown[1] == "华龙区：有效 2，按法律溯及计 1；高价值（已知）2；每万人 1.00"
    assert shown[-1].startswith("全市：有效 2，按法律溯及计 1")
    assert shown[-1].endswith("未配置人口")


def test_a_day_to_come_cannot_be_counted(counted: Clerk) -> None:
    counted.run("status", "counts", "--day", "2026-11-23", *ON, status=2)
