"""How many examples a fuzz target tries: few in the gate, as many as one likes else.

More: PATENTWATCH_FUZZ=20000 pytest tests/fuzz, or `make torture`.
"""

import os

from hypothesis import HealthCheck, settings

_IN_THE_GATE = 200
_EXAMPLES = int(os.environ.get("PATENTWATCH_FUZZ", str(_IN_THE_GATE)))

fuzz = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    derandomize=_EXAMPLES == _IN_THE_GATE,
    database=None,
    suppress_health_check=list(HealthCheck),
)
