import csv
import io
import struct
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import InputError
from patentwatch.register import readers
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind
from patentwatch.register.limits import DEFAULT, Limits

HEADER = ["申请号", "发明名称", "申请日"]
ROWS = [
    ["201310199708.X", "一种装置", "2013-05-24"],
    ["201410117875.X", "一种方法", "2014-03-26"],
]


def text_of(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def file_of(folder: Path, content: bytes, name: str = "register.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def book_of(
    folder: Path, sheets: dict[str, Sequence[Sequence[object]]], name: str = "r.xlsx"
) -> Path:
    path = folder / name
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
    return path


def read_all(
    path: Path, *, encoding: str | None = None, limits: Limits = DEFAULT
) -> list[Row]:
    read = readers.read(path, Kind.REGISTER, encoding=encoding, limits=limits)
    return [row for sheet in read.sheets for row in sheet.rows()]


def code_of(
    path: Path, *, encoding: str | None = None, limits: Limits = DEFAULT
) -> str:
    with pytest.raises(InputError) as caught:
        read_all(path, encoding=encoding, limits=limits)
    assert path.name in str(caught.value)
    return caught.value.code


def rows_of(path: Path) -> list[Row]:
    (sheet,) = readers.read(path, Kind.REGISTER).sheets
    return list(sheet.rows())


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_i02_i04_every_encoding_is_recognised(
    tmp_path: Path, codec: str, told: str, delimiter: str
) -> None:
    path = file_of(tmp_path, text_of([HEADER, *ROWS], delimiter).encode(codec))
    read = readers.read(path, Kind.REGISTER)
    assert read.encoding == told
    assert read.format == ("tsv" if delimiter == "\t" else "csv")
    assert [row.cells for row in read.sheets[0].rows()] == ROWS
    assert [row.number for row in read.sheets[0].rows()] == [2, 3]


def test_i02_big5_is_told_by_its_header_words(tmp_path: Path) -> None:
    header = "申請號,發明名稱,申請日\n"
    path = file_of(
        tmp_path, (header + "201310199708X,裝置,2013-05-24\n").encode("big5")
    )
    assert readers.read(path, Kind.REGISTER).encoding == "big5"


def test_i02_bytes_that_decode_in_two_ways_are_judged_by_their_words(
    tmp_path: Path,
) -> None:
    content = text_of([HEADER, *ROWS]).encode("gb18030")
    content.decode("big5", "ignore")
    assert readers.read(file_of(tmp_path, content), Kind.REGISTER).encoding == "gb18030"


def test_the_encoding_can_be_forced(tmp_path: Path) -> None:
    path = file_of(tmp_path, text_of([HEADER, *ROWS]).encode("gb18030"))
    assert readers.read(path, Kind.REGISTER, encoding="gbk").encoding == "gbk"
    assert code_of(path, encoding="utf-8") == "encoding_damaged"
    assert code_of(path, encoding="klingon") == "encoding_unknown"


@given(
    st.lists(
        st.text(
            st.characters(categories=["L", "N"], exclude_characters="€"), max_size=9
        ),
        min_size=1,
        max_size=9,
    ),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_the_ladder_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str], codec: str
) -> None:
    rows = [HEADER, *(["201310199708.X", title, "2013-05-24"] for title in titles)]
    folder = tmp_path_factory.mktemp("ladder")
    path = file_of(folder, text_of(rows).encode(codec))
    assert [row.cells for row in rows_of(path)] == rows[1:]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param(
            text_of([HEADER, *ROWS]).encode() + b"\xff\xfe\n", 4, id="invalid-utf-8"
        ),
        pytest.param(
            text_of([HEADER, *ROWS]).encode("gb18030") + b"\xff\n", 4, id="invalid-gbk"
        ),
        pytest.param(
            text_of(
                [HEADER, ["201310199708.X", "锟斤拷锟斤拷", "2013-05-24"]]
            ).encode(),
            2,
            id="lost-twice",
        ),
        pytest.param(
            text_of([HEADER, ["201310199708.X", "涓€绉嶈", "2013-05-24"]]).encode(),
            2,
            id="misread-cell",
        ),
        pytest.param(
            text_of([HEADER, *ROWS])
            .encode()
            .decode("gb18030", "replace")
            .replace("涓€", "")
            .encode(),
            1,
            id="misread-header",
        ),
    ],
)
def test_i03_damage_is_told_with_its_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = file_of(tmp_path, content)
    with pytest.raises(InputError, match=f"第 {line} 行编码损坏") as caught:
        readers.read(path, Kind.REGISTER)
    assert caught.value.code == "encoding_damaged"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n \n"])
def test_i01_an_empty_file_is_told(tmp_path: Path, content: bytes) -> None:
    assert code_of(file_of(tmp_path, content)) == "empty_file"


def test_i01_a_header_without_rows_is_an_empty_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, text_of([HEADER, ["", " "]]).encode())
    assert code_of(path) == "empty_file"


