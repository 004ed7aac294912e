"""How much of a fault is tried: a little at every change, the target before a release.

    PATENTWATCH_KILLS=200 pytest -m soak tests/faults

sets the size of every soak whose argument is called `kills`.
"""

import os

import pytest


def gate_and_soak(name: str, gate: int, soak: int) -> pytest.MarkDecorator:
    """Run a test with argument `name` twice: small in the gate, large in the soak."""
    wanted = int(os.environ.get(f"PATENTWATCH_{name.upper()}", soak))
    return pytest.mark.parametrize(
        name,
        [
            pytest.param(gate, marks=pytest.mark.gate, id=f"gate-{gate}"),
            pytest.param(wanted, marks=pytest.mark.soak, id=f"soak-{wanted}"),
        ],
    )
