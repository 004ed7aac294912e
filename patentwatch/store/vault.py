"""What keeps addresses secret: sealing (AES-256-GCM) and names that reveal nothing.

The key file lies outside the database. Each line is `<key id> <32 bytes in base64>`:
the last line seals, every line opens, the first one names recipients – so a key is
renewed by adding a line, and nobody becomes a new recipient by it.
"""

import base64
import binascii
import hmac
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from patentwatch import toml
from patentwatch.errors import ConfigError, RowDamaged
from patentwatch.model import Channel, RecipientId

_NONCE_BYTES = 12
_KEY_BYTES = 32
_ID_BYTES = 4
_VERSION = b"\x01"
_HEADER = (
    "# patentwatch: 通讯录的密钥。请另存一份，与数据库备份分开保管；丢失后无法恢复。\n"
)


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """The keys of one installation, derived and ready; printing it shows none."""

    sealing: tuple[tuple[bytes, AESGCM], ...]
    naming: bytes

    def seal(self, plaintext: str, context: str) -> bytes:
        """Return `plaintext` sealed; it opens only with the same `context`.

        `context` names the place (`contacts.address`) so that a value moved elsewhere
        does not open. Form: version, key id, nonce, ciphertext.
        """
        key_id, cipher = self.sealing[-1]
        nonce = os.urandom(_NONCE_BYTES)
        head = _VERSION + key_id
        sealed = cipher.encrypt(nonce, plaintext.encode(), head + context.encode())
        return head + nonce + sealed

    def open(self, sealed: bytes, context: str) -> str:
        """Return what was sealed.

        Raises `ConfigError` when the key is not this one, `RowDamaged` when the value
        is not what was sealed.
        """
        head, rest = sealed[: 1 + _ID_BYTES], sealed[1 + _ID_BYTES :]
        cipher = dict(self.sealing).get(head[1:])
        if cipher is None or head[:1] != _VERSION:
            raise ConfigError("密钥文件与数据库不匹配：缺少加密这条数据的密钥")
        nonce, body = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
        try:
            return cipher.decrypt(nonce, body, head + context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise RowDamaged(f"加密数据被改动或挪动过（{context}）") from error

    def recipient_id(self, channel: Channel, address: str) -> RecipientId:
        """Return the keyed name of one address on one channel, the same every time."""
        word = f"{channel}|{_plain(channel, address)}".encode()
        return RecipientId(hmac.new(self.naming, word, sha256).hexdigest()[:40])


def unlock(key_file: Path) -> Vault:
    """Return the vault of `key_file`; raises `ConfigError` when it cannot be used."""
    toml.refuse_open_file(key_file, at="database.key_file")
    try:
        lines = key_file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"database.key_file: 无法读取 {key_file}") from error
    keys = [_key(line, key_file) for line in lines if line and not line.startswith("#")]
    if not keys:
        raise ConfigError(f"database.key_file: {key_file} 里没有密钥")
    sealing = tuple((key_id, AESGCM(_derive(key, b"seal"))) for key_id, key in keys)
    return Vault(sealing, naming=_derive(keys[0][1], b"recipient"))


def make_key(key_file: Path) -> bool:
    """Write a new key that only its owner may read; False when the file exists.

    It appears whole or not at all: a second process never sees half a key.
    """
    key = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
    draft = key_file.with_name(f".{key_file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{_HEADER}{secrets.token_hex(_ID_BYTES)} {key}\n")
            file.flush()
            os.fsync(file.fileno())
        key_file.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigError(
            f"database.key_file: 无法写入 {key_file}（{error.strerror}）"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return True


def _key(line: str, key_file: Path) -> tuple[bytes, bytes]:
    key_id, _, text = line.strip().partition(" ")
    try:
        name, key = bytes.fromhex(key_id), base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        name, key = b"", b""
    if len(name) != _ID_BYTES or len(key) != _KEY_BYTES:
        raise ConfigError(f"database.key_file: {key_file} 的内容不是密钥")
    return name, key


def _derive(key: bytes, purpose: bytes) -> bytes:
    info = b"patentwatch/" + purpose
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(key)


def _plain(channel: Channel, address: str) -> str:
    """Return `address` so that two spellings of one mailbox or number are the same."""
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    if channel is Channel.EMAIL:
        return text
    digits = re.sub(r"\D", "", text).removeprefix("00")
    return digits.removeprefix("86") if len(digits) > 11 else digits
