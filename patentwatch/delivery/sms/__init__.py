"""How short messages leave over a real provider: one function per provider."""

from collections.abc import Callable

from patentwatch.delivery.gateway import Gateway
from patentwatch.delivery.sms import aliyun, mas, sheet, tencent
from patentwatch.delivery.sms.line import SmsLine

GATEWAYS: dict[str, Callable[[SmsLine], Gateway]] = {
    sheet.NAME: sheet.gateway,
    mas.NAME: mas.gateway,
    aliyun.NAME: aliyun.gateway,
    tencent.NAME: tencent.gateway,
}
"""By the name in `sms.provider`; "file" is a transport of its own."""

__all__ = ["GATEWAYS", "SmsLine"]
