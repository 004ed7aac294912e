"""What systemd hears of a daemon: a socket of our own in its place."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 60


class Heard:
    """The words that came, in their order."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def count(self, word: str) -> int:
        return self.words.count(word)


@contextmanager
def supervisor(path: Path) -> Iterator[Heard]:
    """Listen at `path` until the end of the block."""
    heard, over = Heard(), threading.Event()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        line.settimeout(0.1)

        def listen() -> None:
            while not over.is_set():
                try:
                    heard.words.append(line.recv(1000).decode())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield heard
        finally:
            over.set()
            thread.join()


def wait_until(
    true: Callable[[], object],
    alive: Callable[[], bool],
    *,
    patience: int = PATIENCE_SECONDS,
) -> None:
    """Wait for something that a living process does."""
    pause = threading.Event()
    for _ in range(patience * 20):
        if true():
            return
        assert alive(), "the process ended"
        pause.wait(0.05)
    raise AssertionError("waited in vain")
