import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.register import numbers

VALID = [
    ("200410101586.7", "CN100335999C"),
    ("201110446017.6", "CN102567022B"),
    ("201210245815.7", "CN102789425B"),
    ("201310199708.X", "CN103294796B"),
    ("201410117875.X", "CN103884291B"),
    ("201420717191.9", "CN204373038U"),
    ("201822024938.3", "CN209204668U"),
    ("00816422.3", "CN1157005C"),
    ("98116843.4", "CN1161557C"),
    ("85100001.0", "CN85100001B"),
    ("202022888632.X", "CN214000000U"),
]


def whole(draw_digits: str) -> str:
    return f"{draw_digits}.{numbers.check_digit(draw_digits)}"


valid_numbers = st.builds(
    whole,
    st.from_regex(
        r"(20(0[3-9]|[1-9][0-9])[12389][0-9]{7}|9[0-9][12389][0-9]{5})", fullmatch=True
    ),
)


@pytest.mark.parametrize(("number", "published_as"), VALID)
def test_real_numbers_of_both_lengths_are_valid(number: str, published_as: str) -> None:
    read = numbers.parse(number)
    assert (read.valid, read.application_no, read.reason) == (True, number, None)
    published = numbers.parse(published_as)
    assert (published.valid, published.publication_no) == (True, published_as)
    assert published.patent_type is read.patent_type
    assert published.application_no is None


@pytest.mark.parametrize("number", ["201310199708.9", "202022888632.1", "98116843.5"])
def test_a_wrong_check_digit_is_told(number: str) -> None:
    read = numbers.parse(number)
    assert (read.valid, read.application_no, read.reason) == (
        False,
        None,
        "check_digit",
    )
    assert numbers.canonical(number) is None
    assert numbers.expected_check_digit(number) != number[-1]


@pytest.mark.parametrize(
    "text",
    [
        "201310199708X",
        "201310199708.x",
        "ZL201310199708.X",
        "CN201310199708.X",
        "cn 2013 1 0199708.X",
        "ＺＬ２０１３１０１９９７０８．Ｘ",
        "专利号：ZL 201310199708.X",
        "\u202a201310199708.X\u202c",
        "201310199708\u3000X",
        "'201310199708X",
    ],
)
def test_every_way_of_writing_gives_one_canonical_form(text: str) -> None:
    assert numbers.parse(text).application_no == "201310199708.X"
    assert numbers.canonical(text) == "201310199708.X"


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("", None, "empty"),
        (" \u3000", None, "empty"),
        ("一种装置", None, "length"),
        ("12345", "application", "length"),
        ("20131019970831", "application", "length"),
        ("2.01E+12", "application", "damaged"),
        ("2.01910123456e12", "application", "damaged"),
        ("2015900012810.0", "application", "damaged"),
        ("2020000000000", "application", "damaged"),
        ("20131019X7088", "application", "damaged"),
        ("2013?0199708X", "application", "damaged"),
        ("201590001281", "application", "check_digit_missing"),
        ("CN85102475", "application", "check_digit_missing"),
        ("201370199708.X", "application", "type_digit"),
        ("199910199708.X", "application", "year"),
        ("50116843.4", "application", "year"),
        ("CN204373038B", "publication", "type_digit"),
    ],
)
def test_damage_is_told_from_error(text: str, kind: str | None, reason: str) -> None:
    read = numbers.parse(text)
    assert (read.valid, read.kind, read.reason) == (False, kind, reason)
    assert read.application_no is None


def test_a_number_from_a_year_to_come_is_refused_when_the_year_is_known() -> None:
    number = "203010199708." + numbers.check_digit("203010199708")
    assert numbers.parse(number).valid
    assert numbers.parse(number, latest_year=2026).reason == "year"


def test_a_lost_check_digit_can_be_completed_but_a_wrong_one_cannot() -> None:
    assert numbers.complete("201310199708") == "201310199708.X"
    assert numbers.complete("CN85102475") == "85102475.0"
    assert numbers.complete("201310199708.3") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CN103294796B", "CN103294796B"),
        ("103294796 b", "CN103294796B"),
        ("CN1157005C", "CN1157005C"),
        ("CN204373038U", "CN204373038U"),
        ("CN305246987S", "CN305246987S"),
        ("CN106844774A", None),
        ("201310199708.X", None),
        ("", None),
    ],
)
def test_only_a_grant_announcement_is_a_grant_number(
    text: str, expected: str | None
) -> None:
    found = numbers.grant_publication(text)
    assert (found[0] if found else None) == expected


@given(valid_numbers)
def test_normalising_is_idempotent(number: str) -> None:
    once = numbers.parse(f"ZL {number.lower()}").application_no
    assert once == number
    assert numbers.parse(once).application_no == once
    assert numbers.canonical(once) == once


@given(valid_numbers, st.data())
def test_any_single_digit_error_is_caught(number: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    damaged = number[:place] + wrong + number[place + 1 :]
    assert not numbers.parse(damaged).valid
    assert numbers.canonical(damaged) is None


@given(st.text(max_size=40) | st.text("0123456789ZLCNXEx.+ ", max_size=20))
def test_no_text_makes_the_parser_raise_or_disagree_with_the_quick_one(
    text: str,
) -> None:
    read = numbers.parse(text)
    assert read.valid == (read.reason is None)
    assert numbers.canonical(text) == read.application_no
    numbers.grant_publication(text)
    numbers.expected_check_digit(text)
