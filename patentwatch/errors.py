"""What can go wrong with us; what can go wrong in the world is a value, not an error.

PatentwatchError
├── ConfigError             a setting is missing, unknown or impossible     exit 78
│   └── SchemaMismatch      database revision is not the code's             exit 78
├── UsageError              the command asks for something that is not      exit 2
├── InputError              a file as a whole cannot be used                exit 1
├── LawError                a question the law's tables do not answer       exit 1
│   ├── NoRuleInForce       no dated value covers the governing date
│   └── NotOwed             that year's fee is not one to watch
├── BackupFailed            no backup was written; the one before stands    exit 1
├── RowDamaged              a row is not what was written into it           exit 1
├── Busy                    another process holds the lock                  exit 75
└── StoreUnavailable        the database did not answer; run again          exit 75
    └── StoreBroken         its file cannot be trusted; nothing may be sent  exit 1
"""


class PatentwatchError(Exception):
    """Any failure of ours that a user is told about: one sentence, no traceback.

    `code` is the stable word scripts look at; the message is for people.
    """

    code = "error"
    exit_status = 1

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class ConfigError(PatentwatchError):
    """A setting is missing, unknown or impossible."""

    code = "config"
    exit_status = 78


class SchemaMismatch(ConfigError):
    """The database's revision is not the one this code was written for."""

    code = "schema_mismatch"


class UsageError(PatentwatchError):
    """The command line names something that does not exist or does not fit."""

    code = "usage"
    exit_status = 2


class InputError(PatentwatchError):
    """A file as a whole cannot be used; the message names the file and the remedy."""

    code = "input"


class BackupFailed(PatentwatchError):
    """No backup was written; the one that stood there before is untouched."""

    code = "backup"


class LawError(PatentwatchError):
    """A question that the law's tables do not answer."""

    code = "law"


class NoRuleInForce(LawError):
    """No dated value covers the governing date."""

    code = "no_rule_in_force"


class NotOwed(LawError):
    """The fee year is not one to watch: paid at registration, or beyond the term."""

    code = "not_owed"


class RowDamaged(PatentwatchError):
    """A row is not what was written into it; nothing may be decided by it."""

    code = "row_damaged"


class Busy(PatentwatchError):
    """Another process holds the lock; try later."""

    code = "busy"
    exit_status = 75


class StoreUnavailable(PatentwatchError):
    """The database did not answer; writes are keyed, so the step can be run again."""

    code = "store_unavailable"
    exit_status = 75


class StoreBroken(StoreUnavailable):
    """The disk failed or the file is damaged: what was committed may not be there.

    Never answered by trying the same write again: a second fsync may report success
    for pages that the first one lost.
    """

    code = "store_broken"
    exit_status = 1
