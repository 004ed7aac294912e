"""The portal's workbooks: every message once, whatever is killed; reports read back."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from patentwatch.delivery.gateway import Fate, Gateway, GatewayDown, Receipt
from patentwatch.delivery.outcome import Envelope, Outcome, OutcomeKind
from patentwatch.delivery.sms import sheet
from tests.delivery.sms.lines import (
    KEY,
    LI,
    NOW,
    TEXT,
    WANG,
    ZHANG,
    envelope,
    line,
    sent,
)


def gateway(folder: Path, *, days: int = 0) -> Gateway:
    later = NOW + timedelta(days=days)
    return sheet.gateway(line(sheets=folder, tell_time=lambda: later))


def table(path: Path) -> Worksheet:
    found = openpyxl.load_workbook(path).active
    assert isinstance(found, Worksheet)
    return found


def rows(folder: Path) -> list[tuple[str, ...]]:
    """Return every row of every workbook by its 编号, without the headers."""
    found = []
    for path in folder.glob("*/*.xlsx"):
        head, *rest = (tuple(map(str, row)) for row in table(path).values)
        assert head == ("序号", "手机号码", "短信内容", "计费条数", "编号")
        found += rest
    return sorted(found, key=lambda row: row[4])


def pulled(folder: Path, *, days: int = 0) -> list[Receipt]:
    pull = gateway(folder, days=days).pull
    assert pull is not None
    return list(pull())


def report(folder: Path, *lines: str, name: str = "r.csv") -> None:
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "reports" / name).write_text("\n".join(lines) + "\n", "gb18030")


def notes(folder: Path, end: str) -> str:
    return "".join(
        path.read_text("utf-8-sig") for path in (folder / "reports" / end).glob("*.txt")
    )


def test_one_workbook_holds_the_day_as_text(tmp_path: Path) -> None:
    told = sent(gateway(tmp_path), [envelope(), envelope("b", LI, text="=1+1")])
    assert {outcome.kind for outcome in told.values()} == {OutcomeKind.ACCEPTED}
    assert rows(tmp_path) == [
        ("1", "13800000001", TEXT, "1", KEY),
        ("2", "13900000002", "=1+1", "1", "b"),
    ]
    (path,) = tmp_path.glob("*/*.xlsx")
    assert path.parent.name == "2026-03-02"
    assert path.stat().st_mode & 0o077 == 0
    cells = [cell for row in table(path).rows for cell in row]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_a_message_that_comes_again_is_not_written_again(tmp_path: Path) -> None:
    sent(gateway(tmp_path), [envelope("a")])
    told = sent(gateway(tmp_path, days=40), [envelope("a"), envelope("b", LI)])
    assert {outcome.kind for outcome in told.values()} == {OutcomeKind.ACCEPTED}
    assert [row[4] for row in rows(tmp_path)] == ["a", "b"]


def test_the_same_batch_again_makes_no_second_workbook(tmp_path: Path) -> None:
    for _ in range(2):
        sent(gateway(tmp_path), [envelope("a"), envelope("b", LI)])
    assert len(list(tmp_path.glob("*/*.xlsx"))) == 1


def test_a_workbook_that_was_uploaded_and_deleted_is_remembered(
    tmp_path: Path,
) -> None:
    sent(gateway(tmp_path), [envelope("a")])
    next(tmp_path.glob("*/*.xlsx")).unlink()
    told = sent(gateway(tmp_path), [envelope("a")])
    assert told["a"].kind is OutcomeKind.ACCEPTED
    assert rows(tmp_path) == []


def test_a_kill_after_the_workbook_leaves_no_double(tmp_path: Path) -> None:
    sent(gateway(tmp_path), [envelope("a")])
    for small in (tmp_path / ".written").iterdir():
        small.unlink()  # the process died just before it
    sent(gateway(tmp_path), [envelope("a"), envelope("b", LI)])
    assert [row[4] for row in rows(tmp_path)] == ["a", "b"]


def test_a_kill_before_the_workbook_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "2026-03-02"
    folder.mkdir()
    (folder / ".x.tmp").write_bytes(b"PK half a workbook")
    sent(gateway(tmp_path), [envelope("a")])
    assert [row[4] for row in rows(tmp_path)] == ["a"]


def test_a_workbook_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "2026-03-02"
    folder.mkdir()
    (folder / "notes.xlsx").write_bytes(b"no workbook at all")
    assert sent(gateway(tmp_path), [envelope("a")])["a"].kind is OutcomeKind.ACCEPTED


def test_nothing_to_send_writes_nothing(tmp_path: Path) -> None:
    assert sent(gateway(tmp_path), []) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_thousand_rows_are_a_workbook(tmp_path: Path) -> None:
    sent(gateway(tmp_path), [envelope(f"k{number}") for number in range(1001)])
    found = [row[4] for row in rows(tmp_path)]
    assert found == sorted(f"k{number}" for number in range(1001))
    assert len(list(tmp_path.glob("*/*.xlsx"))) == 2


def test_what_must_not_go_stays_out_of_the_workbook(tmp_path: Path) -> None:
    told = sent(
        gateway(tmp_path),
        [
            envelope("bad", "+863931234567"),
            envelope("link", text="【某局】见 www.example.cn"),
            envelope("good"),
        ],
    )
    assert told["bad"].bad_address
    assert told["link"].kind is OutcomeKind.TEXT_REFUSED
    assert [row[4] for row in rows(tmp_path)] == ["good"]


def test_a_full_disk_closes_the_channel(tmp_path: Path) -> None:
    (tmp_path / "2026-03-02").write_text("a file stands in the way")
    told = sent(gateway(tmp_path), [envelope("a")])
    assert told["a"].kind is OutcomeKind.CHANNEL_DOWN


def test_what_was_taken_when_the_iterator_failed_is_told(tmp_path: Path) -> None:
    def failing() -> Iterable[Envelope]:
        yield envelope("a")
        raise LookupError

    told: dict[str, Outcome] = {}
    with pytest.raises(LookupError):
        gateway(tmp_path).send(failing(), on_outcomes=told.update)
    assert told["a"].kind is OutcomeKind.ACCEPTED
    assert [row[4] for row in rows(tmp_path)] == ["a"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sent(
        gateway(tmp_path),
        [envelope("a"), envelope("b", LI), envelope("c", WANG), envelope("d", WANG)],
    )
    return tmp_path


def test_a_report_with_our_names_is_read(folder: Path) -> None:
    report(
        folder,
        "短信发送明细",
        "编号,手机号码,发送状态,时间,失败原因,条数",
        "a,138****0001,已送达,2026-03-02 10:00:00,,1",
        "c,150****0003,失败,2026/3/2 10:01,空号,1",
        "d,150****0003,失败,,停机,",
    )
    found = {one.message_key: one for one in pulled(folder)}
    assert {key: one.fate for key, one in found.items()} == {
        "a": Fate.DELIVERED,
        "c": Fate.UNDELIVERED,
        "d": Fate.UNDELIVERED,
    }
    assert found["a"].reported_at == NOW + timedelta(minutes=30)
    assert found["a"].to == ZHANG
    assert [found[key].bad_address for key in "acd"] == [False, True, False]
    assert "读到 3 条发送结果，退回 0 行" in notes(folder, "done")
    assert pulled(folder) == []


def test_a_report_without_them_goes_by_number_and_day(folder: Path) -> None:
    sent(gateway(folder, days=9), [envelope("e", ZHANG)])
    report(
        folder,
        "手机号,状态,回执时间",
        "13800000001,成功,2026-03-02 10:00:00",
        "13800000001,成功,2026-03-11 10:00:00",
        "13900000002,成功,2026-03-09 10:00:00",
    )
    assert [one.message_key for one in pulled(folder, days=9)] == ["a", "e", "b"]


def test_the_message_of_the_same_day_is_meant(folder: Path) -> None:
    sent(gateway(folder, days=2), [envelope("e", LI)])
    report(folder, "手机号,状态,时间", "13900000002,成功,2026-03-04 10:00:00")
    assert [one.message_key for one in pulled(folder, days=2)] == ["e"]


def test_rows_that_cannot_be_placed_are_named(folder: Path) -> None:
    report(
        folder,
        "手机号码,发送状态,时间",
        "13800000001,成功,2026-03-02 10:00:00",
        "15000000003,成功,2026-03-02 10:00:00",
        "13800000009,成功,2026-03-02 10:00:00",
        "138****0001,成功,2026-03-02 10:00:00",
        "13900000002,待定,2026-03-02 10:00:00",
        "13900000002,,2026-03-02 10:00:00",
        "13900000002,成功,2026-03-10 10:00:00",
    )
    assert [one.message_key for one in pulled(folder)] == ["a"]
    told = notes(folder, "done").splitlines()
    assert told[0] == "读到 1 条发送结果，退回 6 行"
    assert [row.split(" 行 ")[0] for row in told[1:]] == [
        f"退回：第 {number}" for number in range(3, 9)
    ]
    assert "近日有 2 条短信" in told[1]
    assert "不在本系统写出的短信中" in told[2]
    assert "不是完整的手机号" in told[3]
    assert "认不出是送达还是失败" in told[4]
    assert "为空" in told[5]
    assert "13800000009" not in notes(folder, "done")


def test_a_row_that_slipped_shows_no_number(folder: Path) -> None:
    report(
        folder,
        "手机号码,发送状态,编号",
        "x,13800000001,b",
        ",成功,13800000001",
        "13800000001,成功,a,13800000001",
    )
    assert pulled(folder) == []
    told = notes(folder, "failed")
    assert told.count("138****0001") == 3
    assert "13800000001" not in told


def test_an_unreadable_report_is_put_aside_with_its_reason(folder: Path) -> None:
    report(folder, "手机号码,时间", "13800000001,2026-03-02")
    assert pulled(folder) == []
    assert "缺少列：发送状态" in notes(folder, "failed")


def test_a_report_of_others_is_put_aside(folder: Path) -> None:
    report(folder, "手机号码,状态", "13700000007,成功")
    assert pulled(folder) == []
    assert "读到 0 条发送结果，退回 1 行" in notes(folder, "failed")


def test_a_report_stays_until_its_last_receipt_is_kept(folder: Path) -> None:
    report(folder, "编号,状态", "a,成功", "b,成功")
    pull = gateway(folder).pull
    assert pull is not None
    receipts = iter(pull())
    next(receipts)
    next(receipts)
    assert (folder / "reports" / "r.csv").exists()
    assert list(receipts) == []
    assert not (folder / "reports" / "r.csv").exists()


def test_a_workbook_may_be_the_report(folder: Path) -> None:
    book = openpyxl.Workbook()
    page = book.create_sheet("报告", 0)
    page.append(["手机号码", "状态", "时间"])
    page.append([13800000001, "已送达", NOW.replace(tzinfo=None)])
    (folder / "reports").mkdir()
    book.save(folder / "reports" / "r.xlsx")
    assert [(one.message_key, one.fate) for one in pulled(folder)] == [
        ("a", Fate.DELIVERED)
    ]


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file stands in the way")
    with pytest.raises(GatewayDown):
        pulled(tmp_path)


def test_nothing_can_be_asked(tmp_path: Path) -> None:
    assert gateway(tmp_path).ask is None
    assert gateway(tmp_path).replies is None
