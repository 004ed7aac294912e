"""Zipped bulk data: nested, named in GBK, locked, damaged, or far too large."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from patentwatch.errors import InputError
from tests.sources.made import (
    events,
    fates,
    limits,
    number,
    opened,
    outcomes,
    prs,
    record,
    zipped,
)

XML = prs(record(1))


def numbers(folder: Path, content: bytes) -> list[str]:
    return [event.application_no for event in events(folder, content)]


def refusal(folder: Path, content: bytes, **changes: int) -> InputError:
    with pytest.raises(InputError) as refused:
        opened(folder, content, limits=limits(**changes))
    return refused.value


def test_every_xml_of_an_archive_is_read(tmp_path: Path) -> None:
    content = zipped({"a/1.xml": XML, "a/2.txt": prs(record(2))})
    assert numbers(tmp_path, content) == [number(1), number(2)]


def test_archives_may_nest(tmp_path: Path) -> None:
    inner = zipped({"2.xml": prs(record(2))})
    content = zipped({"1.xml": XML, "in.zip": zipped({"deeper.zip": inner})})
    assert numbers(tmp_path, content) == [number(1), number(2)]


def test_archives_may_not_nest_without_end(tmp_path: Path) -> None:
    content = XML
    for depth in range(1, 5):
        content = zipped({f"{depth}": content})
        if depth == 3:
            assert numbers(tmp_path, content) == [number(1)]
    fault = refusal(tmp_path, content)
    assert fault.code == "file_too_large"
    assert "嵌套超过 3 层" in str(fault)


def test_a_stored_entry_is_read(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.xml", XML)
    assert numbers(tmp_path, made.getvalue()) == [number(1)]


def test_blocks_that_hold_nothing_do_not_hide_what_follows(tmp_path: Path) -> None:
    empty_blocks = b"\0\0\0\xff\xff" * 300_000
    packed = empty_blocks + zlib.compress(XML)[2:-4]
    content = bytearray()
    with zipfile.ZipFile(made := io.BytesIO(), "w") as archive:
        archive.writestr("1.xml", packed)
    content += made.getvalue()
    for start, at in ((0, 8), (content.rindex(b"PK\x01\x02"), 10)):
        content[start + at : start + at + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        crc_at = start + at + 6
        content[crc_at : crc_at + 4] = struct.pack("<L", zlib.crc32(XML))
    assert numbers(tmp_path, bytes(content)) == [number(1)]


def test_a_note_names_the_inner_file_and_the_record(tmp_path: Path) -> None:
    bad = prs(record(1), record(2, day="20991231"))
    inner = zipped({"法律状态.xml": bad})
    (_, outcome) = outcomes(tmp_path, zipped({"第一部分.zip": inner}))
    assert outcome.reject is not None
    assert outcome.reject.sheet == "第一部分.zip/法律状态.xml"
    assert outcome.reject.row == 2


def with_name(stored: bytes, content: bytes = XML) -> bytes:
    """Return a ZIP with a name in bytes, without the mark of UTF-8."""
    plain = zipped({"x" * len(stored): content})
    return plain.replace(b"x" * len(stored), stored)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_name_without_a_mark_is_shown_as_it_was_typed(
    tmp_path: Path, encoding: str
) -> None:
    name = "20230623/中国外观设计专利法律状态.xml"
    bad = prs(record(1, day="20991231"))
    (outcome,) = outcomes(tmp_path, with_name(name.encode(encoding), bad))
    assert outcome.reject is not None
    assert outcome.reject.sheet == name


@pytest.mark.parametrize(
    "stored", [b"../../evil.xml", b"C:\\evil.xml", b"/evil.xml", b"NUL", b"\xff\xfe.x"]
)
def test_a_name_is_never_a_path(tmp_path: Path, stored: bytes) -> None:
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    assert numbers(folder, with_name(stored)) == [number(1)]
    assert [path.name for path in tmp_path.rglob("*")] == ["deep", "folder", "file"]


def test_a_name_is_shown_on_one_line(tmp_path: Path) -> None:
    bad = prs(record(1, day="20991231"))
    (outcome,) = outcomes(tmp_path, with_name(b"a\nb.xml", bad))
    assert outcome.reject is not None
    assert outcome.reject.sheet == "a⟨U+000A⟩b.xml"


def test_what_is_no_xml_is_passed_over_with_a_note(tmp_path: Path) -> None:
    content = zipped(
        {
            "readme.txt": "说明".encode(),
            "page.xml": b"<html><body>login</body></html>",
            "other.xml": b"<catalogue/>",
            "book.xlsx": zipped({"[Content_Types].xml": b"<Types/>"}),
            "empty.xml": b"",
            "1.xml": XML,
        }
    )
    found = outcomes(tmp_path, content)
    assert fates(found) == ["file_left_out"] * 5 + [""]
    notes = [outcome.skip.message for outcome in found if outcome.skip]
    assert "“readme.txt”不是 XML（实际为文本）" in notes[0]
    assert "登录页" in notes[1]
    assert "“other.xml”中没有 PRSRecord" in notes[2]


@pytest.mark.parametrize(
    "files", [{}, {"a.txt": b"x"}, {"a.xml": b"<a/>"}, {"d/": b""}], ids=str
)
def test_an_archive_without_records_is_refused(
    tmp_path: Path, files: dict[str, bytes]
) -> None:
    assert refusal(tmp_path, zipped(files)).code == "unexpected_content"


def test_a_damaged_record_inside_refuses_the_archive(tmp_path: Path) -> None:
    content = zipped({"1.xml": XML, "2.xml": XML[:-30]})
    with pytest.raises(InputError, match=r"file 内的 2\.xml：.*不完整"):
        outcomes(tmp_path, content)


def test_a_dtd_inside_refuses_the_archive(tmp_path: Path) -> None:
    assert refusal(tmp_path, zipped({"1": b"<!DOCTYPE a><a/>"})).code == "dtd_forbidden"


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.8, 0.98])
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, kept: float) -> None:
    whole = zipped({"1.xml": prs(*map(record, range(1, 50)))})
    fault = refusal(tmp_path, whole[: int(len(whole) * kept)])
    assert fault.code == "archive_broken"


def test_bytes_that_changed_underway_are_noticed(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("1.xml", XML)
    content = made.getvalue().replace(b"20240105", b"20250105")
    with pytest.raises(InputError) as refused:
        outcomes(tmp_path, content)
    assert refused.value.code == "archive_broken"


def test_a_compression_that_is_not_read_is_named(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("1.xml", XML)
    fault = refusal(tmp_path, made.getvalue())
    assert fault.code == "archive_broken"
    assert "压缩方式" in str(fault)


def test_a_locked_archive_is_named(tmp_path: Path) -> None:
    content = bytearray(zipped({"锁.xml": XML}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    fault = refusal(tmp_path, bytes(content))
    assert fault.code == "encrypted"
    assert "“锁.xml”已加密" in str(fault)


ZEROES = b"<PRS>" + b" " * 3_000_000 + b"</PRS>"


@pytest.mark.parametrize(
    "changes",
    [
        {"entries": 2},
        {"entry_bytes": 2_999_999},
        {"total_bytes": 5_999_999},
        {"ratio_floor": 1_000_000},
        {"directory_bytes": 100},
        {"file_bytes": 5000},
    ],
    ids=str,
)
def test_more_than_a_limit_is_refused(tmp_path: Path, changes: dict[str, int]) -> None:
    content = zipped({"1.xml": XML, "2.xml": ZEROES, "3.xml": ZEROES})
    assert outcomes(tmp_path, content)
    with pytest.raises(InputError) as refused:
        outcomes(tmp_path, content, limits=limits(**changes))
    assert refused.value.code == "file_too_large"


def test_what_is_nested_counts_too(tmp_path: Path) -> None:
    inner = zipped({"2.xml": ZEROES, "3.xml": ZEROES, "4.xml": XML})
    content = zipped({"in.zip": inner})
    assert outcomes(tmp_path, content)
    assert refusal(tmp_path, content, total_bytes=5_000_000).code == "file_too_large"
    assert refusal(tmp_path, content, entries=3).code == "file_too_large"


def test_sizes_in_the_directory_are_not_believed(tmp_path: Path) -> None:
    content = zipped({"1.xml": ZEROES})
    lying = content.replace(struct.pack("<L", len(ZEROES)), struct.pack("<L", 100))
    assert lying != content
    assert refusal(tmp_path, lying, entry_bytes=1_000_000).code == "file_too_large"


def test_a_table_of_contents_that_fills_the_memory_is_not_opened(
    tmp_path: Path,
) -> None:
    content = bytearray(zipped({"1.xml": XML}))
    end = content.rindex(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<L", 1 << 30)
    assert refusal(tmp_path, bytes(content)).code == "file_too_large"
