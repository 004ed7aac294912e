"""Addresses are sealed, bound to their place, and named without being revealed."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import ConfigError, RowDamaged
from patentwatch.model import Channel
from patentwatch.store.vault import Vault, make_key, unlock


def test_what_was_sealed_opens(vault: Vault) -> None:
    sealed = vault.seal("zhang@example.cn", "contacts.address")
    assert b"zhang" not in sealed
    assert vault.open(sealed, "contacts.address") == "zhang@example.cn"


def test_the_same_text_is_sealed_differently_each_time(vault: Vault) -> None:
    assert vault.seal("x", "a") != vault.seal("x", "a")


def test_a_value_moved_elsewhere_does_not_open(vault: Vault) -> None:
    sealed = vault.seal("zhang@example.cn", "contacts.address")
    with pytest.raises(RowDamaged, match="改动或挪动"):
        vault.open(sealed, "contacts.person")


@pytest.mark.parametrize(
    ("position", "error"),
    [
        pytest.param(0, ConfigError, id="version"),
        pytest.param(3, ConfigError, id="key"),
        pytest.param(8, RowDamaged, id="nonce"),
        pytest.param(20, RowDamaged, id="content"),
        pytest.param(-1, RowDamaged, id="tag"),
    ],
)
def test_a_changed_byte_does_not_open(
    vault: Vault, position: int, error: type[Exception]
) -> None:
    sealed = bytearray(vault.seal("zhang@example.cn", "a"))
    sealed[position] ^= 1
    with pytest.raises(error):
        vault.open(bytes(sealed), "a")


def test_another_key_does_not_open(vault: Vault, tmp_path: Path) -> None:
    make_key(tmp_path / "other.key")
    with pytest.raises(ConfigError, match="密钥文件与数据库不匹配"):
        unlock(tmp_path / "other.key").open(vault.seal("x", "a"), "a")


def test_a_renewed_key_opens_the_old_and_renames_nobody(tmp_path: Path) -> None:
    path, newer = tmp_path / "a.key", tmp_path / "b.key"
    make_key(path)
    make_key(newer)
    before = unlock(path)
    sealed = before.seal("x", "a")
    with path.open("a", encoding="utf-8") as file:
        file.write(newer.read_text("utf-8"))
    after = unlock(path)
    assert after.open(sealed, "a") == "x"
    assert after.seal("x", "a")[1:5] != sealed[1:5]
    names = [v.recipient_id(Channel.EMAIL, "a@b.cn") for v in (before, after)]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("channel", "one", "other"),
    [
        (Channel.EMAIL, "Zhang@Example.CN ", "zhang@example.cn"),
        (Channel.EMAIL, "ｚhang@example.cn", "zhang@example.cn"),
        (Channel.SMS, "+86 138-0000-0000", "13800000000"),
        (Channel.SMS, "008613800000000", "13800000000"),
        (Channel.CALL, "（010）6666 8888", "01066668888"),
    ],
)
def test_two_spellings_are_one_recipient(
    vault: Vault, channel: Channel, one: str, other: str
) -> None:
    assert vault.recipient_id(channel, one) == vault.recipient_id(channel, other)


def test_channels_and_installations_name_differently(
    vault: Vault, tmp_path: Path
) -> None:
    make_key(tmp_path / "other.key")
    names = {
        vault.recipient_id(Channel.SMS, "13800000000"),
        vault.recipient_id(Channel.CALL, "13800000000"),
        unlock(tmp_path / "other.key").recipient_id(Channel.SMS, "13800000000"),
    }
    assert len(names) == 3
    assert all(len(name) <= 64 for name in names)


def test_a_new_key_is_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "patentwatch.key"
    assert make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert not make_key(path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["patentwatch.key"]


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "x y\n", "00000000 AAAA\n", "\n\n"]
)
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "patentwatch.key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"database\.key_file"):
        unlock(path)


def test_a_key_open_to_strangers_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "patentwatch.key"
    make_key(path)
    path.chmod(0o604)
    with pytest.raises(ConfigError, match="chmod 600"):
        unlock(path)


def test_printing_the_vault_shows_no_key(vault: Vault) -> None:
    assert str(vault.naming) not in repr(vault)


@given(st.text(), st.text())
def test_every_text_survives(
    vault_for_all: Vault, plaintext: str, context: str
) -> None:
    sealed = vault_for_all.seal(plaintext, context)
    assert vault_for_all.open(sealed, context) == plaintext


@pytest.fixture(scope="module")
def vault_for_all(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    path = tmp_path_factory.mktemp("vault") / "patentwatch.key"
    make_key(path)
    return unlock(path)
