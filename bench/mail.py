"""How much our outcomes, deadlines and callbacks cost beside a bare aiosmtplib loop.

    python bench/mail.py [mails] [connections]

Both send the same rendered mails to the same kind of sink on loopback, taking turns;
the sink is a process of its own, so that it costs neither of them. Prints the median.
"""

import asyncio
import multiprocessing
import statistics
import sys
import time
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection

import aiosmtplib

from patentwatch.delivery import Envelope, Outcome, OutcomeKind, Relay
from patentwatch.delivery.email import send_batch
from patentwatch.letters import Item, Letter
from patentwatch.model import Audience, Channel, Evidence, Office, Tier
from patentwatch.render import message

SENDER = "ip@puyang.example"
ROUNDS = 5


async def _session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
        if verb == b"QUIT":
            break
    writer.close()


def sink(pipe: Connection) -> None:
    """Serve until killed; say the port first."""

    async def serve() -> None:
        server = await asyncio.start_server(_session, "127.0.0.1", 0, limit=2**20)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def mails(count: int) -> list[Envelope]:
    """Render `count` different mails; says how long that takes."""
    due_on = date(2026, 12, 31)
    started = time.perf_counter()
    made = []
    for n in range(count):
        item = Item(
            application_no=f"2010{n:08}.0",
            title="一种石油钻采设备用密封装置及其制造方法",
            fee_year=17,
            tier=Tier.REMINDER,
            evidence=Evidence.BEFORE_DUE,
            due_on=due_on,
            last_in_time_on=due_on,
            ends_on=date(2027, 6, 30),
            terminated_from_on=due_on,
            full_fee_yuan=8000,
            payable_fee_yuan=8000,
            amount_due_yuan=8000,
        )
        letter = Letter(
            channel=Channel.EMAIL,
            audience=Audience.PATENTEE,
            party=f"单位{n}",
            items=(item,),
            office=Office("濮阳市知识产权局", "0393-1234567"),
            on=date(2026, 12, 1),
            message_id=f"m{n}",
        )
        raw = message(
            letter,
            sender=SENDER,
            to=f"a{n}@b.example",
            sent_at=datetime(2026, 12, 1, tzinfo=UTC),
        ).raw
        made.append(Envelope(f"m{n}", Channel.EMAIL, f"a{n}@b.example", raw))
    spent = time.perf_counter() - started
    print(f"rendered {count} mails of {len(made[0].raw)} bytes: {count / spent:.0f}/s")
    return made


def ours(waiting: list[Envelope], port: int, connections: int) -> float:
    """Return the seconds that `send_batch` takes."""
    told: dict[str, Outcome] = {}
    relay = Relay("127.0.0.1", port, SENDER, security="none", connections=connections)
    started = time.perf_counter()
    send_batch(waiting, relay=relay, on_outcomes=told.update)
    spent = time.perf_counter() - started
    assert len(told) == len(waiting)
    assert {outcome.kind for outcome in told.values()} == {OutcomeKind.ACCEPTED}
    return spent


def bare(waiting: list[Envelope], port: int, connections: int) -> float:
    """Return the seconds that workers with nothing but `sendmail` take."""

    async def worker(queue: "asyncio.Queue[Envelope]") -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
            while not queue.empty():
                envelope = queue.get_nowait()
                await client.sendmail(SENDER, [envelope.to], envelope.raw)

    async def run() -> None:
        queue: asyncio.Queue[Envelope] = asyncio.Queue()
        for envelope in waiting:
            queue.put_nowait(envelope)
        await asyncio.gather(*(worker(queue) for _ in range(connections)))

    started = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - started


def main() -> None:
    given = [int(word) for word in sys.argv[1:3]]
    count, connections = [*given, *[2000, 4][len(given) :]]
    waiting = mails(count)
    near, far = multiprocessing.Pipe()
    server = multiprocessing.Process(target=sink, args=(far,), daemon=True)
    server.start()
    port = near.recv()
    spent: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        spent["ours"].append(ours(waiting, port, connections))
        spent["bare"].append(bare(waiting, port, connections))
    server.kill()
    for name, seconds in spent.items():
        rates = sorted(count / second for second in seconds)
        middle = statistics.median(rates)
        print(f"{name}: {middle:.0f} mails/s ({rates[0]:.0f}-{rates[-1]:.0f})")
    ratio = statistics.median(spent["ours"]) / statistics.median(spent["bare"])
    print(f"ratio ours/bare: {ratio:.2f} with {connections} connections")


if __name__ == "__main__":
    main()
