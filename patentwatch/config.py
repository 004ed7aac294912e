"""The settings: one TOML file, read once, checked, frozen. Secrets stay in their files.

The shape of the file is the shape of the classes; `toml` turns one into the other.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Literal

from patentwatch import toml
from patentwatch.endpoints import is_private
from patentwatch.errors import ConfigError
from patentwatch.ladder import RungChange
from patentwatch.model import Channel, County, Office, PatentType, SmsText, Tier
from patentwatch.plan.lights import USUAL, Thresholds
from patentwatch.register import ipc

FILE_NAME = "patentwatch.toml"
SYSTEM_FILE = Path("/etc/patentwatch/patentwatch.toml")
LAWFUL_BASIS = "履行法定职责（个人信息保护法第十三条第一款第三项）"
DEFAULT_OFFICE = Office(name="知识产权局", phone="", lawful_basis=LAWFUL_BASIS)
EARLIEST, LATEST = time(8, 0), time(22, 0)
SHORTEST_GRACE = 120
_PORTS = {"none": 25, "starttls": 587, "tls": 465}


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


def load(
    path: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Settings:
    """Return the settings of `path`, else of the first file found, else the defaults.

    Raises `ConfigError` with the file, the key and the remedy.
    """
    environ = os.environ if environ is None else environ
    cwd = cwd or Path.cwd()
    found = _find(path, environ, cwd)
    if found is None:
        return _finish(Settings(), environ, cwd, base=cwd)
    try:
        settings = _read(found)
        return _finish(settings, environ, cwd, base=found.parent)
    except ConfigError as error:
        raise ConfigError(f"{found}: {error}") from error


def _find(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    named = path or (Path(p) if (p := environ.get("PATENTWATCH_CONFIG")) else None)
    if named is not None:
        if not (cwd / named).is_file():
            raise ConfigError(f"找不到配置文件 {named}")
        return (cwd / named).resolve()
    for place in (cwd / FILE_NAME, SYSTEM_FILE):
        if place.is_file():
            return place.resolve()
    return None


def _read(path: Path) -> Settings:
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"不是有效的 TOML（须为 UTF-8 编码）：{error}") from error
    except OSError as error:
        raise ConfigError(f"无法读取：{error.strerror}") from error
    toml.refuse_secrets(raw)
    counties = toml.tables(raw.pop("county", []), "county")
    office = toml.table(raw.pop("office", {}), "office")
    population = {"": _population(office, "office")}
    values = []
    for county in counties:
        people = _population(county, "county")
        values.append(toml.build(County, county, at="county"))
        population[values[-1].code] = people
    settings = toml.fill(Settings(), raw, hidden=_HIDDEN, at="")
    return replace(
        settings,
        office=toml.fill(settings.office, office, at="office"),
        counties=tuple(values),
        population={code: people for code, people in population.items() if people},
        source=path,
    )


# These exist on Settings, but are not keys of the file under that name.
_HIDDEN = frozenset({"office", "counties", "population", "source"})


def _population(owner: dict[str, object], at: str) -> tuple[Population, ...]:
    rows = toml.tables(owner.pop("population", []), f"{at}.population")
    return tuple(toml.build(Population, row, at=f"{at}.population") for row in rows)


def _finish(
    settings: Settings, environ: Mapping[str, str], cwd: Path, *, base: Path
) -> Settings:
    """Make paths absolute, take the environment's word, check what belongs together."""
    if override := environ.get("PATENTWATCH_DATABASE_URL"):
        url, url_base = override, cwd
    else:
        url, url_base = settings.database.url, base
        toml.refuse_credentials(url)
    beside = base
    if (file := sqlite_file(url)) is not None:
        beside = (url_base / file).parent
        url = f"sqlite:///{url_base / file}"
    credentials = environ.get("CREDENTIALS_DIRECTORY")
    database = _beside(replace(settings.database, url=url), beside)
    settings = toml.absolute(
        replace(settings, database=database),
        base=base,
        credentials=Path(credentials) if credentials else None,
    )
    settings = replace(settings, register=_with_classes(settings.register))
    _check_smtp(settings.smtp)
    _check_sms(settings.sms)
    _check_alerts(settings.alerts)
    _check_ops(settings.ops)
    _check_digest(settings.digest)
    _check_plan(settings.plan)
    _check_counties(settings.counties)
    port = settings.smtp.port or _PORTS[settings.smtp.security]
    return replace(settings, smtp=replace(settings.smtp, port=port))


def _with_classes(register: RegisterSettings) -> RegisterSettings:
    """Read the file of strategic classes, and refuse what is no class."""
    symbols = [("register.strategic_ipc", one) for one in register.strategic_ipc]
    file = register.strategic_ipc_file
    if file is not None:
        symbols += _classes_in(file)
    for at, symbol in symbols:
        try:
            ipc.place(symbol)
        except ValueError as error:
            raise ConfigError(
                f"{at}: “{symbol}” 不是 IPC 分类号，"
                '请写部、大类、小类、大组或小组，如 "C08L"、"H01L 21"'
            ) from error
    return replace(register, strategic_ipc=tuple(symbol for _, symbol in symbols))


