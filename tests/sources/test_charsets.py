"""Encodings that an XML declares, rightly or wrongly."""

from pathlib import Path

import pytest

from patentwatch.errors import InputError
from tests.sources.made import DECLARED, events, opened, prs, record, zipped


def declaring(encoding: str) -> str:
    return prs(record()).decode().replace("UTF-8", encoding, 1)


@pytest.mark.parametrize(
    ("declared", "saved", "told"),
    [
        ("UTF-8", "utf-8", "utf-8"),
        ("UTF-8", "utf-8-sig", "utf-8"),
        ("GBK", "gb18030", "gb18030"),
        ("gb2312", "gb18030", "gb18030"),
        ("GB18030", "gb18030", "gb18030"),
        ("UTF-16", "utf-16", "utf-16"),
    ],
)
def test_an_encoding_that_is_declared_truly_is_read(
    tmp_path: Path, declared: str, saved: str, told: str
) -> None:
    content = declaring(declared).encode(saved)
    assert events(tmp_path, content) == events(tmp_path, prs(record()))
    assert opened(tmp_path, content).encoding == told


def test_without_a_declaration_it_is_utf_8(tmp_path: Path) -> None:
    content = prs(record(), declared="")
    assert events(tmp_path, content) == events(tmp_path, prs(record()))


@pytest.mark.parametrize(
    ("declared", "saved", "really"),
    [
        ("UTF-8", "gb18030", "实际是 GB18030"),
        ("GBK", "utf-8", "实际是 UTF-8"),
        ("ISO-8859-1", "utf-8", "实际是 UTF-8"),
        ("UTF-16", "utf-8", "实际是 UTF-8"),
        ("none-such", "utf-8", "实际是 UTF-8"),
    ],
)
def test_an_encoding_that_is_declared_wrongly_is_named(
    tmp_path: Path, declared: str, saved: str, really: str
) -> None:
    with pytest.raises(InputError, match=really) as refused:
        opened(tmp_path, declaring(declared).encode(saved))
    assert refused.value.code == "unexpected_content"


def test_an_encoding_that_the_clerk_names_goes_before(tmp_path: Path) -> None:
    content = declaring("UTF-8").encode("gb18030")
    found = events(tmp_path, content, encoding="GBK")
    assert found == events(tmp_path, prs(record()))


def test_an_encoding_that_the_clerk_names_holds_inside_an_archive(
    tmp_path: Path,
) -> None:
    content = zipped({"1.xml": declaring("UTF-8").encode("gb18030")})
    found = events(tmp_path, content, encoding="GBK")
    assert found == events(tmp_path, prs(record()))


@pytest.mark.parametrize("encoding", ["klingon", "rot13", "latin-1"])
def test_an_encoding_that_no_such_file_has_is_refused(
    tmp_path: Path, encoding: str
) -> None:
    with pytest.raises(InputError) as refused:
        opened(tmp_path, prs(record()), encoding=encoding)
    assert refused.value.code == "encoding_unknown"


def test_a_file_that_ends_within_a_character_was_cut_off(tmp_path: Path) -> None:
    content = f"{DECLARED}<PRS>专".encode()[:-1]
    with pytest.raises(InputError, match="不完整"):
        opened(tmp_path, content)
