"""How messages leave, and what came of it."""

from patentwatch.delivery.email import over_relay
from patentwatch.delivery.files import into_folder
from patentwatch.delivery.gateway import Fault, Gateway
from patentwatch.delivery.outcome import (
    Envelope,
    OnOutcomes,
    Outcome,
    OutcomeKind,
    Transport,
)
from patentwatch.delivery.smtp_line import Relay

__all__ = [
    "Envelope",
    "Fault",
    "Gateway",
    "OnOutcomes",
    "Outcome",
    "OutcomeKind",
    "Relay",
    "Transport",
    "into_folder",
    "over_relay",
]
