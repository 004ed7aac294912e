"""Standard and original forms of a number, one against the other."""

import pytest

from patentwatch.register.columns import Kind, Layout
from patentwatch.register.outcome import Refused, Warnings
from patentwatch.sources.prsnumbers import from_standard, settled

LAYOUT = Layout(Kind.STATUS, "", {}, {}, 0)


def warnings() -> Warnings:
    return Warnings(LAYOUT, 1)


@pytest.mark.parametrize(
    ("standard", "number"),
    [
        # The first two are from files of the office; check digits by hand:
        # 2*2+0+1*4+0+1*6+0+2*8+9*9+8*2+4*3+2*4+0 = 147, 147 mod 11 = 4.
        pytest.param("102010000298420", "201010298420.4", id="twelve-digits"),
        # 8*2+5*3+1*4+0+0+3*7+1*8+2*9 = 82, 82 mod 11 = 5.
        pytest.param("101985000000312", "85100312.5", id="eight-digits"),
        pytest.param("CN102010000298420", "201010298420.4", id="with-country"),
        pytest.param("202010000298420", "201020298420.X", id="utility-model"),
        pytest.param("102003000012345", "03112345.7", id="old-number-of-2003"),
        pytest.param("102003000123456", "200310123456.9", id="new-number-of-2003"),
        pytest.param("102008080123968", "200880123968.6", id="national-phase"),
    ],
)
def test_a_standard_number_has_one_original_form(standard: str, number: str) -> None:
    assert from_standard(standard) == number


@pytest.mark.parametrize(
    "standard",
    ["", "102010000298", "402010000298420", "112010000298420", "102010100298420",
     "101985000123456", "101984000000312", "10201O000298420", "102010000000000"],
)  # fmt: skip
def test_another_shape_is_no_standard_number(standard: str) -> None:
    assert from_standard(standard) is None


@pytest.mark.parametrize(
    ("original", "standard", "number"),
    [
        ("201010298420.4", "102010000298420", "201010298420.4"),
        ("2010102984204", "102010000298420", "201010298420.4"),
        ("CN201010298420.4", "", "201010298420.4"),
        ("201010298420.4", "strange", "201010298420.4"),
        ("200880123968.6", "102008000123968", "200880123968.6"),
        ("85100312", "101985000000312", "85100312.5"),
        ("201010298420", "102010000298420", "201010298420.4"),
    ],
)
def test_a_number_that_nothing_contradicts_is_taken(
    original: str, standard: str, number: str
) -> None:
    said = warnings()
    assert settled(original, standard, said) == number
    assert said.notes == ()


def test_a_number_known_only_in_standard_form_is_completed_with_a_warning() -> None:
    said = warnings()
    assert settled("", "102010000298420", said) == "201010298420.4"
    assert [note.code for note in said.notes] == ["number_from_standard"]
    assert "201010298420.4" in said.notes[0].message


@pytest.mark.parametrize(
    ("original", "standard", "code"),
    [
        ("201010298420.4", "102010000298421", "number_disagrees"),
        ("201010298420.4", "102011000298420", "number_disagrees"),
        ("201010298420.4", "202010000298420", "number_disagrees"),
        ("201010298420.5", "102010000298420", "check_digit"),
        ("201010298421", "102010000298420", "check_digit_missing"),
        ("85100312", "", "check_digit_missing"),
        ("2.01E+12", "102010000298420", "number_damaged"),
        ("", "", "number_empty"),
        ("", "10201000029842", "number_length"),
    ],
)
def test_a_number_in_doubt_is_refused(original: str, standard: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        settled(original, standard, warnings())
    assert refused.value.code == code
