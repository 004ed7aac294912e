"""What an office decides, as frozen values: one class per section of its file.

Every setting has its default here. How the file is found, read and checked is for
`config`; what is in a secret file is no setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Literal

from patentwatch import toml
from patentwatch.ladder import RungChange
from patentwatch.model import County, Office, PatentType, SmsText, Tier
from patentwatch.plan.lights import USUAL, Thresholds

LAWFUL_BASIS = "履行法定职责（个人信息保护法第十三条第一款第三项）"
DEFAULT_OFFICE = Office(name="知识产权局", phone="", lawful_basis=LAWFUL_BASIS)


@dataclass(frozen=True, slots=True)
class Population:
    """Residents of a place in one year, and who says so."""

    year: int
    persons: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where the data is; `key_file` opens the sealed addresses in it.

    `journal` is where each message that left is written down as well, beside the
    database's file, or its key's where there is none.
    """

    url: str = "sqlite:///patentwatch.db"
    key_file: Path = Path("patentwatch.key")
    journal: Path = Path("patentwatch.sent")


@dataclass(frozen=True, slots=True)
class RegisterSettings:
    """Which patents are watched and where lists are dropped.

    `strategic_ipc`: the classes of the strategic industries; those in the file, one a
    line, are read into it.
    """

    types: tuple[PatentType, ...] = (PatentType.INVENTION,)
    inbox: Path = Path("inbox")
    strategic_ipc: tuple[str, ...] = ()
    strategic_ipc_file: Path | None = None
    max_rows_text: int = 10_000_000
    max_rows_xlsx: int = 300_000


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail relay; without a host, mail is written to files.

    `bounces` is a folder of returned mails: a maildir or files ending in .eml.
    """

    host: str = ""
    port: int = 0
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password_file: Path | None = None
    sender: str = ""
    connections: int = 4
    timeout: int = 30
    bounces: Path | None = None


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """The SMS gateway; "file" writes to files, "sheet" a workbook for a portal.

    `templates` is the provider's template code by message. `grace_seconds` is how long
    a provider may need to know what it took; `per_number_daily` what it takes for one
    number and template in a day; `price_per_thousand_yuan` what a thousand parts cost.
    `company` and `serial` are ecName and addSerial of a cloud MAS contract.
    """

    provider: Literal["file", "sheet", "mas", "aliyun", "tencent"] = "file"
    endpoint: str = ""
    region: str = ""
    app_id: str = ""
    company: str = ""
    serial: str = ""
    access_key_id: str = ""
    secret_file: Path | None = None
    callback_secret_file: Path | None = None
    sign_name: str = ""
    templates: Mapping[SmsText, str] = field(default_factory=dict)
    sheets: Path = Path("sms")
    grace_seconds: int = 120
    per_number_daily: int = 10
    price_per_thousand_yuan: int = 45


@dataclass(frozen=True, slots=True)
class OpsSettings:
    """The EPO's legal service; without a `secret_file` it is not asked.

    The file holds key and secret, with a colon or a line break between them. The
    limits are megabytes in an hour and in a week, as the service counts them.
    """

    secret_file: Path | None = None
    base_url: str = "https://ops.epo.org/3.2"
    hourly_mb: int = 450
    weekly_mb: int = 2500


@dataclass(frozen=True, slots=True)
class LawSettings:
    """A folder of tables that go before the built-in ones."""

    tables_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How much is said, when, and to whom while observing. `brake` None: computed."""

    mode: Literal["observe", "live"] | None = None
    guest_list: tuple[str, ...] = ()
    ladder: Mapping[Tier, RungChange] = field(default_factory=dict)
    send_window: tuple[time, time] = (time(8, 30), time(20, 0))
    daily_cap_per_recipient: int = 3
    brake: int | None = None
    paid_through_lag_days: int = 30


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """When officials get their letters.

    On a weekday (1 Monday … 7 Sunday) and a day of the month, from `at` on. `font` is a
    TrueType file for the page for print; without it the reader's own is used.
    """

    weekday: int = 1
    month_day: int = 1
    at: time = time(8, 30)
    font: Path | None = None


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """Whom to tell when patentwatch itself needs help, and by which ways.

    `url` is sent a POST with the alarm; `heartbeat_url` is asked for after every audit
    that found nothing wrong, for a watchman outside who misses it.
    """

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    url: str = ""
    heartbeat_url: str = ""


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """The web pages."""

    base_url: str = ""
    bind: str = "127.0.0.1:8080"
    secret_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an office decides. `source` None: no file, built-in defaults.

    `population` is keyed by county code, "" for the city. All paths are absolute.
    """

    database: DatabaseSettings = DatabaseSettings()
    office: Office = DEFAULT_OFFICE
    register: RegisterSettings = RegisterSettings()
    smtp: SmtpSettings = SmtpSettings()
    sms: SmsSettings = SmsSettings()
    ops: OpsSettings = OpsSettings()
    law: LawSettings = LawSettings()
    alerts: AlertSettings = AlertSettings()
    digest: DigestSettings = DigestSettings()
    alarm: AlarmSettings = AlarmSettings()
    console: ConsoleSettings = ConsoleSettings()
    plan: Thresholds = USUAL
    counties: tuple[County, ...] = ()
    population: Mapping[str, tuple[Population, ...]] = field(default_factory=dict)
    outbox: Path = Path("outbox")
    source: Path | None = None

    @property
    def real_email(self) -> bool:
        """Whether mail leaves through a relay."""
        return bool(self.smtp.host)

    @property
    def real_sms(self) -> bool:
        """Whether SMS leave through a gateway."""
        return self.sms.provider != "file"

    @property
    def observing(self) -> bool:
        """Whether everything is decided and shown, and nothing leaves."""
        if self.alerts.mode is None:
            return self.real_email or self.real_sms
        return self.alerts.mode == "observe"

    def masked(self) -> dict[str, object]:
        """Return every setting for printing, without secrets and private addresses."""
        return toml.masked(self)


def sqlite_file(url: str) -> Path | None:
    """Return the file behind a SQLite URL; None for any other database."""
    for prefix in ("sqlite+pysqlite:///", "sqlite:///"):
        if url.startswith(prefix):
            return Path(url.removeprefix(prefix).partition("?")[0])
    return None
