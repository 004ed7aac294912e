"""What a gateway needs to know of the office's contract with its provider."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Event

from patentwatch import clock
from patentwatch.endpoints import is_private
from patentwatch.errors import ConfigError

_HEADER_SAFE = re.compile(r"[\x21-\x7e]*")


@dataclass(frozen=True, slots=True)
class SmsLine:
    """One contract; each provider uses what it needs, see `SmsSettings`.

    `tell_time` is asked before every call. `deadline_seconds` bounds one call as a
    whole, measured by `steady`. `stop` ends the waiting between two tries of a
    question. `ca_file` replaces the system's authorities.
    """

    tell_time: Callable[[], datetime]
    endpoint: str = ""
    region: str = ""
    app_id: str = ""
    company: str = ""
    serial: str = ""
    access_key_id: str = ""
    secret: str = field(default="", repr=False)
    sign_name: str = ""
    sheets: Path = Path("sms")
    deadline_seconds: float = 15.0
    ca_file: str | None = None
    steady: Callable[[], float] = clock.steady
    stop: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        if self.endpoint and not is_private(self.endpoint):
            raise ConfigError(
                "sms.endpoint: 须以 https:// 开头；明文 http 只能发给本机（专线请在本机"
                "架设加密隧道），号码和密钥不能明文发送"
            )
        for name in ("access_key_id", "region"):
            if not _HEADER_SAFE.fullmatch(getattr(self, name)):
                raise ConfigError(f"sms.{name}: 只能是半角字母、数字和符号，不能有空格")

    def address(self, default: str = "") -> str:
        """Return where the provider listens, without a slash at the end."""
        if not (self.endpoint or default):
            raise ConfigError("sms.endpoint: 须写明短信平台的地址（见合同）")
        return (self.endpoint or default).rstrip("/")

    def today(self) -> date:
        """Return the day in Shanghai."""
        return clock.today(self.tell_time())

    def until_tomorrow(self) -> timedelta:
        """Return how long it is until the day ends in Shanghai."""
        midnight = clock.at(self.today() + timedelta(days=1), time())
        return midnight - self.tell_time()
