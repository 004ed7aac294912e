"""How messages leave: one function per transport, chosen by name."""

from collections.abc import Callable

from patentwatch.delivery.email import over_relay
from patentwatch.delivery.files import into_folder
from patentwatch.delivery.outcome import (
    Envelope,
    OnOutcome,
    Outcome,
    OutcomeKind,
    Transport,
)
from patentwatch.delivery.smtp_line import Relay

TRANSPORTS: dict[str, Callable[..., Transport]] = {
    "smtp": over_relay,
    "file": into_folder,
}
"""What makes each transport: over_relay(relay), into_folder(folder, on=day)."""

__all__ = [
    "TRANSPORTS",
    "Envelope",
    "OnOutcome",
    "Outcome",
    "OutcomeKind",
    "Relay",
    "Transport",
]
