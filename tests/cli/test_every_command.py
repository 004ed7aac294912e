"""What holds for every command: trials write nothing, JSON is alone, no traceback."""

import json
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patentwatch.cli import main
from tests.clerk import ON, Clerk
from tests.lists import ON as TODAY
from tests.lists import answer, number, row, write_csv
from tests.sources.made import sheet
from tests.test_people_intake import called, contact, looked_up, payment

BY = ("--by", "李", "--reason", "试")
PARTY = ("--party", "第1机械有限公司")
WRITING = [
    ("import", "more.csv"),
    ("import", "undo", "1"),
    ("contacts", "import", "more_people.csv"),
    ("contacts", "add", "甲公司", "--role", "专利权人", "--phone", "13800000099", *BY),
    ("payments", "import", "paid.csv"),
    ("payments", "add", number(1), "--year", "12", "--paid-on", "2026-11-01",
     "--yuan", "9", *BY),
    ("checksheet", "import", "sheet.csv"),
    ("checksheet", "export", "--out", "out.xlsx"),
    ("calls", "import", "calls.csv"),
    ("calls", "export", "--out", "calls.xlsx"),
    ("calls", "done", number(1), "--year", "12", "--result", "notified", *BY),
    ("digest", "--out", "digest.html"),
    ("fact", "add", number(1), "--year", "12", "--says", "paid", "--dated",
     "2026-11-01", *BY),
    ("ack", number(1), "--year", "12", "--answer", "paid", *BY),
    ("answers", "import", "answers.csv"),
    ("contacts", "opt-out", "--recipient", "zhang@example.cn", *BY),
    ("hold", "add", number(1), *BY),
    ("hold", "remove", number(1), *BY),
    ("silence", "add", "--county", "410902", "--until", "2026-12-31", *BY),
    ("silence", "remove", "1", *BY),
    ("alerts", "test", "--to", "me@example.cn"),
    ("alerts", "release", *BY),
    ("alerts", "release", "--clock", *BY),
    ("alerts", "release", "--restored", *BY),
    ("audit",),
    ("status", "import", "status.csv"),
    ("status", "review", "1", "--effect", "NONE", "--by", "李"),
    ("deliver", "--once"),
    ("run", "--once"),
    ("statement", *PARTY, "--out", "paper.html"),
    ("statement", *PARTY, "--payment-sheet", "--out", "pay.xlsx"),
    ("plan", "load", "puyang-2023"),
    ("plan", "ledger", "--out", "ledger.xlsx"),
    ("plan", "sign", "1.1", "--by", "李"),
    ("plan", "return", "1.1", "--county", "410902", *BY),
    ("plan", "extend", "1.1", "--until", "2027-01-31", *BY),
    ("plan", "note", "1.1", "已成立", "--by", "李"),
    ("plan", "attach", "1.1", "paid.csv", "--by", "李"),
    ("plan", "slip", "issue", "1.1", "--colour", "blue", "--county", "410902",
     "--text", "请落实", "--reply-by", "2026-11-30", "--by", "李"),
    ("plan", "slip", "reply", "2026-1", "--text", "已落实", "--by", "李"),
    ("plan", "bulletin", "--month", "2026-10"),
    ("plan", "bulletin", "--month", "2026-10", "--out", "month.docx"),
    ("record", "template", "pledge_loan", "--out", "template.xlsx"),
    ("record", "import", "pledge_loan", "more_loans.csv"),
    ("record", "link", "1", "--patent", number(2), *BY),
    ("record", "attach", "1", "paid.csv"),
    ("record", "export", "--out", "records.xlsx"),
    ("record", "withdraw", "1", *BY),
    ("db", "backup", "--out", "copy.db"),
    ("db", "restore", "kept.db"),
    ("backfill", "--from", "2021-01-01", "--to", "2024-12-31", "--plan", "plan.json"),
]  # fmt: skip
READING = [
    ("statement", *PARTY),
    ("explain", number(1)),
    ("why", number(1)),
    ("alerts", "plan"),
    ("calls", "list"),
    ("digest",),
    ("hold", "list"),
    ("silence", "list"),
    ("doctor",),
    ("status", "review"),
    ("status", "mismatches"),
    ("status", "news"),
    ("status", "counts"),
    ("status", "sources"),
    ("simulate", "--from", "2026-11-22", "--to", "2026-12-02"),
    ("answers", "list"),
    ("plan", "list"),
    ("plan", "status"),
    ("plan", "status", "--explain", "1.1"),
    ("plan", "slip", "list"),
    ("plan", "bulletin", "--month", "2026-11"),
    ("record", "kinds"),
    ("record", "list", "pledge_loan"),
    ("record", "show", "1"),
]
TIMELESS = {"kinds", "export"}
"""What `record` shows as it stands; it decides nothing and takes no day."""
PLAN = """
name = "plan-2026"
title = "工作要点"
document_no = "测知〔2026〕1号"
year = 2026
in_force_on = 2026-01-01
lead = "市知识产权局"
counties = ["410902", "410922"]
sections = ["一、金融"]

[[item]]
number = 1
section = 1
title = "质押融资"

[[item.commitment]]
id = "1.1"
text = "质押融资两笔"
kind = "target"
target = 2
unit = "笔"
measure.type = "count"
measure.records.kinds = ["pledge_loan"]
"""


NOTICES = "申请号,法律状态公告日,法律状态"


