"""The due day in force, with an extension and with a later wording of the plan."""

from datetime import date

import pytest

from patentwatch.errors import UsageError
from patentwatch.plan.acts import (
    ActKind,
    Colour,
    check_extension,
    due_in_force,
    followed,
)
from tests.make_ledgers import HUALONG, PLATFORM, SCHOOLS, act


@pytest.mark.parametrize(
    ("extensions", "due_on"),
    [
        pytest.param({}, date(2023, 4, 30), id="none"),
        pytest.param({"15.1": date(2023, 6, 15)}, date(2023, 6, 15), id="extended"),
        pytest.param({"19.3": date(2023, 6, 15)}, date(2023, 4, 30), id="another"),
        pytest.param({"15.1": date(2023, 4, 10)}, date(2023, 4, 30), id="amended"),
    ],
)
def test_the_later_of_plan_and_extension_is_in_force(
    extensions: dict[str, date], due_on: date
) -> None:
    assert due_in_force(PLATFORM, extensions) == due_on


def test_an_extension_of_another_commitment_moves_nothing() -> None:
    other = act(ActKind.EXTENDED, "15.1", until_on=date(2024, 6, 30))
    check_extension(SCHOOLS, [other], until_on=date(2024, 1, 31), on=date(2023, 12, 31))
    with pytest.raises(UsageError, match="2023-12-31 已过") as refused:
        check_extension(
            SCHOOLS, [other], until_on=date(2024, 8, 31), on=date(2024, 1, 1)
        )
    assert (refused.value.code, refused.value.exit_status) == ("extension_late", 2)


def test_a_blue_slip_follows_none() -> None:
    found = followed(
        [], Colour.BLUE, commitment="19.3", county=HUALONG, on=date(2023, 7, 3)
    )
    assert found is None
