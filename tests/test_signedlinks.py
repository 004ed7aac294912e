"""Links: only where an office has pages and a secret that cannot be guessed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from patentwatch.errors import ConfigError
from patentwatch.settings import ConsoleSettings
from patentwatch.signedlinks import links_of
from patentwatch.tokens import Purpose, Subject

NOW = datetime(2026, 4, 11, 1, 0, tzinfo=UTC)
BASE = "https://pw.example.gov.cn"


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "console-secret"
    path.write_text("s" * 32 + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_without_pages_or_secret_there_are_no_links(secret_file: Path) -> None:
    assert links_of(ConsoleSettings()) is None
    assert links_of(ConsoleSettings(base_url=BASE)) is None
    assert links_of(ConsoleSettings(secret_file=secret_file)) is None


@pytest.mark.parametrize("base", [BASE, f"{BASE}/"])
def test_a_link_leads_to_its_page_and_can_be_read_there(
    secret_file: Path, base: str
) -> None:
    links = links_of(ConsoleSettings(base_url=base, secret_file=secret_file))
    assert links is not None
    subject = Subject("f" * 40, "201310199708.X", 12)
    url = links.url(Purpose.ABANDON, subject, letter="m1", now=NOW)
    assert url.startswith(f"{BASE}/a/abandon/")
    token = links.read(Purpose.ABANDON, url.rpartition("/")[2], now=NOW)
    assert token.subject == subject


def test_the_link_to_unsubscribe_names_only_the_recipient(secret_file: Path) -> None:
    links = links_of(ConsoleSettings(base_url=BASE, secret_file=secret_file))
    assert links is not None
    url = links.unsubscribe("f" * 40, letter="m1", now=NOW)
    assert url is not None
    assert url.startswith(f"{BASE}/u/")
    token = links.read(Purpose.UNSUBSCRIBE, url.rpartition("/")[2], now=NOW)
    assert token.subject == Subject("f" * 40)


def test_without_https_there_is_no_link_to_unsubscribe(secret_file: Path) -> None:
    console = ConsoleSettings(base_url="http://10.0.0.1:8080", secret_file=secret_file)
    links = links_of(console)
    assert links is not None
    assert links.unsubscribe("f" * 40, letter="m1", now=NOW) is None


@pytest.mark.parametrize(
    "base", ["pw.example", "ftp://pw.example", "https://pw.example/?a=b", "https://a b"]
)
def test_what_is_no_address_of_pages_is_refused(secret_file: Path, base: str) -> None:
    with pytest.raises(ConfigError, match=r"console\.base_url"):
        links_of(ConsoleSettings(base_url=base, secret_file=secret_file))


def test_a_secret_that_can_be_guessed_or_read_is_refused(secret_file: Path) -> None:
    console = ConsoleSettings(base_url=BASE, secret_file=secret_file)
    secret_file.write_text("s" * 31, encoding="utf-8")
    with pytest.raises(ConfigError, match="至少要 32 个字符"):
        links_of(console)
    secret_file.write_text("s" * 32, encoding="utf-8")
    secret_file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        links_of(console)
    secret_file.unlink()
    with pytest.raises(ConfigError, match="找不到文件"):
        links_of(console)


def test_no_secret_is_ever_shown(secret_file: Path) -> None:
    links = links_of(ConsoleSettings(base_url=BASE, secret_file=secret_file))
    assert "sss" not in repr(links)