def _classes_in(file: Path) -> list[tuple[str, str]]:
    """Return the symbols of a file and where each stands; # begins a remark."""
    at = "register.strategic_ipc_file"
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{at}: 无法读取 {file}，须为 UTF-8 文本，一行一个分类号"
        ) from error
    found = [(n, line.partition("#")[0].strip()) for n, line in enumerate(lines, 1)]
    return [(f"{at} 第{n}行", symbol) for n, symbol in found if symbol]


def _beside(database: DatabaseSettings, folder: Path) -> DatabaseSettings:
    """Put what nobody named elsewhere beside the database."""
    usual = DatabaseSettings()
    moved = {
        name: folder / getattr(usual, name)
        for name in ("key_file", "journal")
        if getattr(database, name) == getattr(usual, name)
    }
    return replace(database, **moved)


def sqlite_file(url: str) -> Path | None:
    """Return the file behind a SQLite URL; None for any other database."""
    for prefix in ("sqlite+pysqlite:///", "sqlite:///"):
        if url.startswith(prefix):
            return Path(url.removeprefix(prefix).partition("?")[0])
    return None


def _check_smtp(smtp: SmtpSettings) -> None:
    if not smtp.host:
        return
    if not smtp.sender:
        raise ConfigError("smtp.sender: 设置了 smtp.host 就必须写发件地址")
    if bool(smtp.username) != bool(smtp.password_file):
        raise ConfigError("smtp.username 和 smtp.password_file 必须同时设置")
    if smtp.username and smtp.security == "none":
        raise ConfigError(
            "smtp.security: 不加密的连接不能发送口令，请用 starttls 或 tls"
        )
    if not 1 <= smtp.connections <= 32 or not 1 <= smtp.timeout <= 300:
        raise ConfigError("smtp.connections 须为 1–32，smtp.timeout 须为 1–300（秒）")


_SMS_NEEDS = {
    "sheet": (),
    "mas": ("endpoint", "company", "app_id", "secret_file", "sign_name"),
    "aliyun": ("access_key_id", "secret_file", "sign_name"),
    "tencent": ("app_id", "access_key_id", "secret_file", "sign_name"),
}


def _check_sms(sms: SmsSettings) -> None:
    for name in _SMS_NEEDS.get(sms.provider, ()):
        if not getattr(sms, name):
            raise ConfigError(f'sms.{name}: provider 为 "{sms.provider}" 时必须写明')
    if sms.endpoint and not is_private(sms.endpoint):
        raise ConfigError("sms.endpoint: 须以 https:// 开头，号码和密钥不能明文发送")
    if sms.grace_seconds < SHORTEST_GRACE:
        raise ConfigError(
            f"sms.grace_seconds: 不能少于 {SHORTEST_GRACE} 秒，平台要过一会儿才查得到"
        )
    if sms.per_number_daily < 1 or sms.price_per_thousand_yuan < 0:
        raise ConfigError(
            "sms.per_number_daily 须为正整数，sms.price_per_thousand_yuan 不能为负数"
        )


def _check_alerts(alerts: AlertSettings) -> None:
    first, last = alerts.send_window
    if not EARLIEST <= first < last <= LATEST:
        raise ConfigError("alerts.send_window: 须在 08:00 与 22:00 之间，先早后晚")
    for name in ("daily_cap_per_recipient", "brake"):
        if (value := getattr(alerts, name)) is not None and value < 1:
            raise ConfigError(f"alerts.{name}: 须为正整数")
    if alerts.paid_through_lag_days < 0:
        raise ConfigError("alerts.paid_through_lag_days: 不能为负数")
    for tier, change in alerts.ladder.items():
        if Channel.CALL in (change.channels or ()):
            raise ConfigError(f'alerts.ladder.{tier}.channels: 只能是 "email"、"sms"')


def _check_ops(ops: OpsSettings) -> None:
    if not is_private(ops.base_url):
        raise ConfigError("ops.base_url: 须以 https:// 开头，密钥不能明文发送")
    if ops.hourly_mb < 1 or ops.weekly_mb < 1:
        raise ConfigError("ops.hourly_mb 和 ops.weekly_mb 须为正整数（MB）")


def _check_digest(digest: DigestSettings) -> None:
    if not 1 <= digest.weekday <= 7:
        raise ConfigError("digest.weekday: 须为 1（星期一）到 7（星期日）")
    if not 1 <= digest.month_day <= 31:
        raise ConfigError("digest.month_day: 须为 1 到 31；没有这一天的月份算最后一天")


def _check_plan(plan: Thresholds) -> None:
    if not 1 <= plan.yellow_percent < plan.green_percent <= 100:
        raise ConfigError(
            "plan.green_percent、plan.yellow_percent: 须为 1 到 100，绿灯的高于黄灯的"
        )
    if not 0 <= plan.milestone_days <= 366:
        raise ConfigError("plan.milestone_days: 须为 0 到 366（天）")
    if not 1 <= plan.active_days < plan.quiet_days <= 3660:
        raise ConfigError(
            "plan.active_days、plan.quiet_days: 须为 1 到 3660（天），先短后长"
        )


def _check_counties(counties: tuple[County, ...]) -> None:
    seen: set[str] = set()
    for county in counties:
        for word in {county.code, county.name, *county.aliases}:
            if word in seen:
                raise ConfigError(f"county: “{word}” 用了两次")
            seen.add(word)


def secret(path: Path) -> str:
    """Return what a secret file holds, without the final line break."""
    return path.read_text("utf-8").strip()
