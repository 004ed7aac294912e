"""Words to the supervisor (sd_notify): ready, alive, stopping. Without one: nothing."""

import logging
import os
import socket

log = logging.getLogger(__name__)


def tell(word: str) -> None:
    """Send `word` to the socket that systemd named; a deaf supervisor is logged.

    An address that begins with @ lies in the abstract namespace (sd_notify(3)).
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(word.encode(), address)
        except OSError as error:
            log.warning("supervisor does not listen: %s", error.strerror)
