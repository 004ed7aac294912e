"""What the whole line costs per mail beside a bare aiosmtplib loop.

    python bench/mail_line.py [mails] [connections]

Ours: claim, decide again, render, send, settle each outcome durably. Bare: the same
bytes over the same number of connections, nothing else. The sink is a process of its
own. Both take turns; prints the medians and their ratio. The aim is at most 1.5.
"""

import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Event

import line
import mail

from patentwatch import dispatch, outgoing, restoring
from patentwatch.delivery import Envelope, OnOutcome, Transport
from patentwatch.installation import Installation
from patentwatch.look import look
from patentwatch.model import Channel

ROUNDS = 3


def keeping(transport: Transport, kept: list[Envelope]) -> Transport:
    """Return a transport that also keeps what it sends, for the bare loop."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcome: OnOutcome,
        stop: Event | None = None,
    ) -> None:
        def noted() -> Iterable[Envelope]:
            for envelope in envelopes:
                kept.append(envelope)
                yield envelope

        transport(noted(), on_outcome=on_outcome, stop=stop)

    return send


def ours(here: Installation, kept: list[Envelope], count: int) -> float:
    """Return the seconds from the outbox to the last settled outcome."""
    restoring.beat(here.engine, here.journal, now=line.nine())
    post = outgoing.post(here, tell_time=line.nine)
    mail = post.gateways[Channel.EMAIL]
    post.gateways[Channel.EMAIL] = replace(mail, send=keeping(mail.send, kept))
    started = time.perf_counter()
    done = dispatch.deliver(here.engine, here.vault, post)
    spent = time.perf_counter() - started
    assert done.accepted == count, done
    return spent


def main() -> None:
    given = [int(word) for word in sys.argv[1:3]]
    count, connections = [*given, *[2000, 4][len(given) :]]
    near, far = multiprocessing.Pipe()
    server = multiprocessing.Process(target=mail.sink, args=(far,), daemon=True)
    server.start()
    port = near.recv()
    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    with tempfile.TemporaryDirectory() as name:
        for turn in range(ROUNDS):
            here = line.open_city(
                Path(name), f"city{turn}", port=port, connections=connections
            )
            line.fill(here, due=count, idle=0, owners=count)
            look(here.engine, here.vault, here.rules, now=line.nine())
            kept: list[Envelope] = []
            spent["ours"].append(ours(here, kept, count))
            spent["bare"].append(mail.bare(kept, port, connections))
            here.engine.dispose()
    server.kill()
    for which, seconds in spent.items():
        print(f"{which}: {count / statistics.median(seconds):.0f} mails/s")
    ratio = statistics.median(spent["ours"]) / statistics.median(spent["bare"])
    print(f"ratio ours/bare: {ratio:.2f} with {connections} connections")


if __name__ == "__main__":
    main()
