"""A process that delivers what waits until it is killed; started by `test_kills`.

    python kill_worker.py DATABASE_URL KEY_FILE PORT OUTBOX INSTANT…

Each instant is one delivery: the clock of the world is the test's.
"""

import sys
from datetime import datetime
from pathlib import Path

from patentwatch.config import AlertSettings, DatabaseSettings, Settings
from patentwatch.store.engine import connect
from patentwatch.store.vault import unlock
from tests.line import Line, over_smtp


def main() -> None:
    url, key_file, port, outbox, *instants = sys.argv[1:]
    settings = Settings(
        database=DatabaseSettings(journal=Path(outbox) / "patentwatch.sent"),
        smtp=over_smtp(int(port)),
        alerts=AlertSettings(mode="live"),
        outbox=Path(outbox),
    )
    line = Line(connect(url), unlock(Path(key_file)), settings)
    for word in instants:
        line.deliver(datetime.fromisoformat(word))
    sys.stdout.write("done")


if __name__ == "__main__":
    main()
