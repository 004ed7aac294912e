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
]


NOTICES = "申请号,法律状态公告日,法律状态"


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
    return office


@pytest.mark.parametrize("words", WRITING, ids=named)
def test_a_trial_writes_nothing(busy: Clerk, words: tuple[str, ...]) -> None:
    before, files = busy.stored(), busy.files()
    busy.run(*words, "--dry-run", *ON)
    busy.run(*words, "--dry-run", "--json", *ON)
    assert busy.stored() == before
    assert busy.files() == files


@pytest.mark.parametrize("words", WRITING + READING, ids=named)
def test_json_is_one_document_and_alone_on_stdout(
    busy: Clerk, words: tuple[str, ...]
) -> None:
    result = busy.invoke(*words, "--json", *ON)
    assert result.exit_code in (0, 1), result.output
    json.loads(result.stdout)


@pytest.mark.parametrize("words", WRITING + READING, ids=named)
def test_without_json_a_person_is_told_in_chinese(
    busy: Clerk, words: tuple[str, ...]
) -> None:
    shown = busy.invoke(*words, *ON).output
    assert any("\u4e00" <= character <= "\u9fff" for character in shown)


@pytest.mark.parametrize("words", READING, ids=named)
def test_reading_writes_nothing(busy: Clerk, words: tuple[str, ...]) -> None:
    before, files = busy.stored(), busy.files()
    busy.invoke(*words, *ON)
    assert (busy.stored(), busy.files()) == (before, files)


@pytest.mark.parametrize("when", ["2026-11-22", "2026-11-22T23:10+08:00"])
@pytest.mark.parametrize("words", READING, ids=named)
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


LEAVES = [words for words in leaves(main) if words[0] not in {"demo", "annuity"}]


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
