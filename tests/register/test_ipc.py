"""Which symbols of a list's cell lie in the classes that an office names."""

import pytest

from patentwatch.register.ipc import NOWHERE, classes, place

NAMED = classes(["C08L", "h01l 21/*", "G06", "A61K 9/16", "F"])


@pytest.mark.parametrize(
    ("cell", "inside"),
    [
        pytest.param("C08L 23/06", True, id="subclass"),
        pytest.param("C08L23/06(2006.01)I", True, id="edition"),
        pytest.param("Ｃ０８Ｌ　２３／０６", True, id="full-width"),
        pytest.param("C08L", True, id="subclass-alone"),
        pytest.param("C08K 3/04", False, id="another-subclass"),
        pytest.param("C08K 3/04; C08L 23/06", True, id="second-of-two"),
        pytest.param("C08K3/04 C08L23/06", True, id="blank-between-two"),
        pytest.param("H01L 21/02", True, id="group"),
        pytest.param("H01L 021/02", True, id="padded-group"),
        pytest.param("H01L 211/02", False, id="group-with-the-same-beginning"),
        pytest.param("H01L 2/02", False, id="group-that-is-shorter"),
        pytest.param("H01L", False, id="wider-than-the-class-named"),
        pytest.param("G06F 17/30", True, id="class"),
        pytest.param("G07F 17/30", False, id="another-class"),
        pytest.param("A61K 9/16", True, id="subgroup"),
        pytest.param("A61K 9/20", False, id="another-subgroup"),
        pytest.param("F25B 5/02", True, id="section"),
        pytest.param("", False, id="empty"),
        pytest.param("不详", False, id="no-symbol"),
        pytest.param("XC08L", False, id="inside-a-word"),
    ],
)
def test_a_class_covers_whole_places_of_the_scheme(cell: str, *, inside: bool) -> None:
    assert (cell in NAMED) is inside
    assert cell not in NOWHERE


@pytest.mark.parametrize("symbol", ["", "08L", "C8L", "I01", "C08L /06", "新材料"])
def test_what_is_no_place_of_the_scheme_is_refused(symbol: str) -> None:
    with pytest.raises(ValueError, match="^" + symbol):
        place(symbol)
