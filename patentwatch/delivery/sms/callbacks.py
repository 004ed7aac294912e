"""What a provider pushes to us → receipts and replies; what is forged is refused.

No provider signs what it pushes. So the address that it is given holds a token which
only we can make. Receipts say the same in any order and any number of times.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from patentwatch.delivery.gateway import Receipt, Reply
from patentwatch.delivery.sms import aliyun, answers, mas, tencent
from patentwatch.errors import PatentwatchError

_MOST_ITEMS = 10_000


class CallbackForged(PatentwatchError):
    """The token is not ours."""

    code = "callback_forged"


class CallbackMalformed(PatentwatchError):
    """The body is not what this provider pushes."""

    code = "callback_malformed"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one call told us."""

    receipts: tuple[Receipt, ...] = ()
    replies: tuple[Reply, ...] = ()


_Item = Mapping[str, object]
_READ: dict[
    str, tuple[Callable[[_Item], Receipt | None], Callable[[_Item], Reply | None]]
] = {
    aliyun.NAME: (aliyun.receipt, aliyun.reply),
    tencent.NAME: (tencent.pushed_receipt, tencent.pushed_reply),
    mas.NAME: (mas.receipt, mas.reply),
}

TAKEN: Mapping[str, bytes] = {
    aliyun.NAME: '{"code":0,"msg":"接收成功"}'.encode(),
    tencent.NAME: b'{"result":0,"errmsg":"OK"}',
    mas.NAME: b"",
}
"""What a provider wants to hear once its call is kept; else it calls again."""


def token(provider: str, secret: str) -> str:
    """Return the last part of the address that is given to `provider`."""
    return hmac.digest(secret.encode(), f"sms/{provider}".encode(), "sha256").hex()


def read(provider: str, body: bytes, *, presented: str, secret: str) -> Pushed:
    """Return what `provider` tells in `body`.

    `presented` is the token in the address that was called. Raises `CallbackForged`
    before the body is looked at, or `CallbackMalformed`.
    """
    if not _ours(provider, presented, secret):
        raise CallbackForged("短信平台的回调地址不对：口令不符；请核对平台上登记的地址")
    found = answers.document(body)
    items = [found] if isinstance(found, dict) else found
    if not isinstance(items, list) or len(items) > _MOST_ITEMS:
        raise _malformed(provider)
    receipts, replies = [], []
    for item in items:
        receipt, reply = _read(provider, answers.mapping(item))
        receipts += [receipt] if receipt else []
        replies += [reply] if reply else []
        if not receipt and not reply:
            raise _malformed(provider)
    return Pushed(tuple(receipts), tuple(replies))


def _ours(provider: str, presented: str, secret: str) -> bool:
    """Return whether we made the token; without a secret anybody could."""
    if provider not in _READ or not secret:
        return False
    expected = token(provider, secret).encode()
    return hmac.compare_digest(expected, presented.encode("utf-8", "surrogatepass"))


def _read(provider: str, item: _Item) -> tuple[Receipt | None, Reply | None]:
    as_receipt, as_reply = _READ[provider]
    receipt = as_receipt(item)
    return receipt, None if receipt else as_reply(item)


def _malformed(provider: str) -> CallbackMalformed:
    return CallbackMalformed(
        f"{provider} 的回调内容不是约定的格式；请核对平台上选的推送方式（HTTP、JSON）"
    )
