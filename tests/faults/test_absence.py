"""F24: down for N days, only the tier that is true on the day of the return is said.

Random ups and downs against a model are `tests/e2e/test_year_in_a_loop.py` and
`tests/test_laws_of_alerts.py`.
"""

from collections import Counter
from collections.abc import Callable

from patentwatch.model import Tier
from tests.faults.offices import REMINDER, Office
from tests.faults.sizes import gate_and_soak
from tests.line import DUE, Line, days
from tests.mail_sink import Sink

Offices = Callable[..., Office]
DUES = (DUE, DUE + days(5), DUE - days(40))
LONGEST = 400


def settled_in(line: Line) -> None:
    for due_on in DUES:
        line.patent(due_on=due_on)
    line.contact("a@b.example")


def said(line: Line) -> dict[str, Tier]:
    """Return the most severe tier that was said of each patent."""
    found: dict[str, Tier] = {}
    for row in line.alerts(channel="email", state="accepted"):
        key = f"{row.application_no}/{row.fee_year}"
        tiers = [Tier(row.tier), *([found[key]] if key in found else [])]
        found[key] = max(tiers, key=lambda tier: tier.severity)
    return found


@gate_and_soak("lengths", gate=8, soak=LONGEST)
def test_f24_after_an_absence_the_tier_that_is_true_is_said_in_one_message(
    office: Offices, server: Sink, lengths: int
) -> None:
    for absent in range(1, LONGEST + 1, LONGEST // lengths):
        back_on = REMINDER + days(absent)
        offices = office("sqlite"), office("sqlite")
        fresh, line = (one.line for one in offices)
        settled_in(fresh)
        fresh.look(back_on)
        fresh.deliver(back_on)
        server.take_all()

        settled_in(line)
        line.look(REMINDER)
        line.deliver(REMINDER)
        before = said(line)
        server.take_all()
        line.look(back_on)
        line.deliver(back_on)
        copies = Counter(m["To"].addresses[0].addr_spec for m in server.take_all())
        assert max(copies.values(), default=0) <= 1
        for key, tier in said(fresh).items():
            assert said(line)[key].severity == max(
                tier.severity, before.get(key, tier).severity
            )
        new = set(said(line).items()) - set(before.items())
        assert new <= set(said(fresh).items())
        for one in offices:
            one.close()
