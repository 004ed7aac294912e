"""The three ways in which providers want a call signed; nothing else is here."""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import md5, sha256
from urllib.parse import quote

ACS3 = "ACS3-HMAC-SHA256"
TC3 = "TC3-HMAC-SHA256"


def query_string(query: Mapping[str, str]) -> str:
    """Return `query` sorted and escaped as RFC 3986 asks, ready for a URL."""
    return "&".join(f"{_escaped(k)}={_escaped(query[k])}" for k in sorted(query))


def acs3(
    host: str,
    query: Mapping[str, str],
    *,
    action: str,
    version: str,
    key_id: str,
    secret: str,
    at: datetime,
    nonce: str,
) -> dict[str, str]:
    """Return the headers of a POST to Aliyun with an empty body."""
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": sha256(b"").hexdigest(),
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    canonical, names = _canonical(query_string(query), headers, body=b"")
    to_sign = f"{ACS3}\n{sha256(canonical).hexdigest()}"
    signature = _hmac(secret.encode(), to_sign).hex()
    headers["Authorization"] = (
        f"{ACS3} Credential={key_id},SignedHeaders={names},Signature={signature}"
    )
    return headers


def tc3(
    headers: Mapping[str, str],
    body: bytes,
    *,
    service: str,
    key_id: str,
    secret: str,
    at: datetime,
) -> str:
    """Return the Authorization of a POST to Tencent Cloud that signs `headers`.

    Their names are lower-case. `at` must be the X-TC-Timestamp that is sent along.
    """
    day = at.astimezone(UTC).date().isoformat()
    canonical, names = _canonical("", headers, body=body)
    scope = f"{day}/{service}/tc3_request"
    hashed = sha256(canonical).hexdigest()
    to_sign = f"{TC3}\n{int(at.timestamp())}\n{scope}\n{hashed}"
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    return (
        f"{TC3} Credential={key_id}/{scope}, SignedHeaders={names}, "
        f"Signature={signature}"
    )


def mas_mac(*fields: str) -> str:
    """Return the mac of a cloud MAS call: over its fields in the order documented.

    MD5 is what that interface demands.
    """
    return md5("".join(fields).encode(), usedforsecurity=False).hexdigest()


def _canonical(
    query: str, headers: Mapping[str, str], *, body: bytes
) -> tuple[bytes, str]:
    """Return the request as both providers hash it, and the names of its headers."""
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    names = ";".join(sorted(headers))
    whole = f"POST\n/\n{query}\n{lines}\n{names}\n{sha256(body).hexdigest()}"
    return whole.encode(), names


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")
