"""Every bad input on the list goes through the real command and has its own answer.

One row for each line of the matrix: what is brought, the code, the row and column,
and what the clerk is told, in Chinese, with a remedy. Nothing else of the file is lost.
"""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.clerk import ON, Clerk
from tests.lists import CONFIG, Cells, number, row, rows, write_csv, write_xlsx
from tests.test_people_intake import FEE_PAGE, contact, payment

GOOD = 3
"""So many sound rows stand around the bad one."""


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    for name in ("PATENTWATCH_CONFIG", "PATENTWATCH_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Clerk(tmp_path)


def take(clerk: Clerk, name: str, *, status: int, kind: str = "") -> dict[str, Any]:
    """Import one file and return what was told; the counts must add up."""
    command = (kind, "import") if kind else ("import",)
    (found,) = clerk.json(*command, name, *ON, status=status)
    assert found["read"] == found["accepted"] + found["skipped"] + found["rejected"]
    for note in (*found["rejects"], *found["warnings"], *found["skips"]):
        assert any("\u4e00" <= character <= "\u9fff" for character in note["message"])
    assert isinstance(found, dict)
    return found


@dataclass(frozen=True)
class Bad:
    """A bad row: its cells, and what must be told about it."""

    cells: Cells
    code: str
    column: str
    told: Sequence[str]
    value: str | None = None


def bad(code: str, column: str, *told: str, **cells: str) -> Bad:
    """Return a bad row of a register."""
    return Bad(row(9, **cells), code, column, told)


REJECTED = {
    "I09-check-digit": bad(
        "check_digit", "申请号", "201510000009.", "校验位错误，应为", "请核对原件",
        申请号=number(9)[:-1] + ("1" if number(9)[-1] != "1" else "2"),
    ),
    "I10-float": bad(
        "number_damaged", "申请号", "2.0151e+12", "丢位", "设为文本后重新导出",
        申请号="2.0151e+12",
    ),
    "I10-rounded": bad(
        "check_digit_missing", "申请号", "缺少校验位", "请补全", 申请号="201510000009",
        申请日="2014-06-01",
    ),
    "I10-too-short": bad("number_damaged", "申请号", "丢位", 申请号="20151000000"),
    "I15-no-such-day": bad(
        "date_impossible", "申请日", "“2024-02-30”不是存在的日期", "请改成",
        申请日="2024-02-30",
    ),
    "I16-1900": bad(
        "date_implausible", "申请日", "1900-01-01", "1985-04-01 至今天",
        申请日="1900-01-01",
    ),
    "I16-0001": bad("date_implausible", "申请日", "不合理", 申请日="0001-01-01"),
    "I16-9999": bad("date_implausible", "申请日", "不合理", 申请日="9999-12-31"),
    "I17-future": bad(
        "filing_in_future", "申请日", "“2026-11-23”晚于今天", 申请日="2026-11-23"
    ),
    "I17-grant-before": bad(
        "grant_before_filing", "授权公告日", "早于申请日 2015-06-01",
        授权公告日="2015-05-31",
    ),
    "I18-type": Bad(
        row(9) | {"专利类型": "外观设计"}, "type_mismatch", "专利类型",
        ("外观设计", "发明", "不一致"),
    ),
    "I25-formula": bad(
        "formula_cell", "申请日", "是公式", "粘贴为数值", 申请日="=A1+1"
    ),
    "I27-too-long": bad("too_long", "发明名称", "超过 500 字", 发明名称="长" * 501),
    "empty-number": bad("number_empty", "申请号", "为空", "请补填", 申请号=""),
}  # fmt: skip


@pytest.mark.parametrize("name", REJECTED)
def test_a_bad_row_is_rejected_by_name_and_the_others_are_kept(
    clerk: Clerk, name: str
) -> None:
    line = REJECTED[name]
    extra = {key: "" for key in line.cells if key not in row(1)}
    if name.startswith("I18"):
        extra = {"专利类型": "发明专利"}
    good = [one | extra for one in rows(GOOD)]
    types = "types = ['invention', 'utility_model', 'design']"
    if name.startswith("I18"):
        more = f"{CONFIG}\n[register]\n{types}\n"
        Path("patentwatch.toml").write_text(more, encoding="utf-8")
    write_csv(Path("x.csv"), [*good[:2], line.cells, *good[2:]])
    found = take(clerk, "x.csv", status=1)
    assert (found["accepted"], found["rejected"]) == (GOOD, 1)
    (reject,) = found["rejects"]
    assert (reject["code"], reject["row"]) == (line.code, 4)
    assert reject["column"] == line.column
    for words in line.told:
        assert words in reject["message"]
    shown = clerk.run("import", "x.csv", *ON, status=1)
    assert f"第 4 行 {reject['message']}（{line.code}）" in shown


TAKEN = {
    "I11-prefix": (row(9, 申请号=f"ZL {number(9)}"), [], {}),
    "I11-full-width": (row(9, 申请号=number(9).replace("2", "２", 1)), [], {}),
    "I15-dots": (row(9, 申请日="2015.6.1"), [], {"filing_on": "2015-06-01"}),
    "I15-chinese": (
        row(9, 申请日="２０１５年６月１日"),
        [],
        {"filing_on": "2015-06-01"},
    ),
    "I15-serial": (row(9, 申请日="42156"), [], {"filing_on": "2015-06-01"}),
    "I15-float": (row(9, 申请日="20150601.0"), [], {"filing_on": "2015-06-01"}),
    "I10-completed": (row(9, 申请号=number(9)[:12]), ["check_digit_completed"], {}),
    "I21-header": (
        row(9, 发明名称="甲=?UTF-8?Q?=0A?=Bcc: x@y.cn"),
        ["control_removed"],
        {"title": "甲Bcc: x@y.cn"},
    ),
    "I21-control": (
        row(9, 发明名称="甲\x0b乙"),
        ["control_removed"],
        {"title": "甲 乙"},
    ),
    "I22-bidi": (
        row(9, 发明名称="甲\u202e乙\u200b"),
        ["hidden_removed"],
        {"title": "甲乙"},
    ),
    "I23-rare": (row(9, 发明名称="𠮷😀"), [], {"title": "𠮷😀"}),
    "I24-formula-text": (
        row(9, 发明名称='=HYPERLINK("x")'),
        ["formula_text"],
        {"title": '=HYPERLINK("x")'},
    ),
    "county": (row(9, 县区="火星"), ["county_unknown"], {"county": "None"}),
    "reduction": (row(9, 费减比例="50%"), ["reduction_unknown"], {"reduction": "None"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_understood_is_taken_and_what_was_mended_is_told(
    clerk: Clerk, name: str
) -> None:
    cells, warned, columns = TAKEN[name]
    write_csv(Path("x.csv"), [*rows(GOOD), cells])
    found = take(clerk, "x.csv", status=0)
    assert (found["created"], found["rejected"]) == (GOOD + 1, 0)
    assert [note["code"] for note in found["warnings"]] == warned
    assert all(note["row"] == GOOD + 2 for note in found["warnings"])
    (stored,) = [p for p in clerk.rows("patents") if p["application_no"] == number(9)]
    assert {name: str(stored[name]) for name in columns} == columns


def test_i12_a_double_is_merged_and_i13_a_contradiction_is_not_taken(
    clerk: Clerk,
) -> None:
    write_csv(Path("x.csv"), [*rows(GOOD), row(1), row(8), row(8, 专利权人="别人")])
    found = take(clerk, "x.csv", status=1)
    assert (found["accepted"], found["skipped"], found["rejected"]) == (GOOD, 1, 2)
    assert found["skips"][0]["message"] == (
        f"申请号 {number(1)} 重复（第 2、5 行），内容相同，只计一次"
    )
    assert (
        "在第 6、7 行内容不一致（专利权人），均未采用" in found["rejects"][0]["message"]
    )


def test_i14_a_changed_owner_is_shown_before_it_is_taken(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(GOOD))
    write_csv(Path("b.csv"), [row(1, 专利权人="新主人"), *rows(2, first=2)])
    clerk.run("import", "a.csv", *ON)
    shown = clerk.run("import", "b.csv", "--dry-run", *ON)
    assert f"变更 {number(1)} 专利权人：第1机械有限公司 → 新主人" in shown


def _bytes(content: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(content)

    return write


def _csv(text: str, encoding: str = "utf-8") -> Callable[[Path], None]:
    return _bytes(text.encode(encoding))


def _bomb(path: Path) -> None:
    write_xlsx(path, {"表": rows(1)})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", b"\0" * (40 << 20))


def _headerless(path: Path) -> None:
    book = openpyxl.Workbook()
    for line in range(12):
        book.worksheets[0].append([f"说明 {line}"])
    book.save(path)
    book.close()


HEAD = "申请号,申请日,发明名称"
LINE = f"{number(1)},2015-06-01,装置"
REFUSED: dict[str, tuple[str, Callable[[Path], None], str, Sequence[str]]] = {
    "I01-empty": ("x.csv", _bytes(b""), "empty_file", ("文件为空", "重新导出")),
    "I01-no-rows": ("x.csv", _csv(f"{HEAD}\n"), "empty_file", ("没有数据行",)),
    "I03-mojibake": (
        "x.csv",
        _csv(f"{HEAD}\n{number(1)},2015-06-01,锟斤拷\n"),
        "encoding_damaged",
        ("第 2 行编码损坏", "另存为 UTF-8"),
    ),
    "I03-bytes": (
        "x.csv",
        _bytes(f"{HEAD}\n".encode() + b"\xff\xff\x81\xff\n"),
        "encoding_damaged",
        ("编码损坏",),
    ),
    "I05-html-as-xls": (
        "x.xls",
        _csv("<html><table><tr><td>申请号</td></tr></table></html>"),
        "wrong_format",
        ("实际为网页 HTML", "另存为 xlsx"),
    ),
    "I05-pdf-as-xlsx": ("x.xlsx", _bytes(b"%PDF-1.7\n"), "wrong_format", ("PDF",)),
    "I06-no-header": (
        "x.xlsx",
        _headerless,
        "header_not_found",
        ("找不到表头", "申请号"),
    ),
    "I07-twice": (
        "x.csv",
        _csv(f"申请号,申请日,申请号\n{number(1)},2015-06-01,1\n"),
        "duplicate_column",
        ("列“申请号”出现 2 次", "只保留一列"),
    ),
    "I08-missing": (
        "x.csv",
        _csv(f"申请号,发明名称,专利权人\n{number(1)},甲,乙\n"),
        "missing_column",
        ("缺少列：申请日", "请补上"),
    ),
    "I28-bomb": ("x.xlsx", _bomb, "file_too_large", ("文件解压后过大", "另存为 CSV")),
    "broken": ("x.xlsx", _bytes(b"PK\x03\x04xx"), "workbook_broken", ("已损坏",)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_list_changes_nothing_and_is_recorded(
    clerk: Clerk, name: str
) -> None:
    file, make, code, told = REFUSED[name]
    make(Path(file))
    before = clerk.stored()
    found = take(clerk, file, status=1)
    assert (found["refused"], found["read"]) == (True, 0)
    assert [note["code"] for note in found["warnings"]] == [code]
    assert found["refusal"].startswith(file)
    for words in told:
        assert words in found["refusal"]
    after = clerk.stored()
    assert {t for t in after if after[t] != before[t]} == {"runs", "run_notes"}
    (run,) = clerk.rows("runs")
    assert (run["state"], run["reason"]) == ("refused", found["refusal"])
    shown = clerk.run("import", file, *ON, status=1)
    assert shown == f"未导入：{found['refusal']}\n"


READ = {
    "I02-gb18030": _csv(f"{HEAD}\n{LINE}\n", "gb18030"),
    "I04-utf16": _csv(f"{HEAD}\n{LINE}\n", "utf-16"),
    "I04-bom": _csv(f"{HEAD}\n{LINE}\n", "utf-8-sig"),
    "I05-csv-as-xlsx": _csv(f"{HEAD}\n{LINE}\n"),
    "I06-title": _csv(f"有效专利清单,,\n\n{HEAD}\n{LINE}\n"),
    "I07-synonyms": _csv(f"专利 号,申请日（年月日）,专利名称\n{LINE}\n"),
    "tsv": _csv(f"{HEAD}\n{LINE}\n".replace(",", "\t")),
}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_for_what_it_is_not_for_its_name(
    clerk: Clerk, name: str
) -> None:
    READ[name](Path("x.xlsx"))
    found = take(clerk, "x.xlsx", status=0)
    assert (found["created"], found["rejected"]) == (1, 0)
    encodings = {"I02-gb18030": "gb18030", "I04-utf16": "utf-16"}
    assert found["encoding"] == encodings.get(name, "utf-8")
    assert found["sheets"][0]["header_row"] == (3 if name == "I06-title" else 1)


PEOPLE = {
    "I19-too-long": (contact(手机="138000000012"), "phone_invalid", "手机"),
    "I19-masked": (contact(手机="138****1234"), "contact_masked", "手机"),
    "I19-nothing": (contact(手机=""), "no_address", ""),
    "I20-two-names": (contact(邮箱="张,三@b@cn"), "email_invalid", "邮箱"),
    "role": (contact(角色="邻居"), "role_unknown", "角色"),
    "person": (contact("张三"), "person_ambiguous", "名称"),
    "consent": (contact(短信同意="也许"), "consent_unknown", "短信同意"),
    "standing": (contact(常设指示="随便"), "standing_unknown", "常设指示"),
    "county": (contact(角色="县区负责人", 县区="火星"), "county_missing", "县区"),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_a_bad_contact_is_rejected_without_showing_the_address(
    clerk: Clerk, name: str
) -> None:
    cells, code, column = PEOPLE[name]
    write_csv(Path("x.csv"), [contact(), cells])
    found = take(clerk, "x.csv", kind="contacts", status=1)
    (reject,) = found["rejects"]
    assert (reject["code"], reject["column"], reject["row"]) == (code, column, 3)
    assert "138000000012" not in str(found)
    assert found["accepted"] == 1


def test_i19_a_landline_is_kept_for_who_rings_and_i20_a_name_is_no_address(
    clerk: Clerk,
) -> None:
    write_csv(
        Path("x.csv"),
        [contact(手机="0393-1234567"), contact(手机="", 邮箱="张,三 <a@b.cn>")],
    )
    found = take(clerk, "x.csv", kind="contacts", status=0)
    assert "landline_no_sms" in [note["code"] for note in found["warnings"]]
    assert [c["channel"] for c in clerk.rows("contacts")] == ["call", "email"]


PAID = {
    "number": (payment(申请号="201510000001.1"), "check_digit", "申请号"),
    "year": (payment(年度="二十五"), "fee_year_invalid", "年度"),
    "amount": (payment(金额="一千"), "amount_invalid", "金额"),
    "cents": (payment(金额="900.50"), "amount_invalid", "金额"),
    "I15-day": (payment(缴费日期="2026-02-30"), "date_impossible", "缴费日期"),
    "I16-day": (payment(缴费日期="9999-12-31"), "date_implausible", "缴费日期"),
    "I17-day": (payment(缴费日期="2026-11-23"), "date_implausible", "缴费日期"),
}


@pytest.mark.parametrize("name", PAID)
def test_a_bad_payment_is_rejected(clerk: Clerk, name: str) -> None:
    cells, code, column = PAID[name]
    write_csv(Path("x.csv"), [payment(), cells])
    found = take(clerk, "x.csv", kind="payments", status=1)
    (reject,) = found["rejects"]
    assert (reject["code"], reject["column"], reject["row"]) == (code, column, 3)
    assert found["accepted"] == 1


PAGES = {
    "I31-error": '{"code": 401, "msg": "请重新登录"}',
    "I31-login": "<html><head><title>登录</title></head></html>",
    "I31-cut-off": '{"code": 200, "data": {"yingjiaofei": {',
    "I31-no-tables": '{"code": 200, "data": {"zhuluxmxx": {}}}',
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_no_fee_page_says_nothing_about_a_patent(
    clerk: Clerk, name: str
) -> None:
    assert FEE_PAGE["code"] == 200
    Path(f"{number(1)}.json").write_text(PAGES[name], encoding="utf-8")
    found = take(clerk, f"{number(1)}.json", kind="payments", status=1)
    assert found["refused"]
    assert found["warnings"][0]["code"] in {"unexpected_content", "wrong_format"}
    assert clerk.rows("facts") == []


SETTINGS = {
    "I40-unknown-key": ('[alerts]\nmod = "live"\n', ("alerts.mod", "mode")),
    "I40-wrong-type": ('[smtp]\nport = "many"\n', ("smtp.port",)),
    "I40-secret": ('[smtp]\npassword = "x"\n', ("smtp.password",)),
    "I40-no-toml": ("[alerts\n", ("patentwatch.toml",)),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_i40_a_wrong_setting_is_78_with_its_key(clerk: Clerk, name: str) -> None:
    text, told = SETTINGS[name]
    write_csv(Path("x.csv"), rows(1))
    Path("patentwatch.toml").write_text(text, encoding="utf-8")
    result = clerk.invoke("import", "x.csv", "--json", *ON)
    assert (result.exit_code, result.stdout) == (78, "")
    for words in told:
        assert words in result.stderr
