"""From one TOML file and the environment to the settings: found, read once, checked.

The shape of the file is the shape of the classes in `settings`; `toml` turns one into
the other. What cannot be meant is refused with its key. Secrets stay in their files.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from pathlib import Path

from patentwatch import toml
from patentwatch.endpoints import is_private
from patentwatch.errors import ConfigError
from patentwatch.model import Channel, County
from patentwatch.plan.lights import Thresholds
from patentwatch.register import ipc
from patentwatch.settings import (
    AlertSettings,
    DatabaseSettings,
    DigestSettings,
    OpsSettings,
    Population,
    RegisterSettings,
    Settings,
    SmsSettings,
    SmtpSettings,
    sqlite_file,
)

FILE_NAME = "patentwatch.toml"
SYSTEM_FILE = Path("/etc/patentwatch/patentwatch.toml")
EARLIEST, LATEST = time(8, 0), time(22, 0)
SHORTEST_GRACE = 120
_PORTS = {"none": 25, "starttls": 587, "tls": 465}


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
