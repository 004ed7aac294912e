"""What people say one at a time: contacts, payments, facts, answers, holds."""

import pytest

from tests.clerk import ON, Clerk
from tests.lists import number

ZL = f"ZL{number(1).replace('.', '')}"
BY = ("--by", "李", "--reason", "来电")


def test_a_contact_is_added_as_a_row_of_a_list_would_be(office: Clerk) -> None:
    words = (
        "contacts", "add", "第2机械有限公司", "--role", "专利权人",
        "--email", "wang@example.cn", "--phone", "0393-1234567", "--person", "王五",
        "--consent", "是", "--consent-on", "2026-11-01", *BY, *ON,
    )  # fmt: skip
    found = office.json(*words)
    assert found == {"party": "第2机械有限公司", "addresses": 2, "saved": "created"}
    stored = {c["channel"]: c for c in office.rows("contacts") if c["party"][1] == "2"}
    assert set(stored) == {"sms", "email", "call"}
    assert (stored["email"]["consent"], stored["email"]["consent_basis"]) == (
        True,
        "来电",
    )
    assert office.json(*words)["saved"] == "unchanged"
    assert (
        office.run(*words) == "早已登记，没有变化：“第2机械有限公司”的 2 个联系方式\n"
    )
    assert office.rows("audit")[-1]["who"] == "李"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["甲公司"], "既没有手机、电话也没有邮箱", id="no-address"),
        pytest.param(["甲公司", "--phone", "1380"], "不是有效号码", id="bad-phone"),
        pytest.param(["甲公司", "--email", "a@"], "不是有效的邮箱", id="bad-mail"),
        pytest.param(
            ["张三", "--phone", "13800000009"], "可能重名；请填写申请号", id="person"
        ),
        pytest.param(
            ["张三", "--phone", "13800000009", "--number", "1234"],
            "不是申请号",
            id="bad-number",
        ),
        pytest.param(
            [
                "甲",
                "--role",
                "县区负责人",
                "--phone",
                "13800000009",
                "--county",
                "火星",
            ],
            "“火星”认不出",
            id="unknown-county",
        ),
    ],
)
def test_what_a_list_would_reject_is_refused_in_chinese(
    office: Clerk, words: list[str], told: str
) -> None:
    before = office.stored()
    role = [] if "--role" in words else ["--role", "专利权人"]
    message = office.run("contacts", "add", *words, *role, *BY, *ON, status=2)
    assert told in message
    assert "13800000009" not in message
    assert office.stored() == before


def test_a_county_official_may_be_named_by_county(office: Clerk) -> None:
    office.run(
        "contacts", "add", "华龙区市场监管局", "--role", "county_official",
        "--phone", "13700000007", "--county", "华龙区", *BY, *ON,
    )  # fmt: skip
    (stored,) = [c for c in office.rows("contacts") if c["role"] == "county_official"]
    assert stored["county"] == "410902"


def test_a_contact_whose_patent_is_not_there_yet_is_kept(office: Clerk) -> None:
    result = office.invoke(
        "contacts", "add", "未来公司", "--role", "专利权人", "--phone", "13800000009",
        *BY, *ON,
    )  # fmt: skip
    assert (result.exit_code, "已先保存" in result.stderr) == (0, True)


def test_a_payment_is_added_once(office: Clerk) -> None:
    words = (
        "payments", "add", ZL.lower(), "--year", "12", "--paid-on", "2026-11-20",
        "--yuan", "2640", "--receipt", "A9", *BY, *ON,
    )  # fmt: skip
    found = office.json(*words)
    assert found == {
        "application_no": number(1),
        "fee_year": 12,
        "says": "payment",
        "dated": "2026-11-20",
        "new": True,
    }
    assert office.json(*words)["new"] is False
    assert office.run(*words).startswith("早已登记")
    assert office.rows("facts")[-1]["recorded_by"] == "李"


