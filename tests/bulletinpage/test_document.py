"""The bulletin as an official paper, read back with python-docx."""

import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from patentwatch.bulletinpage import parts
from patentwatch.bulletinpage.document import docx
from patentwatch.plan.bulletinvalues import Bulletin
from tests.bulletinpage.test_page import hostile, made
from tests.make_bulletins import HOSTILE


def opened(found: Bulletin) -> Paper:
    return Document(BytesIO(docx(found)))


def texts(paper: Paper) -> list[str]:
    return [paragraph.text for paragraph in paper.paragraphs]


def tables(paper: Paper) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in t.rows] for t in paper.tables]


def test_the_paper_has_the_head_of_an_official_one() -> None:
    shown = texts(opened(made()))
    assert shown[:3] == [
        "濮阳市知识产权局",
        "2023年第6期\t2023年7月3日",
        "关于2023年6月《2023年濮阳市知识产权工作要点》落实情况的通报",
    ]
    assert shown[3] == "一、总体情况"
    assert "附件：承诺进展情况" in shown
    assert shown[-1].endswith("截至2023年6月30日。制作：李。")


def test_paper_and_page_have_the_same_tables() -> None:
    found = made()
    told = [*parts.parts(found), *parts.annex(found)]
    assert tables(opened(found)) == [
        [
            [column.title for column in part.table.columns],
            *([cell.text for cell in row] for row in part.table.rows),
        ]
        for part in told
        if part.table
    ]
    ranking = tables(opened(found))[1]
    assert ranking[1] == ["1", "华龙区", "75.0", "1", "1", "0", "7"]
    assert ranking[-1] == ["不排名", "范县", "—", "0", "0", "0", "0"]


def test_every_run_names_a_chinese_font() -> None:
    paper = opened(made())
    runs = [
        run for p in paper.element.body.iter(qn("w:p")) for run in p.iter(qn("w:r"))
    ]
    named = {
        fonts.get(qn("w:eastAsia"))
        for run in runs
        if run.findall(qn("w:t"))
        for fonts in run.iter(qn("w:rFonts"))
    }
    assert named == {"宋体", "黑体", "仿宋"}
    assert all(
        run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") is not None
        for run in runs
        if run.findall(qn("w:t"))
    )


def test_a_head_is_repeated_and_no_row_is_torn_apart() -> None:
    for table in opened(made()).tables:
        head, *rows = table.rows
        assert head._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_pages_are_a4_and_numbered() -> None:
    (section,) = opened(made()).sections
    # The file counts in twentieths of a point.
    for found, wanted in ((section.page_width, 210), (section.page_height, 297)):
        assert found is not None
        assert abs(found - Mm(wanted)) < Pt(0.05)
    footer = section.footer.paragraphs[0]._p
    assert [one.text for one in footer.iter(qn("w:instrText"))] == [" PAGE "]
    assert section.footer.paragraphs[0].text == "—  —"


def test_the_same_content_is_the_same_bytes() -> None:
    assert docx(made()) == docx(made())
    assert docx(made()) != docx(replace(made(), made_by="王"))
    with zipfile.ZipFile(BytesIO(docx(made()))) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_file_says_who_and_when_without_the_clock() -> None:
    properties = opened(made()).core_properties
    assert properties.author == properties.last_modified_by == "濮阳市知识产权局"
    assert properties.title == "2023年濮阳市知识产权工作要点2023年6月通报"
    day = datetime.combine(date(2023, 7, 3), datetime.min.time())
    assert properties.created.replace(tzinfo=None) == day
    assert properties.modified.replace(tzinfo=None) == day


def test_a_draft_says_so() -> None:
    shown = texts(opened(made(draft=True)))
    assert "草稿：本月尚未结束，数据截至2023年6月30日，不作为正式通报" in shown
    assert not any("草稿" in line for line in texts(opened(made())))


@pytest.mark.parametrize("text", [HOSTILE, "=1+1", "]]>&amp;", "长" * 1500])
def test_what_people_write_is_text_and_nothing_else(text: str) -> None:
    paper = opened(hostile(text))
    cells = [cell for table in tables(paper) for row in table for cell in row]
    assert cells.count(text) > 10
    assert texts(paper)[0] == text
    instructions = [one.text for one in paper.element.body.iter(qn("w:instrText"))]
    assert instructions == []


def test_characters_that_xml_does_not_know_are_left_out() -> None:
    shown = texts(opened(hostile("甲\x00\x0b乙\ufffe")))
    assert shown[0].startswith("甲 乙")