def test_a_header_in_brackets_is_no_json(tmp_path: Path) -> None:
    path = file_of(tmp_path, text_of([["[标]申请号", *HEADER[1:]], *ROWS]).encode())
    assert len(rows_of(path)) == 2


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.csv") == "file_missing"


@pytest.mark.parametrize(
    ("content", "name", "code", "says"),
    [
        (b"<html><table><tr><td>1", "r.xls", "wrong_format", "网页 HTML"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "r.xlsx",
            "wrong_format",
            "二进制",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + "EncryptedPackage".encode("utf-16-le"),
            "r.xlsx",
            "encrypted",
            "已加密",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
            "r.xls",
            "workbook_broken",
            "已损坏",
        ),
        (b"%PDF-1.7", "r.xlsx", "wrong_format", "PDF"),
        (b'{"code": 200}', "r.csv", "wrong_format", "JSON"),
        (b"PK\x03\x04 cut off", "r.xlsx", "workbook_broken", "已损坏"),
    ],
)
def test_i05_a_file_is_what_its_first_bytes_say(
    tmp_path: Path, content: bytes, name: str, code: str, says: str
) -> None:
    path = file_of(tmp_path, content, name)
    with pytest.raises(InputError, match=says) as caught:
        readers.read(path, Kind.REGISTER)
    assert caught.value.code == code


def test_i05_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    book = book_of(tmp_path, {"a": [HEADER, *ROWS]}, "real.xlsx")
    as_csv = file_of(tmp_path, book.read_bytes(), "book.csv")
    as_xlsx = file_of(tmp_path, text_of([HEADER, *ROWS]).encode(), "text.xlsx")
    assert readers.read(as_csv, Kind.REGISTER).format == "xlsx"
    assert readers.read(as_xlsx, Kind.REGISTER).format == "csv"


def test_i06_the_header_is_found_below_a_title(tmp_path: Path) -> None:
    rows = [["有效发明专利清单"], [], ["截至日期：", "2026-10-31"], HEADER, *ROWS]
    for path in (
        book_of(tmp_path, {"a": rows}),
        file_of(tmp_path, text_of(rows).encode()),
    ):
        (sheet,) = readers.read(path, Kind.REGISTER).sheets
        assert (sheet.header_row, sheet.listed_on) == (4, date(2026, 10, 31))
        assert [row.number for row in sheet.rows()] == [5, 6]


def test_i06_without_a_header_the_columns_needed_are_named(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"a,b\n1,2\n")
    with pytest.raises(InputError, match="需要列：申请号、申请日") as caught:
        readers.read(path, Kind.REGISTER)
    assert caught.value.code == "header_not_found"


def test_i07_a_header_may_hold_blanks_and_line_breaks(tmp_path: Path) -> None:
    header = ["申请\n号", "发明　名称", " 申请日 "]
    path = book_of(tmp_path, {"a": [header, *ROWS]})
    (sheet,) = readers.read(path, Kind.REGISTER).sheets
    assert sheet.layout.headers == {
        "application_no": "申请 号",
        "title": "发明 名称",
        "filing_date": "申请日",
    }


def test_i07_i08_a_fault_of_the_header_names_file_and_row(tmp_path: Path) -> None:
    twice = file_of(tmp_path, "申请号,申请日,申请日\n".encode())
    assert code_of(twice) == "duplicate_column"
    with pytest.raises(InputError, match=r"register\.csv：第 1 行表头缺少列：申请日"):
        readers.read(file_of(tmp_path, "申请号,发明名称\n".encode()), Kind.REGISTER)


def test_every_sheet_with_a_header_is_read_and_the_others_left_out(
    tmp_path: Path,
) -> None:
    path = book_of(
        tmp_path,
        {
            "说明": [["本表由各县区填写"]],
            "华龙区": [HEADER, ROWS[0]],
            "濮阳县": [["标题"], HEADER, ROWS[1]],
            "缺列": [["申请号", "发明名称"], ["x", "y"]],
        },
    )
    read = readers.read(path, Kind.REGISTER)
    assert [(s.name, s.header_row) for s in read.sheets] == [
        ("华龙区", 1),
        ("濮阳县", 2),
    ]
    assert [(n.sheet, n.code) for n in read.notes] == [("缺列", "sheet_left_out")]


def test_cells_of_a_workbook_become_text_and_numbers_are_flagged(
    tmp_path: Path,
) -> None:
    values: list[object] = [2015900012810, 0.85, date(2013, 5, 24), True, " 甲 "]
    header = ["申请号", "费减比例", "申请日", "是否高价值", "发明名称"]
    (row,) = rows_of(book_of(tmp_path, {"a": [header, values]}))
    assert row.cells == ["2015900012810", "0.85", "2013-05-24", "是", " 甲 "]
    assert row.numeric == {0, 1}