@pytest.mark.parametrize("says", ["unpaid", "ended", "notice", "paid"])
def test_a_fact_bears_the_day_on_which_it_was_true(office: Clerk, says: str) -> None:
    delivery = ["--delivery", "paper"] if says == "notice" else []
    words = (
        "fact", "add", number(1), "--year", "12", "--says", says,
        "--dated", "2026-11-20", *delivery, *BY, *ON,
    )  # fmt: skip
    found = office.json(*words)
    assert (found["says"], found["dated"], found["new"]) == (says, "2026-11-20", True)
    (stored,) = [fact for fact in office.rows("facts") if fact["source"] == "word"]
    assert (stored["kind"], stored["note"]) == (says, "来电")
    assert stored["delivery"] == ("paper" if delivery else None)


def test_a_fact_of_tomorrow_and_a_stray_delivery_are_refused(office: Clerk) -> None:
    add = ("fact", "add", number(1), "--year", "12", *BY, *ON)
    told = office.run(*add, "--says", "paid", "--dated", "2026-11-23", status=2)
    assert "晚于今天" in told
    told = office.run(
        *add, "--says", "paid", "--dated", "2026-11-20", "--delivery", "paper", status=2
    )
    assert "--delivery 只与 --says notice 同用" in told


def test_a_hold_is_placed_listed_and_removed(office: Clerk) -> None:
    office.run("hold", "add", ZL, "--year", "12", "--until", "2026-12-31", *BY, *ON)
    assert office.json("hold", "list", *ON) == [
        {
            "application_no": number(1),
            "fee_year": 12,
            "reason": "来电",
            "by": "李",
            "from": "2026-11-22",
            "until": "2026-12-31",
        }
    ]
    assert office.run("hold", "list", *ON) == (
        f"{number(1)} 第12年 至 2026-12-31：来电（李）\n"
    )
    assert office.json("hold", "list", "--on", "2027-01-01") == []
    before = office.stored()
    tried = office.json("hold", "remove", ZL, "--dry-run", *BY, *ON)
    assert (tried["ended"], office.stored()) == (1, before)
    assert office.json("hold", "remove", ZL, *BY, *ON)["ended"] == 1
    assert office.rows("audit")[-1]["action"] == "hold_removed"
    assert "没有正在生效的暂停" in office.run("hold", "remove", ZL, *BY, *ON, status=1)
    assert office.run("hold", "list", *ON) == "没有暂停\n"


@pytest.mark.parametrize(
    ("scope", "what"),
    [
        pytest.param(("--number", ZL), number(1), id="patent"),
        pytest.param(("--party", "第1机械 有限公司"), "第1机械有限公司", id="party"),
        pytest.param(("--county", "华龙区"), "410902", id="county"),
    ],
)
def test_a_silence_is_placed_listed_and_removed(
    office: Clerk, scope: tuple[str, str], what: str
) -> None:
    add = ("silence", "add", *scope, "--until", "2026-12-31", *BY, *ON)
    tried = office.json(*add, "--dry-run")
    assert tried == {"silence": None, "from": "2026-11-22", "until": "2026-12-31"}
    key = str(office.json(*add)["silence"])
    (listed,) = office.json("silence", "list", *ON)
    assert what in (listed["application_no"], listed["party"], listed["county"])
    assert what in office.run("silence", "list", *ON)
    assert office.json("silence", "list", "--on", "2027-01-01") == []
    assert office.json("silence", "remove", key, *BY, *ON)["ended"] is True
    assert office.rows("audit")[-1]["action"] == "silence_removed"
    told = office.run("silence", "remove", key, *BY, *ON, status=1)
    assert f"没有编号为 {key} 的静默" in told
    assert office.run("silence", "list", *ON) == "没有静默\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--until", "2026-12-31"], "恰好写一个"),
        (
            ["--county", "华龙区", "--party", "甲", "--until", "2026-12-31"],
            "恰好写一个",
        ),
        (["--county", "火星", "--until", "2026-12-31"], "不认识“火星”"),
        (["--party", "无名公司", "--until", "2026-12-31"], "没有“无名公司”的专利"),
        (["--county", "华龙区", "--until", "2026-11-21"], "已经过去"),
    ],
)
def test_a_silence_of_nothing_is_refused(
    office: Clerk, words: list[str], told: str
) -> None:
    assert told in office.run("silence", "add", *words, *BY, *ON, status=2)
    assert office.rows("silences") == []


