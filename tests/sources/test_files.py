"""What a file is, by what is in it; what is none is named and refused."""

from pathlib import Path

import pytest

from patentwatch.errors import InputError
from patentwatch.sources.files import StatusFormat, open_status_file
from patentwatch.statusfiles import load
from tests.lists import write_xlsx
from tests.sources.made import (
    TODAY,
    lines,
    number,
    opened,
    prs,
    record,
    sheet,
    zipped,
)

NOTICE = sheet("申请号,公告日,法律状态", f"{number(1)},20240105,授权")
STATUS = sheet("申请号,案件状态", f"{number(1)},专利权维持")
OBJECT = lines(
    {"application_no": number(1), "announced_on": "20240105", "code": "GR01"}
)


@pytest.mark.parametrize("name", ["a.xml", "a.csv", "a.zip", "a"])
@pytest.mark.parametrize(
    ("content", "form"),
    [
        (prs(record()), StatusFormat.PRS_XML),
        (zipped({"a": prs(record())}), StatusFormat.PRS_ZIP),
        (NOTICE, StatusFormat.NOTICES),
        (OBJECT, StatusFormat.NOTICES_JSONL),
        (STATUS, StatusFormat.CASE_STATUS),
    ],
    ids=list(StatusFormat)[:5],
)
def test_a_file_is_known_by_its_content(
    tmp_path: Path, content: bytes, form: StatusFormat, name: str
) -> None:
    assert opened(tmp_path, content, name=name).format is form


def test_a_text_that_begins_like_an_archive_is_a_text(tmp_path: Path) -> None:
    content = sheet("PKID,申请号,公告日,法律状态", f"1,{number(1)},20240105,授权")
    assert opened(tmp_path, content).format is StatusFormat.NOTICES


LOGIN = "<!DOCTYPE html><html><head><title>登录</title></head></html>".encode()
REFUSED = {
    "login-page": (LOGIN, "unexpected_content", "网页 HTML，可能是登录页"),
    "xhtml": (b'<?xml version="1.0"?>' + LOGIN, "unexpected_content", "登录页"),
    "html-in-utf-16": (LOGIN.decode().encode("utf-16"), "unexpected_content", "登录页"),
    "table-saved-as-xls": (b"<table><tr></table>", "unexpected_content", "HTML"),
    "empty": (b"", "empty_file", "文件为空"),
    "blank": (b" \n \n", "empty_file", "文件为空"),
    "pdf": (b"%PDF-1.4 x", "wrong_format", "PDF"),
    "rar": (b"Rar!\x1a\x07\x00", "wrong_format", "压缩包"),
    "image": (b"\x89PNG\r\n\x1a\n", "wrong_format", "图片"),
    "binary": (b"\0\0\1\2" * 500, "wrong_format", "二进制"),
    "prose": ("没有表头的一段话\n第二行".encode(), "header_not_found", "案件状态清单"),
    "error-text": (b"502 Bad Gateway\n", "header_not_found", "公告清单"),
    "no-number": (
        sheet("公告日,法律状态,授权公告号", "20240105,授权,CN105000001B"),
        "missing_column", "缺少列：申请号",
    ),
    "gazette-without-number": (
        sheet("公告日,事务数据", "20240105,授权"), "missing_column", "缺少列：申请号",
    ),
    "statuses-without-number": (
        sheet("案件状态,查询日,已缴年度", "专利权维持,2026-11-01,9"),
        "missing_column", "缺少列：申请号",
    ),
    "twice": (
        sheet("申请号,公告日,公告日,法律状态", f"{number(1)},1,1,授权"),
        "duplicate_column", "出现 2 次",
    ),
    "only-a-header": (sheet("申请号,公告日,法律状态"), "empty_file", "没有数据行"),
    "mojibake": (
        NOTICE.replace("授权".encode(), "锟斤拷".encode()),
        "encoding_damaged", "第 2 行",
    ),
    "damaged-bytes": (NOTICE + b"\xff\xff\xff", "encoding_damaged", "第 3 行"),
    "half-an-object": (b'{"application_no": "20', "unexpected_content", "JSON"),
    "no-zip": (b"PK\x03\x04nothing", "archive_broken", "已损坏"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_what_says_nothing_about_a_right_is_refused_and_named(
    tmp_path: Path, content: bytes, code: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as refused:
        opened(tmp_path, content, name="来件.dat")
    assert refused.value.code == code
    assert str(refused.value).startswith("来件.dat：")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        open_status_file(tmp_path / "none.xml", table=load(), today=TODAY)
    assert refused.value.code == "file_missing"


def test_a_workbook_that_is_damaged_is_named(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "x.xlsx", {"a": [{"申请号": "1", "公告日": "2"}]})
    with pytest.raises(InputError) as refused:
        opened(tmp_path, path.read_bytes()[:-100])
    assert refused.value.code == "archive_broken"


def test_a_quote_without_an_end_refuses_the_file_while_it_is_read(
    tmp_path: Path,
) -> None:
    file = opened(tmp_path, NOTICE + NOTICE * 10 + b'"' + b"x\n" * 50)
    with pytest.raises(InputError) as refused:
        list(file.rows())
    assert refused.value.code == "quote_unclosed"