def test_empty_rows_are_left_out_but_counted(tmp_path: Path) -> None:
    for path in (
        book_of(tmp_path, {"a": [HEADER, [], ROWS[0], ["", ""], ROWS[1]]}),
        file_of(tmp_path, text_of([HEADER, [], ROWS[0], ["", ""], ROWS[1]]).encode()),
    ):
        assert [row.number for row in rows_of(path)] == [3, 5]


def test_a_quote_that_never_closes_does_not_swallow_the_list(tmp_path: Path) -> None:
    lines = ["申请号,发明名称,申请日", '201310199708.X,"一种装置,2013-05-24']
    lines += ["201410117875.X,一种方法,2014-03-26"] * 30
    assert code_of(file_of(tmp_path, "\n".join(lines).encode())) == "quote_unclosed"


def test_a_cell_with_a_line_break_is_one_row(tmp_path: Path) -> None:
    rows = [HEADER, ["201310199708.X", "一种\n装置", "2013-05-24"], ROWS[1]]
    path = file_of(tmp_path, text_of(rows).encode())
    assert [row.number for row in rows_of(path)] == [2, 4]


def zip_of(folder: Path, parts: dict[str, bytes]) -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_i28_a_bomb_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"xl/worksheets/sheet1.xml": bytes(40 << 20)})
    assert code_of(path) == "file_too_large"
    many = zip_of(tmp_path, {f"xl/{i}.xml": b"" for i in range(201)})
    assert code_of(many) == "file_too_large"


def test_i29_lying_sizes_are_counted_while_inflating(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"xl/worksheets/sheet1.xml": bytes(40 << 20)})
    content = path.read_bytes()
    claimed = struct.pack("<I", 40 << 20)
    assert claimed in content
    path.write_bytes(content.replace(claimed, struct.pack("<I", 1000)))
    assert code_of(path) == "file_too_large"


@pytest.mark.parametrize(
    ("places", "code"),
    [
        (("A1", "XFD1"), "too_many_columns"),
        (("A1", "GS1"), "too_many_columns"),
        (("A1", "GR1048576"), "file_too_large"),
    ],
)
def test_i28_one_cell_far_out_is_as_bad_as_a_bomb(
    tmp_path: Path, places: Sequence[str], code: str
) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for place in places:
            sheet.write(place, "x")
    assert code_of(path) == code


def test_a_far_cell_that_is_only_formatted_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "styled.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADER, *ROWS]):
            sheet.write_row(number, 0, row)
        sheet.write_blank("XFD9", None, book.add_format({"bold": True}))
    assert len(rows_of(path)) == 2


def test_i41_a_file_is_refused_by_size_before_reading(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"")
    with path.open("r+b") as file:
        file.truncate(5 << 30)
    assert code_of(path) == "file_too_large"


@pytest.mark.parametrize("make", ["text", "book"])
def test_i41_rows_beyond_the_limit_are_refused(tmp_path: Path, make: str) -> None:
    rows = [HEADER, *ROWS * 10]
    path = (
        file_of(tmp_path, text_of(rows).encode())
        if make == "text"
        else book_of(tmp_path, {"a": rows})
    )
    limits = replace(DEFAULT, text_rows=5, sheet_rows=5)
    assert code_of(path, limits=limits) == "too_many_rows"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (text_of([HEADER]).encode(), Kind.REGISTER),
        ("名称,手机\n".encode("gb18030"), Kind.CONTACTS),
        ("申请号,年度,缴费日期,金额\n".encode(), Kind.PAYMENTS),
        ("专利号,应缴年度,案件状态,查询日\n".encode(), Kind.CHECK_SHEET),
        (b'{"code": 200}', Kind.PAYMENTS),
        (b"a,b\n", None),
    ],
)
def test_an_inbox_can_ask_which_kind_a_file_is(
    tmp_path: Path, content: bytes, kind: Kind | None
) -> None:
    assert readers.kind_of(file_of(tmp_path, content)) is kind


@pytest.mark.parametrize(
    "content",
    [b"<html><title>login</title>", b'{"code": 200, "da', b"\xff\xfe\x00", b"["],
)
def test_i31_a_page_that_is_no_json_is_never_read_as_a_state(
    tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(InputError) as caught:
        readers.document(file_of(tmp_path, content, "201310199708X.json"))
    assert caught.value.code == "unexpected_content"


SOUND = io.BytesIO()
with xlsxwriter.Workbook(SOUND) as _book:
    _sheet = _book.add_worksheet("a")
    for _number, _cells in enumerate([HEADER, *ROWS]):
        _sheet.write_row(_number, 0, _cells)


@given(
    st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=5
    )
)
def test_a_damaged_workbook_is_read_or_refused_never_worse(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[float, int]]
) -> None:
    content = bytearray(SOUND.getvalue())
    for place, value in damage:
        content[int(place * len(content))] = value
    path = file_of(tmp_path_factory.mktemp("damaged"), bytes(content), "damaged.xlsx")
    with suppress(InputError):
        read_all(path)
