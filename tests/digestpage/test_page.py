"""The page of a digest: always one, small, with no telephone number in full."""

import base64
import re
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import reportlab
from hypothesis import given, settings
from hypothesis import strategies as st

from patentwatch.digestpage import page
from patentwatch.digestpage.paper import face
from patentwatch.digests.making import of
from patentwatch.digests.values import Digest, Indicator, Measure, Phone, PlanPart
from patentwatch.errors import ConfigError
from patentwatch.model import Tier
from tests.make_digests import HERE, QUIET, call, figures, material, risk

VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
"""A TrueType font without any Chinese."""


def digest(county: str = HERE, **changes: Any) -> Digest:
    return of(material(**changes), county)


def words(content: bytes) -> list[str]:
    """Return the texts that a page with the reader's own font shows, in order."""
    found: list[str] = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        drawn = zlib.decompress(base64.a85decode(b"<~" + stream.strip(), adobe=True))
        texts = re.findall(rb"\((.*?)(?<!\\)\) Tj", drawn, re.DOTALL)
        found += [_unescaped(text).decode("utf-16-be") for text in texts]
    return found


def _unescaped(text: bytes) -> bytes:
    plain = re.sub(
        rb"\\([0-7]{3})", lambda octal: bytes([int(octal.group(1), 8)]), text
    )
    return re.sub(rb"\\([()\\nrtbf])", _control, plain)


def _control(found: re.Match[bytes]) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return named.get(found.group(1), found.group(1))


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", content))


def shown(found: Digest) -> list[str]:
    return words(page(found, font=None))


MANY = tuple(
    call(risk(serial, Tier.FINAL), "2026-11-20", Phone("张三", "13800000001"))
    for serial in range(1, 301)
)


def test_a_county_reads_whom_to_ring_by_when_and_for_what() -> None:
    found = shown(digest())
    for text in (
        "濮阳市知识产权局",
        "华龙区专利年费周报",
        "2026年11月16日至22日",
        "2026年11月23日",
        "请打电话4件，其他待办2笔",
        "濮阳市第2机械有限公司",
        "剩4天",
        "11月27日止",
        "5,000元",
        "138****0001（张*）",
        "没有电话，请查找",
        "有效专利清单截至2026年11月5日（18天前）。",
    ):
        assert text in found, text
    assert any(text.startswith("ZL201510000002.2 一种第2号石油钻采") for text in found)


def test_no_telephone_number_is_in_full() -> None:
    for county in (HERE, ""):
        together = " ".join(shown(digest(county, calls=MANY)))
        assert "13800000001" not in together
        assert "张三" not in together


@pytest.mark.parametrize("county", [HERE, "410923", ""])
@pytest.mark.parametrize("calls", [(), MANY[:1], MANY])
def test_it_is_one_page_and_small(county: str, calls: tuple[Any, ...]) -> None:
    content = page(digest(county, calls=calls), font=None)
    assert content.startswith(b"%PDF-")
    assert pages(content) == 1
    assert len(content) < 200_000


def test_what_does_not_fit_is_counted_and_left_to_the_workbook() -> None:
    found = shown(digest(calls=MANY, risks=()))
    rows = sum(text.startswith("濮阳市第") for text in found)
    assert rows > 5
    assert f"另有 {300 - rows} 件见工作簿" in found
    assert not any(text.endswith("见工作簿") for text in shown(digest()))


def test_a_quiet_week_says_so() -> None:
    found = shown(digest(**QUIET))
    assert "本期无到期、无逾期事项" in found
    assert "层级" not in found


def test_what_nobody_looked_up_is_not_called_nothing_due() -> None:
    found = shown(digest(**QUIET | {"unlooked": {HERE: 118}}))
    assert "本期无到期、无逾期事项" not in found
    assert "没有要打的电话，也没有待办的年费" in found
    assert (
        "“过期未核查”的多数已经缴费，请按核查表查询；缴费情况以国家知识产权局记录为准。"
        in found
    )


@pytest.mark.parametrize(
    ("lacking", "told"),
    [
        pytest.param(1205, "距目标差1,205件", id="short"),
        pytest.param(0, "已达到目标", id="reached"),
        pytest.param(None, "较上期末▲3", id="nobody-set-one"),
    ],
)
def test_the_gap_to_a_target_is_told_only_where_there_is_one(
    lacking: int | None, told: str
) -> None:
    part = PlanPart(title="工作要点", green=1, yellow=0, red=0, lacking=lacking)
    found = shown(replace(digest(), plans=(part,)))
    assert told in found
    assert ("目标" in " ".join(found)) is (lacking is not None)


def test_an_unknown_number_of_valid_patents_is_called_so() -> None:
    unknown = replace(digest(), indicators=())
    assert "不详" in shown(unknown)
    alone = Indicator(Measure.VALID, Decimal(7), None)
    found = shown(replace(digest(), indicators=(alone,)))
    assert not any("较上期末" in text for text in found)


def test_observing_and_missing_lists_are_said() -> None:
    found = " ".join(shown(replace(digest(), observing=True, undecided=2)))
    assert "有2件专利无法判断，未计入；观察模式：没有向专利权人发送提醒。" in found
    assert "有效专利清单还没有导入" in " ".join(
        shown(replace(digest(), listed_on=None))
    )


def test_the_city_sees_its_counties() -> None:
    found = shown(digest(""))
    assert "全市专利年费周报" in found
    assert {"华龙区", "南乐县", "县区"} <= set(found)


def test_equal_digests_give_equal_pages() -> None:
    assert page(digest(), font=None) == page(digest(), font=None)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400), st.integers(0, 40))
def test_whatever_is_written_it_stays_one_page(
    title: str, owner: str, count: int
) -> None:
    calls = tuple(
        replace(
            one,
            risk=replace(
                one.risk,
                patent=replace(one.risk.patent, title=title, patentees=owner),
            ),
        )
        for one in MANY[:count]
    )
    assert pages(page(digest(calls=calls), font=None)) == 1


def test_a_sign_the_readers_font_may_lack_is_marked() -> None:
    one = replace(MANY[0].risk.patent, patentees="\U00020000氏公司")
    calls = (replace(MANY[0], risk=replace(MANY[0].risk, patent=one)),)
    assert "〓氏公司" in shown(digest(calls=calls))


def test_a_font_without_chinese_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"digest\.font: .*缺少汉字“华龙区专利年”"):
        page(digest(), font=VERA)
    assert face(VERA, "abc").startswith("page-")


@pytest.mark.parametrize("content", [b"", b"no font at all"])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "font.ttf"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="不是可嵌入的 TrueType 字体"):
        page(digest(), font=path)
    with pytest.raises(ConfigError, match="不是可嵌入的 TrueType 字体"):
        page(digest(), font=tmp_path / "missing.ttf")


def test_all_figures_unknown_are_still_a_page() -> None:
    found = digest(indicators={HERE: figures((Measure.VALID, None, None))})
    assert "不详" in shown(found)