@pytest.mark.parametrize("answer", ["paid", "agent", "abandon"])
def test_an_answer_is_kept_with_who_gave_it(office: Clerk, answer: str) -> None:
    words = ("ack", ZL, "--year", "12", "--answer", answer, *BY, *ON)
    found = office.json(*words)
    assert (found["application_no"], found["fee_year"]) == (number(1), 12)
    assert (found["answer"], found["payment"], found["confirmed"]) == (
        answer,
        False,
        False,
    )
    (stored,) = office.rows("answers")
    assert (stored["answer"], stored["given_by"]) == (answer, "李")
    assert office.run(*words).startswith("已记下")


def test_a_wrong_person_names_the_address_which_is_then_not_used(
    office: Clerk,
) -> None:
    words = ("ack", number(1), "--year", "12", "--answer", "wrong-person", *ON)
    assert "要用 --recipient" in office.run(*words, status=2)
    told = office.run(*words, "--recipient", "no@example.cn", status=2)
    assert "联系方式中没有这个地址" in told
    office.run(*words, "--recipient", "zhang@example.cn")
    flags = {c["channel"]: c["flag"] for c in office.rows("contacts") if c["flag"]}
    assert flags == {"email": "not_theirs"}


NAMED = [
    ("explain", "{}"),
    ("why", "{}"),
    ("payments", "add", "{}", "--year", "12", "--paid-on", "2026-11-01", "--yuan", "9"),
    ("fact", "add", "{}", "--year", "12", "--says", "paid", "--dated", "2026-11-01"),
    ("hold", "add", "{}"),
    ("hold", "remove", "{}"),
    ("silence", "add", "--number", "{}", "--until", "2026-12-31"),
    ("ack", "{}", "--year", "12", "--answer", "paid"),
]


def said_by(words: tuple[str, ...]) -> tuple[str, ...]:
    return ON if words[0] in {"explain", "why"} else (*BY, *ON)


@pytest.mark.parametrize("words", NAMED, ids=lambda words: " ".join(words[:2]))
def test_a_number_is_known_in_any_spelling(
    office: Clerk, words: tuple[str, ...]
) -> None:
    bare = number(1).replace(".", "")
    for spelling in (bare, f"zl {number(1)}", f"CN{bare}", "２" + bare[1:]):
        tried = [word.format(spelling) for word in words]
        result = office.invoke(*tried, *said_by(words))
        assert result.exit_code in (0, 1), result.output


@pytest.mark.parametrize("words", NAMED, ids=lambda words: " ".join(words[:2]))
def test_a_number_that_is_not_known_is_refused_in_chinese(
    office: Clerk, words: tuple[str, ...]
) -> None:
    before = office.stored()
    for given, told in (
        (number(99), f"登记中没有专利 {number(99)}；请先导入"),
        ("201510000001.1", "不是有效的申请号或专利号"),
        ("专利", "不是有效的申请号或专利号"),
        ("", "不是有效的申请号或专利号"),
    ):
        tried = [word.format(given) for word in words]
        if given == "" and "--number" in tried:
            continue
        assert told in office.run(*tried, *said_by(words), status=2)
    assert office.stored() == before


def test_no_address_leaves_in_clear(office: Clerk) -> None:
    office.run("run", "--once", *ON)
    shown = ""
    for words in (
        ("alerts", "list"),
        ("alerts", "plan", *ON),
        ("alerts", "plan", "--all", *ON),
        ("why", number(1), *ON),
        ("explain", number(1), *ON),
        ("doctor", *ON),
    ):
        for extra in ([], ["--json"]):
            shown += office.invoke(*words, *extra).output
    assert "138****0001" in shown
    assert "z***@example.cn" in shown
    for secret in ("13800000001", "zhang@", "13900000002", "张三"):
        assert secret not in shown