def on(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the day for a command that takes one."""
    return () if words[0] == "record" and words[1] in TIMELESS else ON


def loan(key: str) -> dict[str, str]:
    return {
        "质押登记号": key,
        "贷款企业": "甲公司",
        "质权人": "某银行",
        "贷款金额（元）": "500万元",
        "起始日期": "2026-03-15",
        "质押物类型": "专利",
        "县区": "华龙区",
        "专利号": number(1),
    }


def named(words: tuple[str, ...]) -> str:
    return " ".join(words[:2])


@pytest.fixture
def busy(office: Clerk) -> Clerk:
    """Return an office in which everything has something to do."""
    write_csv(Path("more.csv"), [row(3, 县区="南乐县")])
    write_csv(Path("more_people.csv"), [contact(手机="13800000077")])
    write_csv(Path("paid.csv"), [payment()])
    write_csv(Path("sheet.csv"), [looked_up()])
    write_csv(Path("answers.csv"), [answer()])
    for name, word in (("read.csv", "其他有关事项"), ("status.csv", "授权")):
        Path(name).write_bytes(sheet(NOTICES, f"{number(1)},2026.01.09,{word}"))
    for folder in ("inbox", "outbox"):
        Path(folder).mkdir(exist_ok=True)
    write_csv(Path("inbox/waits.csv"), [row(4, 县区="南乐县")])
    write_csv(Path("calls.csv"), [called()])
    office.look(TODAY)
    office.run("status", "import", "read.csv", *ON)
    silence = ("silence", "add", "--number", number(2), "--until", "2026-12-31")
    for words in (("hold", "add", number(1)), silence):
        office.run(*words, *BY, *ON)
    Path("plan.toml").write_text(PLAN, encoding="utf-8")
    office.run("plan", "load", "plan.toml", *ON)
    slip = ("--text", "请落实", "--reply-by", "2026-11-30", "--by", "李")
    office.run("plan", "slip", "issue", "1.1", "--colour", "blue", *slip, *ON)
    write_csv(Path("loans.csv"), [loan("Y1")])
    write_csv(Path("more_loans.csv"), [loan("Y2")])
    office.run("record", "import", "pledge_loan", "loans.csv", *ON)
    office.run("db", "backup", "--out", "kept.db", *ON)
    return office


@pytest.mark.parametrize("words", WRITING, ids=named)
def test_a_trial_writes_nothing(busy: Clerk, words: tuple[str, ...]) -> None:
    before, files = busy.stored(), busy.files()
    busy.run(*words, "--dry-run", *on(words))
    json.loads(busy.run(*words, "--dry-run", "--json", *on(words)))
    assert busy.stored() == before
    assert busy.files() == files


@pytest.mark.parametrize("words", WRITING + READING, ids=named)
def test_json_is_one_document_and_alone_on_stdout(
    busy: Clerk, words: tuple[str, ...]
) -> None:
    result = busy.invoke(*words, "--json", *on(words))
    assert result.exit_code in (0, 1), result.output
    json.loads(result.stdout)


@pytest.mark.parametrize("words", WRITING + READING, ids=named)
def test_without_json_a_person_is_told_in_chinese(
    busy: Clerk, words: tuple[str, ...]
) -> None:
    shown = busy.invoke(*words, *on(words)).output
    assert any("\u4e00" <= character <= "\u9fff" for character in shown)


@pytest.mark.parametrize("words", READING, ids=named)
def test_reading_writes_nothing(busy: Clerk, words: tuple[str, ...]) -> None:
    before, files = busy.stored(), busy.files()
    busy.invoke(*words, *on(words))
    assert (busy.stored(), busy.files()) == (before, files)


@pytest.mark.parametrize("when", ["2026-11-22", "2026-11-22T23:10+08:00"])
@pytest.mark.parametrize("words", [one for one in READING if on(one)], ids=named)
def test_on_is_a_day_or_an_instant(
    busy: Clerk, words: tuple[str, ...], when: str
) -> None:
    assert busy.invoke(*words, "--on", when).exit_code in (0, 1)
    told = busy.run(*words, "--on", "22.11.2026", status=2)
    assert "不是日期（2026-11-22）或时刻" in told


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every command below a group, as it is typed."""
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found += leaves(command, (*path, name))
        else:
            found.append((*path, name))
    return found


def options(words: tuple[str, ...]) -> set[str]:
    """Return the options of a command."""
    command: click.Command = main
    for name in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    return {one for param in command.params for one in param.opts}


LEAVES = [words for words in leaves(main) if words[0] not in {"demo", "annuity"}]


TRIED_ELSEWHERE = {
    ("init",),  # makes what `busy` stands on
    ("db", "upgrade"),
    ("status", "pull"),  # asks a server
    ("contacts", "bounces"),  # takes a mailbox
}


def test_every_command_with_a_trial_is_tried_here() -> None:
    tried = {words[:size] for words in WRITING for size in (1, 2, 3)}
    with_trial = {words for words in LEAVES if "--dry-run" in options(words)}
    assert with_trial - tried == TRIED_ELSEWHERE


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_has_a_chinese_help(words: tuple[str, ...], clerk: Clerk) -> None:
    shown = clerk.run(*words, "--help")
    assert any("\u4e00" <= character <= "\u9fff" for character in shown)


ODD = st.one_of(
    st.sampled_from(
        ["", "-", "--", "\x00", "\udcff", "💥", "9" * 40, "..", "undo", "--json", "-h"]
    ),
    st.text(max_size=8),
    st.sampled_from([number(1), "list.csv", "2026-11-22", "12", "--on", "--dry-run"]),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    words=st.sampled_from([one for one in LEAVES if one != ("run",)]),
    extra=st.lists(ODD, max_size=4),
)
def test_no_words_whatever_end_in_a_traceback(
    office: Clerk, words: tuple[str, ...], extra: list[str]
) -> None:
    assert office.invoke(*words, *extra).exit_code in (0, 1, 2, 75, 78)
