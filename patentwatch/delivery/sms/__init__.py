"""How short messages leave over a real provider: one function per provider."""

from collections.abc import Callable

from patentwatch.delivery.gateway import Fault, Gateway
from patentwatch.delivery.sms import aliyun, mas, rules, sheet, tencent
from patentwatch.delivery.sms.line import SmsLine

GATEWAYS: dict[str, Callable[[SmsLine], Gateway]] = {
    sheet.NAME: sheet.gateway,
    mas.NAME: mas.gateway,
    aliyun.NAME: aliyun.gateway,
    tencent.NAME: tencent.gateway,
}
"""By the name in `sms.provider`; "file" is a transport of its own."""

FAULTS: dict[str, Fault] = {
    sheet.NAME: rules.sheet,
    mas.NAME: rules.mas,
    aliyun.NAME: rules.aliyun,
    tencent.NAME: rules.tencent,
}
"""What each provider would refuse, also for who has no secret to send with."""

__all__ = ["FAULTS", "GATEWAYS", "SmsLine"]
