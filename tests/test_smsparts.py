"""How many short messages are billed."""

import pytest

from patentwatch.smsparts import parts


@pytest.mark.parametrize(
    ("text", "billed"),
    [
        ("", 1),
        ("年" * 69, 1),
        ("年" * 70, 1),
        ("年" * 71, 2),
        ("年" * 134, 2),
        ("年" * 135, 3),
        ("a" * 70, 1),
        ("a" * 71, 2),
        pytest.param("𠮷" * 35, 1, id="a-rare-character-takes-two"),
        pytest.param("𠮷" * 36, 2, id="seventy-two-units"),
    ],
)
def test_seventy_characters_are_one_part_and_then_every_67(
    text: str, billed: int
) -> None:
    assert parts(text) == billed
